import { type Known, type Practice, SIGN_KINDS, type Sign } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import type { MetricRows } from '../sections.js';
import { Decision, type Draws } from './decisions.js';

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

/** What makes a service suspicious whatever the problem, as bits. */
const Suspect = {
  Errors: 1,
  Slow: 2,
  Unready: 4,
  Alerted: 8,
  /** A caller's error names it. */
  Accused: 16,
  Eventful: 32,
  NoisyLog: 64,
  Changed: 128,
  /** Something that it calls is in trouble, which may be all that is the matter. */
  Excused: 256,
} as const;

/** Suspicions of a service that explain trouble at its callers. */
const TROUBLES_CALLERS = Suspect.Errors | Suspect.Slow | Suspect.Unready | Suspect.Accused;

/** A service that a message names, when its sign blames another one; the one that complains gets the small share. */
const SELF_SHARE = 0.3;
/** An error ratio above this and above three times the normal one is an error symptom; likewise latency at 1.8 times. */
const ERROR_RATIO = 0.02;
const ERROR_TIMES = 3;
const LATENCY_TIMES = 1.8;
const READY_RATIO = 0.95;
/** A replica this many seconds behind is late, as in the signs. */
const LAG_SECONDS = 30;
/** How much a change that is no longer recent counts. Assumption. */
const OLD_CHANGE_SHARE = 0.5;
/** A duration in a message. */
const DURATION = /\b\d+(\.\d+)? ?m?s\b/g;
/** Distinct texts whose signs are remembered. */
const MEMORY = 20_000;

/** What the evidence says, before the prior and the noise. */
export interface Evidence {
  /** Row-major problems × services, in nats. Overwritten by the next reading. */
  readonly scores: Float64Array;
  /** By service, in nats. */
  readonly suspicion: Float64Array;
}

/**
 * Reads the sections of a prompt: known signs that are noticed speak for problems of services. A piece of evidence (a
 * sign at a service) counts once and is overlooked with 1 - exp(-loss x thousands of tokens beyond the first).
 */
