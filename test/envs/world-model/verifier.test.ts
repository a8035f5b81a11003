import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { loadDomain } from '../../../envs/world-model/domain.js';
import type { Belief, ConditionAt, Plan, Verdict } from '../../../envs/world-model/types.js';
import { renderVerdict } from '../../../envs/world-model/verdict-text.js';
import { createVerifier } from '../../../envs/world-model/verifier.js';
import { CONSTANTS, makeBelief, makeInventory, makePlan } from './support.js';

const { conditions } = loadDomain();
const at = (condition: string, component = 'cartservice'): ConditionAt => ({ condition, component });
const sure = (...what: ConditionAt[]): Belief =>
  makeBelief(
    conditions,
    what.map((one) => ({ ...one, probability: 0.97 })),
    0,
  );

const symbolic = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 }, { constants: CONSTANTS });
const context = { time: 60, rng: defaultRng(1) };
const judge = (plan: Plan, belief: Belief, inventory = makeInventory()): Verdict =>
  symbolic.verify(plan, belief, inventory, context);

describe('symbolic verification', () => {
  it('accepts a plan that repairs what is believed', () => {
    const verdict = judge(
      makePlan(['restore-config cartservice', 'rolling-restart cartservice']),
      sure(at('config-bad'), at('process-stale')),
    );
    expect(verdict.accepted).toBe(true);
    expect(verdict.failures).toEqual([]);
    expect(verdict.feasibility).toBeGreaterThan(0.8);
    // 10 s + 45 s of steps, and settling.
    expect(verdict.predictedMttr).toBe(85);
    expect(verdict.seconds).toBeCloseTo(0.7, 9);
  });

  it('rejects a restart before the configuration is restored, at its step, with what to change', () => {
    const plan = makePlan(['rolling-restart cartservice', 'restore-config cartservice']);
    const verdict = judge(plan, sure(at('config-bad'), at('process-stale')));
    expect(verdict.accepted).toBe(false);
    expect(verdict.failures[0]).toMatchObject({
      layer: 'symbolic',
      kind: 'precondition',
      step: 0,
      actual: '(config-bad cartservice)',
      advice: { op: 'literal', literal: '(config-bad cartservice)', wanted: false, actual: 'true' },
    });
    expect(renderVerdict(verdict, { plan })).toContain(
      'Step 1 (rolling-restart cartservice): its precondition does not hold',
    );
  });

  it('rejects an outage of a service that serves, and allows it for one that does not', () => {
    const plan = makePlan(['recreate-pods cartservice']);
    const belief = sure(at('process-stale'));
    const verdict = judge(plan, belief);
    expect(verdict.failures[0]).toMatchObject({ kind: 'constraint', step: 0 });
    expect(JSON.stringify(verdict.failures[0]!.advice)).not.toContain('was-serving');
    expect(judge(plan, belief, makeInventory({ cartservice: { readyReplicas: 0 } })).accepted).toBe(true);
  });

  it('rejects a plan that repairs something else, and names what would be left', () => {
    const verdict = judge(makePlan(['fix-policy frontend']), sure(at('leak-growing', 'redis-cart')));
    expect(verdict.accepted).toBe(false);
    expect(verdict.failures[0]).toMatchObject({
      kind: 'goal',
      step: null,
      condition: '(not (leak-growing redis-cart))',
    });
  });

  it('never accepts a plan that hands over', () => {
    const verdict = judge(
      makePlan(['rollback-deployment cartservice', 'hand-over']),
      sure(at('artifact-bad')),
    );
    expect(verdict.accepted).toBe(false);
    expect(verdict.feasibility).toBe(0);
  });

  it.each([
    ['a limit', { frontend: { limited: true } }, {}, '(not (limited frontend))'],
    ['an open circuit', { frontend: { broken: true } }, {}, '(not (circuit-open frontend))'],
    ['a paused roll-out', { frontend: { rolloutPaused: true } }, {}, '(not (paused frontend))'],
    ['a shifted zone', {}, { shiftedZones: ['zone-b'] }, '(not (shifted zone-b))'],
  ])('rejects a plan that leaves %s which it found', (_, services, rest, condition) => {
    const plan = makePlan(['rollback-deployment cartservice']);
    const verdict = judge(plan, sure(at('artifact-bad')), makeInventory(services, rest));
    expect(verdict.failures[0]).toMatchObject({ kind: 'goal', condition });
  });

  it('keeps to the quota', () => {
    const verdict = judge(
      makePlan(['scale-out cartservice']),
      sure(at('capacity-short')),
      makeInventory({}, { quotaLeft: 1 }),
    );
    expect(verdict.failures[0]).toMatchObject({ kind: 'constraint', step: 0 });
    expect(verdict.failures[0]!.actual).toBe('(= (quota-left) -2)');
    const raised = makePlan(['raise-quota', 'scale-out cartservice']);
    expect(judge(raised, sure(at('capacity-short')), makeInventory({}, { quotaLeft: 1 })).accepted).toBe(
      true,
    );
  });

  it('keeps to the blast limit', () => {
    const steps = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'].map(
      (id) => `rolling-restart ${id}`,
    );
    const belief = sure(at('process-stale'));
    expect(judge(makePlan(steps), belief).failures[0]).toMatchObject({ kind: 'constraint', step: 3 });
    expect(judge(makePlan([...steps.slice(0, 3), 'wait-ready frontend', steps[3]!]), belief).accepted).toBe(
      true,
    );
  });

  it('lets a stateful service move only from a cordoned node', () => {
    const belief = sure(at('path-degraded', 'redis-cart'));
    expect(judge(makePlan(['reschedule redis-cart']), belief).failures[0]).toMatchObject({
      kind: 'precondition',
    });
    const fenced = makePlan(['cordon-node node-4', 'reschedule redis-cart', 'uncordon-node node-4']);
    expect(judge(fenced, belief).accepted).toBe(true);
  });

  it('tells by the quota object whether quota or admission is at fault', () => {
    const belief = sure(at('admission-blocked'));
    const [quota, webhook] = [makePlan(['raise-quota']), makePlan(['fix-admission'])];
    const exhausted = makeInventory({}, { quotaLeft: 0 });
    expect([judge(quota, belief, exhausted).accepted, judge(webhook, belief, exhausted).accepted]).toEqual([
      true,
      false,
    ]);
    expect([judge(quota, belief).accepted, judge(webhook, belief).accepted]).toEqual([false, true]);
  });

  it("weighs the plan's own diagnosis more in strange incidents", () => {
    const plan = makePlan(['fix-policy frontend'], [at('path-blocked', 'frontend')]);
    const believed = [{ ...at('leak-growing'), probability: 0.97 }];
    const familiar = judge(plan, makeBelief(conditions, believed, 0)).feasibility;
    const strange = judge(plan, makeBelief(conditions, believed, 1)).feasibility;
    expect(strange).toBeGreaterThan(familiar);
    expect(
      judge(makePlan(['fix-policy frontend']), makeBelief(conditions, believed, 1)).feasibility,
    ).toBeLessThan(familiar);
  });
});

