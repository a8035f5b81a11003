import {
  endConstraintsInGoal,
  type Goal,
  type GroundAction,
  ground,
  type HeuristicName,
  type PlanOptions,
  plan,
  State,
  type Task,
  validate,
} from 'pddl';
import { describe, expect, it } from 'vitest';
import { CLASSICAL, loadDomain, loadProblem, loadRecoveryDomain, randomNumbers } from './helpers.js';
import { recoveryProblem } from './recovery.js';

const OPTIMAL: HeuristicName[] = ['blind', 'hmax', 'lmcut'];

/** Cheapest cost by plain uniform-cost search over all actions: no pruning, no heuristic, states keyed by text. */
function bruteForce(task: Task, maxStates: number): number | null {
  const costOf = (state: State, steps: number) => {
    const metric = task.metricValue(state, steps);
    return metric === null ? steps : metric;
  };
  const content = Array.from(task.initial.numbers, (_, fluent) => fluent).filter(
    (fluent) => !task.fluents.names[task.fluents.symbolOf(fluent)]!.trim().startsWith('total-'),
  );
  const key = (state: State) =>
    `${state.bits.join(' ')} ${content.map((fluent) => state.numbers[fluent]! + 0).join(' ')}`;
  const queue: { state: State; cost: number; steps: number }[] = [
    { state: task.initial.clone(), cost: 0, steps: 0 },
  ];
  const start = costOf(task.initial.clone(), 0);
  const best = new Map([[key(task.initial), 0]]);
  const anything = task.compileGoal({ kind: 'and', parts: [] });
  const done = new Set<string>();
  while (queue.length > 0) {
    queue.sort((a, b) => b.cost - a.cost);
    const { state, cost, steps } = queue.pop()!;
    const id = key(state);
    if (done.has(id)) continue;
    done.add(id);
    if (task.satisfies(state)) return cost;
    if (done.size > maxStates) return null;
    for (const action of task.actions) {
      const next = step(task, action, state, anything);
      if (next === null) continue;
      const nextCost = costOf(next, steps + 1) - start;
      const nextId = key(next);
      if ((best.get(nextId) ?? Number.POSITIVE_INFINITY) <= nextCost) continue;
      best.set(nextId, nextCost);
      queue.push({ state: next, cost: nextCost, steps: steps + 1 });
    }
  }
  return Number.POSITIVE_INFINITY;
}

/** One step under `always` constraints, judged by the validator itself. */
function step(task: Task, action: GroundAction, state: State, anything: Goal): State | null {
  const call = {
    name: action.schema.name,
    args: Array.from(action.args, (object) => task.universe.name(object)),
  };
  if (!validate(task, [call], { state, goal: anything }).valid) return null;
  const next = new State(state.bits.slice(), state.numbers.slice());
  action.apply(next);
  return next;
}

describe.each(CLASSICAL)('planner on %s', (name) => {
  const domain = loadDomain(name);
  const task = ground(domain, loadProblem(`${name}-1`, domain));

  it('finds plans of one optimal cost with every admissible heuristic, valid by the validator', () => {
    const results = OPTIMAL.map((heuristic) => plan(task, { heuristic }));
    for (const result of results) {
      expect(result.reason).toBe('solved');
      expect(result.optimal).toBe(true);
      expect(result.cost).toBe(results[0]!.cost);
      expect(validate(task, result.plan!).valid).toBe(true);
    }
  });

  it.each<PlanOptions>([
    { algorithm: 'greedy' },
    { algorithm: 'greedy', heuristic: 'hadd' },
    { algorithm: 'astar', heuristic: 'hff' },
  ])('finds valid plans with %o', (options) => {
    const optimal = plan(task);
    const result = plan(task, options);
    expect(result.reason).toBe('solved');
    expect(result.optimal).toBe(false);
    expect(result.cost).toBeGreaterThanOrEqual(optimal.cost!);
    expect(validate(task, result.plan!).valid).toBe(true);
  });

  it('needs only the actions that are reachable', () => {
    const reachable = ground(domain, loadProblem(`${name}-1`, domain), { actions: 'reachable' });
    expect(reachable.actions.length).toBeLessThanOrEqual(task.actions.length);
    expect(plan(reachable).cost).toBe(plan(task).cost);
  });

  it('is deterministic', () => {
    expect(plan(task, { algorithm: 'greedy' })).toEqual(plan(task, { algorithm: 'greedy' }));
  });
});

