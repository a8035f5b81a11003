import {
  createProblem,
  ground,
  type PlanStep,
  type ProblemParts,
  parseDomain,
  type Task,
  validate,
} from 'pddl';
import { describe, expect, it } from 'vitest';

const DOMAIN = parseDomain(`
(define (domain shop)
  (:requirements :adl :numeric-fluents :constraints)
  (:types service node)
  (:constants cart - service)
  (:predicates (broken ?s - service) (limited ?s - service) (depends ?a ?b - service) (touched ?s - service)
               (was-serving ?s - service) (flag))
  (:functions (ready ?s - service) (quota) (total-cost))
  (:constraints (and
    (always (forall (?s - service) (imply (was-serving ?s) (>= (ready ?s) 1))))
    (at end (not (exists (?s - service) (limited ?s))))))
  (:action restart
    :parameters (?s - service)
    :precondition (and (> (ready ?s) 0) (or (broken ?s) (flag)))
    :effect (and (not (broken ?s)) (decrease (ready ?s) 1) (increase (total-cost) 5)))
  (:action scale
    :parameters (?s - service)
    :precondition (> (quota) 0)
    :effect (and (increase (ready ?s) 1) (decrease (quota) 1) (increase (total-cost) 2)))
  (:action limit :parameters (?s - service) :effect (limited ?s))
  (:action lift :parameters () :effect (forall (?s - service) (when (limited ?s) (not (limited ?s)))))
  (:action both :parameters (?s - service) :effect (and (not (touched ?s)) (touched ?s)))
  (:action swap :parameters (?a ?b - service)
    :precondition (not (= ?a ?b))
    :effect (and (assign (ready ?a) (ready ?b)) (assign (ready ?b) (ready ?a))))
  (:action clash :parameters (?a ?b - service)
    :effect (and (assign (ready ?a) 1) (increase (ready ?b) 1)))
  (:action twice :parameters (?a ?b - service)
    :effect (and (increase (ready ?a) 1) (increase (ready ?b) 2)))
  (:action halve :parameters () :effect (scale-down (quota) 2))
  (:action divide :parameters (?s - service) :effect (assign (quota) (/ (quota) (ready ?s))))
)`);

const BASE: ProblemParts = {
  objects: { service: ['web', 'db'], node: ['n1'] },
  facts: [
    { predicate: 'broken', args: ['cart'] },
    { predicate: 'was-serving', args: ['cart'] },
  ],
  fluents: [
    { function: 'ready', args: ['cart'], value: 1 },
    { function: 'ready', args: ['web'], value: 0 },
    { function: 'quota', args: [], value: 2 },
  ],
  goal: '(not (broken cart))',
  metric: { direction: 'minimize', expression: { kind: 'fluent', function: 'total-cost', args: [] } },
};

function steps(text: string): PlanStep[] {
  return text
    .split(',')
    .map((part) => part.trim().split(' '))
    .filter(([name]) => name !== '')
    .map(([name, ...args]) => ({ name: name!, args }));
}

function task(parts: Partial<ProblemParts> = {}): Task {
  return ground(DOMAIN, createProblem(DOMAIN, { ...BASE, ...parts }), { variable: ['was-serving'] });
}

