import { execute } from './actions.js';
import { nextPage } from './alerts.js';
import { runNext, runUntil, scheduleDeath, settle } from './dynamics.js';
import { healthy } from './healthy.js';
import { type HiddenService, hiddenState } from './hidden.js';
import { Incident } from './incident.js';
import type { EvidenceKind, Inventory, Outcome, PrimitiveCall, SloReading, Telemetry } from './interface.js';
import { inventoryOf } from './inventory.js';
import type { IncidentKey } from './keys.js';
import type { CloudModel } from './model.js';
import { STREAM } from './noise.js';
import { observe, readSlo } from './observe.js';
import { concerned, inject, nodesOf } from './onset.js';
import { inverseOf } from './primitives.js';
import { type CloudResult, finish, leftInForce, type RunOn, settled } from './recovery.js';
import type { Sim } from './sim.js';
import { CloudState, type PackedState, PHASE } from './state.js';
import { copyOf, giveBack } from './state-pool.js';

/** Hidden truth of an incident: for the oracle and for `info.truth`, never for a policy, a prompt or a belief. */
export interface CloudTruth {
  readonly faultType: string;
  readonly family: string;
  readonly component: string;
  readonly conditions: readonly { readonly condition: string; readonly component: string }[];
  /** Nodes that the fault struck, by name, and their zone; empty and null when it struck none. */
  readonly nodes: readonly string[];
  readonly zone: string | null;
}

/** What a test or a command may fix of an incident; the rest is drawn. */
export interface Overrides {
  readonly fault?: string;
  readonly component?: string;
  /** Where a new cloud stands; default `detection`. At `onset` nobody has noticed yet. */
  readonly start?: 'onset' | 'detection';
}

/**
 * An exact copy of a cloud at a moment. Opaque but for what healing's oracle reads of the hidden truth; restore it with
 * {@link Cloud.restore}, the copy itself or what became of it through JSON.
 */
export interface SavedCloud {
  readonly key: IncidentKey;
  readonly overrides: Overrides;
  readonly detectedAt: number;
  readonly reportedAt: number | null;
  readonly incident: Incident;
  readonly state: CloudState;
}

/**
 * One incident on one cloud: hidden state that evolves with time, by itself and by what is executed. The fault strikes at
 * time 0; a new cloud stands at `detectedAt`, when the first page or a report of users opens the incident.
 */
export class Cloud {
  readonly cap: number;
  /** When the incident was noticed: the first page, or the report of users when no page came first. */
  readonly detectedAt: number;
  private sim: Sim;
  private readonly reportedAt: number | null;
  private knownTruth: CloudTruth | null = null;

  /** @throws ConfigError for an unknown split, partition, fault or component, or one that the topology cannot host. */
  constructor(
    readonly model: CloudModel,
    key: IncidentKey,
    private readonly overrides: Overrides = {},
    saved?: SavedCloud,
  ) {
    this.cap = model.constants.horizon.cap.value;
    const incident =
      saved?.incident instanceof Incident ? saved.incident : new Incident(model, key, overrides);
    if (saved) {
      const state =
        saved.state instanceof CloudState
          ? copyOf(model, saved.state)
          : CloudState.fromJSON(model.layout, saved.state as unknown as PackedState);
      this.sim = { model, incident, state };
      this.detectedAt = saved.detectedAt;
      this.reportedAt = saved.reportedAt;
      return;
    }
    this.sim = { model, incident, state: healthyState(model, incident) };
    begin(this.sim);
    const onset = overrides.start === 'onset' ? copyOf(model, this.sim.state) : null;
    const { time, reported } = runToDetection(this.sim);
    if (onset) {
      giveBack(model, this.sim.state);
      this.sim = { model, incident, state: onset };
    }
    this.detectedAt = time;
    this.reportedAt = reported ? time : null;
  }

  /** Simulated seconds since onset. */
  get time(): number {
    return this.sim.state.time;
  }

  get key(): IncidentKey {
    return this.sim.incident.key;
  }

  /** Lets time pass. Does nothing when `time` is not later than now. */
  advanceTo(time: number): void {
    runUntil(this.sim, time);
  }

  slo(): SloReading {
    return readSlo(this.sim);
  }

