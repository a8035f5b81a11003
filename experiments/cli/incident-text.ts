import type { Alert, Telemetry } from '../../envs/cloud/interface.js';
import type { EpisodeResult, IncidentTruth, TurnRecord } from '../../envs/healing/index.js';
import type { MetaPrompt } from '../../envs/synthesis/index.js';
import { type Belief, believed, renderConditions, renderVerdict } from '../../envs/world-model/index.js';
import { TIME_CATEGORIES } from '../runner/folder.js';

/* One incident as lines of text, to be read from top to bottom in a minute. Times are seconds since the fault's onset. */

/** Alerts told at most; a bad incident fires dozens, and the first ones say most. */
const ALERTS_SHOWN = 8;
const BELIEFS_SHOWN = 4;
const FAILURES_SHOWN = 2;
/** Turns told in full; a long incident repeats itself, and its later turns get two lines each. */
export const TURNS_IN_FULL = 4;
/** Columns of a terminal that long lines are broken at. */
const WIDTH = 110;

/** What the alerts say at detection. */
export function alertLines(time: number, { alerts, slo }: Telemetry): string[] {
  const shown = alerts.slice(0, ALERTS_SHOWN).map(alertLine);
  const more = alerts.length - shown.length;
  const level = `${(100 * slo.success).toFixed(1)} % of requests succeed, p99 ${Math.round(slo.latencyP99Ms)} ms`;
  return [
    `${stamp(time)}  DETECTED: ${level}`,
    ...shown,
    ...(more > 0 ? [`    and ${more} more alerts`] : []),
  ];
}

function alertLine({ firedAt, severity, rule, component, text }: Alert): string {
  return `    ${stamp(firedAt)}  ${severity.padEnd(6)}  ${rule}  ${text.startsWith(component) ? text : `${component}: ${text}`}`;
}

/** What the world model believes, most likely first. */
export function beliefLines(belief: Belief): string[] {
  const likely = believed(belief, 0.05).slice(0, BELIEFS_SHOWN);
  const lines = likely.map(
    ({ probability, condition, component }) => `    ${percent(probability)}  ${condition}(${component})`,
  );
  const unlike = `unlike the training incidents: ${percent(belief.outOfDistribution).trim()}`;
  return [
    `    BELIEF of the world model (${unlike})`,
    ...(lines.length > 0 ? lines : ['    nothing is likely']),
  ];
}

/** One turn: the prompt chosen, the plan, the verdict with its advice, the execution. */
export function turnLines(
  number: number,
  turn: TurnRecord,
  metaPrompt: MetaPrompt | undefined,
  before: TurnRecord | undefined,
): string[] {
  const prompt = `meta-prompt ${turn.metaPrompt}${metaPrompt ? ` (${promptText(metaPrompt)})` : ''}`;
  const lines = ['', `${stamp(turn.startedAt)}  TURN ${number}: ${prompt}`, ...completionLines(turn)];
  if (!turn.plan) return lines;
  if (!turn.executed && samePlan(turn, before)) return [...lines, '    the same PLAN again, rejected again'];
  lines.push(`    PLAN, because ${renderConditions(turn.plan.diagnosis)}`);
  for (const [i, { name, args }] of turn.plan.steps.entries())
    lines.push(`      ${i + 1}. ${[name, ...args].join(' ')}`);
  if (turn.plan.steps.length === 0) lines.push('      (no steps)');
  lines.push(
    ...indent(renderVerdict(turn.verdict, { plan: turn.plan, limit: FAILURES_SHOWN }), '    VERDICT '),
  );
  if (turn.executed) lines.push('    EXECUTION');
  for (const { startedAt, endedAt, call, status, message } of turn.outcomes) {
    const what = [call.name, ...call.args].join(' ');
    const said = message === what ? '' : `: ${message}`;
    lines.push(`    ${stamp(startedAt)} → ${stamp(endedAt)}  ${what}  ${status}${said}`);
  }
  return lines;
}

/** A later turn in two lines. */
export function briefTurnLines(
  number: number,
  { startedAt, metaPrompt, plan, verdict, executed, outcomes }: TurnRecord,
): string[] {
  const steps = plan?.steps.map(({ name, args }) => [name, ...args].join(' ')).join('; ');
  const last = outcomes.at(-1);
  const end =
    executed && last
      ? `executed, last step ${last.status}`
      : `rejected (${verdict.failures[0]?.kind ?? 'goal'})`;
  return wrap(`${stamp(startedAt)}  TURN ${number}: ${metaPrompt}: ${steps ?? 'no plan'} → ${end}`);
}

function completionLines({ samples }: TurnRecord): string[] {
  return samples.map((sample) => {
    const cost = sample.calls > 0 ? `, ${sample.promptTokens} + ${sample.completionTokens} tokens` : '';
    const problem = sample.failure ? `, unreadable: ${sample.failure.message}` : '';
    return `    completion in ${sample.latency.toFixed(1)} s${cost}${problem}`;
  });
}

function samePlan(turn: TurnRecord, before: TurnRecord | undefined): boolean {
  return (
    before !== undefined &&
    !before.executed &&
    JSON.stringify(turn.plan?.steps) === JSON.stringify(before.plan?.steps)
  );
}

function promptText({
  strategy,
  evidence,
  schema,
  exemplars,
  feedback,
  samples,
  effort,
}: MetaPrompt): string {
  const parts = [strategy, evidence.join('+'), `schema ${schema}`];
  if (exemplars !== 'none') parts.push(`exemplar ${exemplars}`);
  if (feedback !== 'none') parts.push(`feedback ${feedback}`);
  if (samples > 1) parts.push(`${samples} samples`);
  if (effort !== 'none') parts.push(`effort ${effort}`);
  return parts.join(', ');
}

/** How it ended, and what it really was. */
export function endLines(result: EpisodeResult, truth: IncidentTruth): string[] {
  const end = result.recovered
    ? `RECOVERED ${Math.round(result.mttr)} s after onset`
    : `UNRESOLVED (${result.ending}): counts as ${result.mttr} s`;
  const shares = TIME_CATEGORIES.filter((category) => result.time[category] >= 0.5).map(
    (category) => `${category} ${Math.round(result.time[category])}`,
  );
  const harm = `${result.violations} safety violations, ${result.dataLost ? 'data lost' : 'no data lost'}, ${result.collateral} collateral regressions`;
  return [
    '',
    end,
    `    seconds: ${shares.join(' + ')}`,
    `    ${result.turns} turns, ${result.executions} executions, ${result.llmCalls} LLM calls, ${result.tokens} tokens; ${harm}`,
    `    truth: ${truth.faultType} (family ${truth.family}): ${renderConditions(truth.conditions)}`,
  ];
}

function indent(text: string, first: string): string[] {
  return text.split('\n').flatMap((line, i) => wrap(i === 0 ? `${first}${line}` : `      ${line}`));
}

/** A line broken between words, what follows indented by eight. */
function wrap(line: string): string[] {
  const lines: string[] = [];
  let rest = line;
  while (rest.length > WIDTH) {
    const at = rest.lastIndexOf(' ', WIDTH);
    if (at <= 8) break;
    lines.push(rest.slice(0, at));
    rest = `        ${rest.slice(at + 1)}`;
  }
  return [...lines, rest];
}

function stamp(time: number): string {
  return `${time < 0 ? '−' : '+'}${Math.abs(time).toFixed(0)} s`.padStart(7);
}

function percent(share: number): string {
  return `${Math.round(100 * share)} %`.padStart(5);
}
