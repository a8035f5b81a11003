import { type AnyEnv, type EntryPoint, register } from 'gymnasium-js';
import { CloudHealingEnv, CloudHealingVectorEnv } from './cloud-healing.js';
import { DirectHealingEnv, DirectHealingVectorEnv } from './direct.js';
import { CloudHealingFactoredEnv, CloudHealingFactoredVectorEnv } from './factored.js';
import type { HealingInput } from './options.js';
import { RENDER_METADATA } from './render/index.js';
import type { HealingVectorInput } from './vector.js';

export { CloudHealingEnv, CloudHealingVectorEnv } from './cloud-healing.js';
export { DirectHealingEnv, DirectHealingVectorEnv } from './direct.js';
export { ObservationEncoder, type ObservationGroup } from './encoder.js';
export type { HealingInfo } from './episode.js';
export { CloudHealingFactoredEnv, CloudHealingFactoredVectorEnv, compositionOf } from './factored.js';
export { HealingEnv } from './healing-env.js';
export { DEFAULT_LIMITS, HealingLoop, type LoopLimits } from './loop.js';
export { type HealingInput, type HealingOptions, healingOptions, healingSchema } from './options.js';
export { runOracle } from './oracle.js';
export { compileReward, REWARD_QUANTITIES, type RewardQuantities, shippedRewards } from './reward.js';
export { canHost, type IncidentOf, incidentTrajectory } from './trajectory.js';
export type { Ending, EpisodeResult, IncidentTruth, TimeShares, TurnRecord } from './types.js';
export { HealingVectorEnv, type HealingVectorInput } from './vector.js';

/** A creator that says which render modes there are, so that `make` can check them. */
function entry(create: (options: HealingInput) => AnyEnv): EntryPoint {
  return Object.assign((options: HealingInput = {}) => create(options), { metadata: RENDER_METADATA });
}

register({
  id: 'pase/CloudHealing-v0',
  entryPoint: entry((options) => new CloudHealingEnv(options)),
  vectorEntryPoint: (numEnvs, options: HealingVectorInput) => new CloudHealingVectorEnv(numEnvs, options),
});
register({
  id: 'pase/CloudHealingFactored-v0',
  entryPoint: entry((options) => new CloudHealingFactoredEnv(options)),
  vectorEntryPoint: (numEnvs, options: HealingVectorInput) =>
    new CloudHealingFactoredVectorEnv(numEnvs, options),
});
register({
  id: 'pase/DirectHealing-v0',
  entryPoint: entry((options) => new DirectHealingEnv(options)),
  vectorEntryPoint: (numEnvs, options: HealingVectorInput) => new DirectHealingVectorEnv(numEnvs, options),
});
