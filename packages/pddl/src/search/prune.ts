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
import type { GroundEffect, GroundNumericEffect } from '../ground/instantiate.js';
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

function listed<Item>(lists: Map<number, Item[]>, key: number): Item[] {
  let list = lists.get(key);
  if (list === undefined) {
    list = [];
    lists.set(key, list);
  }
  return list;
}

/** Directions in which a fluent is wanted to move. */
const UP = 1;
const DOWN = 2;

/** What makes a formula truer: literals (twice the fact, plus one when it is to hold) and directions of fluents. */
interface Wants {
  readonly literals: Set<number>;
  readonly directions: Map<number, number>;
}

function wantsOf(formula: Formula): Wants {
  const wants: Wants = { literals: new Set(), directions: new Map() };
  const visit = (part: Formula): void => {
    if (part.op === 'and' || part.op === 'or') part.parts.forEach(visit);
    else if (part.op === 'fact') wants.literals.add(part.fact * 2 + (part.wanted ? 1 : 0));
    else if (part.op === 'compare') {
      const direction = COMPARISON_DIRECTION[part.comparator];
      addExpression(part.left, direction, wants);
      addExpression(part.right, flipped(direction), wants);
    }
  };
  visit(formula);
  return wants;
}

function addExpression(expression: GroundExpression, direction: number, wants: Wants): void {
  if (expression.op === 'fluent') addDirection(expression.fluent, direction, wants);
  else if (expression.op === '+' || expression.op === '-') {
    addExpression(expression.left, direction, wants);
    addExpression(expression.right, expression.op === '+' ? direction : flipped(direction), wants);
  } else visitExpression(expression, (fluent) => addDirection(fluent, UP | DOWN, wants));
}

/** @returns whether that is new. */
function addDirection(fluent: number, direction: number, { directions }: Wants): boolean {
  const before = directions.get(fluent) ?? 0;
  if ((before | direction) === before) return false;
  directions.set(fluent, before | direction);
  return true;
}

/** An effect can make less true what is wanted. */
function harms(effect: GroundEffect, { literals, directions }: Wants): boolean {
  return (
    effect.adds.some((fact) => literals.has(fact * 2)) ||
    effect.deletes.some((fact) => literals.has(fact * 2 + 1)) ||
    effect.numerics.some(
      (numeric) => (flipped(directionOf(numeric)) & (directions.get(numeric.fluent) ?? 0)) !== 0,
    )
  );
}

/** The formula holds in a state; a comparison with a fluent that has no value does not. */
function holds(formula: Formula, state: State): boolean {
  switch (formula.op) {
    case 'true':
      return true;
    case 'false':
      return false;
    case 'and':
      return formula.parts.every((part) => holds(part, state));
    case 'or':
      return formula.parts.some((part) => holds(part, state));
    case 'fact':
      return state.has(formula.fact) === formula.wanted;
    case 'compare':
      return compares(
        formula.comparator,
        evaluate(formula.left, state.numbers),
        evaluate(formula.right, state.numbers),
      );
  }
}

/**
 * What helps towards the goal: literals and directions of fluents, wanted by the goal, by constraints, and by
 * preconditions and conditions of actions that help. An action none of whose effects is wanted can be dropped from any
 * plan: leaving it out makes every wanted literal as true as before. A condition that holds at the start and that no helpful
 * action works against holds throughout a plan of helpful actions, so nothing is wanted for its sake.
 */
class Relevance {
  private readonly wants: Wants = { literals: new Set(), directions: new Map() };
  /** What helpful actions can make less true: wants that they work against. */
  private readonly harmed: Wants = { literals: new Set(), directions: new Map() };
  /** Conditions that hold at the start and that nothing helpful works against yet, by what they read. */
  private readonly safeByLiteral = new Map<number, Wants[]>();
  private readonly safeByFluent = new Map<number, Wants[]>();
  private readonly helped = new Set<GroundEffect>();
  private readonly hindered = new Set<GroundEffect>();
  private grew = false;

