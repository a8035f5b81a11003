import { type Practice, SIGN_KINDS, type Sign } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import { AlertSigns } from './alert-signs.js';
import type { CompiledSign } from './compiled-sign.js';
import { TextMemory } from './text-memory.js';

type SignKind = (typeof SIGN_KINDS)[number];

/** The signs of a practice as a profile knows them, and what texts they were found in. */
export class Signs {
  readonly byKind: Readonly<Record<SignKind, CompiledSign[]>>;
  /** Number of symptoms that signs are views of. */
  readonly symptoms: number;
  /** One pattern for all signs of a kind: a text that it does not match has none. */
  private readonly any: Readonly<Record<'event' | 'log', RegExp>>;
  private readonly alerts: AlertSigns;
  private readonly events = new TextMemory<readonly CompiledSign[]>();
  private readonly changes = new TextMemory<readonly CompiledSign[]>();

  constructor(practice: Practice, profile: LlmProfile) {
    this.byKind = Object.fromEntries(SIGN_KINDS.map((kind) => [kind, []])) as unknown as Signs['byKind'];
    const ids = practice.problems.map((problem) => problem.id);
    const caps = practice.problems.map(({ area }) => profile.knowHow.cap[area] ?? 1);
    const symptoms: string[] = [];
    practice.signs.forEach((sign, index) => {
      const problems = Object.keys(sign.speaks).map((id) => ids.indexOf(id));
      this.byKind[kindOf(sign)].push({
        index,
        pattern: pattern(sign),
        changeKind: sign.change ?? sign.noChange ?? null,
        blamesOther: sign.blames === 'other',
        series: sign.metric ?? sign.node ?? sign.zone ?? null,
        replication: sign.replication ?? null,
        kinds: sign.kinds ?? null,
        above: sign.above ?? null,
        below: sign.below ?? null,
        aboveTimes: sign.aboveTimes ?? null,
        belowTimes: sign.belowTimes ?? null,
        problems,
        weights: Object.values(sign.speaks),
        known: problems.map((problem) => Math.min(caps[problem]!, profile.knowHow[sign.known])),
        symptom: indexIn(symptoms, sign.symptom),
      });
    });
    this.symptoms = symptoms.length;
    this.alerts = new AlertSigns(this.byKind.alert);
    this.any = { event: anyOf(this.byKind.event), log: anyOf(this.byKind.log) };
  }

  ofAlert(rule: string, component: string, text: string): readonly CompiledSign[] {
    return this.alerts.of(rule, component, text);
  }

  ofEvent(reason: string, message: string): readonly CompiledSign[] {
    return (
      this.events.of(reason, message) ??
      this.events.keep(reason, message, this.find('event', `${reason}: ${message}`))
    );
  }

  ofLog(text: string): readonly CompiledSign[] {
    return this.find('log', text);
  }

  ofChange(kind: string, summary: string): readonly CompiledSign[] {
    const known = this.changes.of(kind, summary);
    if (known) return known;
    const words = summary.toLowerCase();
    const signs = this.byKind.change.filter(
      ({ changeKind, pattern }) => changeKind === kind && (pattern === null || pattern.test(words)),
    );
    return this.changes.keep(kind, summary, signs);
  }

  /** Signs of an event's or a log's text, which depend on nothing else. */
  private find(kind: 'event' | 'log', text: string): readonly CompiledSign[] {
    const words = text.toLowerCase();
    // Most new texts are everyday ones with a new name in them, which show nothing.
    return this.any[kind].test(words) ? this.byKind[kind].filter(({ pattern }) => pattern!.test(words)) : [];
  }
}

/** Place of `name` among `names`, to which it is added when it is new; -1 for none. */
function indexIn(names: string[], name: string | undefined): number {
  if (name === undefined) return -1;
  const known = names.indexOf(name);
  return known >= 0 ? known : names.push(name) - 1;
}

function kindOf(sign: Sign): SignKind {
  return SIGN_KINDS.find((kind) => sign[kind] !== undefined)!;
}

function pattern({ alert, event, log, text, nodeCondition }: Sign): RegExp | null {
  const source = alert ?? event ?? log ?? text ?? nodeCondition;
  return source === undefined ? null : compile(source);
}

/** A pattern for texts in lower case; to ignore case takes twice as long. */
function compile(source: string): RegExp {
  return new RegExp(source, /[A-Z]/.test(source) ? 'i' : '');
}

/** The signs' patterns as one; they refer to no groups, so that joining them changes none. */
function anyOf(signs: readonly CompiledSign[]): RegExp {
  return compile(signs.map((sign) => `(?:${sign.pattern!.source})`).join('|'));
}
