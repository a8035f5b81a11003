import { defaultRng } from 'gymnasium-js';
import { Cloud, type IncidentKey, loadCloudModel, type OverlayName, type PriorName } from '../cloud/index.js';
import { createSynthesizer, loadMetaPrompts, maskFor, type SynthesizerConfig } from '../synthesis/index.js';
import {
  createVerifier,
  type ExecutedStep,
  type JudgedPlan,
  type Plan,
  perceive,
  type Verifier,
} from '../world-model/index.js';
import { executePlan } from './execution.js';
import { DEFAULT_LIMITS, HealingLoop } from './loop.js';
import { conditionsNow } from './true-conditions.js';

/** Incidents in which plans are written and judged, and by which model. */
export interface JudgedPlanRange {
  readonly topology: string;
  readonly overlay: OverlayName;
  readonly prior: PriorName;
  readonly split: IncidentKey['split'];
  readonly partition: IncidentKey['partition'];
  readonly from: number;
  readonly count: number;
  /** What writes the plans. */
  readonly writer: SynthesizerConfig;
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
 * Plans that a synthesizer writes for incidents under meta-prompts drawn at random, each with the belief it was verified under
 * and what executing it on a copy of the cloud came to. The verifier is fitted on them; it never sees the cloud itself.
 *
 * @throws ConfigError for names that nothing is known by
 */
export function* judgedPlans(range: JudgedPlanRange): Generator<JudgedPlan> {
  const { topology, overlay, prior, split, partition, from, count, writer } = range;
  const model = loadCloudModel({ topology, overlay, prior });
  const metaPrompts = loadMetaPrompts();
  const inner = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
  const synthesizer = createSynthesizer(writer);
  const found: JudgedPlan[] = [];
  for (let index = from; index < from + count; index++) {
    const rng = defaultRng([index, JUDGED_STREAM]);
    let loop: HealingLoop | null = null;
    const verifier: Verifier = {
      readsBelief: true,
      verify(plan, belief, inventory, context) {
        const saved = loop!.getState().cloud as ReturnType<Cloud['save']>;
        const copy = Cloud.restore(model, saved);
        const before = copy.result().violations;
        const { handedOver, steps } = executeLogged(copy, plan);
        const seconds = copy.time - loop!.time;
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
          family: loop!.truth().family,
          steps,
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
      undoBeyond: null,
      judgePlans: false,
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

/** Executes a plan on a copy of the cloud and watches, logging what each step found, did and left. */
function executeLogged(cloud: Cloud, plan: Plan): { handedOver: boolean; steps: ExecutedStep[] } {
  type Begun = Omit<ExecutedStep, 'after' | 'seconds' | 'done' | 'harm'> & { at: number; harm: object };
  const begun: Begun[] = [];
  const ended: { at: number; done: boolean }[] = [];
  const { handedOver } = executePlan(cloud, plan, [], {
    before(call) {
      const before = conditionsNow(cloud);
      const harm = { ...cloud.harm().kinds };
      begun.push({ call, inventory: cloud.inventory(), before, at: cloud.time, harm });
    },
    after({ status }) {
      ended.push({ at: cloud.time, done: status === 'done' });
    },
  });
  cloud.watch(DEFAULT_LIMITS.watch);
  const last = { before: conditionsNow(cloud), harm: { ...cloud.harm().kinds } };
  const steps = begun.map(({ call, inventory, before, at, harm }, i): ExecutedStep => {
    const next = begun[i + 1] ?? last;
    const { at: endedAt, done } = ended[i]!;
    const added = addedKinds(harm, next.harm);
    return { call, inventory, before, after: next.before, seconds: endedAt - at, done, harm: added };
  });
  return { handedOver, steps };
}

const addedKinds = (before: object, after: object): string[] =>
  Object.entries(after).flatMap(([kind, count]) =>
    count > ((before as Record<string, number>)[kind] ?? 0) ? [kind] : [],
  );
