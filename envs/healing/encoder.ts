import { totalBinaryEntropy } from 'nn-engines';
import { EVIDENCE_KINDS, type Inventory, type Telemetry } from '../cloud/interface.js';
import type { MetaPrompt } from '../synthesis/types.js';
import { type Belief, FAILURE_KINDS, type Plan, type Verdict } from '../world-model/types.js';

/** What the loop knows when it must choose a meta-prompt; nothing in it is hidden state. */
export interface DecisionContext {
  readonly time: number;
  readonly detectedAt: number;
  readonly cap: number;
  readonly belief: Belief;
  readonly telemetry: Telemetry;
  readonly inventory: Inventory;
  /** Seconds that fetching each kind of evidence costs, in the order of EVIDENCE_KINDS. */
  readonly evidencePrices: readonly number[];
  /** Name of the language-model profile, or null for a real or no model. */
  readonly profile: string | null;
  readonly turns: number;
  readonly executions: number;
  readonly maxExecutions: number;
  readonly rejectionsInRow: number;
  readonly tokens: number;
  readonly tokenBudget: number;
  readonly lastMetaPrompt: MetaPrompt | null;
  readonly lastPlan: Plan | null;
  readonly lastVerdict: Verdict | null;
  readonly lastExecuted: boolean;
  /** Diagnoses (`condition component`) of plans so far. */
  readonly triedDiagnoses: readonly string[];
}

/** One group of the observation vector, in order. */
export interface ObservationGroup {
  readonly name: string;
  readonly size: number;
  readonly unit: string;
  readonly meaning: string;
}

interface FieldGroup extends ObservationGroup {
  readonly write: (out: Float32Array, at: number, context: DecisionContext, derived: Derived) => void;
}

/** Numbers that several groups need, computed once. */
interface Derived {
  /** Flat index into the belief of the most likely condition. */
  readonly top: number;
  readonly topComponent: string;
  readonly alertedShare: number;
}

const STRATEGIES = ['direct', 'diagnose-first', 'contain-first', 'rollback-first', 'least-risk'] as const;
const FEEDBACK_STYLES = ['none', 'step', 'advice', 'advice-and-plan'] as const;
const EFFORTS = ['none', 'low', 'medium', 'high'] as const;
export const OBSERVED_PROFILES = ['weak', 'mid', 'strong', 'reasoning'] as const;

/** Evidence that costs time to fetch; alerts and topology are there anyway. */
const PRICED_EVIDENCE = EVIDENCE_KINDS.filter((kind) => kind !== 'alerts' && kind !== 'topology');

/** Classes of alert, by what the rule speaks of; a rule that matches none falls into the last. */
const ALERT_CLASSES: readonly { readonly name: string; readonly pattern: RegExp }[] = [
  { name: 'errors', pattern: /error|5xx/i },
  { name: 'latency', pattern: /latency|slow|p99/i },
  { name: 'crash', pattern: /crash|restart|oom|backoff/i },
  { name: 'not-ready', pattern: /ready|pending|replica|unschedul|mismatch/i },
  { name: 'saturation', pattern: /cpu|memory|throttl|saturat|disk/i },
  { name: 'traffic', pattern: /traffic/i },
  { name: 'user-report', pattern: /user/i },
  { name: 'other', pattern: /(?:)/ },
];

/** Which failure kinds say what to the chooser of the next meta-prompt: five classes of FAILURE_KINDS. */
const FAILURE_CLASSES: readonly { readonly name: string; readonly kinds: readonly string[] }[] = [
  { name: 'unreadable', kinds: ['parse', 'arity', 'type', 'unknown-action', 'unknown-object'] },
  { name: 'precondition', kinds: ['precondition', 'undefined-fluent', 'conflicting-effects'] },
  { name: 'constraint', kinds: ['constraint'] },
  { name: 'goal', kinds: ['goal'] },
  { name: 'risk', kinds: ['risk'] },
];

/** log(1 + x) scaled so that `full` gives 1, clipped to [0, 1]. */
const logScale = (x: number, full: number): number =>
  Math.min(1, Math.log1p(Math.max(0, x)) / Math.log1p(full));
const unit = (x: number): number => Math.min(1, Math.max(0, x));
const oneHot = (out: Float32Array, at: number, index: number): void => {
  if (index >= 0) out[at + index] = 1;
};

function writeBelief(out: Float32Array, at: number, { belief }: DecisionContext): void {
  const { probability, conditions, components } = belief;
  for (let c = 0; c < conditions.length; c++) {
    let max = 0;
    let sum = 0;
    for (let i = c; i < probability.length; i += conditions.length) {
      const p = probability[i]!;
      if (p > max) max = p;
      sum += p;
    }
    out[at + 2 * c] = max;
    out[at + 2 * c + 1] = sum / components.length;
  }
}

/** Mean binary entropy over all conditions of all services. */
function beliefEntropy({ belief: { probability } }: DecisionContext): number {
  return totalBinaryEntropy(probability) / probability.length;
}

