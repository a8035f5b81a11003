import type {
  Activation,
  EngineName,
  HeadSpec,
  Initialization,
  NetworkSpec,
  OptimizerSpec,
} from 'nn-engines';
import { mergeOptions, type OptionRule, rules } from './options.js';

/** The network of an agent. */
export interface NetworkOptions {
  /** Widths of the hidden layers. */
  readonly hidden: readonly number[];
  readonly activation: Activation;
  /** Whether the heads (policy and value, say) share their hidden layers. */
  readonly trunks: 'shared' | 'separate';
  readonly initialization: Initialization;
}

/** `'mlp'`: the algorithm's own default network. */
export type PolicySpec = 'mlp' | Partial<NetworkOptions>;

export const NETWORK_RULES: { readonly [K in keyof NetworkOptions]: OptionRule } = {
  hidden: rules.widths,
  activation: rules.oneOf('tanh', 'relu', 'linear'),
  trunks: rules.oneOf('shared', 'separate'),
  initialization: rules.oneOf('orthogonal', 'kaiming-uniform'),
};

/** Throws an OptionError for an option that networks do not have. */
export function networkOptions(owner: string, defaults: NetworkOptions, spec: PolicySpec): NetworkOptions {
  return mergeOptions(`the network of ${owner}`, defaults, NETWORK_RULES, spec === 'mlp' ? {} : spec);
}

/** An engine's network spec; orthogonal heads get the gains given with them. */
export function networkSpec(
  options: NetworkOptions,
  inputs: number,
  heads: readonly HeadSpec[],
  optimizer: OptimizerSpec,
): NetworkSpec {
  return { inputs, heads, optimizer, ...options };
}

/** Options every learner has. */
export interface CommonOptions {
  /** Of weights, exploration, minibatches and the environments' first resets. */
  readonly seed: number;
  readonly engine: EngineName;
  /** Divide observations by their running standard deviation, after taking the running mean off. */
  readonly normalizeObservations: boolean;
  /** Divide rewards by the running standard deviation of the discounted return. */
  readonly normalizeRewards: boolean;
}

export const COMMON_DEFAULTS: CommonOptions = {
  seed: 0,
  engine: 'wasm',
  normalizeObservations: false,
  normalizeRewards: false,
};

export const COMMON_RULES: { readonly [K in keyof CommonOptions]: OptionRule } = {
  seed: rules.wholeNumber,
  engine: rules.oneOf('wasm', 'wasm-relaxed', 'tensorflow'),
  normalizeObservations: rules.boolean,
  normalizeRewards: rules.boolean,
};