export class EvidenceReader {
  private readonly byKind = {
    alert: [] as CompiledSign[],
    event: [] as CompiledSign[],
    log: [] as CompiledSign[],
    change: [] as CompiledSign[],
    metric: [] as CompiledSign[],
    node: [] as CompiledSign[],
    zone: [] as CompiledSign[],
    nodeCondition: [] as CompiledSign[],
    replication: [] as CompiledSign[],
  };
  private readonly signMemory = new Map<string, readonly CompiledSign[]>();
  private readonly mentionMemory = new Map<string, readonly string[]>();
  private mentionsOf: Index | null = null;
  private scores = new Float64Array(0);
  private seen = new Uint8Array(0);
  /** Bits of {@link Suspect} by service. */
  private suspects = new Uint16Array(0);

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
  ) {
    const ids = practice.problems.map((problem) => problem.id);
    practice.signs.forEach((sign, index) => {
      this.byKind[kindOf(sign)].push({
        index,
        pattern: pattern(sign),
        changeKind: sign.change ?? null,
        blamesOther: sign.blames === 'other',
        sign,
        problems: Object.keys(sign.speaks).map((id) => ids.indexOf(id)),
        weights: Object.values(sign.speaks),
      });
    });
  }

  read(contents: PromptContents, draws: Draws): Evidence {
    const { services } = contents.objects;
    const index = indexOf(services);
    this.clear(services.length);
    const noticed = contextSurvival(this.profile, contents.promptTokens);
    const piece: Piece = (compiled, s, factor) => {
      const at = compiled.index * services.length + s;
      if (this.seen[at]) return;
      this.seen[at] = 1;
      if (draws.knowledge.at(Decision.KnowsSign, compiled.index) >= this.knows(compiled.sign.known)) return;
      if (draws.diagnosis.at(Decision.Notice, at) >= noticed) return;
      for (let i = 0; i < compiled.problems.length; i++) {
        this.scores[compiled.problems[i]! * services.length + s]! += compiled.weights[i]! * factor;
      }
    };
    const { suspects } = this;
    const mark: Mark = (s, bits) => {
      suspects[s]! |= bits;
    };
    this.readAlerts(contents, index, piece, mark);
    this.readEvents(contents, index, piece, mark);
    this.readLogs(contents, index, piece, mark);
    this.readChanges(contents, index, piece, mark);
    this.readServices(contents, index, piece, mark);
    this.readNodes(contents, index, piece);
    this.readZones(contents, index, piece);
    this.readControlPlane(contents, index, piece);
    this.readTopology(contents, index, mark);
    const suspicion = Float64Array.from(services, (_, s) => this.suspicionOf(suspects[s]!));
    return { scores: this.scores, suspicion };
  }

  private suspicionOf(bits: number): number {
    const { suspicion } = this.practice;
    const has = (bit: number, weight: number) => (bits & bit ? weight : 0);
    const own =
      has(Suspect.Unready, suspicion.unready) +
      has(Suspect.Accused, suspicion.accused) +
      Math.max(has(Suspect.Eventful, suspicion.eventful), has(Suspect.NoisyLog, suspicion.noisyLog)) +
      has(Suspect.Changed, suspicion.changed);
    const symptoms =
      has(Suspect.Errors, suspicion.errors) +
      has(Suspect.Slow, suspicion.latency) +
      has(Suspect.Alerted, suspicion.alerted);
    return own + (bits & Suspect.Excused ? Math.max(0, symptoms - suspicion.excused) : symptoms);
  }

  private clear(services: number): void {
    const cells = this.practice.problems.length * services;
    if (this.scores.length !== cells) {
      this.scores = new Float64Array(cells);
      this.seen = new Uint8Array(this.practice.signs.length * services);
      this.suspects = new Uint16Array(services);
      return;
    }
    this.scores.fill(0);
    this.seen.fill(0);
    this.suspects.fill(0);
  }

  private knows(known: Known): number {
    return this.profile.knowHow[known];
  }

  private readAlerts({ alerts }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    for (const { component, rule, text } of alerts ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      mark(s, Suspect.Alerted);
      const words = `${rule} ${text}`;
      for (const sign of this.matching('alert', words)) piece(sign, s, 1);
    }
  }

  private readEvents({ events }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    for (const { component, reason, message } of events ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      const words = `${reason}: ${message}`;
      const signs = this.matching('event', words);
      if (signs.length > 0) mark(s, Suspect.Eventful);
      for (const sign of signs) piece(sign, s, 1);
    }
  }

  /** An error about another service accuses that one, and excuses the one that complains. */
  private readLogs({ logs }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    for (const { component, message, level } of logs ?? []) {
      if (level === 'INFO') continue;
      // How long something took is no sign, and 403 ms is no status code.
      const words = message.replace(DURATION, '# ms');
      const signs = this.matching('log', words);
      if (signs.length === 0) continue;
      const self = index.get(component);
      const others = signs.some((sign) => sign.blamesOther) ? this.mentioned(message, component, index) : [];
      for (const other of others) mark(index.get(other)!, Suspect.Accused);
      if (self !== undefined) mark(self, others.length > 0 ? Suspect.Excused : Suspect.NoisyLog);
      for (const sign of signs) {
        const accused = sign.blamesOther ? others : [];
        for (const other of accused) piece(sign, index.get(other)!, 1);
        if (self !== undefined) piece(sign, self, accused.length > 0 ? SELF_SHARE : 1);
      }
    }
  }

  private readChanges({ changes, time: now }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    for (const { component, kind, summary, time } of changes ?? []) {
      const s = index.get(component);
      if (s === undefined) continue;
      const recent = now - time <= this.practice.recentChange;
      if (recent) mark(s, Suspect.Changed);
      for (const sign of this.byKind.change) {
        const matches = sign.changeKind === kind && (sign.pattern === null || sign.pattern.test(summary));
        if (matches) piece(sign, s, recent ? 1 : OLD_CHANGE_SHARE);
      }
    }
  }

  /** Signs of a text; each text is matched once, and what it matches depends on nothing else. */
  private matching(kind: 'alert' | 'event' | 'log', text: string): readonly CompiledSign[] {
    const id = `${kind} ${text}`;
    const known = this.signMemory.get(id);
    if (known) return known;
    const lower = text.toLowerCase();
    const signs = this.byKind[kind].filter((sign) => sign.pattern!.test(lower));
    remember(this.signMemory, id, signs);
    return signs;
  }

  /** Services other than its own that a message names as whole words. */
  private mentioned(message: string, component: string, index: Index): readonly string[] {
    // Names are those of one topology; another one starts the memory over.
    if (index !== this.mentionsOf) this.mentionMemory.clear();
    this.mentionsOf = index;
    const id = `${component} ${message}`;
    const known = this.mentionMemory.get(id);
    if (known) return known;
    const words = new Set(message.toLowerCase().split(/[^a-z0-9-]+/));
    const names = [...index.keys()].filter((name) => name !== component && words.has(name));
    remember(this.mentionMemory, id, names);
    return names;
  }

  private readServices({ services }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    if (!services) return;
    const columns = this.byKind.metric.map(({ sign }) => services.table.metrics.indexOf(sign.metric!));
    for (const row of services.rows) {
      const s = index.get(services.table.components[row]!);
      if (s === undefined) continue;
      for (let i = 0; i < columns.length; i++) {
        const compiled = this.byKind.metric[i]!;
        if (exceeds(services, row, columns[i]!, compiled.sign)) piece(compiled, s, 1);
      }
      mark(s, symptomsOf(services, row));
    }
  }

  private readNodes({ nodes, topology }: PromptContents, index: Index, piece: Piece): void {
    if (!nodes || !topology) return;
    for (const compiled of this.byKind.node) {
      const column = nodes.table.metrics.indexOf(compiled.sign.node!);
      for (const row of nodes.rows) {
        const node = nodes.table.components[row]!;
        if (exceeds(nodes, row, column, compiled.sign))
          this.speakAt((place) => place === node, topology, compiled, index, piece);
      }
    }
  }

  private readZones({ zones, topology }: PromptContents, index: Index, piece: Piece): void {
    if (!zones || !topology) return;
    const zoneOf = new Map(topology.nodes.map(({ id, zone }) => [id, zone]));
    for (const compiled of this.byKind.zone) {
      const column = zones.table.metrics.indexOf(compiled.sign.zone!);
      for (const row of zones.rows) {
        const zone = zones.table.components[row]!;
        if (exceeds(zones, row, column, compiled.sign))
          this.speakAt((place) => zoneOf.get(place) === zone, topology, compiled, index, piece);
      }
    }
  }

  /** What the control plane says of nodes and of copies; it stands in the topology section. */
  private readControlPlane({ topology }: PromptContents, index: Index, piece: Piece): void {
    if (!topology) return;
    for (const { id: node, conditions } of topology.nodes) {
      if (conditions.length === 0) continue;
      const words = conditions.join(' ').toLowerCase();
      for (const compiled of this.byKind.nodeCondition)
        if (compiled.pattern!.test(words))
          this.speakAt((place) => place === node, topology, compiled, index, piece);
    }
    for (const { id, replication } of topology.services) {
      const s = index.get(id);
      if (s === undefined || !replication) continue;
      const shows = {
        'primary-missing': !replication.primaryReady,
        'replica-missing': replication.readyReplicas === 0,
        lagging: replication.lagSeconds > LAG_SECONDS,
      };
      for (const compiled of this.byKind.replication)
        if (shows[compiled.sign.replication!]) piece(compiled, s, 1);
    }
  }

  /** A place's trouble speaks for the services there, by the share of their pods. */
  private speakAt(
    there: (node: string) => boolean,
    { services }: NonNullable<PromptContents['topology']>,
    compiled: CompiledSign,
    index: Index,
    piece: Piece,
  ): void {
    for (const { id, placement } of services) {
      const s = index.get(id);
      const here = placement.filter(there).length;
      if (s !== undefined && here > 0) piece(compiled, s, here / placement.length);
    }
  }

  private readTopology({ topology }: PromptContents, index: Index, mark: Mark): void {
    if (!topology) return;
    for (const { id, readyReplicas, desiredReplicas, baselineReplicas } of topology.services) {
      const s = index.get(id);
      const wanted = Math.max(desiredReplicas, baselineReplicas);
      if (s !== undefined && readyReplicas < READY_RATIO * wanted) mark(s, Suspect.Unready);
    }
    for (const { caller, callee } of topology.calls) {
      const from = index.get(caller);
      const to = index.get(callee);
      if (from !== undefined && to !== undefined && this.suspects[to]! & TROUBLES_CALLERS)
        mark(from, Suspect.Excused);
    }
  }
}

