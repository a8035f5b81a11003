import type { NetworkPlan } from '../layout.js';
import type { NetworkSpec } from '../types.js';
import { type Arena, padded } from './memory.js';

/** Addresses of one tower's activations and of the gradients of its layers' pre-activations, per layer. */
interface TowerAddresses {
  readonly outputs: readonly number[];
  readonly gradients: readonly number[];
}

/** Views for one number of rows. */
export interface BatchViews {
  readonly input: Float32Array;
  readonly inputAddress: number;
  readonly towers: readonly TowerAddresses[];
  readonly heads: readonly Float32Array[];
  readonly headAddresses: readonly number[];
  readonly headGradients: readonly Float32Array[];
  readonly headGradientAddresses: readonly number[];
}

/** Views kept per kind of forward; enough for acting, minibatches and their remainders. */
const KEPT_VIEWS = 32;

/** Room for the activations of acting and of training, apart, so that acting never spoils a pending backward. */
export class BatchBuffers {
  private capacity = 0;
  private readonly start: number;
  private regions: [Region, Region] | null = null;
  private readonly views: [Map<number, BatchViews>, Map<number, BatchViews>] = [new Map(), new Map()];
  private readonly last: [BatchViews | null, BatchViews | null] = [null, null];
  private readonly lastRows: [number, number] = [0, 0];

  constructor(
    private readonly arena: Arena,
    private readonly spec: NetworkSpec,
    private readonly plan: NetworkPlan,
  ) {
    this.start = arena.mark();
  }

  forRows(rows: number, train: boolean): BatchViews {
    const kind = train ? 1 : 0;
    if (rows === this.lastRows[kind] && this.last[kind]) return this.last[kind];
    if (rows > this.capacity) this.grow(rows);
    const cache = this.views[kind];
    let views = cache.get(rows);
    if (!views) {
      if (cache.size >= KEPT_VIEWS) cache.clear();
      views = this.makeViews(rows, this.regions![kind]);
      cache.set(rows, views);
    }
    this.last[kind] = views;
    this.lastRows[kind] = rows;
    return views;
  }

  /** Bigger batches move every buffer; what a pending backward needs is gone with the old ones. */
  private grow(rows: number): void {
    this.capacity = rows;
    this.arena.release(this.start);
    this.regions = [
      new Region(this.arena, this.spec, this.plan, rows),
      new Region(this.arena, this.spec, this.plan, rows),
    ];
    for (const kind of [0, 1] as const) {
      this.views[kind].clear();
      this.last[kind] = null;
      this.lastRows[kind] = 0;
    }
  }

  private makeViews(rows: number, region: Region): BatchViews {
    const { arena, spec } = this;
    return {
      input: arena.view(region.input, rows * spec.inputs),
      inputAddress: region.input,
      towers: region.towers,
      heads: spec.heads.map((head, i) => arena.view(region.heads[i]!, rows * head.size)),
      headAddresses: region.heads,
      headGradients: spec.heads.map((head, i) => arena.view(region.headGradients[i]!, rows * head.size)),
      headGradientAddresses: region.headGradients,
    };
  }
}

class Region {
  readonly input: number;
  readonly towers: TowerAddresses[];
  readonly heads: number[];
  readonly headGradients: number[];

  constructor(arena: Arena, spec: NetworkSpec, plan: NetworkPlan, rows: number) {
    this.input = arena.allocate(rows * spec.inputs);
    const rooms = (count: number) => () => arena.allocate(count);
    this.towers = plan.towers.map((tower) => ({
      outputs: tower.layers.map((layer) => rooms(rows * padded(layer.outputs))()),
      gradients: tower.layers.map((layer) => rooms(rows * padded(layer.outputs))()),
    }));
    this.heads = spec.heads.map((head) => arena.allocate(rows * head.size));
    this.headGradients = spec.heads.map((head) => arena.allocate(rows * head.size));
  }
}
