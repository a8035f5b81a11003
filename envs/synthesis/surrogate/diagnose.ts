import type { Known, Practice, Sign } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import type { MetricRows } from '../sections.js';
import { Decision, type Draws, gumbel } from './decisions.js';

/** A sign with its problems as indices. */
interface CompiledSign {
  readonly index: number;
  readonly pattern: RegExp | null;
  readonly changeKind: string | null;
  readonly blamesOther: boolean;
  readonly sign: Sign;
  readonly problems: readonly number[];
  readonly weights: readonly number[];
}

/** A condition that the verifier's advice points at. */
export interface Hint {
  readonly condition: string;
  readonly component: string;
}

/** What the planner thinks is wrong. */
export interface Reading {
  readonly problem: number;
  readonly component: string;
}

/** Weight of a hint of the verifier's against the planner's own evidence, in nats. Assumption: it is believed. */
const HINT_WEIGHT = 4;
/** How much less a diagnosis is believed after a plan for it was executed in vain, in nats. */
const FAILED_PENALTY = 4;
/** A service that a message names, when its sign blames another one; the one that complains gets the small share. */
const SELF_SHARE = 0.3;
/** An error ratio above this and above three times the normal one is an error symptom; likewise latency at 1.8 times. */
const ERROR_RATIO = 0.02;
const ERROR_TIMES = 3;
const LATENCY_TIMES = 1.8;
const READY_RATIO = 0.95;
/** Distinct texts whose signs are remembered. */
const MEMORY = 20_000;

/**
 * Forms a diagnosis from what a prompt contains. For each problem p and service s
 *
 *     score(p, s) = ln share(p) + sum of the weights of noticed, known signs + suspicion(s) + c (G_p + G_s)
 *
 * with Gumbel noise G of the profile's scale c; the largest score is the diagnosis. Each piece of evidence (a sign at a
 * service) counts once and is overlooked with 1 - exp(-loss x thousands of tokens beyond the first).
 */
