import type { MetricRows } from '../contents.js';
import type { Suspicion } from '../practice.js';

/** What makes a service suspicious whatever the problem, as bits. */
export const Suspect = {
  Errors: 1,
  Slow: 2,
  Unready: 4,
  Alerted: 8,
  /** A caller's error names it. */
  Accused: 16,
  Eventful: 32,
  NoisyLog: 64,
  Changed: 128,
  /** Something that it calls is in trouble, or it complains of another, which may be all that is the matter. */
  Excused: 256,
} as const;

/** Suspicions of a service that explain trouble at its callers. */
const TROUBLES_CALLERS = Suspect.Errors | Suspect.Slow | Suspect.Unready | Suspect.Accused;

/** An error ratio above this and above three times the normal one is an error symptom; likewise latency at 1.8 times. */
const ERROR_RATIO = 0.02;
const ERROR_TIMES = 3;
const LATENCY_TIMES = 1.8;
/** A share of ready pods below this is a symptom. */
export const READY_RATIO = 0.95;
/** Callers that are counted when they complain of the same service; more add nothing. */
const MOST_ACCUSERS = 3;

/** How suspicious each service is at all, whatever the problem. */
export class Suspicions {
  /** Bits of {@link Suspect} by service. */
  private readonly bits: Uint16Array;
  /** Who complained of whom: row-major accused x accusers. */
  private readonly complaints: Uint8Array;
  private readonly accusers: Uint8Array;

  constructor(
    private readonly weights: Suspicion,
    readonly services: number,
  ) {
    this.bits = new Uint16Array(services);
    this.complaints = new Uint8Array(services * services);
    this.accusers = new Uint8Array(services);
  }

  clear(): void {
    this.bits.fill(0);
    this.complaints.fill(0);
    this.accusers.fill(0);
  }

  mark(service: number, bits: number): void {
    this.bits[service]! |= bits;
  }

  /** A caller complains of a service; how often it does makes no difference. */
  accuse(accused: number, by: number | undefined): void {
    this.mark(accused, Suspect.Accused);
    const at = accused * this.services + (by ?? accused);
    if (this.complaints[at]) return;
    this.complaints[at] = 1;
    this.accusers[accused]!++;
  }

  /** Whether what a service shows explains trouble at its callers. */
  troublesCallers(service: number): boolean {
    return (this.bits[service]! & TROUBLES_CALLERS) !== 0;
  }

  /** In nats. */
  of(service: number): number {
    const { weights } = this;
    const bits = this.bits[service]!;
    const own =
      has(bits, Suspect.Unready, weights.unready) +
      Math.max(has(bits, Suspect.Eventful, weights.eventful), has(bits, Suspect.NoisyLog, weights.noisyLog)) +
      has(bits, Suspect.Changed, weights.changed);
    const suffered =
      has(bits, Suspect.Errors, weights.errors) +
      has(bits, Suspect.Slow, weights.latency) +
      has(bits, Suspect.Alerted, weights.alerted) +
      weights.accused * Math.min(MOST_ACCUSERS, this.accusers[service]!);
    return own + (bits & Suspect.Excused ? weights.excusedShare * suffered : suffered);
  }
}

/** The weight when the bit is set. */
function has(bits: number, bit: number, weight: number): number {
  return bits & bit ? weight : 0;
}

/** Columns of the metrics that are symptoms. */
interface SymptomColumns {
  readonly metrics: readonly string[];
  readonly errors: number;
  readonly latency: number;
  readonly ready: number;
}

let columns: SymptomColumns = symptomColumns([]);

function symptomColumns(metrics: readonly string[]): SymptomColumns {
  return {
    metrics,
    errors: metrics.indexOf('error_ratio'),
    latency: metrics.indexOf('latency_p99_ms'),
    ready: metrics.indexOf('ready_ratio'),
  };
}

/** What a service's metrics say is wrong with it, as bits of {@link Suspect}; a missing column or series (NaN) says nothing. */
export function symptomsOf({ table: { metrics, values, baseline } }: MetricRows, row: number): number {
  // Tables list the same metrics from one look to the next.
  if (columns.metrics !== metrics) columns = symptomColumns(metrics);
  const at = row * metrics.length;
  const { errors, latency, ready } = columns;
  let bits = 0;
  if (errors >= 0 && values[at + errors]! > Math.max(ERROR_RATIO, ERROR_TIMES * baseline[at + errors]!))
    bits |= Suspect.Errors;
  if (latency >= 0 && values[at + latency]! > LATENCY_TIMES * baseline[at + latency]!) bits |= Suspect.Slow;
  if (ready >= 0 && values[at + ready]! < READY_RATIO) bits |= Suspect.Unready;
  return bits;
}