type Index = ReadonlyMap<string, number>;
type Piece = (sign: CompiledSign, service: number, factor: number) => void;
type Mark = (service: number, bits: number) => void;

/** Share of what is in a prompt that survives its length: exp(-loss x thousands of tokens beyond the first). */
export function contextSurvival(profile: LlmProfile, promptTokens: number): number {
  return Math.exp(-profile.context.lossPerThousand * Math.max(0, promptTokens / 1000 - 1));
}

function kindOf(sign: Sign): (typeof SIGN_KINDS)[number] {
  return SIGN_KINDS.find((kind) => sign[kind] !== undefined)!;
}

function pattern({ alert, event, log, text, nodeCondition }: Sign): RegExp | null {
  const source = alert ?? event ?? log ?? text ?? nodeCondition;
  return source === undefined ? null : new RegExp(source, 'i');
}

function cellOf({ table }: MetricRows, row: number, column: number): { value: number; normal: number } {
  const at = row * table.metrics.length + column;
  return { value: table.values[at] ?? Number.NaN, normal: table.baseline[at] ?? Number.NaN };
}

function symptomsOf(services: MetricRows, row: number): number {
  const cell = (metric: string) => cellOf(services, row, services.table.metrics.indexOf(metric));
  const errors = cell('error_ratio');
  const latency = cell('latency_p99_ms');
  let bits = 0;
  if (errors.value > Math.max(ERROR_RATIO, ERROR_TIMES * errors.normal)) bits |= Suspect.Errors;
  if (latency.value > LATENCY_TIMES * latency.normal) bits |= Suspect.Slow;
  if (cell('ready_ratio').value < READY_RATIO) bits |= Suspect.Unready;
  return bits;
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
