import { Cloud, type CloudModel, type SavedCloud } from '../cloud/index.js';
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
  private saved: SavedCloud | null = null;

  constructor(
    private cloud: Cloud,
    /** Number of the look, which keys the noise of what is measured. */
    private readonly turn: number,
    private readonly parts: {
      readonly model: CloudModel;
      readonly perceive: (telemetry: Telemetry, inventory: Inventory) => Belief;
    },
  ) {}

  get inventory(): Inventory {
    this.knownInventory ??= this.source().inventory();
    return this.knownInventory;
  }

  /** Everything that monitoring shows, all evidence included. */
  get telemetry(): Telemetry {
    this.knownTelemetry ??= this.source().telemetry(EVIDENCE_KINDS, this.turn);
    return this.knownTelemetry;
  }

  get belief(): Belief {
    this.knownBelief ??= this.parts.perceive(this.telemetry, this.inventory);
    return this.knownBelief;
  }

  /**
   * Copies the cloud as it stands unless all that needs it is known: the look stays what it was when the cloud moves on.
   * @param over a copy of a former look that is not asked any more, to be overwritten
   * @returns the copy that was made, else the former one
   */
  keep(over: SavedCloud | null = null): SavedCloud | null {
    if (this.saved || (this.knownTelemetry && this.knownInventory)) return over;
    this.saved = this.cloud.save(over ?? undefined);
    return this.saved;
  }

  private source(): Cloud {
    if (this.saved) {
      this.cloud = Cloud.restore(this.parts.model, this.saved);
      this.saved = null;
    }
    return this.cloud;
  }
}