/** Share of ERROR lines whose template was seen on one component only: routine noise appears on many. */
function logNovelty({ telemetry }: DecisionContext): number {
  const where = new Map<string, string | null>();
  let errors = 0;
  for (const line of telemetry.logs) {
    if (line.level !== 'ERROR') continue;
    errors++;
    const seen = where.get(line.template);
    where.set(line.template, seen === undefined || seen === line.component ? line.component : null);
  }
  if (errors === 0) return 0;
  let novel = 0;
  for (const line of telemetry.logs) if (line.level === 'ERROR' && where.get(line.template) !== null) novel++;
  return novel / errors;
}

function lastChangeAge({ telemetry, time }: DecisionContext, component: string): number {
  let latest = Number.NEGATIVE_INFINITY;
  for (const change of telemetry.changes)
    if (change.component === component && change.time > latest) latest = change.time;
  return latest === Number.NEGATIVE_INFINITY ? 1 : logScale(time - latest, 86_400);
}

const alertClasses = new Map<string, number>();

/** Class of a rule; rules are few and met at every decision. */
function alertClassOf(rule: string): number {
  let index = alertClasses.get(rule);
  if (index === undefined) {
    index = ALERT_CLASSES.findIndex(({ pattern }) => pattern.test(rule));
    alertClasses.set(rule, index);
  }
  return index;
}

function writeAlertClasses(out: Float32Array, at: number, { telemetry }: DecisionContext): void {
  for (const { rule } of telemetry.alerts) oneHot(out, at, alertClassOf(rule));
}

function writeLastMetaPrompt(out: Float32Array, at: number, { lastMetaPrompt }: DecisionContext): void {
  if (!lastMetaPrompt) return;
  oneHot(out, at, STRATEGIES.indexOf(lastMetaPrompt.strategy));
  oneHot(out, at + 5, FEEDBACK_STYLES.indexOf(lastMetaPrompt.feedback));
  out[at + 9] = unit(lastMetaPrompt.samples / 4);
  out[at + 10] = EFFORTS.indexOf(lastMetaPrompt.effort) / 3;
  out[at + 11] = lastMetaPrompt.evidence.length / EVIDENCE_KINDS.length;
}

/** Index of the last verdict's kind: no plan, rejected, accepted and executed. */
function writeLastVerdict(out: Float32Array, at: number, context: DecisionContext): void {
  if (context.turns === 0) return;
  if (!context.lastPlan) out[at] = 1;
  else if (!context.lastExecuted) out[at + 1] = 1;
  else out[at + 2] = 1;
  const kind = context.lastExecuted ? undefined : context.lastVerdict?.failures[0]?.kind;
  if (kind)
    oneHot(
      out,
      at + 3,
      FAILURE_CLASSES.findIndex(({ kinds }) => kinds.includes(kind)),
    );
  out[at + 8] = context.lastVerdict?.feasibility ?? 0;
}