describe('planner', () => {
  it.each(['stacker', 'courier', 'switchboard', 'gallery', 'greenhouse'])(
    'agrees on %s with a search that prunes nothing',
    (name) => {
      const domain = loadDomain(name);
      const task = ground(domain, loadProblem(`${name}-1`, domain));
      const cost = bruteForce(task, 3000);
      expect(cost).not.toBeNull();
      expect(plan(task).cost).toBe(cost);
    },
  );

  it('agrees on small recovery problems with a search that prunes nothing', () => {
    const domain = loadRecoveryDomain();
    const random = randomNumbers(11);
    let compared = 0;
    for (let i = 0; i < 40; i++) {
      const problem = recoveryProblem(domain, random, { services: 1, nodes: 1, conditions: 1 + (i % 2) });
      // The search that prunes nothing judges step by step, so what only the end of a plan settles has to be in its goal.
      const ended = endConstraintsInGoal(domain, problem);
      const cost = bruteForce(ground(ended.domain, ended.problem), 400);
      if (cost === null) continue;
      compared++;
      expect(plan(ground(domain, problem)).cost ?? Number.POSITIVE_INFINITY).toBe(cost);
    }
    expect(compared).toBeGreaterThan(4);
  });

  it('returns only plans that the validator accepts, on random recovery problems', () => {
    const domain = loadRecoveryDomain();
    const random = randomNumbers(5);
    let solved = 0;
    for (let i = 0; i < 30; i++) {
      const task = ground(domain, recoveryProblem(domain, random, { services: 12, conditions: 1 + (i % 5) }));
      const result = plan(task, { algorithm: 'greedy', maxNodes: 2000 });
      if (result.plan === null) continue;
      solved++;
      expect(validate(task, result.plan)).toMatchObject({ valid: true, metric: result.cost });
    }
    expect(solved).toBeGreaterThan(15);
  });

  const domain = loadDomain('stacker');
  const problem = loadProblem('stacker-1', domain);

  it('says that there is no plan', () => {
    const impossible = { ...problem, goal: { kind: 'and' as const, parts: [] } };
    const task = ground(domain, impossible);
    const goal = task.compileGoal({
      kind: 'atom',
      predicate: 'on',
      args: [
        { kind: 'object', name: 'red' },
        { kind: 'object', name: 'red' },
      ],
    });
    expect(plan(task, { goal })).toMatchObject({
      reason: 'unsolvable',
      plan: null,
      cost: null,
      optimal: false,
    });
  });

  it('leaves out what no sequence of actions makes possible', () => {
    const courier = loadDomain('courier');
    const start = loadProblem('courier-1', courier);
    const stranded = { ...start, facts: start.facts.filter(({ predicate }) => predicate !== 'lane') };
    // Without lanes the bicycle stays where it is: no ride, and it carries only what is brought to it.
    const all = ground(courier, stranded).actions.map(({ text }) => text);
    const reachable = ground(courier, stranded, { actions: 'reachable' }).actions.map(({ text }) => text);
    expect(all).toContain('(load card bicycle hub)');
    expect(reachable).not.toContain('(load card bicycle hub)');
    expect(reachable).toContain('(load crate bicycle north)');
  });

  it('stops at the node limit, always at the same place', () => {
    const result = plan(ground(domain, problem), { heuristic: 'blind', maxNodes: 10 });
    expect(result).toMatchObject({ reason: 'node-limit', plan: null, expanded: 10 });
  });

  it('stops at the time limit', () => {
    const result = plan(ground(domain, problem), { heuristic: 'blind', maxMilliseconds: 0 });
    expect(result).toMatchObject({ reason: 'time-limit', plan: null });
  });

  it('returns the empty plan when the goal holds', () => {
    const result = plan(ground(domain, { ...problem, goal: { kind: 'and', parts: [] } }));
    expect(result).toMatchObject({ reason: 'solved', plan: [], cost: 0, expanded: 0 });
  });

  it('finds nothing from a state that violates a constraint', () => {
    const crossing = loadDomain('crossing');
    const start = loadProblem('crossing-1', crossing);
    const facts = start.facts.map((fact) =>
      fact.predicate === 'boat-at' ? { ...fact, args: ['far'] } : fact,
    );
    expect(plan(ground(crossing, { ...start, facts }))).toMatchObject({ reason: 'unsolvable', expanded: 0 });
  });
});
