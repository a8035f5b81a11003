import type { Practice } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import { type CompiledSign, exceeds, isOf } from './compiled-sign.js';
import { Decision, type Draws } from './decisions.js';
import { LogMessages } from './log-messages.js';
import { Pieces } from './pieces.js';
import { Signs } from './signs.js';
import { READY_RATIO, Suspect, Suspicions, symptomsOf } from './suspicion.js';

/** A service that a message names, when its sign blames another one; the one that complains gets the small share. */
const SELF_SHARE = 0.3;
/** A replica this many seconds behind is late, as in the signs. */
const LAG_SECONDS = 30;
/** How much a change that is no longer recent counts. Assumption. */
const OLD_CHANGE_SHARE = 0.25;
/** What a place's trouble counts for a service that has hardly any of its pods there, relative to one that is wholly there. */
const PLACE_SHARE = 0.6;

/** What the evidence says, before the prior and the noise. Both are overwritten by the next reading. */
export interface Evidence {
  /** Row-major problems × services, in nats. */
  readonly scores: Float64Array;
  /** By problem: what none of its scores exceeds. */
  readonly peaks: Float64Array;
  /** By service, in nats. */
  readonly suspicion: Float64Array;
}

/**
 * Reads the sections of a prompt: known signs that are noticed speak for problems of services. A piece of evidence (a
 * sign at a service) counts once and is overlooked with 1 - exp(-loss x thousands of tokens beyond the first).
 *
 * What there is to notice depends on the prompt alone, so it is gathered once for all completions of one prompt; each completion
 * then weighs it by its own draws.
 */