export class Diagnostician {
  private readonly byKind = {
    alert: [] as CompiledSign[],
    event: [] as CompiledSign[],
    log: [] as CompiledSign[],
    change: [] as CompiledSign[],
    metric: [] as CompiledSign[],
    node: [] as CompiledSign[],
  };
  private readonly logShares: Float64Array;
  private readonly signMemory = new Map<string, readonly CompiledSign[]>();
  private readonly mentionMemory = new Map<string, readonly string[]>();
  private scores = new Float64Array(0);
  private seen = new Uint8Array(0);
  private symptoms = new Float64Array(0);
  private marks = new Float64Array(0);

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
    /** Names that each problem's diagnosis has when the conditions are listed, in the order of the practice. */
    private readonly said: readonly (readonly string[])[],
  ) {
    const ids = practice.problems.map((problem) => problem.id);
    this.logShares = Float64Array.from(practice.problems, (problem) => Math.log(problem.share));
    practice.signs.forEach((sign, index) => {
      const compiled: CompiledSign = {
        index,
        pattern: pattern(sign),
        changeKind: sign.change ?? null,
        blamesOther: sign.blames === 'other',
        sign,
        problems: Object.keys(sign.speaks).map((id) => ids.indexOf(id)),
        weights: Object.values(sign.speaks),
      };
      this.byKind[kindOf(sign)].push(compiled);
    });
  }

  /** @param expressible false for problems that cannot be said with the conditions listed */
  diagnose(
    contents: PromptContents,
    draws: Draws,
    hints: readonly Hint[],
    expressible: (problem: number) => boolean,
  ): Reading {
    const { services } = contents.objects;
    const reader = this.read(contents, draws);
    const scale = this.noiseScale(contents);
    const noise = Float64Array.from(
      services,
      (_, s) => scale * gumbel(draws.diagnosis.at(Decision.ComponentNoise, s)),
    );
    let best: Reading = { problem: 0, component: services[0] ?? '' };
    let bestScore = Number.NEGATIVE_INFINITY;
    for (let p = 0; p < this.practice.problems.length; p++) {
      if (!expressible(p)) continue;
      const base = this.logShares[p]! + scale * gumbel(draws.diagnosis.at(Decision.ProblemNoise, p));
      for (let s = 0; s < services.length; s++) {
        let score = base + noise[s]! + this.scores[p * services.length + s]! + reader.suspicion[s]!;
        if (hints.length > 0) score += HINT_WEIGHT * this.agreement(p, services[s]!, hints);
        if (contents.executed.length > 0) score -= this.failedBefore(p, services[s]!, contents, draws);
        if (score > bestScore) {
          bestScore = score;
          best = { problem: p, component: services[s]! };
        }
      }
    }
    return best;
  }

  private noiseScale({ strategy, effort }: PromptContents): number {
    const { confusion, diagnoseFirst, effort: byEffort } = this.profile.diagnosis;
    return confusion * (strategy === 'diagnose-first' ? diagnoseFirst : 1) * byEffort[effort];
  }

  /** How many of the hints the problem explains, less those of its conditions that no hint names. */
  private agreement(problem: number, component: string, hints: readonly Hint[]): number {
    const said = this.said[problem]!;
    const matched = hints.filter(
      (hint) => hint.component === component && said.includes(hint.condition),
    ).length;
    return matched === 0 ? 0 : matched - 0.25 * (said.length - matched);
  }

  private failedBefore(
    problem: number,
    component: string,
    { executed }: PromptContents,
    draws: Draws,
  ): number {
    const main = this.said[problem]![0];
    let penalty = 0;
    for (const [index, { plan }] of executed.entries()) {
      const tried = plan.diagnosis.some((entry) => entry.component === component && entry.condition === main);
      if (tried && draws.knowledge.at(Decision.Learns, index) < this.profile.diagnosis.learnsFromFailure)
        penalty += FAILED_PENALTY;
    }
    return penalty;
  }

  /** Adds up the evidence: `scores` by problem and service, and the suspicion of each service. */
  private read(contents: PromptContents, draws: Draws): { suspicion: Float64Array } {
    const { services } = contents.objects;
    const index = indexOf(services);
    this.clear(services.length);
    const noticed = 1 - this.overlooked(contents.promptTokens);
    const piece = (compiled: CompiledSign, s: number, factor: number) => {
      const at = compiled.index * services.length + s;
      if (this.seen[at]) return;
      this.seen[at] = 1;
      if (draws.knowledge.at(Decision.KnowsSign, compiled.index) >= this.knows(compiled.sign.known)) return;
      if (draws.diagnosis.at(Decision.Notice, at) >= noticed) return;
      for (let i = 0; i < compiled.problems.length; i++) {
        this.scores[compiled.problems[i]! * services.length + s]! += compiled.weights[i]! * factor;
      }
    };
    const { suspicion } = this.practice;
    const marks = this.marks;
    const mark = (s: number, weight: number) => {
      marks[s] = Math.max(marks[s]!, weight);
    };
    this.readTexts(contents, index, piece, mark);
    this.readMetrics(contents, index, piece);
    this.readTopology(contents, index);
    const total = new Float64Array(services.length);
    for (let s = 0; s < services.length; s++) total[s] = marks[s]! + this.symptoms[s]!;
    for (const { caller, callee } of contents.topology?.calls ?? []) {
      const from = index.get(caller);
      const to = index.get(callee);
      if (from === undefined || to === undefined || this.symptoms[to]! < 1 || this.symptoms[from] === 0)
        continue;
      total[from] = Math.max(0, marks[from]! + this.symptoms[from]! - suspicion.excused);
    }
    return { suspicion: total };
  }

  private clear(services: number): void {
    const cells = this.practice.problems.length * services;
    if (this.scores.length !== cells) {
      this.scores = new Float64Array(cells);
      this.seen = new Uint8Array(this.practice.signs.length * services);
      this.symptoms = new Float64Array(services);
      this.marks = new Float64Array(services);
      return;
    }
    this.scores.fill(0);
    this.seen.fill(0);
    this.symptoms.fill(0);
    this.marks.fill(0);
  }

  private knows(known: Known): number {
    return this.profile.knowHow[known];
  }

  private overlooked(promptTokens: number): number {
    return 1 - contextSurvival(this.profile, promptTokens);
  }

  private readTexts(
    contents: PromptContents,
    index: ReadonlyMap<string, number>,
    piece: Piece,
    mark: Mark,
  ): void {
    const { suspicion, recentChange } = this.practice;
    for (const { component, rule, text } of contents.alerts ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      mark(s, suspicion.alerted);
      for (const sign of this.matching('alert', `${rule} ${text}`, `${rule} ${text}`)) piece(sign, s, 1);
    }
    for (const { component, reason, message } of contents.events ?? []) {
      this.readLine(
        'event',
        `${reason}: ${message}`,
        `${reason}: ${message}`,
        component,
        index,
        piece,
        mark,
        suspicion.eventful,
      );
    }
    for (const { component, message, template, level } of contents.logs ?? []) {
      // Lines of one template differ only in what varies, so their signs are looked up once.
      if (level !== 'INFO')
        this.readLine('log', template, message, component, index, piece, mark, suspicion.noisyLog);
    }
    for (const { component, kind, summary, time } of contents.changes ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      const factor = contents.time - time <= recentChange ? 1 : 0.5;
      mark(s, suspicion.changed * factor);
      for (const sign of this.byKind.change) {
        if (sign.changeKind === kind && (sign.pattern === null || sign.pattern.test(summary)))
          piece(sign, s, factor);
      }
    }
  }

  private readLine(
    kind: 'event' | 'log',
    key: string,
    message: string,
    component: string,
    index: ReadonlyMap<string, number>,
    piece: Piece,
    mark: Mark,
    suspicion: number,
  ): void {
    const signs = this.matching(kind, key, message);
    if (signs.length === 0) return;
    const self = index.get(component);
    for (const sign of signs) {
      const others = sign.blamesOther ? this.mentioned(message, component, index) : [];
      for (const other of others) {
        const s = index.get(other)!;
        piece(sign, s, 1);
        mark(s, suspicion);
      }
      if (self === undefined) continue;
      piece(sign, self, others.length > 0 ? SELF_SHARE : 1);
      if (others.length === 0) mark(self, suspicion);
    }
  }

  /** Signs of a text; remembered by `key`, so that a text or a template is matched once. */
  private matching(kind: 'alert' | 'event' | 'log', key: string, text: string): readonly CompiledSign[] {
    const id = `${kind} ${key}`;
    const known = this.signMemory.get(id);
    if (known) return known;
    const lower = text.toLowerCase();
    const signs = this.byKind[kind].filter((sign) => sign.pattern!.test(lower));
    remember(this.signMemory, id, signs);
    return signs;
  }

  /** Services other than its own that a message names as whole words. */
  private mentioned(
    message: string,
    component: string,
    index: ReadonlyMap<string, number>,
  ): readonly string[] {
    const id = `${component} ${message}`;
    const known = this.mentionMemory.get(id);
    if (known?.every((name) => index.has(name))) return known;
    const words = new Set(message.toLowerCase().split(/[^a-z0-9-]+/));
    const names = [...index.keys()].filter((name) => name !== component && words.has(name));
    remember(this.mentionMemory, id, names);
    return names;
  }

  private readMetrics(contents: PromptContents, index: ReadonlyMap<string, number>, piece: Piece): void {
    const { services, nodes } = contents;
    if (services) {
      const columns = this.byKind.metric.map(({ sign }) => services.table.metrics.indexOf(sign.metric!));
      for (const row of services.rows) {
        const s = index.get(services.table.components[row]!);
        if (s === undefined) continue;
        this.byKind.metric.forEach((compiled, i) => {
          if (exceeds(services, row, columns[i]!, compiled.sign)) piece(compiled, s, 1);
        });
        this.symptoms[s] = Math.max(this.symptoms[s]!, this.metricSymptoms(services, row));
      }
    }
    if (!nodes || !contents.topology) return;
    for (const compiled of this.byKind.node) {
      const column = nodes.table.metrics.indexOf(compiled.sign.node!);
      for (const row of nodes.rows) {
        if (!exceeds(nodes, row, column, compiled.sign)) continue;
        const node = nodes.table.components[row]!;
        for (const { id, placement } of contents.topology.services) {
          const s = index.get(id);
          const here = placement.filter((place) => place === node).length;
          if (s !== undefined && here > 0) piece(compiled, s, here / placement.length);
        }
      }
    }
  }

  private metricSymptoms(services: MetricRows, row: number): number {
    const { suspicion } = this.practice;
    const cell = (metric: string) => cellOf(services, row, services.table.metrics.indexOf(metric));
    const errors = cell('error_ratio');
    const latency = cell('latency_p99_ms');
    let size = 0;
    if (errors.value > Math.max(ERROR_RATIO, ERROR_TIMES * errors.normal)) size += suspicion.errors;
    if (latency.value > LATENCY_TIMES * latency.normal) size += suspicion.latency;
    if (cell('ready_ratio').value < READY_RATIO) size += suspicion.unready;
    return size;
  }

  private readTopology({ topology }: PromptContents, index: ReadonlyMap<string, number>): void {
    for (const { id, readyReplicas, desiredReplicas, baselineReplicas } of topology?.services ?? []) {
      const s = index.get(id);
      const wanted = Math.max(desiredReplicas, baselineReplicas);
      if (s !== undefined && readyReplicas < READY_RATIO * wanted) {
        this.symptoms[s] = Math.max(this.symptoms[s]!, this.practice.suspicion.unready);
      }
    }
  }
}

