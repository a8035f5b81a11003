import { join, resolve } from 'node:path';
import { z } from 'zod';
import { displayPath, findConfig, loadYaml, packageRoot } from '../../envs/config/index.js';
import { judgedPlans } from '../../envs/healing/judged-plans.js';
import {
  type JudgedPlan,
  loadDomain,
  OUTCOME_PATH,
  type OutcomeWeights,
  trainOutcome,
} from '../../envs/world-model/index.js';
import { print, printJson, wholeNumber } from './options.js';
import { writeAtomically } from './write.js';

/** `configs/world-model/outcome.yaml`. */
export const outcomeConfigSchema = z.strictObject({
  topology: z.string(),
  overlay: z.enum(['production', 'as-shipped']),
  priors: z.array(z.enum(['incident-statistics', 'uniform'])).min(1),
  incidents: z.int().min(5),
  profiles: z.array(z.string()).min(1),
  baselines: z.array(z.enum(['runbook', 'restart-loop', 'planner', 'do-nothing'])),
  members: z.int().min(1).max(50),
  hidden: z.int().min(1).max(1024),
  stepHidden: z.int().min(1).max(1024),
  epochs: z.int().min(1),
  batch: z.int().min(1),
  learningRate: z.number().gt(0),
  holdOut: z.number().gt(0).max(0.5),
  seed: z.int().min(0),
});

export interface TrainOutcomeOptions {
  readonly incidents?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Split and partition that layer 2 may learn from; nothing else is ever read here. */
const FIT = { split: 'seen', partition: 'fit' } as const;
const DEFAULT_CONFIG = 'configs/world-model/outcome.yaml';

/** `pase train-outcome`: trains the outcome model on executed plans of `seen` / `fit` and writes its weights. */
export async function trainOutcomeCommand(
  config: string | undefined,
  options: TrainOutcomeOptions,
): Promise<void> {
  const file = config === undefined ? findConfig('world-model/outcome.yaml') : resolve(config);
  const settings = loadYaml(file, outcomeConfigSchema);
  const incidents =
    options.incidents === undefined ? settings.incidents : wholeNumber('incidents', options.incidents, 5);
  const { topology, overlay } = settings;
  const writers = [
    ...settings.profiles.map((profile) => ({ kind: 'surrogate', profile }) as const),
    ...settings.baselines.map((kind) => ({ kind }) as const),
  ];
  const judged: JudgedPlan[] = [];
  let from = 0;
  for (const prior of settings.priors) {
    for (const writer of writers) {
      judged.push(...judgedPlans({ ...FIT, topology, overlay, prior, writer, from, count: incidents }));
      from += incidents;
    }
  }
  const command = ['pase train-outcome', config ?? DEFAULT_CONFIG];
  if (options.incidents !== undefined) command.push(`--incidents ${incidents}`);
  const weights = await trainOutcome(judged, loadDomain(), { ...settings, command: command.join(' ') });
  const out = resolve(options.out ?? join(packageRoot, 'configs', OUTCOME_PATH));
  writeAtomically(out, `${JSON.stringify(weights)}\n`);
  if (options.json) printJson({ file: displayPath(out), ...weights.card });
  else report(out, weights);
}

function report(file: string, { card, members }: OutcomeWeights): void {
  print(
    `trained ${members.length} networks on ${card.plans} executed plans of ${FIT.split}/${FIT.partition}`,
  );
  print(`wrote ${displayPath(file)}`);
  print(`held out: ${JSON.stringify(card.heldOut)}`);
}