  constructor(
    private readonly reach: Reachability,
    private readonly initial: State,
  ) {}

  /** Wants every conjunct that does not hold now, and the others as soon as a helpful action works against them. */
  wantFormula(formula: Formula): void {
    const simple = this.reach.simplify(formula);
    for (const part of simple.op === 'and' ? simple.parts : [simple]) {
      const wants = wantsOf(part);
      if (holds(part, this.initial) && !this.inDanger(wants)) this.guard(wants);
      else this.want(wants);
    }
  }

  private inDanger({ literals, directions }: Wants): boolean {
    for (const literal of literals) if (this.harmed.literals.has(literal)) return true;
    for (const [fluent, direction] of directions) {
      if (((this.harmed.directions.get(fluent) ?? 0) & direction) !== 0) return true;
    }
    return false;
  }

  private guard(wants: Wants): void {
    for (const literal of wants.literals) listed(this.safeByLiteral, literal).push(wants);
    for (const fluent of wants.directions.keys()) listed(this.safeByFluent, fluent).push(wants);
  }

  wantBothWays(formula: Formula): void {
    this.wantFormula(formula);
    this.wantFormula(opposite(formula));
  }

  /** The value is to be small: it is a cost. */
  wantLess(expression: GroundExpression): void {
    const wants: Wants = { literals: new Set(), directions: new Map() };
    addExpression(expression, DOWN, wants);
    this.want(wants);
  }

  private wantDirection(fluent: number, direction: number): void {
    if (addDirection(fluent, direction, this.wants)) this.grew = true;
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
          this.endanger(action);
          this.wantFormula(action.precondition);
        }
        this.wantOf(action);
      }
    } while (this.grew);
    return helpful;
  }

  private want({ literals, directions }: Wants): void {
    for (const literal of literals) {
      if (this.wants.literals.has(literal)) continue;
      this.wants.literals.add(literal);
      this.grew = true;
    }
    for (const [fluent, direction] of directions) this.wantDirection(fluent, direction);
  }

  /** What an action works against is in danger from now on. */
  private endanger(action: GroundAction): void {
    for (const effect of action.effects) {
      if (this.reach.simplify(effect.condition).op === 'false') continue;
      for (const fact of effect.adds) this.harmLiteral(fact * 2);
      for (const fact of effect.deletes) this.harmLiteral(fact * 2 + 1);
      for (const numeric of effect.numerics)
        this.harmDirection(numeric.fluent, flipped(directionOf(numeric)));
    }
  }

  private harmLiteral(literal: number): void {
    const { literals } = this.harmed;
    if (literals.has(literal)) return;
    literals.add(literal);
    for (const wants of this.safeByLiteral.get(literal) ?? []) this.want(wants);
  }

  private harmDirection(fluent: number, direction: number): void {
    if (!addDirection(fluent, direction, this.harmed)) return;
    for (const wants of this.safeByFluent.get(fluent) ?? []) {
      if ((wants.directions.get(fluent)! & direction) !== 0) this.want(wants);
    }
  }

  private helps(effect: GroundEffect): boolean {
    const { literals, directions } = this.wants;
    return (
      effect.adds.some((fact) => literals.has(fact * 2 + 1)) ||
      effect.deletes.some((fact) => literals.has(fact * 2)) ||
      effect.numerics.some((numeric) => (directionOf(numeric) & (directions.get(numeric.fluent) ?? 0)) !== 0)
    );
  }

  private wantOf(action: GroundAction): void {
    for (const effect of action.effects) {
      if (!this.helped.has(effect) && this.helps(effect)) {
        this.helped.add(effect);
        this.wantFormula(effect.condition);
      }
      if (!this.hindered.has(effect) && harms(effect, this.wants)) {
        this.hindered.add(effect);
        this.wantFormula(opposite(effect.condition));
      }
      for (const { operator, fluent, value } of effect.numerics) {
        const wanted = this.wants.directions.has(fluent);
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
