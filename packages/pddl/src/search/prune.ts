import type { GroundAction } from '../ground/action.js';
import {
  combine,
  compares,
  evaluate,
  FALSE,
  type Formula,
  type GroundExpression,
  opposite,
  TRUE,
  visitExpression,
} from '../ground/formula.js';
import type { GroundNumericEffect } from '../ground/instantiate.js';
import type { LiftedComparator } from '../ground/lifted.js';
import type { Goal, Task } from '../ground/task.js';
import type { State } from '../state.js';
import type { CostModel } from './costs.js';

/**
 * What can change at all when only some actions are used, by relaxed reachability: an effect happens as soon as its
 * conditions may hold.
 */
export class Reachability {
  private readonly canHold: Uint8Array;
  private readonly canFail: Uint8Array;
  private readonly changing: Uint8Array;
  readonly actions: readonly GroundAction[];

  constructor(
    task: Task,
    private readonly state: State,
    actions: readonly GroundAction[],
  ) {
    this.canHold = Uint8Array.from({ length: task.facts.size }, (_, fact) => (state.has(fact) ? 1 : 0));
    this.canFail = this.canHold.map((value) => 1 - value);
    this.changing = new Uint8Array(task.fluents.size);
    while (this.sweep(actions));
    this.actions = actions.filter((action) => this.possible(action.precondition));
  }

  /** The formula with literals and comparisons that never change replaced by their values. */
  simplify(formula: Formula): Formula {
    switch (formula.op) {
      case 'and':
      case 'or':
        return combine(
          formula.op,
          formula.parts.map((part) => this.simplify(part)),
        );
      case 'fact': {
        const { fact, wanted } = formula;
        const can = wanted ? this.canHold[fact] : this.canFail[fact];
        const cannot = wanted ? this.canFail[fact] : this.canHold[fact];
        if (can === 0) return FALSE;
        return cannot === 0 ? TRUE : formula;
      }
      case 'compare':
        if (this.mayChange(formula.left) || this.mayChange(formula.right)) return formula;
        return this.holdsNow(formula) ? TRUE : FALSE;
      default:
        return formula;
    }
  }

  private holdsNow(formula: Extract<Formula, { op: 'compare' }>): boolean {
    const { numbers } = this.state;
    return compares(formula.comparator, evaluate(formula.left, numbers), evaluate(formula.right, numbers));
  }

  private possible(formula: Formula): boolean {
    switch (formula.op) {
      case 'true':
        return true;
      case 'false':
        return false;
      case 'and':
        return formula.parts.every((part) => this.possible(part));
      case 'or':
        return formula.parts.some((part) => this.possible(part));
      case 'fact':
        return (formula.wanted ? this.canHold : this.canFail)[formula.fact] === 1;
      case 'compare':
        if (this.mayChange(formula.left) || this.mayChange(formula.right)) return true;
        return this.holdsNow(formula);
    }
  }

  private mayChange(expression: GroundExpression): boolean {
    let changes = false;
    visitExpression(expression, (fluent) => {
      if (this.changing[fluent] === 1) changes = true;
    });
    return changes;
  }

  /** @returns whether anything new became possible. */
  private sweep(actions: readonly GroundAction[]): boolean {
    let news = false;
    const mark = (flags: Uint8Array, index: number) => {
      if (flags[index] === 1) return;
      flags[index] = 1;
      news = true;
    };
    for (const action of actions) {
      if (!this.possible(action.precondition)) continue;
      for (const { condition, adds, deletes, numerics } of action.effects) {
        if (!this.possible(condition)) continue;
        for (const fact of adds) mark(this.canHold, fact);
        for (const fact of deletes) mark(this.canFail, fact);
        for (const { fluent } of numerics) mark(this.changing, fluent);
      }
    }
    return news;
  }
}

/** Directions in which a fluent is wanted to move. */
const UP = 1;
const DOWN = 2;

/**
 * What helps towards the goal: literals and directions of fluents, wanted by the goal, by constraints, and by
 * preconditions and conditions of actions that help. An action none of whose effects is wanted can be dropped from any
 * plan: leaving it out makes every wanted literal as true as before.
 */
class Relevance {
  private readonly literals = new Set<number>();
  private readonly directions = new Map<number, number>();
  private grew = false;

  constructor(
    private readonly reach: Reachability,
    private readonly initial: State,
  ) {}

  wantFormula(formula: Formula): void {
    this.visit(this.reach.simplify(formula));
  }

  wantBothWays(formula: Formula): void {
    this.wantFormula(formula);
    this.wantFormula(opposite(formula));
  }

  /** The value is to be small: it is a cost. */
  wantLess(expression: GroundExpression): void {
    this.wantExpression(expression, DOWN);
  }

  private wantDirection(fluent: number, direction: number): void {
    const before = this.directions.get(fluent) ?? 0;
    if ((before | direction) === before) return;
    this.directions.set(fluent, before | direction);
    this.grew = true;
  }

  /** Adds actions that help, and what they want, until nothing is new. */
  select(actions: readonly GroundAction[]): Set<GroundAction> {
    const helpful = new Set<GroundAction>();
    do {
      this.grew = false;
      for (const action of actions) {
        if (!helpful.has(action)) {
          if (!action.effects.some((effect) => this.helps(effect))) continue;
          helpful.add(action);
          this.grew = true;
        }
        this.wantOf(action);
      }
    } while (this.grew);
    return helpful;
  }

