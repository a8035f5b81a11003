import type { GroundAction } from '../ground/action.js';
import { type GroundExpression, visitExpression } from '../ground/formula.js';
import type { Task } from '../ground/task.js';
import type { State } from '../state.js';

/** What a search minimises. */
export interface CostModel {
  readonly kind: 'metric' | 'unit';
  /** The metric's expression, or null for unit costs. */
  readonly expression: GroundExpression | null;
  /**
   * Fluents that only add up to costs: the metric is a weighted sum of them and effects only increase or decrease them.
   * What they are does not change what further steps cost.
   */
  readonly accumulators: ReadonlySet<number>;
  /** Total cost of having reached a state after so many steps. */
  total(state: State, steps: number): number;
  /**
   * A lower bound on what applying an action adds to the total, provided that costs never shrink (which a search
   * checks at every step it takes).
   */
  lowerBound(action: GroundAction): number;
}

const UNIT: CostModel = {
  kind: 'unit',
  expression: null,
  accumulators: new Set(),
  total: (_, steps) => steps,
  lowerBound: () => 1,
};

/**
 * The metric when it is to be minimised and has a value at the start; otherwise, and for a bare built-in `total-time`,
 * every step costs 1.
 */
export function costModel(task: Task, initial: State): CostModel {
  const { metric } = task;
  if (metric === null || metric.direction !== 'minimize') return UNIT;
  const { expression } = metric;
  if (expression.op === 'fluent' && expression.fluent === metric.totalTime) return UNIT;
  const start = task.metricValue(initial, 0)!;
  if (Number.isNaN(start)) return UNIT;
  const weights = linearWeights(expression) ?? new Map<number, number>();
  return {
    kind: 'metric',
    expression,
    accumulators: new Set([...weights.keys()].filter((fluent) => accumulates(task, fluent))),
    total: (state, steps) => task.metricValue(state, steps)! - start,
    lowerBound: (action) => constantCost(action, expression, weights),
  };
}

/** Weights of a sum of fluents, or null when the expression is none. */
function linearWeights(expression: GroundExpression): Map<number, number> | null {
  const weights = new Map<number, number>();
  const visit = (part: GroundExpression, factor: number): boolean => {
    if (part.op === 'const') return true;
    if (part.op === 'fluent') {
      weights.set(part.fluent, (weights.get(part.fluent) ?? 0) + factor);
      return true;
    }
    if (part.op === '+') return visit(part.left, factor) && visit(part.right, factor);
    if (part.op === '-') return visit(part.left, factor) && visit(part.right, -factor);
    if (part.op === '*' && part.left.op === 'const') return visit(part.right, factor * part.left.value);
    if (part.op === '*' && part.right.op === 'const') return visit(part.left, factor * part.right.value);
    return false;
  };
  return visit(expression, 1) ? weights : null;
}

function accumulates(task: Task, fluent: number): boolean {
  return task.actions.every(({ effects }) =>
    effects.every(({ numerics }) =>
      numerics.every(
        (effect) =>
          effect.fluent !== fluent || effect.operator === 'increase' || effect.operator === 'decrease',
      ),
    ),
  );
}

/** Cost of the unconditional constant effects, where these are all that an action does to the metric; else 0. */
function constantCost(
  action: GroundAction,
  metric: GroundExpression,
  weights: ReadonlyMap<number, number>,
): number {
  const concerned = new Set<number>();
  visitExpression(metric, (fluent) => concerned.add(fluent));
  let sum = 0;
  for (const { condition, numerics } of action.effects) {
    for (const { operator, fluent, value } of numerics) {
      if (!concerned.has(fluent)) continue;
      const weight = weights.get(fluent);
      const constant = condition.op === 'true' && value.op === 'const' && weight !== undefined;
      if (!constant || (operator !== 'increase' && operator !== 'decrease')) return 0;
      sum += operator === 'increase' ? weight * value.value : -weight * value.value;
    }
  }
  return Math.max(0, sum);
}
