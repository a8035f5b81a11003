import type { SparseSingle } from 'nn-engines';
import type { Inventory } from '../../cloud/interface.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan } from '../types.js';
import { sigmoid } from './dense.js';
import type { StepFeatures } from './step-features.js';

/** The two networks of a member that a rollout needs. */
export interface StepNetworks {
  readonly step: SparseSingle;
  readonly survival: SparseSingle;
}

/** Outputs of the step network before those of harm: log of seconds, log odds that the step completes. */
export const STEP_OUTPUTS = 2;
/** Conditions less likely than this are not followed: they are the mass of healthy components. */
const LEAST = 0.01;

/**
 * Rolls a plan out through the step networks: each step takes seconds, may stop the plan, may break an invariant, and leaves of
 * each believed condition what survives it. Steps act on probabilities, as if conditions were independent given the belief (a
 * mean-field rollout): correlations between conditions are lost, which the recovery network that reads the result makes up for.
 */
export class Rollout {
  /** Row-major `components × conditions`: what is believed to be left; overwritten by the next rollout. */
  remaining: Float64Array = new Float64Array(0);
  /** Probability per kind of violation that some step commits it. */
  readonly harm: Float64Array;
  /** Expected seconds of all steps. */
  seconds = 0;
  /** Probability that every step completes. */
  completes = 1;
  private before = new Float64Array(0);

  constructor(
    private readonly domain: DomainModel,
    private readonly features: StepFeatures,
    harms: number,
  ) {
    this.harm = new Float64Array(harms);
  }

  run(networks: StepNetworks, plan: Plan, belief: Belief, inventory: Inventory): void {
    this.start(belief);
    for (const call of plan.steps) {
      const target = this.features.forStep(call, belief.components, this.remaining, inventory);
      const said = networks.step.forward(this.features.step);
      this.seconds += this.completes * Math.exp(Math.min(MAX_LOG_SECONDS, said[0]!));
      this.survive(networks.survival, target);
      for (let h = 0; h < this.harm.length; h++)
        this.harm[h] = 1 - (1 - this.harm[h]!) * (1 - this.completes * sigmoid(said[STEP_OUTPUTS + h]!));
      this.completes *= sigmoid(said[1]!);
    }
  }

  private start({ probability }: Belief): void {
    if (this.remaining.length !== probability.length) {
      this.remaining = new Float64Array(probability.length);
      this.before = new Float64Array(probability.length);
    }
    this.remaining.set(probability);
    this.harm.fill(0);
    this.seconds = 0;
    this.completes = 1;
  }

  /** What is left of every condition after the step, seen from how things stood before it. */
  private survive(network: SparseSingle, target: number): void {
    const c = this.domain.conditions.length;
    this.before.set(this.remaining);
    network.begin(this.features.survival, this.features.sharedWidth);
    for (let i = 0; i < this.before.length; i++) {
      const held = this.before[i]!;
      if (held < LEAST) continue;
      const component = Math.floor(i / c);
      const said = network.forward(this.features.forCondition(i % c, component, target, this.before));
      const survives = sigmoid(said[0]!);
      this.remaining[i] = held * (1 - this.completes * (1 - survives));
    }
  }
}

/** No step of a plan outlasts the cap of an incident, e^7.5 = 1,808 s. */
const MAX_LOG_SECONDS = 7.5;
