import type { PrimitiveCall } from '../cloud/interface.js';
import type { ConditionAt, Plan } from '../world-model/types.js';
import { PLAN_LIMITS } from './plan-schema.js';
import type { ParseFailure } from './types.js';

export type ParseResult =
  | { readonly plan: Plan; readonly failure: null }
  | { readonly plan: null; readonly failure: ParseFailure };

/** Longest completion that is looked at; a longer one is no plan but a runaway. */
const MAX_TEXT = 200_000;
/** Deepest nesting of brackets that is handed to the JSON parser; a plan has four. */
const MAX_DEPTH = 32;
/** JSON objects in a completion that are tried, in order, before giving up. */
const MAX_CANDIDATES = 16;

function failed(kind: ParseFailure['kind'], message: string): ParseResult {
  return { plan: null, failure: { kind, message } };
}

/** A phrase by which models decline; only looked for where there is no JSON at all. */
const REFUSAL = /\b(i['’]?m sorry|i am sorry|i can(no|['’])t|i am (unable|not able)|as an ai)\b/i;

/**
 * The plan in a completion: a JSON object anywhere in it, bare, fenced or with prose around. Names are lower-cased and
 * not judged: a plan that names an unknown primitive parses, and the verifier rejects it. Extra keys are ignored, among
 * them `__proto__`. A step may also be text, `"(rolling-restart cart)"`.
 *
 * Never throws; what is no plan is a typed failure. The first object with `steps` counts, or, when there is none, the
 * first object is reported on.
 */
export function parsePlan(text: string): ParseResult {
  if (text.trim() === '') return failed('empty', 'expected a JSON object, found an empty completion');
  if (text.length > MAX_TEXT)
    return failed('not-json', `expected at most ${MAX_TEXT} characters, found ${text.length}`);
  let first: ParseResult | null = null;
  for (const { json, whole } of candidates(text)) {
    const value = tryJson(json);
    if (!isRecord(value)) continue;
    const result = planOf(value);
    if (result.plan) return result;
    if (whole || Object.hasOwn(value, 'steps')) first ??= result;
  }
  if (first) return first;
  if (REFUSAL.test(text.slice(0, 500))) return failed('refusal', 'the model declined to answer');
  return failed('not-json', `expected a JSON object, found "${excerpt(text)}"`);
}

function excerpt(text: string): string {
  const short = text.slice(0, 60).replace(/\s+/g, ' ').trim();
  return text.length > 60 ? `${short}...` : short;
}

function tryJson(text: string): unknown {
  try {
    return JSON.parse(text) as unknown;
  } catch {
    return undefined;
  }
}

/**
 * Substrings that are balanced `{…}`, in order. `whole` is false after a bracket that never closes: what is found inside
 * a truncated object is only a fragment of it. Strings are skipped; linear in the text times the few candidates.
 */
function* candidates(text: string): Generator<{ json: string; whole: boolean }> {
  let whole = true;
  let at = text.indexOf('{');
  for (let tries = 0; at >= 0 && tries < MAX_CANDIDATES; tries++) {
    const end = balancedEnd(text, at);
    if (end > 0) yield { json: text.slice(at, end), whole };
    if (end === -1) whole = false;
    at = text.indexOf('{', end === -1 ? at + 1 : Math.abs(end));
  }
}

/** Index after the bracket that closes the one at `start`; -1 when none does; minus the index where it got too deep. */
function balancedEnd(text: string, start: number): number {
  let depth = 0;
  let inString = false;
  let deepest = 0;
  for (let i = start; i < text.length; i++) {
    const char = text[i];
    if (inString) {
      if (char === '\\') i++;
      else if (char === '"') inString = false;
    } else if (char === '"') inString = true;
    else if (char === '{' || char === '[') deepest = Math.max(deepest, ++depth);
    else if ((char === '}' || char === ']') && --depth === 0) return deepest > MAX_DEPTH ? -(i + 1) : i + 1;
  }
  return -1;
}

