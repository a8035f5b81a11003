import { ground, type PlanStep, plan, type ValidationKind, validate } from 'pddl';
import { afterAll, describe, expect, it } from 'vitest';
import { CLASSICAL, loadDomain, loadProblem, loadRecoveryDomain, randomNumbers } from '../helpers.js';
import { findPython } from '../python.js';
import { recoveryProblem } from '../recovery.js';
import { type Exported, exportTask, LineServer, mutate, type OutsideVerdict, seedPlans } from './suite.js';

const python = findPython('unified_planning');
/** unified-planning has no scaling effects, so it cannot read `dosing`. */
const DOMAINS = CLASSICAL.filter((name) => name !== 'dosing');
const PLANS_PER_DOMAIN = 280;
const RECOVERY_PROBLEMS = 6;
const PLANS_PER_RECOVERY_PROBLEM = 60;

const KINDS: Readonly<Record<ValidationKind, OutsideVerdict['kind']>> = {
  arity: 'malformed',
  type: 'malformed',
  'unknown-action': 'malformed',
  'unknown-object': 'malformed',
  precondition: 'precondition',
  'conflicting-effects': 'effects',
  'undefined-fluent': 'effects',
  constraint: 'constraint',
  goal: 'goal',
};

let judged = 0;
const invalid: Record<string, number> = {};

/** Judges plans on both sides; returns the disagreements as text. */
async function disagreements(
  server: LineServer,
  exported: Exported,
  plans: readonly (readonly PlanStep[])[],
): Promise<string[]> {
  const { task, domainText: domain, problemText: problem } = exported;
  const verdicts = await server.ask<OutsideVerdict[]>({
    domain,
    problem,
    plans: plans.map((steps) => steps.map(({ name, args }) => [name, ...args])),
  });
  return plans.flatMap((steps, i) => {
    const ours = validate(task, steps);
    const theirs = verdicts[i]!;
    judged++;
    invalid[ours.kind ?? 'valid'] = (invalid[ours.kind ?? 'valid'] ?? 0) + 1;
    const kind = ours.kind === null ? null : KINDS[ours.kind];
    if (ours.valid === theirs.valid && kind === theirs.kind && ours.step === theirs.step) return [];
    const text = steps.map(({ name, args }) => `(${[name, ...args].join(' ')})`).join(' ');
    return [
      `${text}\n  ours: ${ours.kind} at ${ours.step}, ${ours.actual}\n  theirs: ${theirs.kind} at ${theirs.step}, ${theirs.text}`,
    ];
  });
}

function mutants(exported: Exported, count: number, random: () => number): PlanStep[][] {
  const seeds = seedPlans(exported.task, random, 12);
  // Half of the slips are made on the planner's plan, so that some stay harmless.
  const origin = (i: number) => (i % 2 === 0 ? seeds[0]! : seeds[i % seeds.length]!);
  return Array.from({ length: count }, (_, i) =>
    i < seeds.length ? seeds[i]! : mutate(origin(i), exported.task, random),
  );
}

describe.skipIf(python === null)('against unified-planning', () => {
  const server = python === null ? null : new LineServer(python, 'judge.py');
  afterAll(() => {
    server?.close();
    console.log(`unified-planning: ${judged} plans judged on both sides`, invalid);
  });

  it.each(DOMAINS)('judges random plans alike on %s', { timeout: 300_000 }, async (name) => {
    const domain = loadDomain(name);
    const exported = exportTask(domain, loadProblem(`${name}-1`, domain));
    const plans = mutants(exported, PLANS_PER_DOMAIN, randomNumbers(name.length));
    expect(await disagreements(server!, exported, plans)).toEqual([]);
  });

  it('judges random plans alike on recovery problems', { timeout: 600_000 }, async () => {
    const domain = loadRecoveryDomain();
    const random = randomNumbers(2);
    for (let i = 0; i < RECOVERY_PROBLEMS; i++) {
      const problem = recoveryProblem(domain, random, { services: 4, conditions: 1 + (i % 4) });
      const exported = exportTask(domain, problem);
      const plans = mutants(exported, PLANS_PER_RECOVERY_PROBLEM, random);
      expect(await disagreements(server!, exported, plans)).toEqual([]);
    }
  });

  it.each(DOMAINS)('accepts the plans of the planner on %s', async (name) => {
    const domain = loadDomain(name);
    const problem = loadProblem(`${name}-1`, domain);
    const exported = exportTask(domain, problem);
    const task = ground(domain, problem);
    const plans = [plan(task), plan(task, { algorithm: 'greedy' })].map((result) => result.plan!);
    const verdicts = await server!.ask<OutsideVerdict[]>({
      domain: exported.domainText,
      problem: exported.problemText,
      plans: plans.map((steps) => steps.map(({ name: action, args }) => [action, ...args])),
    });
    expect(verdicts.map(({ valid }) => valid)).toEqual([true, true]);
  });

  it('accepts the plans of the planner on recovery problems', { timeout: 600_000 }, async () => {
    const domain = loadRecoveryDomain();
    const random = randomNumbers(8);
    let found = 0;
    for (let i = 0; i < 10; i++) {
      const problem = recoveryProblem(domain, random, { services: 4, conditions: 1 + (i % 4) });
      const exported = exportTask(domain, problem);
      // Planned on the domain as it is, `at end` and all, not on what is printed for the judge.
      const task = ground(domain, problem);
      const plans = [plan(task, { maxNodes: 200 }), plan(task, { algorithm: 'greedy', maxNodes: 2000 })]
        .map((result) => result.plan)
        .filter((steps) => steps !== null);
      if (plans.length === 0) continue;
      const verdicts = await server!.ask<OutsideVerdict[]>({
        domain: exported.domainText,
        problem: exported.problemText,
        plans: plans.map((steps) => steps.map(({ name: action, args }) => [action, ...args])),
      });
      for (const { valid, text } of verdicts) expect(valid, text).toBe(true);
      found += plans.length;
    }
    expect(found).toBeGreaterThan(5);
  });
});
