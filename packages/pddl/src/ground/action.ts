import type { AssignmentOperator } from '../ast.js';
import type { State } from '../state.js';
import { type Formula, visitFormula } from './formula.js';
import type { GroundEffect, GroundNumericEffect } from './instantiate.js';
import type { LiftedAction } from './lifted.js';
import type { Machine } from './machine.js';

/** What came of {@link GroundAction.apply}. The state is unchanged unless it is `Done`. */
export const ApplyStatus = { Done: 0, ConflictingEffects: 1, UndefinedFluent: 2 } as const;
export type ApplyStatus = (typeof ApplyStatus)[keyof typeof ApplyStatus];

interface NumericEffect {
  readonly fluent: number;
  readonly operator: AssignmentOperator;
  readonly program: number;
}

interface EffectGroup {
  /** Program of the condition; -1 = unconditional. */
  readonly condition: number;
  /** Program of its negation; -1 = the condition is always defined. */
  readonly negation: number;
  readonly adds: Int32Array;
  readonly deletes: Int32Array;
  readonly numerics: readonly NumericEffect[];
}

/** Scratch of {@link GroundAction.apply}, shared by all actions: nothing in it outlives a call. */
let fires = new Uint8Array(64);
let values = new Float64Array(64);
let targets = new Int32Array(64);

/** An action with its objects: compiled condition and effects. */
export class GroundAction {
  /** Program that holds when the action is applicable. */
  readonly program: number;
  readonly groups: readonly EffectGroup[];
  /** Two effects may change the same fluent at once. */
  private readonly mayConflict: boolean;
  /** Monitors (constraint numbers) that a change of its effects can concern. Set by the task. */
  monitors: Int32Array = new Int32Array(0);

  constructor(
    /** Position in the order of creation within its task. */
    readonly index: number,
    readonly schema: LiftedAction,
    /** Objects, by index. */
    readonly args: Int32Array,
    /** `(name object …)`. */
    readonly text: string,
    readonly precondition: Formula,
    readonly effects: readonly GroundEffect[],
    private readonly machine: Machine,
  ) {
    this.program = machine.compileCondition(precondition);
    this.groups = effects.map((effect) => compileGroup(effect, machine));
    const fluents = effects.flatMap((effect) => effect.numerics.map((numeric) => numeric.fluent));
    this.mayConflict = new Set(fluents).size < fluents.length;
    if (this.groups.length > fires.length) fires = new Uint8Array(this.groups.length * 2);
    if (fluents.length > values.length) {
      values = new Float64Array(fluents.length * 2);
      targets = new Int32Array(fluents.length * 2);
    }
  }

  /** The precondition holds. An undefined fluent in a decisive comparison makes it false. */
  applicable(state: State): boolean {
    return this.machine.holds(this.program, state);
  }

  /**
   * Applies the effects in place, whether or not the precondition holds: conditions and values are read before
   * anything is written, deletes come before adds (an atom in both is true afterwards).
   */
  apply(state: State): ApplyStatus {
    const { groups, machine } = this;
    let count = 0;
    for (let g = 0; g < groups.length; g++) {
      const group = groups[g]!;
      const fired = group.condition < 0 || machine.holds(group.condition, state);
      fires[g] = fired ? 1 : 0;
      if (!fired) {
        if (group.negation >= 0 && !machine.holds(group.negation, state)) return ApplyStatus.UndefinedFluent;
        continue;
      }
      for (const numeric of group.numerics) {
        const value = this.newValue(numeric, state);
        if (Number.isNaN(value)) return ApplyStatus.UndefinedFluent;
        targets[count] = numeric.fluent;
        values[count++] = value;
      }
    }
    if (this.mayConflict && count > 1) {
      const merged = this.mergeNumerics(state);
      if (merged < 0) return ApplyStatus.ConflictingEffects;
      count = merged;
    }
    this.write(state, count);
    return ApplyStatus.Done;
  }