type Piece = (sign: CompiledSign, service: number, factor: number) => void;
type Mark = (service: number, weight: number) => void;

/** Share of what is in a prompt that survives its length: exp(-loss x thousands of tokens beyond the first). */
export function contextSurvival(profile: LlmProfile, promptTokens: number): number {
  return Math.exp(-profile.context.lossPerThousand * Math.max(0, promptTokens / 1000 - 1));
}

function kindOf({
  alert,
  event,
  log,
  change,
  metric,
}: Sign): 'alert' | 'event' | 'log' | 'change' | 'metric' | 'node' {
  if (alert !== undefined) return 'alert';
  if (event !== undefined) return 'event';
  if (log !== undefined) return 'log';
  if (change !== undefined) return 'change';
  return metric !== undefined ? 'metric' : 'node';
}

function pattern({ alert, event, log, text }: Sign): RegExp | null {
  const source = alert ?? event ?? log ?? text;
  return source === undefined ? null : new RegExp(source, 'i');
}

function cellOf({ table }: MetricRows, row: number, column: number): { value: number; normal: number } {
  const at = row * table.metrics.length + column;
  return { value: table.values[at] ?? Number.NaN, normal: table.baseline[at] ?? Number.NaN };
}

/** A missing series (NaN) exceeds nothing. */
function exceeds(rows: MetricRows, row: number, column: number, sign: Sign): boolean {
  if (column < 0) return false;
  const { value, normal } = cellOf(rows, row, column);
  if (Number.isNaN(value)) return false;
  if (sign.above !== undefined && !(value > sign.above)) return false;
  if (sign.below !== undefined && !(value < sign.below)) return false;
  if (sign.aboveTimes !== undefined && !(value > sign.aboveTimes * normal)) return false;
  if (sign.belowTimes !== undefined && !(value < sign.belowTimes * normal)) return false;
  return true;
}

const indices = new WeakMap<readonly string[], ReadonlyMap<string, number>>();

function indexOf(names: readonly string[]): ReadonlyMap<string, number> {
  let index = indices.get(names);
  if (!index) {
    index = new Map(names.map((name, i) => [name, i]));
    indices.set(names, index);
  }
  return index;
}

/** Puts into a bounded memory; when it is full it starts over. */
function remember<T>(memory: Map<string, T>, key: string, value: T): void {
  if (memory.size >= MEMORY) memory.clear();
  memory.set(key, value);
}
