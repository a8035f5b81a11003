import { defaultRng, type Generator } from 'gymnasium-js';
import { SparseMemory, SparseSingle } from 'nn-engines';
import type { DomainModel } from '../domain.js';
import { fitPlatt } from '../perception/calibration.js';
import {
  type DenseTraining,
  type DenseWeights,
  roundWeight,
  type Supervision,
  sigmoid,
  trainDense,
} from './dense.js';
import { isRight, type JudgedPlan } from './executed.js';
import { PlanFeatures } from './features.js';
import { Rollout } from './rollout.js';
import { harmKinds, SECONDS_WEIGHT, stepData } from './step-data.js';
import { StepFeatures } from './step-features.js';
import { type OutcomeWeights, outcomeColumns } from './weights.js';

export interface OutcomeTraining {
  readonly members: number;
  /** Units of the recovery network, and of the two networks of steps. */
  readonly hidden: number;
  readonly stepHidden: number;
  readonly epochs: number;
  readonly batch: number;
  readonly learningRate: number;
  readonly seed: number;
  /** Share of incidents held out for early stopping and calibration. */
  readonly holdOut: number;
  readonly command: string;
}

/**
 * Trains the ensemble on logged executions: per member first the two networks of steps, then the recovery network on rollouts
 * through them. Members differ in their initial weights and in the incidents they see (bagging).
 * @throws RangeError when there are too few incidents to hold a part out, or no executed steps
 */
export async function trainOutcome(
  judged: readonly JudgedPlan[],
  domain: DomainModel,
  options: OutcomeTraining,
): Promise<OutcomeWeights> {
  const every = Math.max(2, Math.round(1 / options.holdOut));
  const isHeld = (incident: number): boolean => incident % every === every - 1;
  const rng = defaultRng(options.seed);
  const harms = harmKinds(judged);
  const steps = stepData(judged, domain, harms);
  const members: OutcomeWeights['members'] = [];
  const held = judged.filter(({ incident }) => isHeld(incident));
  const logits = new Float64Array(held.length);
  const train = async (data: Supervision, hidden: number): Promise<DenseWeights> => {
    const rows = [...data.incidents.keys()];
    const aside = rows.filter((row) => isHeld(data.incidents[row]!));
    const drawn = bag(data.incidents, isHeld, rng);
    const settings: DenseTraining = { ...options, hidden };
    return trainDense(data, drawn, aside, settings, rng);
  };
  for (let m = 0; m < options.members; m++) {
    const step = await train(steps.step, options.stepHidden);
    const survival = await train(steps.survival, options.stepHidden);
    const plans = planData(judged, domain, harms.length, { step, survival });
    const recovery = await train(plans, options.hidden);
    members.push({ step, survival, recovery } as OutcomeWeights['members'][number]);
    addLogits(logits, plans, isHeld, recovery, options.members);
  }
  const labels = Uint8Array.from(held, (one) => Number(isRight(one)));
  const [slope, offset] = fitPlatt(logits, labels);
  return {
    format: 'pase-outcome/2',
    command: options.command,
    columns: outcomeColumns(domain),
    harms,
    members,
    calibration: { slope: roundWeight(slope), offset: roundWeight(offset) },
    card: {
      plans: judged.length,
      steps: steps.step.incidents.length,
      right: roundWeight(judged.filter(isRight).length / judged.length),
      heldOut: heldOutScores(logits, labels, slope, offset),
    },
  };
}

/** Rows for the recovery network: every plan, rolled out through a member's networks of steps. */
function planData(
  judged: readonly JudgedPlan[],
  domain: DomainModel,
  harms: number,
  { step, survival }: { step: DenseWeights; survival: DenseWeights },
): Supervision {
  const rollout = new Rollout(domain, new StepFeatures(domain), harms);
  const features = new PlanFeatures(domain, harms);
  const memory = new SparseMemory();
  const networks = { step: new SparseSingle(memory, step), survival: new SparseSingle(memory, survival) };
  const out = new Float32Array(judged.length * features.width);
  judged.forEach(({ plan, belief, inventory }, row) => {
    rollout.run(networks, plan, belief, inventory);
    out.set(features.of(plan, belief, inventory, rollout), row * features.width);
  });
  return {
    inputs: features.width,
    outputs: [{ kind: 'odds' }, { kind: 'value', weight: SECONDS_WEIGHT }],
    features: out,
    targets: Float32Array.from(
      judged.flatMap((one) => [Number(isRight(one)), Math.log(Math.max(1, one.seconds))]),
    ),
    incidents: Int32Array.from(judged, ({ incident }) => incident),
  };
}

/** Rows of training incidents, drawn with replacement incident by incident. */
function bag(incidents: Int32Array, isHeld: (incident: number) => boolean, rng: Generator): Int32Array {
  const byIncident = new Map<number, number[]>();
  incidents.forEach((incident, row) => {
    if (isHeld(incident)) return;
    const list = byIncident.get(incident);
    if (list) list.push(row);
    else byIncident.set(incident, [row]);
  });
  const all = [...byIncident.values()];
  return Int32Array.from(all.flatMap(() => all[rng.integers(0, all.length)]!));
}

/** Adds a member's share of the mean log odds of the held-out plans. */
function addLogits(
  logits: Float64Array,
  plans: Supervision,
  isHeld: (incident: number) => boolean,
  recovery: DenseWeights,
  members: number,
): void {
  const network = new SparseSingle(new SparseMemory(), recovery);
  let at = 0;
  plans.incidents.forEach((incident, row) => {
    if (!isHeld(incident)) return;
    const from = row * plans.inputs;
    const out = network.forward(Float64Array.from(plans.features.subarray(from, from + plans.inputs)));
    logits[at++]! += out[0]! / members;
  });
}

function heldOutScores(logits: Float64Array, labels: Uint8Array, slope: number, offset: number) {
  const said = logits.map((z) => sigmoid(slope * z + offset));
  const brier = said.reduce((sum, p, i) => sum + (p - labels[i]!) ** 2, 0) / said.length;
  const order = [...said.keys()].sort((a, b) => said[a]! - said[b]!);
  const positives = labels.reduce((sum, y) => sum + y, 0);
  const ranks = order.reduce((sum, index, rank) => sum + (labels[index] === 1 ? rank + 1 : 0), 0);
  const pairs = positives * (labels.length - positives);
  const auroc = pairs > 0 ? (ranks - (positives * (positives + 1)) / 2) / pairs : 0.5;
  return { plans: said.length, brier: roundWeight(brier), auroc: roundWeight(auroc) };
}
