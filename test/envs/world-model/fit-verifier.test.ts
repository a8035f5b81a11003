import { describe, expect, it } from 'vitest';
import { acceptThreshold } from '../../../envs/world-model/constants.js';
import { loadDomain } from '../../../envs/world-model/domain.js';
import { fitVerifier } from '../../../envs/world-model/fit-verifier.js';
import type { JudgedPlan } from '../../../envs/world-model/outcome/executed.js';
import { makeBelief, makeInventory, makePlan } from './support.js';

const { conditions } = loadDomain();
const at = (condition: string) => ({ condition, component: 'cartservice' });

/** Plans against an incident that is config-bad in truth; the belief or the diagnosis may be wrong. */
function judged(
  believed: string,
  diagnosed: string,
  step: string,
  right: boolean,
  strangeness = 0,
): JudgedPlan {
  return {
    plan: makePlan([`${step} cartservice`], [at(diagnosed)]),
    belief: makeBelief(conditions, [{ ...at(believed), probability: 0.95 }], strangeness),
    inventory: makeInventory(),
    recovers: right,
    violations: 0,
    seconds: 90,
    turnSeconds: 30,
    incident: 0,
  };
}

/** An outcome model that is sure of nothing. */
const OUTCOME = {
  predict: () => ({ probability: 0.5, spread: 0, seconds: 60, secondsLow: 60, risks: {}, secondsHigh: 60 }),
};

const repeat = (count: number, one: JudgedPlan): JudgedPlan[] => Array.from({ length: count }, () => one);

describe('fitVerifier', () => {
  it('trusts the diagnosis as far as it turned out better than the belief', () => {
    const beliefRight = [
      ...repeat(20, judged('config-bad', 'config-bad', 'restore-config', true)),
      ...repeat(20, judged('config-bad', 'leak-growing', 'rollback-deployment', false)),
      ...repeat(20, judged('config-bad', 'path-blocked', 'fix-policy', false)),
    ];
    const diagnosisRight = [
      ...repeat(20, judged('path-blocked', 'config-bad', 'restore-config', true)),
      ...repeat(20, judged('path-blocked', 'leak-growing', 'fix-policy', false)),
    ];
    const weight = (plans: JudgedPlan[]) =>
      fitVerifier(plans, 8, 0.1, 'a test', OUTCOME).fitted.diagnosisWeight.familiar;
    expect(weight(beliefRight)).toBe(0);
    expect(weight(diagnosisRight)).toBeGreaterThan(0.5);
  });

  it('sets the threshold so that right plans are rejected at the error level', () => {
    const plans = [
      ...repeat(95, judged('config-bad', 'config-bad', 'restore-config', true)),
      ...repeat(5, judged('path-blocked', 'config-bad', 'restore-config', true)),
      ...repeat(50, judged('config-bad', 'path-blocked', 'fix-policy', false)),
    ];
    const { fitted, report } = fitVerifier(plans, 8, 0.1, 'a test', OUTCOME);
    expect(acceptThreshold(fitted.rightPlanFeasibility, 0.1)).toBeGreaterThan(0.5);
    expect(report.falseRejects).toBeCloseTo(0.05, 9);
    expect(report.falseAccepts).toBe(0);
    expect(fitted.baseRate).toBeCloseTo(100 / 150, 4);
  });

  it('counts a plan that recovers by breaking something as wrong', () => {
    const harmful = { ...judged('config-bad', 'config-bad', 'restore-config', true), violations: 1 };
    expect(() => fitVerifier([harmful], 8, 0.1, 'a test', OUTCOME)).toThrow(
      'cannot fit on 0 right plans and 1 wrong ones',
    );
  });
});