describe('validate', () => {
  it('accepts a valid plan and computes the metric', () => {
    const result = validate(task(), steps('scale cart, restart cart'));
    expect(result).toMatchObject({ valid: true, kind: null, step: null, metric: 7, steps: 2, failures: [] });
  });

  it('reports a violated constraint with step, instance and values', () => {
    expect(validate(task(), steps('restart cart'))).toMatchObject({
      valid: false,
      kind: 'constraint',
      step: 1,
      action: '(restart cart)',
      condition: '(always (or (not (was-serving cart)) (>= (ready cart) 1)))',
      actual: '(was-serving cart) (= (ready cart) 0)',
      advice: {
        op: 'or',
        children: [
          { op: 'literal', literal: '(was-serving cart)', wanted: false, actual: 'true' },
          { op: 'literal', literal: '(>= (ready cart) 1)', wanted: true, actual: '(ready cart) = 0' },
        ],
      },
      metric: null,
    });
  });

  it('judges constraints in the initial state as step 0', () => {
    const fluents = [{ function: 'ready', args: ['cart'], value: 0 }];
    expect(validate(task({ fluents, goal: '(and)' }), [])).toMatchObject({ kind: 'constraint', step: 0 });
  });

  it('judges what must hold at the end at the end', () => {
    const goal = '(limited web)';
    expect(validate(task({ goal }), steps('limit web'))).toMatchObject({
      kind: 'constraint',
      step: null,
      condition: '(at end (not (limited web)))',
    });
    expect(validate(task({ goal: '(and)' }), steps('limit web, limit cart, lift')).valid).toBe(true);
  });

  it('advises on an unmet precondition with current values', () => {
    expect(validate(task(), steps('restart web'))).toMatchObject({
      kind: 'precondition',
      step: 1,
      condition: '(and (> (ready web) 0) (or (broken web) (flag)))',
      // (flag) could help too, but no action ever changes it.
      actual: '(= (ready web) 0) (not (broken web))',
      advice: {
        op: 'and',
        children: [
          { op: 'literal', literal: '(> (ready web) 0)', wanted: true, actual: '(ready web) = 0' },
          { op: 'literal', literal: '(broken web)', wanted: true, actual: 'false' },
        ],
      },
    });
  });

  it.each([
    ['restrat cart', 'unknown-action', null, '(restrat cart)', 'restart'],
    ['restart cart web', 'arity', '(restart ?s - service)', '(restart cart web)', null],
    ['restart crat', 'unknown-object', null, 'crat', 'cart'],
    ['restart n1', 'type', '(restart ?s - service)', 'n1 - node', null],
  ])('reports %s as %s', (plan, kind, condition, actual, suggestion) => {
    expect(validate(task(), steps(`scale cart, ${plan}`))).toMatchObject({
      valid: false,
      kind,
      step: 2,
      condition,
      actual,
      suggestion,
      advice: null,
    });
  });

  it('ignores case', () => {
    expect(validate(task(), steps('SCALE Cart, Restart CART')).valid).toBe(true);
  });

  it('rejects what reads an undefined fluent', () => {
    expect(validate(task(), steps('scale db'))).toMatchObject({
      kind: 'undefined-fluent',
      step: 1,
      actual: '(= (ready db) undefined)',
    });
    expect(validate(task(), steps('restart db'))).toMatchObject({ kind: 'precondition', step: 1 });
    expect(validate(task({ goal: '(= (ready db) 1)' }), [])).toMatchObject({
      kind: 'undefined-fluent',
      step: null,
    });
  });

  it('rejects division by zero as undefined', () => {
    expect(validate(task(), steps('divide web'))).toMatchObject({ kind: 'undefined-fluent', step: 1 });
  });

  it('lets adds win over deletes, reads before writing, and adds up increases', () => {
    expect(validate(task({ goal: '(touched web)' }), steps('both web')).valid).toBe(true);
    const swapped = '(and (= (ready cart) 0) (= (ready web) 1))';
    const unconstrained = { facts: [], goal: swapped };
    expect(validate(task(unconstrained), steps('swap cart web')).valid).toBe(true);
    expect(validate(task({ goal: '(= (ready cart) 4)' }), steps('twice cart cart')).valid).toBe(true);
    expect(validate(task({ goal: '(= (quota) 1)' }), steps('halve')).valid).toBe(true);
  });

  it('rejects conflicting effects', () => {
    expect(validate(task(), steps('clash cart cart'))).toMatchObject({
      kind: 'conflicting-effects',
      step: 1,
      condition: 'one change of (ready cart)',
    });
    expect(validate(task({ goal: '(and)' }), steps('clash cart web')).valid).toBe(true);
  });

  it('accepts the empty plan exactly when the goal holds', () => {
    expect(validate(task(), [])).toMatchObject({
      kind: 'goal',
      step: null,
      condition: '(not (broken cart))',
    });
    expect(validate(task({ goal: '(broken cart)' }), []).valid).toBe(true);
  });

  it('reports all failures when asked', () => {
    const result = validate(task(), steps('fly, restart web, restart n1, limit web'), { all: true });
    expect(result.failures.map(({ kind, step }) => [kind, step])).toEqual([
      ['unknown-action', 1],
      ['precondition', 2],
      ['type', 3],
      ['constraint', null],
      ['goal', null],
    ]);
    expect(result).toMatchObject({ kind: 'unknown-action', step: 1, steps: 2, metric: null });
  });

  it('traces states', () => {
    const { trace } = validate(task(), steps('scale cart, restart cart'), { trace: true });
    expect(trace).toHaveLength(3);
    expect(new Set(trace![0]!.added)).toEqual(new Set(BASE.facts));
    expect(trace![2]).toEqual({
      step: 2,
      action: '(restart cart)',
      added: [],
      deleted: [{ predicate: 'broken', args: ['cart'] }],
      values: [
        { function: 'ready', args: ['cart'], value: 1 },
        { function: 'total-cost', args: [], value: 5 + 2 },
      ],
    });
  });
});

describe('a task', () => {
  it('takes any initial state and goal', () => {
    const one = task();
    const state = one.createState(
      [{ predicate: 'broken', args: ['web'] }],
      [{ function: 'ready', args: ['web'], value: 3 }],
    );
    const goal = one.compileGoal({
      kind: 'not',
      part: { kind: 'atom', predicate: 'broken', args: [{ kind: 'object', name: 'web' }] },
    });
    const before = state.clone();
    expect(validate(one, steps('restart web'), { state, goal }).valid).toBe(true);
    expect(state.equals(before)).toBe(true);
    expect(validate(one, steps('scale cart, restart cart')).valid).toBe(true);
  });

  it('steps actions on states', () => {
    const one = task();
    const state = one.initial.clone();
    const restart = one.action('restart', ['cart']);
    expect(restart.applicable(state)).toBe(true);
    expect(restart.apply(state)).toBe(0);
    expect(restart.applicable(state)).toBe(false);
    expect(one.holds(state, 'broken', ['cart'])).toBe(false);
    expect(one.value(state, 'ready', ['cart'])).toBe(0);
    expect(one.value(one.initial, 'ready', ['cart'])).toBe(1);
  });

  it.each([
    [() => task().factIndex('brokn', ['cart']), 'unknown predicate "brokn" (nearest: "broken")'],
    [() => task().factIndex('broken', ['crat']), 'unknown object "crat" (nearest: "cart")'],
    [() => task().factIndex('broken', []), '"broken" takes 1 arguments, got 0'],
    [
      () => task().factIndex('broken', ['n1']),
      'argument 1 of "broken" must be of type service, "n1" is of type node',
    ],
    [() => task().factIndex('depends', ['web', 'db']), 'predicate "depends" is static in this task'],
    [
      () => task().createState([{ predicate: 'depends', args: ['web', 'db'] }]),
      '(depends web db) is static and false in this task; name it in "variable" if it varies',
    ],
  ])('refuses misuse %#', (misuse, message) => {
    expect(misuse).toThrow(message);
  });
});