  /** Something provisional is in force, as the inventory shows it: a limit, an open circuit, a paused roll-out, a cordon, a shift. */
  provisional(): boolean {
    return leftInForce(this.sim);
  }

  inventory(): Inventory {
    return inventoryOf(this.sim);
  }

  /** Price in simulated seconds of asking for these kinds of evidence together; the caller lets the time pass. */
  evidenceSeconds(kinds: readonly EvidenceKind[]): number {
    const { values } = this.model.constants.telemetry.price;
    return kinds.reduce((sum, kind) => sum + (values[kind] ?? 0), 0);
  }

  /**
   * What can be observed now. Alerts and the SLO are always there; events, logs and changes are empty and tables are NaN unless
   * asked for. @param turn number of the look: equal turns at equal times see equal noise.
   */
  telemetry(kinds: readonly EvidenceKind[], turn: number): Telemetry {
    return observe(this.sim, kinds, turn, this.reportedAt);
  }

  /** Runs a call to completion or time-out and lets its time pass. A call that is not a known one is `refused`; never throws. */
  execute(call: PrimitiveCall): Outcome {
    return execute(this.sim, call);
  }

  /** The call that takes a call back, or null when there is none. */
  inverseOf(call: PrimitiveCall): PrimitiveCall | null {
    return inverseOf(this.model.primitives, call);
  }

  /**
   * Watches for up to `seconds` and returns the time then. It ends early, after half of them at the least, when the SLO does
   * not hold and no pod is on its way: nothing that the watcher can see would change by waiting.
   */
  watch(seconds: number): number {
    const { state } = this.sim;
    const until = state.time + seconds;
    runUntil(this.sim, state.time + seconds / 2);
    while (state.time < until) {
      if (!state.sloHealthy && !podsOnTheirWay(this.sim)) break;
      if (state.queue.nextTime > until) runUntil(this.sim, until);
      else runNext(this.sim);
    }
    return state.time;
  }

  /**
   * Lets time pass until an alarm calls the loop back: the SLO has been broken for longer than the tolerance, or a page
   * fires. Returns its time, or null when there was none up to `limit`.
   */
  nextAlarm(limit: number): number | null {
    const { state, model } = this.sim;
    const from = state.time;
    while (state.time < limit) {
      const page = nextPage(this.sim);
      const broken = state.sloHealthy
        ? Number.POSITIVE_INFINITY
        : state.sloBadSince + model.constants.slo.blip.value;
      const alarm = Math.max(from, Math.min(page, broken));
      const next = Math.min(state.queue.nextTime, limit);
      if (alarm <= next && alarm <= limit) {
        runUntil(this.sim, alarm);
        return alarm;
      }
      if (state.queue.nextTime > limit) runUntil(this.sim, limit);
      else runNext(this.sim);
    }
    return null;
  }

  /**
   * What the incident comes to if nothing more is done, run on a copy to the cap and beyond it: pods die, the trigger strikes
   * again, and every pod of the struck services is killed once.
   */
  result(options: RunOn = {}): CloudResult {
    const early = options.exhaustive ? null : settled(this.sim);
    const result = early ?? this.runOn(options);
    // The window that lasts may have begun before anybody knew (a fault that had not hurt yet): the incident ends when noticed.
    if (result.recoveredAt === null || result.recoveredAt >= this.detectedAt) return result;
    return { ...result, recoveredAt: this.detectedAt };
  }

  private runOn(options: RunOn): CloudResult {
    const { model, incident, state } = this.sim;
    const copy = copyOf(model, state);
    const result = finish({ model, incident, state: copy }, options);
    giveBack(model, copy);
    return result;
  }

  /**
   * Violations (in all and by kind) and loss of data that executions have caused so far; the healing loop asks this every step.
   * `kinds` is the live count, not a copy.
   */
  harm(): { violations: number; kinds: Readonly<Record<string, number>>; dataLost: boolean } {
    const { violations, dataLost } = this.sim.state;
    return {
      violations: Object.values(violations).reduce((sum, n) => sum + n, 0),
      kinds: violations,
      dataLost,
    };
  }

  /** Hidden truth at onset; the same object every time. */
  truth(): CloudTruth {
    this.knownTruth ??= truthOf(this.model, this.sim.incident);
    return this.knownTruth;
  }

