import type { Inventory } from '../../cloud/interface.js';
import type { VerifierConstants } from '../constants.js';
import type { DomainModel } from '../domain.js';
import { readPlan } from '../read-plan.js';
import { recoveryTask } from '../recovery-task.js';
import type { Belief, Plan, Verdict, Verifier } from '../types.js';
import { MAX_FAILURES } from './explain.js';
import { plannedSeconds, secondsOf } from './seconds.js';

/** Mode `none`: executes whatever it is given, at once. */
export class TrustingVerifier implements Verifier {
  readonly readsBelief = false;
  constructor(
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {}

  verify(plan: Plan): Verdict {
    const { fitted, settleSeconds } = this.constants;
    return {
      accepted: true,
      feasibility: fitted.baseRate,
      predictedMttr: plannedSeconds(plan, this.domain) + settleSeconds,
      failures: [],
      seconds: 0,
    };
  }
}

/** Mode `syntax`: names, arity and types, as a schema validator would check them. */
export class SyntaxVerifier implements Verifier {
  readonly readsBelief = false;
  constructor(
    private readonly domain: DomainModel,
    private readonly constants: VerifierConstants,
  ) {}

  verify(plan: Plan, _belief: Belief, inventory: Inventory): Verdict {
    const { fitted, settleSeconds } = this.constants;
    const { failures } = readPlan(plan, recoveryTask(inventory, this.domain));
    return {
      accepted: failures.length === 0,
      feasibility: failures.length === 0 ? fitted.baseRate : 0,
      predictedMttr: plannedSeconds(plan, this.domain) + settleSeconds,
      failures: failures.slice(0, MAX_FAILURES),
      seconds: secondsOf(plan, this.constants),
    };
  }
}
