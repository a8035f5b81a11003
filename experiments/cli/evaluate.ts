import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parse } from 'yaml';
import { ConfigError, check, displayPath } from '../../envs/config/index.js';
import { healingSchema } from '../../envs/healing/index.js';
import { variantSchema } from '../config/schema.js';
import { playIncidents } from '../runner/evaluate.js';
import { loadTrained } from '../runner/policies.js';
import { toRecord } from '../runner/recorder.js';
import { worldOf } from '../runner/worlds.js';
import { METRICS, type MethodScores, Resampler, summarise } from '../statistics/index.js';
import { print, printJson, wholeNumber } from './options.js';

export interface EvaluateOptions {
  readonly split: string;
  readonly partition: string;
  readonly incidents: string;
  readonly json?: boolean;
}

/** `pase evaluate`: a trained policy on incidents of any split and partition. */
export async function evaluateCommand(dir: string, options: EvaluateOptions): Promise<void> {
  const folder = resolve(dir);
  const { seed: _seed, ...config } = readConfig(folder);
  const { shape } = healingSchema;
  const split = check('--split', options.split, shape.split);
  const partition = check('--partition', options.partition, shape.partition);
  const incidents = wholeNumber('incidents', options.incidents, 1);
  const world = worldOf(
    check(`${displayPath(folder)}/config.yaml`, config, variantSchema),
    split,
    partition,
    true,
  );
  const policy = await loadTrained(folder);
  const record = toRecord(world.name, world.incidents, await playIncidents(policy, world, incidents));
  const columns = METRICS.map(({ name }) => [
    name,
    [Float64Array.from(record.metrics[name], (value) => value ?? Number.NaN)],
  ]);
  const scores = Object.fromEntries(columns) as MethodScores['scores'];
  const rows = summarise({ variant: displayPath(folder), split, scores }, new Resampler(incidents), 0);
  if (options.json) return printJson(rows);
  print(`${displayPath(folder)} on ${incidents} incidents of ${split}/${partition}`);
  for (const { metric, mean, ciLow, ciHigh } of rows) {
    print(
      `  ${metric.padEnd(20)} ${mean.toFixed(3).padStart(10)}  [${ciLow.toFixed(3)}, ${ciHigh.toFixed(3)}]`,
    );
  }
}

function readConfig(folder: string): Record<string, unknown> {
  try {
    return parse(readFileSync(join(folder, 'config.yaml'), 'utf8')) as Record<string, unknown>;
  } catch {
    throw new ConfigError(
      `${displayPath(folder)}: expected the folder of a seed-run, found no config.yaml in it`,
    );
  }
}