  /** Hidden state of every service, readable: for records of an incident, never for anything that decides. */
  hidden(): HiddenService[] {
    return hiddenState(this.sim);
  }

  save(): SavedCloud {
    return {
      key: this.key,
      overrides: this.overrides,
      incident: this.sim.incident,
      state: this.sim.state.clone(),
      detectedAt: this.detectedAt,
      reportedAt: this.reportedAt,
    };
  }

  /** An independent cloud that stands where this one does. */
  copy(): Cloud {
    const { sim, model, key, overrides, detectedAt, reportedAt } = this;
    return new Cloud(model, key, overrides, { key, overrides, ...sim, detectedAt, reportedAt });
  }

  /**
   * Gives this cloud's arrays back to the model, for its next cloud: worth a call where incidents are played by the thousand. Whatever is asked
   * of this cloud afterwards throws a TypeError; what it returned before stays.
   */
  release(): void {
    giveBack(this.model, this.sim.state);
    this.sim = null as never;
  }

  /** A cloud that goes on exactly from where the saved one was. */
  static restore(model: CloudModel, saved: SavedCloud): Cloud {
    return new Cloud(model, saved.key, saved.overrides, saved);
  }
}

function truthOf(model: CloudModel, { injections }: Incident): CloudTruth {
  const { ids, nodes: names, zones } = model.topology;
  const [first] = injections;
  const struck = injections.reduce((bits, injection) => bits | nodesOf(model, injection), 0);
  const nodes = struck === 0 ? [] : names.flatMap((_, n) => ((struck >> n) & 1 ? [n] : []));
  const conditions: { condition: string; component: string }[] = [];
  for (const injection of injections) {
    for (const condition of injection.variant.conditions) {
      for (const s of concerned(model, injection, condition))
        conditions.push({ condition: condition.condition, component: ids[s]! });
    }
  }
  return {
    faultType: typeNames(injections),
    family: first!.fault.family,
    component: ids[first!.target]!,
    conditions,
    nodes: nodes.map((n) => names[n]!),
    zone: nodes.length > 0 ? zones[nodes[0]!]! : null,
  };
}

/** Names of the fault types, joined; one that strikes several services at once is named once. */
function typeNames(injections: Incident['injections']): string {
  const named = injections.filter(
    ({ fault }, i) => !(fault.targets.siblings && injections[i - 1]?.fault === fault),
  );
  return named.map(({ fault }) => fault.id).join('+');
}

const healthyStates = new WeakMap<CloudModel, CloudState>();

/** A copy of the model's healthy state; solved once per model, at the demand of a normal day. */
function healthyState(model: CloudModel, incident: Incident): CloudState {
  let state = healthyStates.get(model);
  if (!state) {
    state = new CloudState(model.layout);
    healthy({ model, incident, state });
    settle({ model, incident, state });
    healthyStates.set(model, state);
  }
  return copyOf(model, state);
}

function begin(sim: Sim): void {
  sim.state.load = sim.incident.load;
  sim.state.dirty[sim.model.topology.entry] = 1;
  scheduleDeath(sim);
  sim.incident.injections.forEach((injection, ordinal) => {
    inject(sim, injection, ordinal);
  });
  settle(sim);
}

/** Runs until the first page, or until users report the trouble. */
function runToDetection(sim: Sim): { time: number; reported: boolean } {
  const { model, incident, state } = sim;
  const report = Math.min(
    incident.noise.logNormal(model.constants.horizon.userReport, STREAM.report, 0, 0),
    model.constants.horizon.cap.value / 2,
  );
  for (;;) {
    const page = nextPage(sim);
    const next = state.queue.nextTime;
    if (page <= next && page <= report) {
      runUntil(sim, page);
      return { time: page, reported: false };
    }
    if (report <= next) {
      runUntil(sim, report);
      return { time: report, reported: true };
    }
    runNext(sim);
  }
}

/** Whether any wanted pod is being started or is about to be tried again within a minute. */
function podsOnTheirWay(sim: Sim): boolean {
  const { state } = sim;
  for (let p = 0; p < state.layout.pods; p++) {
    const phase = state.podPhase[p]!;
    if (phase === PHASE.starting) return true;
    if ((phase === PHASE.backoff || phase === PHASE.stuck) && state.podNextAt[p]! - state.time < 60)
      return true;
  }
  return false;
}
