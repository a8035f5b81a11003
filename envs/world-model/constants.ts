import { z } from 'zod';
import { findConfig, loadYaml } from '../config/index.js';

const probability = z.number().min(0).max(1);

export const VerifierConstantsSchema = z.strictObject({
  /** Services disrupted at once at most. */
  blastLimit: z.number().int().min(1),
  /** Seconds of writes that a promotion may put at risk. */
  lagBound: z.number().min(0),
  /** Load of a replica on a normal day, as share of what it can serve. */
  usualLoad: probability,
  /** Simulated seconds of a verification: `base + step * steps`. */
  seconds: z.strictObject({ base: z.number().min(0), step: z.number().min(0) }),
  /** Seconds beyond a plan's own until the service level is measured healthy again. */
  settleSeconds: z.number().min(0),
  fitted: z.strictObject({
    command: z.string(),
    /** A hypothesis at or below this weight cannot reject a plan by preconditions and invariants. */
    epsilon: probability,
    /** Weight of the plan's own diagnosis: in incidents like those of training, and in the strangest ones. */
    diagnosisWeight: z.strictObject({ familiar: probability, strange: probability }),
    /** Evenly spaced quantiles of the feasibility of plans that recovered on the `calibrate` partition. */
    rightPlanFeasibility: z.array(probability).min(2),
    /** Share of plans on the `calibrate` partition that were right. */
    baseRate: probability,
    /** For layer 2, on the same plans. */
    neural: z.strictObject({
      /** Evenly spaced quantiles of the predicted probability of right plans. */
      rightPlanProbability: z.array(probability).min(2),
      /** Number of right plans behind the quantiles. */
      rightPlans: z.int().min(1),
      /** Probability at which accepting and rejecting cost equally many seconds. */
      breakEven: probability,
    }),
  }),
});

export type VerifierConstants = z.infer<typeof VerifierConstantsSchema>;

const PATH = 'world-model/verifier.yaml';
let loaded: VerifierConstants | undefined;

/** The constants of `configs/world-model/verifier.yaml`, read once per process. @throws ConfigError */
export function verifierConstants(): VerifierConstants {
  loaded ??= loadYaml(findConfig(PATH), VerifierConstantsSchema);
  return loaded;
}

/** The alpha-quantile of the feasibility of right plans, interpolated: right plans are rejected at most this often. */
export function acceptThreshold(quantiles: readonly number[], alpha: number): number {
  const at = Math.min(1, Math.max(0, alpha)) * (quantiles.length - 1);
  const low = Math.floor(at);
  const high = Math.min(quantiles.length - 1, low + 1);
  return quantiles[low]! + (at - low) * (quantiles[high]! - quantiles[low]!);
}
