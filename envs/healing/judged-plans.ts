import { defaultRng } from 'gymnasium-js';
import { Cloud, type IncidentKey, loadCloudModel, type OverlayName, type PriorName } from '../cloud/index.js';
import { createSynthesizer, loadMetaPrompts, maskFor } from '../synthesis/index.js';
import { createVerifier, type JudgedPlan, perceive, type Verifier } from '../world-model/index.js';
import { executePlan } from './execution.js';
import { DEFAULT_LIMITS, HealingLoop } from './loop.js';

/** Incidents in which plans are written and judged, and by which model. */
export interface JudgedPlanRange {
  readonly topology: string;
  readonly overlay: OverlayName;
  readonly prior: PriorName;
  readonly split: IncidentKey['split'];
  readonly partition: IncidentKey['partition'];
  readonly from: number;
  readonly count: number;
  /** Surrogate profile that writes the plans. */
  readonly profile: string;
  /** Whose beliefs are verified under; default the shipped perception's. */
  readonly perceive?: typeof perceive;
  /** Which fault types to take; default all. */
  readonly types?: (faultType: string) => boolean;
}

/** Stream of the draws that choose meta-prompts here. */
const JUDGED_STREAM = 1_004;
/** Turns played per incident: later ones meet feedback and what earlier plans left behind. */
const TURNS = 4;

/**
 * Plans that the surrogate writes for incidents under meta-prompts drawn at random, each with the belief it was verified under
 * and what executing it on a copy of the cloud came to. The verifier is fitted on them; it never sees the cloud itself.
 *
 * @throws ConfigError for names that nothing is known by
 */
export function* judgedPlans(range: JudgedPlanRange): Generator<JudgedPlan> {
  const { topology, overlay, prior, split, partition, from, count, profile } = range;
  const model = loadCloudModel({ topology, overlay, prior });
  const metaPrompts = loadMetaPrompts();
  const inner = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
  const synthesizer = createSynthesizer({ kind: 'surrogate', profile });
  const found: JudgedPlan[] = [];
  for (let index = from; index < from + count; index++) {
    const rng = defaultRng([index, JUDGED_STREAM]);
    let loop: HealingLoop | null = null;
    const verifier: Verifier = {
      verify(plan, belief, inventory, context) {
        const saved = loop!.getState().cloud as ReturnType<Cloud['save']>;
        const copy = Cloud.restore(model, saved);
        const before = copy.result().violations;
        const { handedOver } = executePlan(copy, plan);
        const seconds = copy.watch(DEFAULT_LIMITS.watch) - loop!.time;
        const { recoveredAt, violations } = copy.result();
        found.push({
          plan,
          belief,
          inventory,
          recovers: recoveredAt !== null && !handedOver,
          violations: violations - before,
          seconds,
          turnSeconds: loop!.time - turnStartedAt,
          incident: index,
          familiar: range.types === undefined,
        });
        return inner.verify(plan, belief, inventory, context);
      },
    };
    const parts = {
      model,
      synthesizer,
      verifier,
      perceive: range.perceive ?? perceive,
      limits: DEFAULT_LIMITS,
      judgeFirstPlan: false,
    };
    loop = new HealingLoop(parts, { split, partition, index });
    if (range.types && !range.types(loop.truth().faultType)) continue;
    let turnStartedAt = loop.time;
    for (let turn = 0; turn < TURNS && !loop.ending; turn++) {
      turnStartedAt = loop.time;
      const valid = [...maskFor(metaPrompts, loop.hasFeedback)].flatMap((bit, action) =>
        bit ? [action] : [],
      );
      const action = valid[rng.integers(0, valid.length)]!;
      loop.turn(metaPrompts[action]!, action);
    }
    yield* found.splice(0);
  }
}