describe('layer 0', () => {
  const bad = makePlan([
    'reboot cartservice',
    'rolling-restart',
    'rolling-restart node-1',
    'rolling-restart cart',
  ]);
  const kinds = (verdict: Verdict) => verdict.failures.map(({ kind, step }) => [kind, step]);
  const expected = [
    ['unknown-action', 0],
    ['arity', 1],
    ['type', 2],
    ['unknown-object', 3],
  ];

  it.each(['syntax', 'symbolic'] as const)('finds wrong names and shapes in mode %s', (mode) => {
    const verdict = createVerifier({ mode, k: 8, alpha: 0.1 }).verify(
      bad,
      sure(at('process-stale')),
      makeInventory(),
      context,
    );
    expect(verdict.accepted).toBe(false);
    expect(verdict.feasibility).toBe(0);
    expect(kinds(verdict)).toEqual(expected);
    expect(verdict.failures.every(({ layer }) => layer === 'syntax')).toBe(true);
  });

  it('accepts in mode syntax what only the state speaks against', () => {
    const syntax = createVerifier({ mode: 'syntax', k: 8, alpha: 0.1 });
    const plan = makePlan(['rolling-restart cartservice']);
    expect(syntax.verify(plan, sure(at('config-bad')), makeInventory(), context).accepted).toBe(true);
  });

  it('accepts anything in mode none, at no cost', () => {
    const verdict = createVerifier({ mode: 'none', k: 8, alpha: 0.1 }).verify(
      bad,
      sure(),
      makeInventory(),
      context,
    );
    expect(verdict).toMatchObject({ accepted: true, seconds: 0, failures: [] });
  });
});
