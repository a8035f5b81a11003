import type { State } from '../state.js';
import type { Formula, GroundExpression } from './formula.js';
import type { LiftedComparator } from './lifted.js';

/**
 * Instructions. Literals are `2 · fact + (wanted ? 1 : 0)`. Conditions return 1 or 0, expressions their value.
 */
enum Op {
  /** Returns operand 1. */
  Return = 0,
  /** Returns the top of the stack. */
  ReturnTop = 1,
  /** Goes on at operand 1. */
  Jump = 2,
  /** `All target n literal…`: goes on at `target` unless all hold. */
  All = 3,
  /** `Any target n literal…`: goes on at `target` if any holds. */
  Any = 4,
  /** Pushes constant number operand 1. */
  Constant = 5,
  /** Pushes the value of fluent operand 1. */
  Fluent = 6,
  Add = 7,
  Subtract = 8,
  Multiply = 9,
  Divide = 10,
  /** `Less target`: pops two, goes on at `target` unless the first is smaller (and so on). */
  Less = 11,
  LessEqual = 12,
  Equal = 13,
  NotEqual = 14,
  GreaterEqual = 15,
  Greater = 16,
}

const ARITHMETIC = { '+': Op.Add, '-': Op.Subtract, '*': Op.Multiply, '/': Op.Divide } as const;

const COMPARISON: Readonly<Record<LiftedComparator, Op>> = {
  '<': Op.Less,
  '<=': Op.LessEqual,
  '=': Op.Equal,
  '/=': Op.NotEqual,
  '>=': Op.GreaterEqual,
  '>': Op.Greater,
};

/**
 * Compiles ground conditions and expressions to one flat array of instructions and runs them without allocating.
 * A program is the offset where it starts.
 */
export class Machine {
  private code = new Int32Array(1024);
  private length = 0;
  private constants = new Float64Array(64);
  private constantCount = 0;
  private readonly constantIndex = new Map<number, number>();
  private stack = new Float64Array(16);

  /** @returns a program for {@link holds}. */
  compileCondition(formula: Formula): number {
    const start = this.length;
    const failures = this.condition(formula);
    this.emit(Op.Return, 1);
    this.patch(failures);
    this.emit(Op.Return, 0);
    return start;
  }

  /** @returns a program for {@link evaluate}. */
  compileExpression(expression: GroundExpression): number {
    const start = this.length;
    this.expression(expression, 0);
    this.emit(Op.ReturnTop);
    return start;
  }

  holds(program: number, state: State): boolean {
    return this.run(program, state.bits, state.numbers) === 1;
  }

  /** Value of an expression; NaN when it is undefined. */
  evaluate(program: number, state: State): number {
    return this.run(program, state.bits, state.numbers);
  }

  private run(program: number, bits: Uint32Array, numbers: Float64Array): number {
    const { code, stack, constants } = this;
    let pc = program;
    let top = -1;
    for (;;) {
      switch (code[pc]) {
        case Op.Return:
          return code[pc + 1]!;
        case Op.ReturnTop:
          return stack[top]!;
        case Op.Jump:
          pc = code[pc + 1]!;
          break;
        case Op.All: {
          const end = pc + 3 + code[pc + 2]!;
          let next = end;
          for (let i = pc + 3; i < end; i++) {
            const literal = code[i]!;
            if (((bits[literal >>> 6]! >>> ((literal >>> 1) & 31)) & 1) !== (literal & 1)) {
              next = code[pc + 1]!;
              break;
            }
          }
          pc = next;
          break;
        }
        case Op.Any: {
          const end = pc + 3 + code[pc + 2]!;
          let next = end;
          for (let i = pc + 3; i < end; i++) {
            const literal = code[i]!;
            if (((bits[literal >>> 6]! >>> ((literal >>> 1) & 31)) & 1) === (literal & 1)) {
              next = code[pc + 1]!;
              break;
            }
          }
          pc = next;
          break;
        }
        case Op.Constant:
          stack[++top] = constants[code[pc + 1]!]!;
          pc += 2;
          break;
        case Op.Fluent: {
          const fluent = code[pc + 1]!;
          stack[++top] = fluent < numbers.length ? numbers[fluent]! : Number.NaN;
          pc += 2;
          break;
        }
        case Op.Add:
          top--;
          stack[top] = stack[top]! + stack[top + 1]!;
          pc++;
          break;
        case Op.Subtract:
          top--;
          stack[top] = stack[top]! - stack[top + 1]!;
          pc++;
          break;
        case Op.Multiply:
          top--;
          stack[top] = stack[top]! * stack[top + 1]!;
          pc++;
          break;
        case Op.Divide: {
          top--;
          const divisor = stack[top + 1]!;
          stack[top] = divisor === 0 ? Number.NaN : stack[top]! / divisor;
          pc++;
          break;
        }
        default: {
          top -= 2;
          const passed = test(code[pc]!, stack[top + 1]!, stack[top + 2]!);
          pc = passed ? pc + 2 : code[pc + 1]!;
        }
      }
    }
  }

