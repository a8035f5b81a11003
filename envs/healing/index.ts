import { register } from 'gymnasium-js';
import { CloudHealingEnv } from './cloud-healing.js';
import { DirectHealingEnv } from './direct.js';
import { CloudHealingFactoredEnv } from './factored.js';
import type { HealingInput } from './options.js';

export { CloudHealingEnv } from './cloud-healing.js';
export { DirectHealingEnv } from './direct.js';
export { ObservationEncoder, type ObservationGroup } from './encoder.js';
export { CloudHealingFactoredEnv } from './factored.js';
export { HealingEnv, type HealingInfo } from './healing-env.js';
export { DEFAULT_LIMITS, HealingLoop, type LoopLimits } from './loop.js';
export { type HealingInput, type HealingOptions, healingOptions, healingSchema } from './options.js';
export { runOracle } from './oracle.js';
export { compileReward, REWARD_QUANTITIES, type RewardQuantities, shippedRewards } from './reward.js';
export { canHost, type IncidentOf, incidentTrajectory } from './trajectory.js';
export type { Ending, EpisodeResult, IncidentTruth, TimeShares, TurnRecord } from './types.js';

register({
  id: 'pase/CloudHealing-v0',
  entryPoint: (options: HealingInput = {}) => new CloudHealingEnv(options),
});
register({
  id: 'pase/CloudHealingFactored-v0',
  entryPoint: (options: HealingInput = {}) => new CloudHealingFactoredEnv(options),
});
register({
  id: 'pase/DirectHealing-v0',
  entryPoint: (options: HealingInput = {}) => new DirectHealingEnv(options),
});
