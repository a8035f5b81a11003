import {
  type AdviceTree,
  type ConditionAt,
  type FailureKind,
  type Plan,
  renderFailure,
} from '../world-model/index.js';
import { clean, MAX_MESSAGE } from './text.js';
import type { Feedback, MetaPrompt } from './types.js';

/** A literal that the verifier wants changed. */
export interface AdvisedLiteral {
  readonly predicate: string;
  readonly args: readonly string[];
  readonly wanted: boolean;
}

/** What a prompt tells of a rejected plan; the surrogate reads this and nothing else of the verdict. */
export interface FeedbackContents {
  readonly round: number;
  readonly kind: FailureKind;
  /** Index of the rejected step, or null for the whole plan. */
  readonly step: number | null;
  /** The rejected step as it was written, or null. */
  readonly call: Plan['steps'][number] | null;
  /** Null unless the style tells advice. */
  readonly advice: readonly AdvisedLiteral[] | null;
  /** Conditions under which the plan fails; null unless the style tells advice. */
  readonly hypothesis: readonly ConditionAt[] | null;
  /** The rejected plan; null unless the style repeats it. */
  readonly plan: Plan | null;
  readonly text: string;
}

/** Literals of an advice tree that the surrogate heeds. */
const MAX_LITERALS = 8;
/** Failures told at most, and characters of one and of a repeated plan. */
const MAX_FAILURES = 3;
const MAX_FAILURE_TEXT = 1200;
const MAX_PLAN_TEXT = 4000;

/** `(not (config-bad cart))` taken apart; an atom's own negation turns `wanted` round. */
function literalOf(text: string, wanted: boolean): AdvisedLiteral | null {
  const words = text.replace(/[()]/g, ' ').trim().split(/\s+/);
  const negated = words[0] === 'not';
  const [predicate, ...args] = negated ? words.slice(1) : words;
  return predicate ? { predicate, args, wanted: negated ? !wanted : wanted } : null;
}

function literalsOf(tree: AdviceTree | null, found: AdvisedLiteral[] = []): AdvisedLiteral[] {
  if (tree === null || found.length >= MAX_LITERALS) return found;
  if (tree.op === 'literal') {
    const literal = literalOf(tree.literal, tree.wanted);
    if (literal) found.push(literal);
  } else for (const child of tree.children) literalsOf(child, found);
  return found;
}

export function callText({ name, args }: Plan['steps'][number]): string {
  return clean(`${name}(${args.join(', ')})`);
}
export function callLength({ name, args }: Plan['steps'][number]): number {
  let length = name.length + 2 + 2 * Math.max(0, args.length - 1);
  for (const arg of args) length += arg.length;
  return Math.min(MAX_MESSAGE, length);
}

/** What the meta-prompt's style tells of the rejection, or null when it tells nothing. */
export function feedbackContents(metaPrompt: MetaPrompt, feedback: Feedback | null): FeedbackContents | null {
  const failure = feedback?.verdict.failures[0];
  if (metaPrompt.feedback === 'none' || !feedback || !failure) return null;
  const call = failure.step === null ? null : (feedback.plan?.steps[failure.step] ?? null);
  const advises = metaPrompt.feedback !== 'step';
  const repeats = metaPrompt.feedback === 'advice-and-plan' && feedback.plan !== null;
  // The bare style tells which step fails and how, neither what it needs nor under what circumstances.
  const shown = advises ? feedback.verdict.failures : [{ ...failure, condition: null, hypothesis: null }];
  const options = {
    detail: advises ? 'advice' : 'step',
    ...(feedback.plan && { plan: feedback.plan }),
  } as const;
  const lines = [`The last plan was rejected (attempt ${feedback.round}).`];
  for (const one of shown.slice(0, MAX_FAILURES))
    lines.push(`- ${clean(renderFailure(one, options), MAX_FAILURE_TEXT)}`);
  if (repeats) lines.push(`The plan was: ${clean(JSON.stringify(feedback.plan), MAX_PLAN_TEXT)}`);
  return {
    round: feedback.round,
    kind: failure.kind,
    step: failure.step,
    call,
    advice: advises ? literalsOf(failure.advice) : null,
    hypothesis: advises ? (failure.hypothesis?.conditions ?? null) : null,
    plan: repeats ? feedback.plan : null,
    text: lines.join('\n'),
  };
}
