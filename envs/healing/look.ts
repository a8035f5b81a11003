import type { Cloud } from '../cloud/index.js';
import { EVIDENCE_KINDS, type Inventory, type Telemetry } from '../cloud/interface.js';
import type { Belief } from '../world-model/index.js';

/**
 * What monitoring shows at a moment, and what is believed of it. Each part is worked out when it is first asked for, since most
 * turns need only some of them: half of all looks go by without anybody asking for the belief. Before the cloud moves on, {@link keep}
 * must be called by whoever may ask later.
 */
export class Look {
  private knownInventory: Inventory | null = null;
  private knownTelemetry: Telemetry | null = null;
  private knownBelief: Belief | null = null;
  /** The cloud as it stood, once it may have moved on. */
  private copy: Cloud | null = null;

  constructor(
    private readonly cloud: Cloud,
    /** Number of the look, which keys the noise of what is measured. */
    private readonly turn: number,
    private readonly perceive: (telemetry: Telemetry, inventory: Inventory) => Belief,
  ) {}

  get inventory(): Inventory {
    this.knownInventory ??= (this.copy ?? this.cloud).inventory();
    return this.knownInventory;
  }

  /** Everything that monitoring shows, all evidence included. */
  get telemetry(): Telemetry {
    this.knownTelemetry ??= (this.copy ?? this.cloud).telemetry(EVIDENCE_KINDS, this.turn);
    return this.knownTelemetry;
  }

  get belief(): Belief {
    this.knownBelief ??= this.perceive(this.telemetry, this.inventory);
    return this.knownBelief;
  }

  /** Copies the cloud as it stands unless all that needs it is known: the look stays what it was when the cloud moves on. */
  keep(): void {
    if (this.copy || (this.knownTelemetry && this.knownInventory)) return;
    this.copy = this.cloud.copy();
  }

  /** Gives the copy's memory back for the next one. What nobody has asked by now, nobody can. */
  drop(): void {
    this.copy?.release();
  }
}
