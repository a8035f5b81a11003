import { SparseMemory, SparseSingle } from 'nn-engines';
import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan, PredictedOutcome } from '../types.js';
import { sigmoid } from './dense.js';
import { PlanFeatures } from './features.js';
import { Rollout, type StepNetworks } from './rollout.js';
import { StepFeatures } from './step-features.js';
import { loadOutcomeWeights, OUTCOME_PATH, type OutcomeWeights } from './weights.js';

interface Member extends StepNetworks {
  readonly recovery: SparseSingle;
}

/**
 * An ensemble that rolls a plan out step by step under a belief and says what that comes to. It learned from logged executions
 * and knows nothing of preconditions.
 */
export class OutcomeModel {
  private readonly members: readonly Member[];
  private readonly rollout: Rollout;
  private readonly features: PlanFeatures;
  private readonly logOdds: Float64Array;
  private readonly logSeconds: Float64Array;
  private readonly harm: Float64Array;

  constructor(
    domain: DomainModel,
    private readonly weights: OutcomeWeights,
  ) {
    this.rollout = new Rollout(domain, new StepFeatures(domain), weights.harms.length);
    this.features = new PlanFeatures(domain, weights.harms.length);
    const memory = new SparseMemory();
    this.members = weights.members.map(({ step, survival, recovery }) => ({
      step: new SparseSingle(memory, step),
      survival: new SparseSingle(memory, survival),
      recovery: new SparseSingle(memory, recovery),
    }));
    this.logOdds = new Float64Array(weights.members.length);
    this.logSeconds = new Float64Array(weights.members.length);
    this.harm = new Float64Array(weights.harms.length);
  }

  predict(plan: Plan, belief: Belief, inventory: Inventory): PredictedOutcome {
    this.harm.fill(0);
    this.members.forEach((member, m) => {
      this.rollout.run(member, plan, belief, inventory);
      const said = member.recovery.forward(this.features.of(plan, belief, inventory, this.rollout));
      this.logOdds[m] = said[0]!;
      this.logSeconds[m] = said[1]!;
      for (let h = 0; h < this.harm.length; h++) this.harm[h]! += this.rollout.harm[h]! / this.members.length;
    });
    const { slope, offset } = this.weights.calibration;
    const odds = moments(this.logOdds);
    const seconds = moments(this.logSeconds);
    const members = moments(this.logOdds.map((one) => sigmoid(slope * one + offset)));
    return {
      probability: sigmoid(slope * odds.mean + offset),
      spread: members.deviation,
      seconds: Math.exp(seconds.mean),
      secondsLow: Math.exp(seconds.mean - 2 * seconds.deviation),
      secondsHigh: Math.exp(seconds.mean + 2 * seconds.deviation),
      risks: Object.fromEntries(this.weights.harms.map((name, h) => [name, this.harm[h]!])),
    };
  }
}

function moments(values: Float64Array): { mean: number; deviation: number } {
  const mean = values.reduce((sum, x) => sum + x, 0) / values.length;
  return { mean, deviation: Math.sqrt(values.reduce((sum, x) => sum + (x - mean) ** 2, 0) / values.length) };
}

const shipped = new WeakMap<DomainModel, OutcomeModel>();

/** The shipped outcome model, loaded once per domain. @throws ConfigError when its weights are missing or do not fit */
export function shippedOutcomeModel(domain: DomainModel): OutcomeModel {
  let model = shipped.get(domain);
  if (!model) {
    model = new OutcomeModel(domain, loadOutcomeWeights(OUTCOME_PATH, domain));
    shipped.set(domain, model);
  }
  return model;
}
