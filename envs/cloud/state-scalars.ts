/** The scalars of a state as JSON values, numbers that JSON lacks as strings. */
export interface PackedScalars {
  readonly scalars: Readonly<Record<string, number | boolean | string>>;
  readonly violations: Record<string, number>;
}

/** What a cloud's state holds beside its arrays. Names and units as there. */
export class StateScalars {
  time = 0;
  changedAt = 0;
  nodes = 0;
  load = 1;
  offered = 0;
  sloSuccess = 1;
  sloP99 = 0;
  sloHealthy = true;
  /** The SLO holds, no level that pages is reached and nothing provisional is in force. */
  well = true;
  /** Services with fewer ready pods than at baseline. */
  lowServices = 0;
  /** Number of places at which the expression of a page on a level (not on a count of restarts) holds. */
  pagesHold = 0;
  quotaBlocks = 0;
  webhookBlocks = 0;
  addressBlocks = 0;
  /** Work has waited somewhere, or a cache was not as usual: what is kept of both has to be looked at from now on. */
  levels = false;
  /** Factor on the time of everything that asks the API server. */
  apiFactor = 1;
  /** Number of nodes under a fault. */
  nodeFaults = 0;
  /** Nodes, by bit, of zones that traffic is kept off. */
  shiftedNodes = 0;
  handedOver = false;
  executions = 0;
  deaths = 0;
  guard = false;
  badSince = Number.NaN;
  sloBadSince = Number.NaN;
  lastBadEnd = Number.NEGATIVE_INFINITY;
  badTotal = 0;
  windowStart = 0;
  dataLost = false;
  collateral = 0;
  violations: Record<string, number> = {};
  referenceSuccess = 1;
  referenceAt = Number.NEGATIVE_INFINITY;
  regressionSeconds = 0;
  regressionCounted = true;
  regressed = false;
  lastRegressionCheck = 0;

  /** Takes all scalars over from another state. Field by field, since a loop over names costs as much as copying all arrays. */
  protected setScalars(from: StateScalars): void {
    this.time = from.time;
    this.changedAt = from.changedAt;
    this.nodes = from.nodes;
    this.load = from.load;
    this.offered = from.offered;
    this.sloSuccess = from.sloSuccess;
    this.sloP99 = from.sloP99;
    this.sloHealthy = from.sloHealthy;
    this.well = from.well;
    this.lowServices = from.lowServices;
    this.pagesHold = from.pagesHold;
    this.quotaBlocks = from.quotaBlocks;
    this.webhookBlocks = from.webhookBlocks;
    this.addressBlocks = from.addressBlocks;
    this.levels = from.levels;
    this.apiFactor = from.apiFactor;
    this.nodeFaults = from.nodeFaults;
    this.shiftedNodes = from.shiftedNodes;
    this.handedOver = from.handedOver;
    this.executions = from.executions;
    this.deaths = from.deaths;
    this.guard = from.guard;
    this.badSince = from.badSince;
    this.sloBadSince = from.sloBadSince;
    this.lastBadEnd = from.lastBadEnd;
    this.badTotal = from.badTotal;
    this.windowStart = from.windowStart;
    this.dataLost = from.dataLost;
    this.collateral = from.collateral;
    this.referenceSuccess = from.referenceSuccess;
    this.referenceAt = from.referenceAt;
    this.regressionSeconds = from.regressionSeconds;
    this.regressionCounted = from.regressionCounted;
    this.regressed = from.regressed;
    this.lastRegressionCheck = from.lastRegressionCheck;
    this.violations = { ...from.violations };
  }

  protected packScalars(): PackedScalars {
    const scalars: Record<string, number | boolean | string> = {};
    for (const name of NAMES) {
      const value = this[name];
      scalars[name] = typeof value === 'number' && !Number.isFinite(value) ? String(value) : value;
    }
    return { scalars, violations: { ...this.violations } };
  }

  protected unpackScalars({ scalars, violations }: PackedScalars): void {
    const target = this as Record<Name, number | boolean>;
    for (const name of NAMES) {
      const value = scalars[name]!;
      target[name] = typeof value === 'string' ? Number(value) : value;
    }
    this.violations = { ...violations };
  }
}

type Name = Exclude<
  { [K in keyof StateScalars]: StateScalars[K] extends number | boolean ? K : never }[keyof StateScalars],
  never
>;

/** Every field but the counts of violations, which are a record. */
const NAMES = Object.keys(new StateScalars()).filter((name) => name !== 'violations') as Name[];
