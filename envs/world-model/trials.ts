import type { GroundAction } from 'pddl';
import type { Inventory } from '../cloud/interface.js';
import type { VerifierConstants } from './constants.js';
import { hypotheses, sameConditions } from './hypotheses.js';
import type { PlanRun, RecoveryTask } from './recovery-task.js';
import type { Belief, Hypothesis, Plan } from './types.js';

/** A hypothesis with what the plan does under it. */
export interface Trial {
  readonly hypothesis: Hypothesis;
  /** It is what the plan itself says is wrong. */
  readonly own: boolean;
  readonly run: PlanRun;
}

/** Runs a plan under the K most likely hypotheses of a belief and under its own diagnosis; weights are still the belief's. */
export function tryPlan(
  plan: Plan,
  actions: readonly GroundAction[],
  belief: Belief,
  inventory: Inventory,
  k: number,
  task: RecoveryTask,
): Trial[] {
  const found = hypotheses(belief, k, plan.diagnosis);
  const own = ownDiagnosis(found, plan);
  return found.map((hypothesis) => ({
    hypothesis,
    own: hypothesis === own,
    run: task.run(inventory, hypothesis.conditions, actions),
  }));
}

/**
 * Trials with the weights they are judged by, heaviest first. The plan's own diagnosis gets as much weight as diagnoses turn
 * out to deserve, more the less familiar the incident looks to perception; the belief's hypotheses share the rest.
 */
export function weigh(
  trials: readonly Trial[],
  belief: Belief,
  { diagnosisWeight }: Pick<VerifierConstants['fitted'], 'diagnosisWeight'>,
): Trial[] {
  if (!trials.some(({ own }) => own)) return [...trials];
  const { familiar, strange } = diagnosisWeight;
  const weight = familiar + (strange - familiar) * belief.outOfDistribution;
  return trials
    .map(({ hypothesis, own, run }) => {
      const probability = (1 - weight) * hypothesis.probability + (own ? weight : 0);
      return { hypothesis: { ...hypothesis, probability }, own, run };
    })
    .sort((a, b) => b.hypothesis.probability - a.hypothesis.probability);
}

/** Weight of the hypotheses under which the plan runs through and reaches the goal. */
export function feasibilityOf(trials: readonly Trial[]): number {
  return Math.min(
    1,
    trials.reduce((sum, { hypothesis, run }) => sum + (run.goal ? hypothesis.probability : 0), 0),
  );
}

/** Trials of more than so much weight in which a precondition or an invariant fails. */
export function unsafeTrials(trials: readonly Trial[], epsilon: number): Trial[] {
  return trials.filter(({ hypothesis, run }) => run.failure !== null && hypothesis.probability > epsilon);
}

function ownDiagnosis(found: readonly Hypothesis[], plan: Plan): Hypothesis | undefined {
  if (plan.diagnosis.length === 0) return undefined;
  const separate = found.find(({ source }) => source === 'diagnosis');
  if (separate) return separate;
  const said = plan.diagnosis.map(({ condition, component }) => ({
    condition: condition.toLowerCase(),
    component: component.toLowerCase(),
  }));
  return found.find(({ conditions }) => sameConditions(conditions, said));
}
