import type { EvidenceKind, Inventory, Telemetry } from '../cloud/interface.js';
import type { IncidentView } from '../synthesis/index.js';
import type { Belief } from '../world-model/index.js';
import type { Look } from './look.js';

/**
 * What the planner may look at in one turn. The belief is worked out when it is asked for, which most synthesizers never do. A class, since
 * every object literal with a getter has a hidden class of its own, which slows down its readers and outlives it, with all it refers to.
 */
export class TurnView implements IncidentView {
  constructor(
    readonly time: number,
    readonly detectedAt: number,
    readonly evidence: readonly EvidenceKind[],
    readonly telemetry: Telemetry,
    readonly inventory: Inventory,
    readonly executed: IncidentView['executed'],
    readonly noiseKey: readonly number[],
    private readonly look: Look,
  ) {}

  get belief(): Belief {
    return this.look.belief;
  }
}