export class EvidenceReader {
  private readonly signs: Signs;
  private readonly messages: LogMessages;
  /** The prompt whose pieces are gathered. */
  private gathered: PromptContents | null = null;
  private pieces = new Pieces(0, 0);
  private suspicions: Suspicions;
  /** Row-major signs of what was not changed x services: 1 where it was. */
  private changed = new Uint8Array(0);
  private suspicion = new Float64Array(0);
  private scores = new Float64Array(0);
  private readonly peaks: Float64Array;
  /** Largest weight of a symptom so far: row-major symptoms x problems x services; and where it is not 0. */
  private strongest = new Float64Array(0);
  private readonly touched: number[] = [];
  /** Columns of the metric signs in the tables that list these metrics. */
  private columns: readonly number[] = [];
  private columnsOf: readonly string[] | null = null;

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
  ) {
    this.signs = new Signs(practice, profile);
    this.messages = new LogMessages(this.signs);
    this.suspicions = new Suspicions(practice.suspicion, 0);
    this.peaks = new Float64Array(practice.problems.length);
  }

  read(contents: PromptContents, draws: Draws): Evidence {
    if (this.gathered !== contents) this.gather(contents);
    const { pieces, scores, peaks, suspicion, touched } = this;
    scores.fill(0);
    peaks.fill(0);
    for (let i = 0; i < touched.length; i++) this.strongest[touched[i]!] = 0;
    touched.length = 0;
    const noticed = contextSurvival(this.profile, contents.promptTokens);
    for (let i = 0; i < pieces.size; i++) {
      if (draws.diagnosis.at(Decision.Notice, pieces.numbers[i]!) >= noticed) continue;
      const sign = pieces.signs[i]!;
      const u = draws.knowledge.at(Decision.KnowsSign, sign.index);
      this.weigh(sign, pieces.services[i]!, pieces.factors[i]!, u);
    }
    return { scores, peaks, suspicion };
  }

  /** Views of one symptom (its alert, its metric, its event) are not so many pieces of evidence: the strongest counts. */
  private weigh(
    { problems, weights, known, symptom }: CompiledSign,
    s: number,
    factor: number,
    u: number,
  ): void {
    const { scores, peaks, suspicions } = this;
    for (let i = 0; i < problems.length; i++) {
      if (u >= known[i]!) continue;
      const problem = problems[i]!;
      const cell = problem * suspicions.services + s;
      const weight = weights[i]! * factor;
      const score =
        scores[cell]! + (symptom < 0 ? weight : this.rise(symptom * scores.length + cell, weight));
      scores[cell] = score;
      if (score > peaks[problem]!) peaks[problem] = score;
    }
  }

  /** By how much a weight exceeds the largest so far of a symptom in a cell. */
  private rise(at: number, weight: number): number {
    const { strongest } = this;
    const rise = Math.max(0, weight - strongest[at]!);
    if (strongest[at] === 0) this.touched.push(at);
    strongest[at]! += rise;
    return rise;
  }

  /** Goes through the sections in the order of the prompt. */
  private gather(contents: PromptContents): void {
    const { services } = contents.objects;
    const index = indexOf(services);
    this.clear(services.length);
    this.readAlerts(contents, index);
    this.readEvents(contents, index);
    this.readLogs(contents, index);
    this.readChanges(contents, index);
    this.readServices(contents, index);
    this.readNodes(contents, index);
    this.readZones(contents, index);
    this.readControlPlane(contents, index);
    this.readTopology(contents, index);
    for (let s = 0; s < services.length; s++) this.suspicion[s] = this.suspicions.of(s);
    this.gathered = contents;
  }

  private clear(services: number): void {
    const cells = this.practice.problems.length * services;
    if (this.scores.length === cells) {
      this.pieces.clear();
      this.suspicions.clear();
      return;
    }
    this.scores = new Float64Array(cells);
    this.suspicion = new Float64Array(services);
    this.pieces = new Pieces(this.practice.signs.length, services);
    this.suspicions = new Suspicions(this.practice.suspicion, services);
    this.changed = new Uint8Array(this.signs.byKind.noChange.length * services);
    this.strongest = new Float64Array(this.signs.symptoms * cells);
    this.touched.length = 0;
  }

  private readAlerts({ alerts }: PromptContents, index: Index): void {
    for (const { component, rule, text } of alerts ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      this.suspicions.mark(s, Suspect.Alerted);
      for (const sign of this.signs.ofAlert(rule, component, text)) this.pieces.add(sign, s, 1);
    }
  }

  private readEvents({ events }: PromptContents, index: Index): void {
    for (const { component, reason, message } of events ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      const signs = this.signs.ofEvent(reason, message);
      if (signs.length > 0) this.suspicions.mark(s, Suspect.Eventful);
      for (const sign of signs) this.pieces.add(sign, s, 1);
    }
  }

  /**
   * An error about another service accuses that one, and excuses the one that complains; unless it says what is the matter
   * with the one that complains.
   */
  private readLogs({ logs }: PromptContents, index: Index): void {
    const { pieces, suspicions } = this;
    for (const { component, message, level } of logs ?? []) {
      if (level === 'INFO') continue;
      const { signs, accused } = this.messages.read(message, index);
      if (signs.length === 0) continue;
      const self = index.get(component);
      const others =
        self !== undefined && accused.includes(self) ? accused.filter((s) => s !== self) : accused;
      for (const other of others) suspicions.accuse(other, self);
      if (self !== undefined) suspicions.mark(self, others.length > 0 ? Suspect.Excused : Suspect.NoisyLog);
      for (const sign of signs) {
        if (sign.blamesOther) for (const other of others) pieces.add(sign, other, 1);
        const share = sign.blamesOther && others.length > 0 ? SELF_SHARE : 1;
        if (self !== undefined) pieces.add(sign, self, share);
      }
    }
  }

  /** What was changed, and what was not: a history that shows no release of a service speaks against one. */
  private readChanges({ changes, time: now }: PromptContents, index: Index): void {
    if (!changes) return;
    const { pieces, suspicions, changed } = this;
    const { noChange } = this.signs.byKind;
    const { services } = suspicions;
    changed.fill(0);
    // The latest first: it is that which counts when there are several of a kind.
    for (let i = changes.length - 1; i >= 0; i--) {
      const { component, kind, summary, time } = changes[i]!;
      const s = index.get(component);
      if (s === undefined) continue;
      for (let n = 0; n < noChange.length; n++)
        if (noChange[n]!.changeKind === kind) changed[n * services + s] = 1;
      const recent = now - time <= this.practice.recentChange;
      if (recent) suspicions.mark(s, Suspect.Changed);
      for (const sign of this.signs.ofChange(kind, summary))
        pieces.add(sign, s, recent ? 1 : OLD_CHANGE_SHARE);
    }
    for (let n = 0; n < noChange.length; n++)
      for (let s = 0; s < services; s++) if (!changed[n * services + s]) pieces.add(noChange[n]!, s, 1);
  }

  private readServices({ services, topology }: PromptContents, index: Index): void {
    if (!services) return;
    const { metric } = this.signs.byKind;
    const { table } = services;
    if (this.columnsOf !== table.metrics) {
      this.columns = metric.map(({ series }) => table.metrics.indexOf(series!));
      this.columnsOf = table.metrics;
    }
    for (const row of services.rows) {
      const component = table.components[row]!;
      const s = index.get(component);
      if (s === undefined) continue;
      for (let i = 0; i < metric.length; i++) {
        const sign = metric[i]!;
        if (exceeds(services, row, this.columns[i]!, sign) && isOf(sign, component, topology))
          this.pieces.add(sign, s, 1);
      }
      this.suspicions.mark(s, symptomsOf(services, row));
    }
  }

  private readNodes({ nodes, topology }: PromptContents, index: Index): void {
    if (!nodes || !topology) return;
    for (const compiled of this.signs.byKind.node) {
      const column = nodes.table.metrics.indexOf(compiled.series!);
      for (const row of nodes.rows) {
        if (!exceeds(nodes, row, column, compiled)) continue;
        const node = nodes.table.components[row]!;
        this.speakAt((place) => place === node, topology, compiled, index);
      }
    }
  }

  private readZones({ zones, topology }: PromptContents, index: Index): void {
    if (!zones || !topology) return;
    for (const compiled of this.signs.byKind.zone) {
      const column = zones.table.metrics.indexOf(compiled.series!);
      for (const row of zones.rows) {
        if (!exceeds(zones, row, column, compiled)) continue;
        const zone = zones.table.components[row]!;
        const there = new Set(topology.nodes.filter((node) => node.zone === zone).map(({ id }) => id));
        this.speakAt((place) => there.has(place), topology, compiled, index);
      }
    }
  }

  /** What the control plane says of nodes and of copies; it stands in the topology section. */
  private readControlPlane({ topology }: PromptContents, index: Index): void {
    if (!topology) return;
    for (const { id: node, conditions } of topology.nodes) {
      if (conditions.length === 0) continue;
      const words = conditions.join(' ').toLowerCase();
      for (const compiled of this.signs.byKind.nodeCondition)
        if (compiled.pattern!.test(words)) this.speakAt((place) => place === node, topology, compiled, index);
    }
    for (const { id, replication } of topology.services) {
      const s = replication ? index.get(id) : undefined;
      if (s === undefined || !replication) continue;
      const shows = {
        'primary-missing': !replication.primaryReady,
        'replica-missing': replication.readyReplicas === 0,
        lagging: replication.lagSeconds > LAG_SECONDS,
      };
      for (const compiled of this.signs.byKind.replication)
        if (shows[compiled.replication!]) this.pieces.add(compiled, s, 1);
    }
  }

  /** A place's trouble speaks for the services there, the more so the larger the share of their pods. */
  private speakAt(
    there: (node: string) => boolean,
    { services }: NonNullable<PromptContents['topology']>,
    compiled: CompiledSign,
    index: Index,
  ): void {
    for (const { id, placement } of services) {
      const s = index.get(id);
      const here = placement.filter(there).length;
      if (s !== undefined && here > 0)
        this.pieces.add(compiled, s, PLACE_SHARE + (1 - PLACE_SHARE) * (here / placement.length));
    }
  }

  private readTopology({ topology }: PromptContents, index: Index): void {
    if (!topology) return;
    const { suspicions } = this;
    for (const { id, readyReplicas, desiredReplicas, baselineReplicas } of topology.services) {
      if (readyReplicas >= READY_RATIO * Math.max(desiredReplicas, baselineReplicas)) continue;
      const s = index.get(id);
      if (s !== undefined) suspicions.mark(s, Suspect.Unready);
    }
    for (const { caller, callee } of topology.calls) {
      const to = index.get(callee);
      if (to === undefined || !suspicions.troublesCallers(to)) continue;
      const from = index.get(caller);
      if (from !== undefined) suspicions.mark(from, Suspect.Excused);
    }
  }
}

type Index = ReadonlyMap<string, number>;

/** Share of what is in a prompt that survives its length: exp(-loss x thousands of tokens beyond the first). */
export function contextSurvival(profile: LlmProfile, promptTokens: number): number {
  return Math.exp(-profile.context.lossPerThousand * Math.max(0, promptTokens / 1000 - 1));
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
