import { resolveTerm } from './instantiate.js';
import type { LiftedAction, LiftedCondition } from './lifted.js';
import type { Statics } from './statics.js';

/** A conjunct of a precondition that can be decided as soon as its variables are bound. */
interface Check {
  readonly slots: readonly number[];
  readonly passes: (binding: Int32Array) => boolean;
}

/** Says of ground atoms of changeable predicates whether they can ever hold. */
export type MayHold = (predicate: number, args: Int32Array) => boolean;

/**
 * Yields (in place) every binding of an action's parameters that no static conjunct of its precondition rules out, nor,
 * given `mayHold`, a conjunct that can never hold.
 */
export function* possibleBindings(
  action: LiftedAction,
  statics: Statics,
  mayHold: MayHold | null = null,
): Iterable<Int32Array> {
  const binding = new Int32Array(action.slots);
  const checks = collectChecks(action.precondition, statics, mayHold);
  if (!checks.filter(({ slots }) => slots.length === 0).every(({ passes }) => passes(binding))) return;
  const plan = orderParameters(action, checks);
  yield* enumerate(plan, binding, 0);
}

interface Level {
  readonly slot: number;
  readonly objects: Int32Array;
  readonly checks: readonly Check[];
}

function* enumerate(plan: readonly Level[], binding: Int32Array, depth: number): Iterable<Int32Array> {
  const level = plan[depth];
  if (level === undefined) {
    yield binding;
    return;
  }
  const { slot, objects, checks } = level;
  next: for (let i = 0; i < objects.length; i++) {
    binding[slot] = objects[i]!;
    for (const check of checks) if (!check.passes(binding)) continue next;
    yield* enumerate(plan, binding, depth + 1);
  }
}

/** Binds next the parameter that completes the most checks, so that dead ends show early. */
function orderParameters(action: LiftedAction, checks: readonly Check[]): Level[] {
  const bound = new Set<number>();
  const waiting = [...action.parameters];
  const levels: Level[] = [];
  const completed = (slot: number) =>
    checks.filter(
      ({ slots }) => slots.includes(slot) && slots.every((other) => other === slot || bound.has(other)),
    );
  while (waiting.length > 0) {
    const gains = waiting.map(({ slot }) => completed(slot).length);
    const best = gains.indexOf(Math.max(...gains));
    const { slot, objects } = waiting.splice(best, 1)[0]!;
    const unary = completed(slot).filter(({ slots }) => slots.length === 1);
    const rest = completed(slot).filter(({ slots }) => slots.length > 1);
    levels.push({ slot, objects: filterObjects(action, slot, objects, unary), checks: rest });
    bound.add(slot);
  }
  return levels;
}

function filterObjects(
  action: LiftedAction,
  slot: number,
  objects: Int32Array,
  checks: readonly Check[],
): Int32Array {
  const binding = new Int32Array(action.slots);
  return objects.filter((object) => {
    binding[slot] = object;
    return checks.every(({ passes }) => passes(binding));
  });
}

function collectChecks(condition: LiftedCondition, statics: Statics, mayHold: MayHold | null): Check[] {
  if (condition.op === 'and') return condition.parts.flatMap((part) => collectChecks(part, statics, mayHold));
  if (condition.op === 'atom' && statics.isStaticPredicate[condition.predicate]) {
    const { predicate, args, wanted } = condition;
    const resolved = new Int32Array(args.length);
    const passes = (binding: Int32Array) => {
      for (let i = 0; i < args.length; i++) resolved[i] = resolveTerm(args[i]!, binding);
      return statics.holds(predicate, resolved) === wanted;
    };
    return [{ slots: slotsOf(args), passes }];
  }
  if (condition.op === 'atom' && condition.wanted && mayHold !== null) {
    const { predicate, args } = condition;
    const resolved = new Int32Array(args.length);
    const passes = (binding: Int32Array) => {
      for (let i = 0; i < args.length; i++) resolved[i] = resolveTerm(args[i]!, binding);
      return mayHold(predicate, resolved);
    };
    return [{ slots: slotsOf(args), passes }];
  }
  if (condition.op === 'equals') {
    const { left, right, wanted } = condition;
    const passes = (binding: Int32Array) =>
      (resolveTerm(left, binding) === resolveTerm(right, binding)) === wanted;
    return [{ slots: slotsOf([left, right]), passes }];
  }
  return [];
}

function slotsOf(terms: readonly number[]): number[] {
  return [...new Set(terms.filter((term) => term < 0).map((term) => -1 - term))];
}
