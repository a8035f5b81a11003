import type { ArithmeticOperator, Expression, FluentExpression } from '../ast.js';
import { type Scope, withNearest } from './scope.js';
import type { Node, Source } from './tokens.js';

const NUMBER = /^[+-]?(\d+\.?\d*|\.\d+)(e[+-]?\d+)?$/;
const OPERATORS: ReadonlySet<string> = new Set(['+', '-', '*', '/']);

/** The number that a symbol writes, or null when it is none or overflows. */
export function parseNumber(symbol: string): number | null {
  if (!NUMBER.test(symbol)) return null;
  const value = Number(symbol);
  return Number.isFinite(value) ? value : null;
}

/** Reads `(function term …)`. */
export function readFluent(scope: Scope, node: Node): FluentExpression {
  const { functions } = scope;
  const source: Source = scope.source;
  if (node.kind !== 'list') source.reject(node, 'a fluent (function argument …)');
  const [head, ...rest] = node.items;
  if (head?.kind !== 'symbol') source.reject(node, 'a fluent (function argument …)');
  const declaration = functions.get(head.name);
  if (declaration === undefined) {
    source.reject(head, withNearest('a declared function', head.name, functions.keys()));
  }
  return { kind: 'fluent', function: head.name, args: scope.args(node, rest, declaration) };
}

/** Reads a number, a fluent or arithmetic over them. */
export function readExpression(scope: Scope, node: Node): Expression {
  const { functions } = scope;
  const source: Source = scope.source;
  if (node.kind === 'symbol') {
    const value = parseNumber(node.name);
    if (value !== null) return { kind: 'number', value };
    // Metrics of old planning competitions write functions without arguments bare.
    const declaration = functions.get(node.name);
    if (declaration === undefined || declaration.parameters.length > 0) {
      source.reject(node, 'a number or an expression');
    }
    return { kind: 'fluent', function: node.name, args: [] };
  }
  const [head, ...rest] = node.items;
  if (head?.kind !== 'symbol' || !OPERATORS.has(head.name)) return readFluent(scope, node);
  const operator = head.name as ArithmeticOperator;
  const fits =
    operator === '/'
      ? rest.length === 2
      : operator === '-'
        ? rest.length === 1 || rest.length === 2
        : rest.length >= 2;
  if (!fits) {
    const wanted = operator === '/' ? 'two' : operator === '-' ? 'one or two' : 'two or more';
    source.reject(node, `${wanted} arguments for "${operator}"`);
  }
  return { kind: 'arithmetic', operator, args: rest.map((item) => readExpression(scope, item)) };
}