  /** Emits code that falls through when the formula holds; returns where to write the target for when it does not. */
  private condition(formula: Formula): number[] {
    switch (formula.op) {
      case 'true':
        return [];
      case 'false':
        return [this.emit(Op.Jump, -1) + 1];
      case 'fact':
        return this.conjunction([formula]);
      case 'and':
        return this.conjunction(formula.parts);
      case 'or':
        return this.disjunction(formula.parts);
      case 'compare':
        this.expression(formula.left, 0);
        this.expression(formula.right, 1);
        return [this.emit(COMPARISON[formula.comparator], -1) + 1];
    }
  }

  private conjunction(parts: readonly Formula[]): number[] {
    const literals = literalsOf(parts);
    const failures = literals.length === 0 ? [] : [this.emit(Op.All, -1, literals.length, ...literals) + 1];
    for (const part of parts) if (part.op !== 'fact') failures.push(...this.condition(part));
    return failures;
  }

  private disjunction(parts: readonly Formula[]): number[] {
    const literals = literalsOf(parts);
    const others = parts.filter((part) => part.op !== 'fact');
    const successes = literals.length === 0 ? [] : [this.emit(Op.Any, -1, literals.length, ...literals) + 1];
    let failures: number[] = [];
    others.forEach((part, i) => {
      failures = this.condition(part);
      if (i === others.length - 1) return;
      successes.push(this.emit(Op.Jump, -1) + 1);
      this.patch(failures);
    });
    if (others.length === 0) failures = [this.emit(Op.Jump, -1) + 1];
    this.patch(successes);
    return failures;
  }

  /** Emits code that pushes the value; `depth` is the number of values already on the stack. */
  private expression(expression: GroundExpression, depth: number): void {
    // Two more than the deepest push, since comparisons read one above.
    if (depth + 2 > this.stack.length) this.stack = new Float64Array(this.stack.length * 2);
    switch (expression.op) {
      case 'const':
        this.emit(Op.Constant, this.constant(expression.value));
        return;
      case 'fluent':
        this.emit(Op.Fluent, expression.fluent);
        return;
      default:
        this.expression(expression.left, depth);
        this.expression(expression.right, depth + 1);
        this.emit(ARITHMETIC[expression.op]);
    }
  }

  private constant(value: number): number {
    let index = this.constantIndex.get(value);
    if (index === undefined) {
      index = this.constantCount++;
      this.constantIndex.set(value, index);
      if (index >= this.constants.length) {
        const constants = new Float64Array(this.constants.length * 2);
        constants.set(this.constants);
        this.constants = constants;
      }
      this.constants[index] = value;
    }
    return index;
  }

  private emit(...words: number[]): number {
    const start = this.length;
    if (start + words.length > this.code.length) {
      const code = new Int32Array(Math.max(this.code.length * 2, start + words.length));
      code.set(this.code);
      this.code = code;
    }
    this.code.set(words, start);
    this.length += words.length;
    return start;
  }

  /** Writes the current offset into every place. */
  private patch(places: readonly number[]): void {
    for (const place of places) this.code[place] = this.length;
  }
}

function literalsOf(parts: readonly Formula[]): number[] {
  const literals: number[] = [];
  for (const part of parts) if (part.op === 'fact') literals.push(part.fact * 2 + (part.wanted ? 1 : 0));
  return literals;
}

function test(op: Op, a: number, b: number): boolean {
  switch (op) {
    case Op.Less:
      return a < b;
    case Op.LessEqual:
      return a <= b;
    case Op.Equal:
      return a === b;
    case Op.NotEqual:
      return a < b || a > b;
    case Op.GreaterEqual:
      return a >= b;
    default:
      return a > b;
  }
}