  private visit(formula: Formula): void {
    if (formula.op === 'and' || formula.op === 'or') for (const part of formula.parts) this.visit(part);
    else if (formula.op === 'fact') {
      const literal = formula.fact * 2 + (formula.wanted ? 1 : 0);
      if (!this.literals.has(literal)) {
        this.literals.add(literal);
        this.grew = true;
      }
    } else if (formula.op === 'compare') {
      const direction = COMPARISON_DIRECTION[formula.comparator];
      this.wantExpression(formula.left, direction);
      this.wantExpression(formula.right, flipped(direction));
    }
  }

  private wantExpression(expression: GroundExpression, direction: number): void {
    if (expression.op === 'fluent') this.wantDirection(expression.fluent, direction);
    else if (expression.op === '+' || expression.op === '-') {
      this.wantExpression(expression.left, direction);
      this.wantExpression(expression.right, expression.op === '+' ? direction : flipped(direction));
    } else visitExpression(expression, (fluent) => this.wantDirection(fluent, UP | DOWN));
  }

  private helps(effect: GroundAction['effects'][number]): boolean {
    return (
      effect.adds.some((fact) => this.literals.has(fact * 2 + 1)) ||
      effect.deletes.some((fact) => this.literals.has(fact * 2)) ||
      effect.numerics.some(
        (numeric) => (directionOf(numeric) & (this.directions.get(numeric.fluent) ?? 0)) !== 0,
      )
    );
  }

  private harms(effect: GroundAction['effects'][number]): boolean {
    return (
      effect.adds.some((fact) => this.literals.has(fact * 2)) ||
      effect.deletes.some((fact) => this.literals.has(fact * 2 + 1)) ||
      effect.numerics.some(
        (numeric) => (flipped(directionOf(numeric)) & (this.directions.get(numeric.fluent) ?? 0)) !== 0,
      )
    );
  }

  private wantOf(action: GroundAction): void {
    this.wantFormula(action.precondition);
    for (const effect of action.effects) {
      if (this.helps(effect)) this.wantFormula(effect.condition);
      if (this.harms(effect)) this.wantFormula(opposite(effect.condition));
      for (const { operator, fluent, value } of effect.numerics) {
        const wanted = this.directions.has(fluent);
        if (wanted) visitExpression(value, (read) => this.wantDirection(read, UP | DOWN));
        // An effect on a fluent without value makes the action fail, so giving it one helps.
        const read = (index: number) => {
          if (Number.isNaN(this.initial.numbers[index])) this.wantDirection(index, UP | DOWN);
        };
        if (operator !== 'assign') read(fluent);
        visitExpression(value, read);
      }
      // The same goes for a condition that would be undefined.
      visitComparisons(effect.condition, (index) => {
        if (Number.isNaN(this.initial.numbers[index])) this.wantDirection(index, UP | DOWN);
      });
    }
  }
}

const COMPARISON_DIRECTION: Readonly<Record<LiftedComparator, number>> = {
  '<': DOWN,
  '<=': DOWN,
  '=': UP | DOWN,
  '/=': UP | DOWN,
  '>=': UP,
  '>': UP,
};

function flipped(direction: number): number {
  return ((direction & UP) !== 0 ? DOWN : 0) | ((direction & DOWN) !== 0 ? UP : 0);
}

function directionOf({ operator, value }: GroundNumericEffect): number {
  if (value.op !== 'const' || (operator !== 'increase' && operator !== 'decrease')) return UP | DOWN;
  if (value.value === 0) return 0;
  return value.value > 0 === (operator === 'increase') ? UP : DOWN;
}

function visitComparisons(formula: Formula, onFluent: (fluent: number) => void): void {
  if (formula.op === 'and' || formula.op === 'or') {
    for (const part of formula.parts) visitComparisons(part, onFluent);
  } else if (formula.op === 'compare') {
    visitExpression(formula.left, onFluent);
    visitExpression(formula.right, onFluent);
  }
}

/** What is left of a task once actions that cannot happen or cannot help are gone. */
export interface PrunedTask {
  readonly actions: readonly GroundAction[];
  readonly reach: Reachability;
}

/** Removes actions that are unreachable from a state or irrelevant for a goal, until nothing more goes. */
export function prune(task: Task, state: State, goal: Goal, costs: CostModel): PrunedTask {
  let actions: readonly GroundAction[] = task.actions;
  for (;;) {
    const reach = new Reachability(task, state, actions);
    const relevance = new Relevance(reach, state);
    relevance.wantFormula(goal.formula);
    for (const monitor of task.monitors) {
      if (monitor.kind === 'always' || monitor.kind === 'at-end')
        relevance.wantFormula(monitor.condition.formula);
      else {
        relevance.wantBothWays(monitor.condition.formula);
        if (monitor.other !== null) relevance.wantBothWays(monitor.other.formula);
      }
    }
    if (costs.expression !== null) relevance.wantLess(costs.expression);
    const kept = relevance.select(reach.actions);
    if (kept.size === actions.length) return { actions, reach };
    actions = actions.filter((action) => kept.has(action));
  }
}