function isRecord(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/** An own property; inherited ones (`__proto__`, `constructor`) do not count. */
function own(value: Record<string, unknown>, key: string): unknown {
  return Object.hasOwn(value, key) ? value[key] : undefined;
}

class Mismatch {
  constructor(readonly message: string) {}
}

function kindOf(value: unknown): string {
  if (value === undefined) return 'nothing';
  if (value === null) return 'null';
  return Array.isArray(value) ? 'an array' : typeof value === 'object' ? 'an object' : `a ${typeof value}`;
}

function planOf(value: unknown): ParseResult {
  const result = readPlan(value);
  return result instanceof Mismatch ? failed('schema', result.message) : { plan: result, failure: null };
}

function readPlan(value: unknown): Plan | Mismatch {
  if (!isRecord(value)) return new Mismatch(`(top): expected an object, found ${kindOf(value)}`);
  const diagnosis = readList(own(value, 'diagnosis'), 'diagnosis', PLAN_LIMITS.diagnosis, readDiagnosis);
  if (diagnosis instanceof Mismatch) return diagnosis;
  const steps = readList(own(value, 'steps'), 'steps', PLAN_LIMITS.steps, readStep);
  if (steps instanceof Mismatch) return steps;
  return { diagnosis, steps };
}

function readList<T>(
  value: unknown,
  path: string,
  limit: number,
  read: (item: unknown, path: string) => T | Mismatch,
): T[] | Mismatch {
  if (!Array.isArray(value)) return new Mismatch(`${path}: expected an array, found ${kindOf(value)}`);
  if (value.length > limit)
    return new Mismatch(`${path}: expected at most ${limit} items, found ${value.length}`);
  const items: T[] = [];
  for (const [index, item] of value.entries()) {
    const result = read(item, `${path}[${index}]`);
    if (result instanceof Mismatch) return result;
    items.push(result);
  }
  return items;
}

function readDiagnosis(value: unknown, path: string): ConditionAt | Mismatch {
  if (!isRecord(value)) return new Mismatch(`${path}: expected an object, found ${kindOf(value)}`);
  const condition = readName(own(value, 'condition'), `${path}.condition`);
  if (condition instanceof Mismatch) return condition;
  const component = readName(own(value, 'component'), `${path}.component`);
  if (component instanceof Mismatch) return component;
  return { condition, component };
}

function readStep(value: unknown, path: string): PrimitiveCall | Mismatch {
  if (typeof value === 'string') return readStepText(value, path);
  if (!isRecord(value)) return new Mismatch(`${path}: expected an object, found ${kindOf(value)}`);
  const name = readName(own(value, 'name'), `${path}.name`);
  if (name instanceof Mismatch) return name;
  const args = readList(own(value, 'args'), `${path}.args`, PLAN_LIMITS.args, readName);
  if (args instanceof Mismatch) return args;
  return { name, args };
}

function readStepText(value: string, path: string): PrimitiveCall | Mismatch {
  const words = value.slice(0, 1024).replace(/[(),]/g, ' ').trim().split(/\s+/);
  const [name, ...args] = words.slice(0, PLAN_LIMITS.args + 1).map((word) => readName(word, path));
  for (const word of [name, ...args]) if (word instanceof Mismatch) return word;
  return { name: name as string, args: args as string[] };
}

// biome-ignore lint/suspicious/noControlCharactersInRegex: control codes are what is looked for
const CONTROL = /[\u0000-\u001f\u007f-\u009f\u2028\u2029]/;

function readName(value: unknown, path: string): string | Mismatch {
  if (typeof value !== 'string') return new Mismatch(`${path}: expected a string, found ${kindOf(value)}`);
  const name = value.trim().toLowerCase();
  if (name === '') return new Mismatch(`${path}: expected a name, found an empty string`);
  if (name.length > PLAN_LIMITS.name)
    return new Mismatch(`${path}: expected at most ${PLAN_LIMITS.name} characters, found ${name.length}`);
  if (CONTROL.test(name)) return new Mismatch(`${path}: expected printable characters, found a control code`);
  return name;
}
