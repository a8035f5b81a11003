import { A2C } from './a2c.js';
import { type BanditOptions, EpsilonGreedy, LinUCB, Thompson } from './bandits.js';
import { BestFixed, type BestOfOptions, BestPerContext, BestSwitch } from './best-of.js';
import type { EnvOrLayout } from './common/base.js';
import { readCheckpoint } from './common/checkpoint.js';
import type { EnvSource } from './common/environments.js';
import { nearest, OptionError } from './common/options.js';
import { NETWORK_RULES, type NetworkOptions } from './common/policy-spec.js';
import { DQN } from './dqn.js';
import { FactoredThompson, type FactoredThompsonOptions } from './factored-thompson.js';
import { PPO } from './ppo.js';
import { Reinforce } from './reinforce.js';
import { DiscreteSAC } from './sac.js';
import { CyclePolicy, FixedPolicy, RandomPolicy } from './simple.js';
import type { Policy } from './types.js';

/** Options as a config file gives them: the algorithm's and the network's side by side. */
export type FlatOptions = Readonly<Record<string, unknown>>;

export interface PolicyKind {
  /** Makes the policy. Throws an OptionError for an option that this kind does not have. */
  create(env: EnvOrLayout, options: FlatOptions): Policy;
  /** Reads a checkpoint back; kinds that cannot be saved have none. */
  load?(directory: string, env?: EnvSource): Promise<Policy>;
}

/** Sets the network's options apart from the algorithm's. */
export function splitOptions(options: FlatOptions): {
  network: Partial<NetworkOptions>;
  own: Record<string, unknown>;
} {
  const network: Record<string, unknown> = {};
  const own: Record<string, unknown> = {};
  for (const [name, value] of Object.entries(options))
    (Object.hasOwn(NETWORK_RULES, name) ? network : own)[name] = value;
  return { network: network as Partial<NetworkOptions>, own };
}

const kinds = new Map<string, PolicyKind>();

/** Adds a kind of policy, so that configs can name it. Throws when the name is taken. */
export function registerPolicy(kind: string, definition: PolicyKind): void {
  if (kinds.has(kind)) throw new Error(`a policy kind "${kind}" is registered already`);
  kinds.set(kind, definition);
}

/** Names of all registered kinds. */
export function policyKinds(): string[] {
  return [...kinds.keys()];
}

function findKind(kind: string): PolicyKind {
  const found = kinds.get(kind);
  if (!found)
    throw new OptionError(
      `there is no policy kind "${kind}"; did you mean "${nearest(kind, policyKinds())}"?`,
    );
  return found;
}

/**
 * Makes a policy from a kind's name and flat options, as in `policy: { kind: ppo, learningRate: 3.0e-4, hidden: [64] }`
 * (without `kind` itself). Policies that learn have `learn` (they are `Agent`s).
 * Throws an OptionError for an unknown kind or option, naming the nearest.
 */
export function createPolicy(kind: string, env: EnvOrLayout, options: FlatOptions = {}): Policy {
  return findKind(kind).create(env, options);
}

/** Reads whatever agent a directory holds. Throws when it holds no checkpoint or one of an unknown kind. */
export async function loadPolicy(directory: string, env?: EnvSource): Promise<Policy> {
  const { meta } = await readCheckpoint(directory);
  const kind = String(meta.kind);
  const { load } = findKind(kind);
  if (!load) throw new OptionError(`policies of kind "${kind}" are not loaded from checkpoints`);
  return load(directory, env);
}

/** Throws for options other than those named. */
function only(kind: string, options: FlatOptions, names: readonly string[]): void {
  for (const name of Object.keys(options))
    if (!names.includes(name))
      throw new OptionError(`${kind} has no option "${name}"; did you mean "${nearest(name, names)}"?`);
}

/** A kind with a network, whose options a config mixes with its own. */
function networkKind(
  kind: string,
  make: (network: Partial<NetworkOptions>, env: EnvOrLayout, own: never) => Policy,
  load: NonNullable<PolicyKind['load']>,
): void {
  registerPolicy(kind, {
    create: (env, options) => {
      const { network, own } = splitOptions(options);
      return make(network, env, own as never);
    },
    load,
  });
}

networkKind(
  'ppo',
  (...parts) => new PPO(...parts),
  (...parts) => PPO.load(...parts),
);
networkKind(
  'a2c',
  (...parts) => new A2C(...parts),
  (...parts) => A2C.load(...parts),
);
networkKind(
  'reinforce',
  (...parts) => new Reinforce(...parts),
  (...parts) => Reinforce.load(...parts),
);
networkKind(
  'dqn',
  (...parts) => new DQN(...parts),
  (...parts) => DQN.load(...parts),
);
networkKind(
  'sac',
  (...parts) => new DiscreteSAC(...parts),
  (...parts) => DiscreteSAC.load(...parts),
);

for (const [kind, Bandit] of Object.entries({
  'epsilon-greedy': EpsilonGreedy,
  linucb: LinUCB,
  thompson: Thompson,
}))
  registerPolicy(kind, {
    create: (env, options) => new Bandit(env, options as Partial<BanditOptions>),
    load: (directory, env) => Bandit.load(directory, env),
  });

registerPolicy('factored-thompson', {
  create: (env, options) => new FactoredThompson(env, options as Partial<FactoredThompsonOptions>),
  load: (directory, env) => FactoredThompson.load(directory, env),
});

registerPolicy('random', {
  create: (env, options) => {
    only('random', options, ['seed', 'engine']);
    return new RandomPolicy(env, options);
  },
});
registerPolicy('fixed', {
  create: (env, options) => {
    only('fixed', options, ['action', 'seed', 'engine']);
    return new FixedPolicy(env, options);
  },
});
registerPolicy('cycle', {
  create: (env, options) => {
    only('cycle', options, ['order', 'seed', 'engine']);
    return new CyclePolicy(env, options);
  },
});

for (const [kind, Best] of Object.entries({
  'best-fixed': BestFixed,
  'best-switch': BestSwitch,
  'best-per-context': BestPerContext,
}))
  registerPolicy(kind, {
    create: (env, options) => new Best(env, options as Partial<BestOfOptions>),
    load: (directory, env) => Best.load(directory, env),
  });
