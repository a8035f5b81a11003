import { make } from 'gymnasium-js';
import { HealingEnv, type HealingInput } from '../../envs/healing/index.js';
import { merge } from '../config/merge.js';
import type { Scenario } from '../config/schema.js';
import type { Variant } from '../config/variants.js';

/** Somewhere to play incidents: a registered environment and its options. */
export interface World {
  /** `<split>`, or `<split>@<scenario>`. */
  readonly name: string;
  /** Names the list of incidents. */
  readonly incidents: string;
  readonly id: string;
  readonly options: HealingInput;
}

type Config = Variant['config'];
type Split = NonNullable<HealingInput['split']>;
export type Partition = NonNullable<HealingInput['partition']>;

/** The world of a variant on one split and partition. */
export function worldOf(config: Config, split: string, partition: Partition, judgePlans = false): World {
  const { id, ...env } = config.env;
  const { synthesizer, verifier, reward } = config;
  const options = { ...env, split: split as Split, partition, synthesizer, verifier, reward, judgePlans };
  const scale = env.scale ? ` ${JSON.stringify(env.scale)}` : '';
  const incidents = `${env.topology} ${env.overlay} ${env.prior}${scale} ${split} ${partition}`;
  return { name: split, incidents, id, options: options as HealingInput };
}

/** Everything that a variant is tested in: its own world and every scenario, each on every split. */
export function testWorlds(config: Config, partition: Partition = config.evaluate.partition): World[] {
  const scenarios: [string, Scenario][] = [['', {}], ...Object.entries(config.evaluate.scenarios ?? {})];
  return scenarios.flatMap(([scenario, { partition: ownPartition, ...overrides }]) => {
    const changed = merge(config, overrides) as Config;
    return config.evaluate.splits.map((split) => {
      const world = worldOf(changed, split, ownPartition ?? partition, true);
      return scenario === '' ? world : { ...world, name: `${split}@${scenario}` };
    });
  });
}

/** One stretch of a stream: incidents of one world in order, on from where an earlier stretch of the same world ended. */
export interface Phase {
  readonly world: World;
  readonly incidents: number;
}

/** The stretches of a variant's stream, or null when it is tested on splits. */
export function streamOf(config: Config): Phase[] | null {
  const { stream, partition } = config.evaluate;
  if (!stream) return null;
  return stream.map(({ split, incidents }, i) => {
    const world = worldOf(config, split, partition, true);
    return { world: { ...world, name: `${split}@phase-${i + 1}` }, incidents };
  });
}

/** Any healing environment; an action is a number, or one number a factor. */
export type AnyHealingEnv = HealingEnv<number | ArrayLike<number | bigint>, 'sync' | 'async'>;

/** The environment of a world, without the wrappers that check every step. @throws ConfigError, Error for an id that is no healing environment */
export function makeWorld({ id, options }: World): AnyHealingEnv {
  const env: unknown = make(id, { ...options, disableEnvChecker: true }).unwrapped;
  if (env instanceof HealingEnv) return env as AnyHealingEnv;
  throw new Error(`${id}: expected a healing environment`);
}
