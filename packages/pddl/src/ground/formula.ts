import { type LiftedComparator, OPPOSITE } from './lifted.js';

/** A ground numeric expression over fluent indices. */
export type GroundExpression =
  | { readonly op: 'const'; readonly value: number }
  | { readonly op: 'fluent'; readonly fluent: number }
  | {
      readonly op: '+' | '-' | '*' | '/';
      readonly left: GroundExpression;
      readonly right: GroundExpression;
    };

/**
 * A ground condition in negation normal form without constants inside. A comparison with an undefined side holds
 * neither way, so `false` may mean "undefined" (the explainer tells the two apart).
 */
export type Formula =
  | { readonly op: 'true' | 'false' }
  | { readonly op: 'and' | 'or'; readonly parts: readonly Formula[] }
  | { readonly op: 'fact'; readonly fact: number; readonly wanted: boolean }
  | {
      readonly op: 'compare';
      readonly comparator: LiftedComparator;
      readonly left: GroundExpression;
      readonly right: GroundExpression;
    };

export const TRUE: Formula = { op: 'true' };
export const FALSE: Formula = { op: 'false' };

/** Conjunction or disjunction with constants and nested lists of the same kind removed. */
export function combine(op: 'and' | 'or', parts: Iterable<Formula>): Formula {
  const neutral = op === 'and' ? 'true' : 'false';
  const dominant = op === 'and' ? 'false' : 'true';
  const flat: Formula[] = [];
  for (const part of parts) {
    if (part.op === dominant) return part;
    if (part.op === neutral) continue;
    if (part.op === op) flat.push(...(part as { parts: readonly Formula[] }).parts);
    else flat.push(part);
  }
  if (flat.length === 0) return op === 'and' ? TRUE : FALSE;
  return flat.length === 1 ? flat[0]! : { op, parts: flat };
}

/** `a comparator b`; false when either is NaN (undefined). Equality is exact. */
export function compares(comparator: LiftedComparator, a: number, b: number): boolean {
  switch (comparator) {
    case '<':
      return a < b;
    case '<=':
      return a <= b;
    case '=':
      return a === b;
    case '/=':
      return a < b || a > b;
    case '>=':
      return a >= b;
    case '>':
      return a > b;
  }
}

/** Arithmetic on values where NaN means undefined. Division by zero is undefined. */
export function calculate(operator: '+' | '-' | '*' | '/', a: number, b: number): number {
  switch (operator) {
    case '+':
      return a + b;
    case '-':
      return a - b;
    case '*':
      return a * b;
    case '/':
      return b === 0 ? Number.NaN : a / b;
  }
}

/** Calls back with every fact and fluent that a formula reads. */
export function visitFormula(
  formula: Formula,
  onFact: (fact: number) => void,
  onFluent: (fluent: number) => void,
): void {
  switch (formula.op) {
    case 'true':
    case 'false':
      return;
    case 'and':
    case 'or':
      for (const part of formula.parts) visitFormula(part, onFact, onFluent);
      return;
    case 'fact':
      onFact(formula.fact);
      return;
    case 'compare':
      visitExpression(formula.left, onFluent);
      visitExpression(formula.right, onFluent);
  }
}

export function visitExpression(expression: GroundExpression, onFluent: (fluent: number) => void): void {
  if (expression.op === 'fluent') onFluent(expression.fluent);
  else if (expression.op !== 'const') {
    visitExpression(expression.left, onFluent);
    visitExpression(expression.right, onFluent);
  }
}

/** Value of an expression over an array of fluents; NaN when undefined. Slow: hot paths compile. */
export function evaluate(expression: GroundExpression, numbers: ArrayLike<number>): number {
  if (expression.op === 'const') return expression.value;
  if (expression.op === 'fluent') return numbers[expression.fluent] ?? Number.NaN;
  return calculate(expression.op, evaluate(expression.left, numbers), evaluate(expression.right, numbers));
}

/** The negation of a ground formula; neither holds where it is undefined. */
export function opposite(formula: Formula): Formula {
  switch (formula.op) {
    case 'true':
      return FALSE;
    case 'false':
      return TRUE;
    case 'and':
    case 'or':
      return combine(formula.op === 'and' ? 'or' : 'and', formula.parts.map(opposite));
    case 'fact':
      return { ...formula, wanted: !formula.wanted };
    case 'compare':
      return { ...formula, comparator: OPPOSITE[formula.comparator] };
  }
}
