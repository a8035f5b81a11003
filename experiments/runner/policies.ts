import { join } from 'node:path';
import {
  type Agent,
  type Callback,
  createPolicy,
  type EnvSource,
  loadPolicy,
  OptionError,
  type Policy,
  policyKinds,
  type StepContext,
} from '../../agents/index.js';
import { ConfigError, unknownName } from '../../envs/config/index.js';
import type { HealingInfo } from '../../envs/healing/index.js';
import type { Variant } from '../config/variants.js';
import { isReference, REFERENCES } from './reference-kinds.js';
import type { TrainingLog } from './training-log.js';
import type { AnyHealingEnv, Partition } from './worlds.js';

/** A policy over any action space. */
export type AnyPolicy = Policy<number | number[]>;

/** What a config says of a policy: its kind and options. */
export type PolicyConfig = Variant['config']['policy'];

/** Seeds of one training seed are spaced, so that environments seeded one by one from it never meet another's. */
const SEED_SPACING = 1000;

/** Partition that a policy learns on: choosing among finished things is done on `select`, learning on `train`. */
export function trainingPartition({ kind }: PolicyConfig): Partition {
  return String(kind).startsWith('best-') ? 'select' : 'train';
}

/** Whether a policy is trained. */
export function isAgent(policy: AnyPolicy): policy is Agent<number | number[]> {
  return 'learn' in policy;
}

/**
 * Checks a policy's kind and options.
 * @param where file and path, for the error. @throws ConfigError
 */
export function checkPolicy(config: PolicyConfig, env: AnyHealingEnv, where: string): void {
  const kinds = [...policyKinds(), ...REFERENCES];
  const { kind } = config;
  if (typeof kind !== 'string')
    throw new ConfigError(
      `${where}.kind: expected one of ${kinds.join(', ')}, found ${JSON.stringify(kind)}`,
    );
  if (!kinds.includes(kind)) throw unknownName(`${where}.kind`, 'a policy', kind, kinds);
  if (isReference(kind)) return;
  const { numEnvs = 1 } = config;
  if (!Number.isInteger(numEnvs) || (numEnvs as number) < 1) {
    throw new ConfigError(
      `${where}.numEnvs: expected a whole number of at least 1, found ${JSON.stringify(numEnvs)}`,
    );
  }
  try {
    createPolicy(kind, env as unknown as EnvSource, ownOptions(config, env, where));
  } catch (error) {
    if (error instanceof OptionError || error instanceof TypeError)
      throw new ConfigError(`${where}: ${error.message}`);
    throw error;
  }
}

/** Options of the policy itself. `contextGroup` names a group of the observation's table, which policies know by its place only. */
function ownOptions(config: PolicyConfig, env: AnyHealingEnv, where: string): Record<string, unknown> {
  const { kind: _kind, numEnvs: _numEnvs, contextGroup, ...options } = config;
  if (contextGroup === undefined) return options;
  let contextFrom = 0;
  for (const { name, size } of env.encoder.table) {
    if (name === contextGroup) return { ...options, contextFrom, contextSize: size };
    contextFrom += size;
  }
  const known = env.encoder.table.map(({ name }) => name);
  throw unknownName(`${where}.contextGroup`, 'a group of the observation', String(contextGroup), known);
}

/** Makes the policy of a config, to learn in `numEnvs` environments. */
export async function makePolicy(
  config: Pick<Variant['config'], 'policy' | 'engine'>,
  makeEnv: () => AnyHealingEnv,
  seed: number,
): Promise<AnyPolicy> {
  const { policy, engine } = config;
  const envs = Array.from({ length: Number(policy.numEnvs ?? 1) }, makeEnv);
  const options = { seed: seed * SEED_SPACING, engine, ...ownOptions(policy, envs[0]!, 'policy') };
  const made = createPolicy(String(policy.kind), envs as unknown as EnvSource, options) as AnyPolicy;
  if (isAgent(made)) await made.initialize();
  return made;
}

/** The trained policy of a seed-run's folder, to choose with, not to learn on. */
export async function loadTrained(folder: string): Promise<AnyPolicy> {
  return (await loadPolicy(join(folder, 'checkpoint'))) as AnyPolicy;
}

/** Counts the language-model calls of a learner and stops it when its budget is spent. */
export function budgetCallback(log: TrainingLog, stillWanted: () => void): Callback {
  return {
    onStep({ infos }: StepContext) {
      stillWanted();
      for (const info of infos as readonly HealingInfo[]) log.step(info.llmCalls, info.result);
      return !log.spent;
    },
    onLog(row) {
      if (row.kind === 'update') log.report(row.metrics);
    },
  };
}