const groups = (conditions: readonly string[]): readonly FieldGroup[] => [
  {
    name: 'belief',
    size: 2 * conditions.length,
    unit: 'probability',
    meaning: `per condition (${conditions.join(', ')}): largest over services, mean`,
    write: writeBelief,
  },
  {
    name: 'entropy',
    size: 1,
    unit: 'bit',
    meaning: 'mean binary entropy of the belief over all conditions of all services',
    write: (out, at, context) => {
      out[at] = beliefEntropy(context);
    },
  },
  {
    name: 'ood',
    size: 1,
    unit: '0–1',
    meaning: 'out-of-distribution score of the telemetry',
    write: (out, at, { belief }) => {
      out[at] = belief.outOfDistribution;
    },
  },
  {
    name: 'slo',
    size: 2,
    unit: 'ratio, log(1 + s) / log(31)',
    meaning: 'failed share of offered requests; p99 latency at the entry',
    write: (out, at, { telemetry: { slo } }) => {
      out[at] = unit(1 - slo.success);
      out[at + 1] = logScale(slo.latencyP99Ms / 1000, 30);
    },
  },
  {
    name: 'blast-radius',
    size: 2,
    unit: 'ratio',
    meaning: 'share of services with an alert; share of services below their desired replicas',
    write: (out, at, { inventory }, { alertedShare }) => {
      out[at] = alertedShare;
      const short = inventory.services.filter(
        (service) => service.readyReplicas < service.desiredReplicas,
      ).length;
      out[at + 1] = short / inventory.services.length;
    },
  },
  {
    name: 'headroom',
    size: 3,
    unit: 'pods / (pods + 8), pods / (pods + 8), ratio',
    meaning:
      'pods that the quota still admits; pods that still fit on schedulable nodes; nodes cordoned or not ready',
    write: (out, at, { inventory }) => {
      const usable = inventory.nodes.filter((node) => node.ready && !node.cordoned);
      const free = usable.reduce((sum, node) => sum + node.freeSlots, 0);
      const quota = Math.max(0, inventory.quotaLeft);
      out[at] = Number.isFinite(quota) ? quota / (quota + 8) : 1;
      out[at + 1] = free / (free + 8);
      out[at + 2] = 1 - usable.length / inventory.nodes.length;
    },
  },
  {
    name: 'clock',
    size: 2,
    unit: 'share of the cap',
    meaning: 'time since detection; time left to the cap',
    write: (out, at, { time, detectedAt, cap }) => {
      out[at] = unit((time - detectedAt) / cap);
      out[at + 1] = unit((cap - time) / cap);
    },
  },
  {
    name: 'alerts',
    size: ALERT_CLASSES.length,
    unit: '0 or 1',
    meaning: `a firing alert of class ${ALERT_CLASSES.map(({ name }) => name).join(', ')}`,
    write: writeAlertClasses,
  },
  {
    name: 'logs',
    size: 1,
    unit: 'ratio',
    meaning: 'log novelty: share of ERROR lines whose template appears on one service only',
    write: (out, at, context) => {
      out[at] = logNovelty(context);
    },
  },
  {
    name: 'suspect-change',
    size: 1,
    unit: 'log(1 + s) / log(86,401)',
    meaning: "age of the most suspected service's last change, 1 when there is none on record",
    write: (out, at, context, { topComponent }) => {
      out[at] = lastChangeAge(context, topComponent);
    },
  },
  {
    name: 'evidence-price',
    size: PRICED_EVIDENCE.length,
    unit: 'minute',
    meaning: `simulated time to fetch ${PRICED_EVIDENCE.join(', ')}`,
    write: (out, at, { evidencePrices }) => {
      PRICED_EVIDENCE.forEach((kind, i) => {
        out[at + i] = unit((evidencePrices[EVIDENCE_KINDS.indexOf(kind)] ?? 0) / 60);
      });
    },
  },
  {
    name: 'profile',
    size: OBSERVED_PROFILES.length,
    unit: '0 or 1',
    meaning: `language-model profile ${OBSERVED_PROFILES.join(', ')}; all 0 for a real model or none`,
    write: (out, at, { profile }) =>
      oneHot(out, at, (OBSERVED_PROFILES as readonly (string | null)[]).indexOf(profile)),
  },
  {
    name: 'progress',
    size: 6,
    unit: 'ratio; 0 or 1',
    meaning:
      'turns / 8; executions / limit; consecutive rejections / 4; tokens / budget; distinct diagnoses tried / 4; the most likely condition was tried',
    write: (out, at, context, { top }) => {
      const { belief } = context;
      const suspect = `${belief.conditions[top % belief.conditions.length]} ${belief.components[Math.floor(top / belief.conditions.length)]}`;
      out[at] = unit(context.turns / 8);
      out[at + 1] = unit(context.executions / context.maxExecutions);
      out[at + 2] = unit(context.rejectionsInRow / 4);
      out[at + 3] = unit(context.tokens / context.tokenBudget);
      out[at + 4] = unit(context.triedDiagnoses.length / 4);
      out[at + 5] = context.triedDiagnoses.includes(suspect) ? 1 : 0;
    },
  },
  {
    name: 'last-meta-prompt',
    size: 12,
    unit: '0 or 1; ratio',
    meaning: `strategy (${STRATEGIES.join(', ')}), feedback (${FEEDBACK_STYLES.join(', ')}), samples / 4, effort / 3, share of evidence kinds; all 0 on the first turn`,
    write: writeLastMetaPrompt,
  },
  {
    name: 'last-verdict',
    size: 4 + FAILURE_CLASSES.length,
    unit: '0 or 1; probability',
    meaning: `no plan, rejected, executed; failure class ${FAILURE_CLASSES.map(({ name }) => name).join(', ')}; feasibility`,
    write: writeLastVerdict,
  },
];

function derive({ belief, telemetry, inventory }: DecisionContext): Derived {
  let top = 0;
  for (let i = 1; i < belief.probability.length; i++)
    if (belief.probability[i]! > belief.probability[top]!) top = i;
  const alerted = new Set(telemetry.alerts.map((alert) => alert.component));
  return {
    top,
    topComponent: belief.components[Math.floor(top / belief.conditions.length)] ?? '',
    alertedShare: unit(alerted.size / inventory.services.length),
  };
}

/**
 * Turns a decision's context into the observation of `pase/CloudHealing-v0`: a float32 vector whose length depends on the
 * number of conditions only, never on the topology.
 */
export class ObservationEncoder {
  readonly size: number;
  private readonly groups: readonly FieldGroup[];

  constructor(conditions: readonly string[]) {
    this.groups = groups(conditions);
    this.size = this.groups.reduce((sum, group) => sum + group.size, 0);
  }

  /** The table of the observation, in order; docs/environments.md prints it. */
  get table(): readonly ObservationGroup[] {
    return this.groups;
  }

  /** Writes the observation into `out[at … at + size − 1]`, which must be zeros. */
  write(out: Float32Array, at: number, context: DecisionContext): void {
    const derived = derive(context);
    for (const group of this.groups) {
      group.write(out, at, context, derived);
      at += group.size;
    }
  }
}

/** Every failure kind belongs to a class; checked at load so that a new kind cannot be forgotten. */
for (const kind of FAILURE_KINDS) {
  if (!FAILURE_CLASSES.some(({ kinds }) => kinds.includes(kind)))
    throw new Error(`failure kind ${kind} has no class`);
}