  private newValue(numeric: NumericEffect, state: State): number {
    const operand = this.machine.evaluate(numeric.program, state);
    const old = state.numbers[numeric.fluent]!;
    switch (numeric.operator) {
      case 'assign':
        return operand;
      case 'increase':
        return old + operand;
      case 'decrease':
        return old - operand;
      case 'scale-up':
        return old * operand;
      case 'scale-down':
        return operand === 0 ? Number.NaN : old / operand;
    }
  }

  private write(state: State, count: number): void {
    const { groups } = this;
    const { bits, numbers } = state;
    for (let g = 0; g < groups.length; g++) {
      if (fires[g] === 0) continue;
      const { deletes } = groups[g]!;
      for (let i = 0; i < deletes.length; i++) bits[deletes[i]! >>> 5]! &= ~(1 << (deletes[i]! & 31));
    }
    for (let g = 0; g < groups.length; g++) {
      if (fires[g] === 0) continue;
      const { adds } = groups[g]!;
      for (let i = 0; i < adds.length; i++) bits[adds[i]! >>> 5]! |= 1 << (adds[i]! & 31);
    }
    for (let i = 0; i < count; i++) numbers[targets[i]!] = values[i]!;
  }

  /**
   * Joins effects on one fluent: increases and decreases add up, scalings multiply, anything else together conflicts.
   * @returns the number of joined effects, or -1 on a conflict.
   */
  private mergeNumerics(state: State): number {
    const merged = new Map<number, { kind: string; value: number }>();
    for (let g = 0; g < this.groups.length; g++) {
      if (fires[g] === 0) continue;
      for (const numeric of this.groups[g]!.numerics) {
        const operand = this.machine.evaluate(numeric.program, state);
        const kind = mergeKind(numeric.operator);
        const before = merged.get(numeric.fluent);
        if (before === undefined) merged.set(numeric.fluent, { kind, value: this.newValue(numeric, state) });
        else if (kind === 'assign' || kind !== before.kind) return -1;
        else before.value = combineValue(before.value, numeric.operator, operand);
      }
    }
    let count = 0;
    for (const [fluent, { value }] of merged) {
      targets[count] = fluent;
      values[count++] = value;
    }
    return count;
  }

  /** Facts and fluents that the effects can change. */
  changes(): { facts: ReadonlySet<number>; fluents: ReadonlySet<number> } {
    const facts = new Set<number>();
    const fluents = new Set<number>();
    for (const effect of this.effects) {
      for (const fact of [...effect.adds, ...effect.deletes]) facts.add(fact);
      for (const numeric of effect.numerics) fluents.add(numeric.fluent);
    }
    return { facts, fluents };
  }
}

function mergeKind(operator: AssignmentOperator): 'assign' | 'add' | 'scale' {
  if (operator === 'assign') return 'assign';
  return operator === 'increase' || operator === 'decrease' ? 'add' : 'scale';
}

function combineValue(value: number, operator: AssignmentOperator, operand: number): number {
  switch (operator) {
    case 'increase':
      return value + operand;
    case 'decrease':
      return value - operand;
    case 'scale-up':
      return value * operand;
    default:
      return value / operand;
  }
}

function compileGroup(effect: GroundEffect, machine: Machine): EffectGroup {
  const { condition, negation } = effect;
  return {
    condition: condition.op === 'true' ? -1 : machine.compileCondition(condition),
    negation: negation === null ? -1 : machine.compileCondition(negation),
    adds: Int32Array.from(new Set(effect.adds)),
    deletes: Int32Array.from(new Set(effect.deletes)),
    numerics: effect.numerics.map((numeric) => compileNumeric(numeric, machine)),
  };
}

function compileNumeric(numeric: GroundNumericEffect, machine: Machine): NumericEffect {
  return { ...numeric, program: machine.compileExpression(numeric.value) };
}

/** Facts and fluents that a formula reads. */
export function readsOf(formula: Formula): { facts: Set<number>; fluents: Set<number> } {
  const facts = new Set<number>();
  const fluents = new Set<number>();
  visitFormula(
    formula,
    (fact) => facts.add(fact),
    (fluent) => fluents.add(fluent),
  );
  return { facts, fluents };
}
