import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { defaultRng, type Generator } from 'gymnasium-js';
import type { EpisodeResult } from '../../../envs/healing/types.js';
import type { Variant } from '../../../experiments/config/variants.js';
import { JsonLines, writeJson } from '../../../experiments/runner/files.js';
import { type RunIndex, type RunResult, seedFolder } from '../../../experiments/runner/folder.js';
import { toRecord } from '../../../experiments/runner/recorder.js';
import { TrainingLog } from '../../../experiments/runner/training-log.js';
import { temporaryFolder } from '../../temporary-folder.js';

/* A run folder with made-up numbers of the right shape, to test statistics and report without playing incidents. */

const FAMILIES = ['A', 'B', 'C', 'D', 'E'];
const CONDITIONS = ['config-bad', 'artifact-bad', 'route-wrong', 'credential-bad', 'capacity-short'];

/** An episode whose seconds add up; slower methods have a larger `level`. */
export function madeUpEpisode(rng: Generator, index: number, level: number): EpisodeResult {
  const recovered = Number(rng.random()) > level / 4;
  const [detection, synthesis, verification] = [30 + 60 * Number(rng.random()), 20 * level, 2];
  const execution = 60 * level * Number(rng.random());
  const mttr = recovered ? detection + synthesis + verification + execution + 5 : 1800;
  const family = index % FAMILIES.length;
  return {
    split: 'seen',
    partition: 'test',
    index,
    faultType: `fault-${index % 10}`,
    family: FAMILIES[family]!,
    component: 'cart',
    ending: recovered ? 'recovered' : 'executions',
    mttr,
    recovered,
    firstPlanValid: Number(rng.random()) > 0.5,
    verdicts: [0, 1].map((turn) => {
      const feasibility = Number(rng.random());
      return {
        accepted: feasibility > 0.5,
        feasibility,
        right: Number(rng.random()) < feasibility,
        steps: 1 + turn,
      };
    }),
    violations: Number(rng.random()) > 0.9 ? 1 : 0,
    dataLost: false,
    collateral: 0,
    llmCalls: 1 + Math.floor(2 * Number(rng.random())),
    tokens: 3000,
    turns: 2,
    executions: 1,
    undone: 0,
    time: {
      detection,
      evidence: 0,
      synthesis,
      verification,
      execution,
      settling: mttr - detection - synthesis - verification - execution,
    },
    failureKinds: Number(rng.random()) > 0.6 ? { precondition: 1 } : { goal: 1 },
    actions: [0, 1],
    episodeReturn: -mttr / 1800,
  };
}

/** Result of one method and seed on two splits; method number m is slower the larger m. */
export function madeUpResult(variant: string, m: number, seed: number, incidents: number): RunResult {
  const rng = defaultRng([m, seed]);
  const evaluations = ['seen', 'unseen-type'].map((split, s) => {
    const played = Array.from({ length: incidents }, (_, index) => ({
      result: madeUpEpisode(rng, index, 1 + 0.3 * m + 0.4 * s),
      believed: CONDITIONS[index % CONDITIONS.length]!,
      metaPrompts: [`prompt-${(m + index) % 3}`, 'repair'],
      course: ['E', 'RE', 'URR', 'RRE', 'EE'][(index + m) % 5]!,
    }));
    return toRecord(split, `made-up ${split}`, played);
  });
  return {
    variant,
    method: variant,
    seed,
    digest: 'made-up',
    training: { llmCalls: 1000, steps: 900, episodes: 500 },
    evaluations,
  };
}

const UNVERIFIED = ['runbook', 'restart-loop', 'planner', 'no-verification', 'oracle'];

function configOf(name: string) {
  return {
    env: { id: 'pase/CloudHealing-v0' },
    policy: { kind: name },
    synthesizer: { kind: 'surrogate' },
    verifier: { mode: UNVERIFIED.includes(name) ? 'none' : 'symbolic' },
  };
}

/** Makes the folder and returns its path and index. */
export function madeUpRun(
  names: readonly string[],
  seeds = 3,
  incidents = 40,
): { root: string; index: RunIndex } {
  const root = temporaryFolder('run');
  const variants = names.map(
    (name) => ({ name, method: name, config: configOf(name) }) as unknown as Variant,
  );
  const index: RunIndex = {
    name: 'made-up',
    description: 'made-up numbers <for a test>',
    seeds,
    incidents,
    variants,
  };
  writeJson(join(root, 'run.json'), index);
  names.forEach((name, m) => {
    for (let seed = 0; seed < seeds; seed++)
      writeSeedRun(seedFolder(root, name, seed), madeUpResult(name, m, seed, incidents), m);
  });
  return { root, index };
}

function writeSeedRun(folder: string, result: RunResult, m: number): void {
  const metrics = new JsonLines(join(folder, 'metrics.jsonl'));
  const episodes = new JsonLines(join(folder, 'episodes.jsonl'));
  const log = new TrainingLog(1000, metrics, episodes);
  const rng = defaultRng([m, result.seed, 99]);
  for (let index = 0; !log.spent; index++)
    log.step(2, madeUpEpisode(rng, index, 2 + 0.3 * m - log.llmCalls / 1000));
  metrics.close();
  episodes.close();
  writeFileSync(join(folder, 'result.json'), JSON.stringify(result));
}
