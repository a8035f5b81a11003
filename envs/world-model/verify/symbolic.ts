import type { Inventory } from '../../cloud/interface.js';
import { acceptThreshold, type VerifierConstants } from '../constants.js';
import type { DomainModel } from '../domain.js';
import { readPlan } from '../read-plan.js';
import { recoveryTask } from '../recovery-task.js';
import { feasibilityOf, type Trial, tryPlan, unsafeTrials, weigh } from '../trials.js';
import type { Belief, Plan, PlanFailure, Verdict, Verifier, VerifierOptions } from '../types.js';
import { explain, MAX_FAILURES } from './explain.js';
import { plannedSeconds, secondsOf } from './seconds.js';

/**
 * Mode `symbolic`: a plan must be executable without breaking an invariant under every hypothesis of some weight, and reach
 * the goal with enough probability over all of them.
 */
export class SymbolicVerifier implements Verifier {
  readonly readsBelief = true;
  private readonly threshold: number;

  constructor(
    private readonly options: Pick<VerifierOptions, 'k' | 'alpha'>,
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {
    this.threshold = acceptThreshold(constants.fitted.rightPlanFeasibility, options.alpha);
  }

  verify(plan: Plan, belief: Belief, inventory: Inventory): Verdict {
    const task = recoveryTask(inventory, this.domain);
    const { actions, failures } = readPlan(plan, task);
    const seconds = secondsOf(plan, this.constants);
    if (failures.length > 0)
      return this.verdict(plan, false, 0, failures.slice(0, MAX_FAILURES), seconds, []);
    const { fitted } = this.constants;
    const trials = weigh(tryPlan(plan, actions, belief, inventory, this.options.k, task), belief, fitted);
    const feasibility = feasibilityOf(trials);
    const unsafe = unsafeTrials(trials, fitted.epsilon);
    const accepted = unsafe.length === 0 && feasibility >= this.threshold;
    const reasons = accepted ? [] : explain(plan, actions, task, inventory, trials, unsafe);
    return this.verdict(plan, accepted, feasibility, reasons, seconds, trials);
  }

  private verdict(
    plan: Plan,
    accepted: boolean,
    feasibility: number,
    failures: readonly PlanFailure[],
    seconds: number,
    trials: readonly Trial[],
  ): Verdict {
    const works = trials.find(({ run }) => run.goal);
    const planned = works ? works.run.seconds : plannedSeconds(plan, this.domain);
    return {
      accepted,
      feasibility,
      predictedMttr: planned + this.constants.settleSeconds,
      failures,
      seconds,
    };
  }
}
