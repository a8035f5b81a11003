export { A2C, type A2COptions } from './a2c.js';
export { type BanditOptions, EpsilonGreedy, LinUCB, Thompson } from './bandits.js';
export { BestFixed, type BestOfOptions, BestPerContext, BestSwitch } from './best-of.js';
export {
  CheckpointCallback,
  type CheckpointCallbackOptions,
  EvaluationCallback,
  type EvaluationCallbackOptions,
  StopOnReward,
  ThroughputCallback,
} from './callbacks.js';
export { CheckpointError } from './common/checkpoint.js';
export { type EnvLike, layoutOf } from './common/environment.js';
export type { EnvSource } from './common/environments.js';
export { OptionError, type Schedule } from './common/options.js';
export type { CommonOptions, NetworkOptions, PolicySpec } from './common/policy-spec.js';
export type { SpaceLayout } from './common/spaces.js';
export type { VectorEnvLike } from './common/vector-environments.js';
export { DQN, DQN_CLEANRL, type DQNOptions } from './dqn.js';
export { type EvaluationOptions, type EvaluationResult, evaluatePolicy } from './evaluation.js';
export { exportCheckpoint } from './export.js';
export { FactoredThompson, type FactoredThompsonOptions } from './factored-thompson.js';
export { PPO, PPO_CLEANRL, type PPOOptions } from './ppo.js';
export {
  createPolicy,
  type FlatOptions,
  loadPolicy,
  type PolicyKind,
  policyKinds,
  registerPolicy,
} from './registry.js';
export { Reinforce, type ReinforceOptions } from './reinforce.js';
export { DiscreteSAC, type SACOptions } from './sac.js';
export { CyclePolicy, FixedPolicy, fixedComponents, RandomPolicy } from './simple.js';
export type * from './types.js';
