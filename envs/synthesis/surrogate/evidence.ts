import type { ServiceKind } from '../../cloud/interface.js';
import { type Practice, SIGN_KINDS, type Sign } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import type { MetricRows } from '../sections.js';
import { Decision, type Draws } from './decisions.js';
import { cellOf, READY_RATIO, Suspect, Suspicions, symptomsOf } from './suspicion.js';

/** A sign with its problems as indices. */
interface CompiledSign {
  readonly index: number;
  readonly pattern: RegExp | null;
  readonly changeKind: string | null;
  readonly blamesOther: boolean;
  readonly sign: Sign;
  readonly problems: readonly number[];
  readonly weights: readonly number[];
  /** Probability that the profile knows what it means for each problem: of the sign, capped in the problem's area. */
  readonly known: readonly number[];
  /** What it is a view of, as an index; -1 when it stands for itself. */
  readonly symptom: number;
}

/** A service that a message names, when its sign blames another one; the one that complains gets the small share. */
const SELF_SHARE = 0.3;
/** A replica this many seconds behind is late, as in the signs. */
const LAG_SECONDS = 30;
/** How much a change that is no longer recent counts. Assumption. */
const OLD_CHANGE_SHARE = 0.25;
/** What a place's trouble counts for a service that has hardly any of its pods there, relative to one that is wholly there. */
const PLACE_SHARE = 0.6;
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
    noChange: [] as CompiledSign[],
  };
  private readonly symptoms: number;
  private readonly signMemory = new Map<string, readonly CompiledSign[]>();
  private readonly mentionMemory = new Map<string, readonly string[]>();
  private mentionsOf: Index | null = null;
  private scores = new Float64Array(0);
  private seen = new Uint8Array(0);
  /** Largest weight of a symptom so far: row-major symptoms x problems x services. */
  private strongest = new Float64Array(0);
  private suspicions: Suspicions;

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
  ) {
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
        sign,
        problems,
        weights: Object.values(sign.speaks),
        known: problems.map((problem) => Math.min(caps[problem]!, profile.knowHow[sign.known])),
        symptom: indexIn(symptoms, sign.symptom),
      });
    });
    this.symptoms = symptoms.length;
    this.suspicions = new Suspicions(practice.suspicion, 0);
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
      if (draws.diagnosis.at(Decision.Notice, at) >= noticed) return;
      this.weigh(compiled, s, factor, draws.knowledge.at(Decision.KnowsSign, compiled.index));
    };
    const { suspicions } = this;
    const mark: Mark = (s, bits) => suspicions.mark(s, bits);
    this.readAlerts(contents, index, piece, mark);
    this.readEvents(contents, index, piece, mark);
    this.readLogs(contents, index, piece, mark);
    this.readChanges(contents, index, piece, mark);
    this.readServices(contents, index, piece, mark);
    this.readNodes(contents, index, piece);
    this.readZones(contents, index, piece);
    this.readControlPlane(contents, index, piece);
    this.readTopology(contents, index, mark);
    return { scores: this.scores, suspicion: Float64Array.from(services, (_, s) => suspicions.of(s)) };
  }

  /** Views of one symptom (its alert, its metric, its event) are not so many pieces of evidence: the strongest counts. */
  private weigh(
    { problems, weights, known, symptom }: CompiledSign,
    s: number,
    factor: number,
    u: number,
  ): void {
    const services = this.suspicions.services;
    for (let i = 0; i < problems.length; i++) {
      if (u >= known[i]!) continue;
      const cell = problems[i]! * services + s;
      const weight = weights[i]! * factor;
      if (symptom < 0) {
        this.scores[cell]! += weight;
        continue;
      }
      const at = symptom * this.scores.length + cell;
      const rise = Math.max(0, weight - this.strongest[at]!);
      this.strongest[at]! += rise;
      this.scores[cell]! += rise;
    }
  }

  private clear(services: number): void {
    const cells = this.practice.problems.length * services;
    if (this.scores.length !== cells) {
      this.scores = new Float64Array(cells);
      this.seen = new Uint8Array(this.practice.signs.length * services);
      this.suspicions = new Suspicions(this.practice.suspicion, services);
      this.strongest = new Float64Array(this.symptoms * cells);
      return;
    }
    this.scores.fill(0);
    this.seen.fill(0);
    this.suspicions.clear();
    this.strongest.fill(0);
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

  /**
   * An error about another service accuses that one, and excuses the one that complains; unless it says what is the matter
   * with the one that complains.
   */
  private readLogs({ logs }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    for (const { component, message, level } of logs ?? []) {
      if (level === 'INFO') continue;
      // How long something took is no sign, and 403 ms is no status code.
      const words = message.replace(DURATION, '# ms');
      const signs = this.matching('log', words);
      if (signs.length === 0) continue;
      const self = index.get(component);
      const accuses =
        signs.some((sign) => sign.blamesOther && sign.problems.length > 0) ||
        signs.every((sign) => sign.blamesOther);
      const others = accuses ? this.mentioned(message, component, index) : [];
      for (const other of others) this.suspicions.accuse(index.get(other)!, self);
      if (self !== undefined) mark(self, others.length > 0 ? Suspect.Excused : Suspect.NoisyLog);
      for (const sign of signs) {
        const accused = sign.blamesOther ? others : [];
        for (const other of accused) piece(sign, index.get(other)!, 1);
        if (self !== undefined) piece(sign, self, accused.length > 0 ? SELF_SHARE : 1);
      }
    }
  }

  /** What was changed, and what was not: a history that shows no release of a service speaks against one. */
  private readChanges({ changes, time: now }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    if (!changes) return;
    const changed = new Map<string, Set<string>>();
    // The latest first: it is that which counts when there are several of a kind.
    for (let i = changes.length - 1; i >= 0; i--) {
      const { component, kind, summary, time } = changes[i]!;
      const s = index.get(component);
      if (s === undefined) continue;
      const known = changed.get(kind);
      if (known) known.add(component);
      else changed.set(kind, new Set([component]));
      const recent = now - time <= this.practice.recentChange;
      if (recent) mark(s, Suspect.Changed);
      for (const sign of this.byKind.change) {
        const matches = sign.changeKind === kind && (sign.pattern === null || sign.pattern.test(summary));
        if (matches) piece(sign, s, recent ? 1 : OLD_CHANGE_SHARE);
      }
    }
    for (const sign of this.byKind.noChange) {
      const had = changed.get(sign.changeKind!);
      for (const [component, s] of index) if (!had?.has(component)) piece(sign, s, 1);
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

  private readServices({ services, topology }: PromptContents, index: Index, piece: Piece, mark: Mark): void {
    if (!services) return;
    const columns = this.byKind.metric.map(({ sign }) => services.table.metrics.indexOf(sign.metric!));
    const kinds = new Map(topology?.services.map(({ id, kind }) => [id, kind]));
    for (const row of services.rows) {
      const s = index.get(services.table.components[row]!);
      if (s === undefined) continue;
      for (let i = 0; i < columns.length; i++) {
        const compiled = this.byKind.metric[i]!;
        if (!isOf(compiled.sign, kinds.get(services.table.components[row]!))) continue;
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

  /** A place's trouble speaks for the services there, the more so the larger the share of their pods. */
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
      if (s !== undefined && here > 0)
        piece(compiled, s, PLACE_SHARE + (1 - PLACE_SHARE) * (here / placement.length));
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
      if (from !== undefined && to !== undefined && this.suspicions.troublesCallers(to))
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

/** Whether a sign is about components of a kind; one that is about some kinds needs to be told the kind. */
function isOf(sign: Sign, kind: ServiceKind | undefined): boolean {
  const kinds: readonly ServiceKind[] | undefined = sign.kinds;
  return kinds === undefined || (kind !== undefined && kinds.includes(kind));
}

/** Place of `name` among `names`, to which it is added when it is new; -1 for none. */
function indexIn(names: string[], name: string | undefined): number {
  if (name === undefined) return -1;
  const known = names.indexOf(name);
  return known >= 0 ? known : names.push(name) - 1;
}

function kindOf(sign: Sign): (typeof SIGN_KINDS)[number] {
  return SIGN_KINDS.find((kind) => sign[kind] !== undefined)!;
}

function pattern({ alert, event, log, text, nodeCondition }: Sign): RegExp | null {
  const source = alert ?? event ?? log ?? text ?? nodeCondition;
  return source === undefined ? null : new RegExp(source, 'i');
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
