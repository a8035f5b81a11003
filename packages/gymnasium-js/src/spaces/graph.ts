import type { Generator } from '../random/index.js';
import { batchLength, batchSpace, concatenate, iterate } from './batch.js';
import { isTypedArray } from './dtype.js';
import { checkSampleOptions, type SampleOptions, Space, type SpaceSeed } from './space.js';
import { SUBSEED_LIMIT } from './tuple.js';

/** A graph: batches of node and edge features, and for each edge its two nodes. */
export interface GraphInstance {
  /** Batch of n elements of the node space. */
  readonly nodes: unknown;
  /** Batch of m elements of the edge space; null without edges. */
  readonly edges: unknown | null;
  /** m × 2 node indices, row-major; null without edges. */
  readonly edgeLinks: Int32Array | null;
}

export interface GraphSampleOptions extends SampleOptions {
  /** Default 10. */
  readonly numNodes?: number;
  /** Default: uniform below n (n - 1). */
  readonly numEdges?: number;
}

/**
 * Graphs with features on nodes and, unless `edgeSpace` is null, on edges.
 *
 * `sample({mask: [nodeMask, edgeMask]})` passes masks to the batched node and edge spaces.
 */
export class Graph extends Space<GraphInstance> {
  readonly nodeSpace: Space<unknown>;
  readonly edgeSpace: Space<unknown> | null;

  constructor(
    nodeSpace: Space<unknown>,
    edgeSpace: Space<unknown> | null,
    options: { readonly seed?: SpaceSeed | Generator } = {},
  ) {
    super(null, null);
    for (const space of [nodeSpace, ...(edgeSpace === null ? [] : [edgeSpace])]) {
      if (!(space instanceof Space))
        throw new TypeError(`Graph expects spaces, actual type: ${typeof space}`);
    }
    this.nodeSpace = nodeSpace;
    this.edgeSpace = edgeSpace;
    this.initSeed(options.seed);
  }

  override get isFlattenable(): boolean {
    return false;
  }

  /** An integer seeds this space and, by draws, its parts; `[own, node]` or `[own, node, edge]` seeds each. */
  override seed(seed: SpaceSeed = null): SpaceSeed {
    const parts = this.edgeSpace === null ? [this.nodeSpace] : [this.nodeSpace, this.edgeSpace];
    if (seed === null) return [super.seed(null), ...parts.map((part) => part.seed(null))];
    if (typeof seed !== 'object') {
      const own = super.seed(seed);
      const subseeds = parts.map(() => this.npRandom.integers(SUBSEED_LIMIT));
      super.seed(seed);
      return [own, ...parts.map((part, i) => part.seed(subseeds[i]!))];
    }
    if (!Array.isArray(seed)) {
      throw new TypeError(`Expects null, integer or array of integers, actual: ${JSON.stringify(seed)}`);
    }
    if (seed.length !== parts.length + 1) {
      const wanted =
        this.edgeSpace === null
          ? 'two values for Graph and node space'
          : 'three values for Graph, node and edge space';
      throw new RangeError(`Expects an array of ${wanted}, actual length: ${seed.length}`);
    }
    const [own, ...rest] = seed as SpaceSeed[];
    return [super.seed(own), ...parts.map((part, i) => part.seed(rest[i]!))];
  }

  override sample(options: GraphSampleOptions = {}): GraphInstance {
    checkSampleOptions(options);
    const { mask, probability, numNodes = 10 } = options;
    if (!(Number.isInteger(numNodes) && numNodes > 0)) {
      throw new RangeError(`The number of nodes is expected to be greater than 0, actual value: ${numNodes}`);
    }
    const kind = mask !== undefined && mask !== null ? 'mask' : 'probability';
    const [nodeMask, edgeMask] = (mask ?? probability ?? [null, null]) as readonly [unknown, unknown];
    const { numEdges, edgeMasks } = this.#edgeCount(options.numEdges, numNodes, edgeMask);
    const nodes = batchSpace(this.nodeSpace, numNodes).sample({ [kind]: nodeMask });
    // The batched space drew from a copy of the stream: move on, lest the next sample be the same.
    this.nodeSpace.npRandom.random();
    if (numEdges < 1 || this.edgeSpace === null) return { nodes, edges: null, edgeLinks: null };
    const edges = batchSpace(this.edgeSpace, numEdges).sample({ [kind]: edgeMasks });
    this.edgeSpace.npRandom.random();
    const edgeLinks = this.npRandom.integersArray(0, numNodes, 2 * numEdges, { dtype: 'int32' });
    return { nodes, edges, edgeLinks };
  }

  #edgeCount(
    asked: number | undefined,
    numNodes: number,
    edgeMask: unknown,
  ): { numEdges: number; edgeMasks: unknown } {
    if (asked === undefined) {
      const numEdges = numNodes > 1 ? this.npRandom.integers(numNodes * (numNodes - 1)) : 0;
      const masked = edgeMask !== null && edgeMask !== undefined;
      return { numEdges, edgeMasks: masked ? Array.from({ length: numEdges }, () => edgeMask) : null };
    }
    if (asked < 0) {
      throw new RangeError(`Expects the number of edges to be greater than 0, actual value: ${asked}`);
    }
    return { numEdges: asked, edgeMasks: edgeMask };
  }

  override contains(x: unknown): x is GraphInstance {
    if (typeof x !== 'object' || x === null || !('nodes' in x)) return false;
    const { nodes, edges = null, edgeLinks = null } = x as Partial<GraphInstance>;
    const numNodes = countIn(this.nodeSpace, nodes);
    if (numNodes === null) return false;
    if (edges === null || edgeLinks === null) return edges === null && edgeLinks === null;
    if (this.edgeSpace === null || !isTypedArray(edgeLinks)) return false;
    const numEdges = countIn(this.edgeSpace, edges);
    if (numEdges === null || edgeLinks.length !== 2 * numEdges) return false;
    return Array.from(edgeLinks).every((node) => Number.isInteger(node) && node >= 0 && node < numNodes);
  }

  override toJsonable(samples: readonly GraphInstance[]): unknown[] {
    return samples.map(({ nodes, edges, edgeLinks }) => ({
      nodes: this.nodeSpace.toJsonable(elementsOf(this.nodeSpace, nodes)),
      ...(edges !== null &&
        edgeLinks !== null && {
          edges: this.edgeSpace!.toJsonable(elementsOf(this.edgeSpace!, edges)),
          edge_links: Array.from({ length: edgeLinks.length / 2 }, (_, i) => [
            edgeLinks[2 * i],
            edgeLinks[2 * i + 1],
          ]),
        }),
    }));
  }

  override fromJsonable(data: unknown): GraphInstance[] {
    const list = data as readonly { nodes: unknown; edges?: unknown; edge_links?: number[][] }[];
    return list.map(({ nodes, edges, edge_links }) => ({
      nodes: concatenate(this.nodeSpace, this.nodeSpace.fromJsonable(nodes)),
      edges: edges === undefined ? null : concatenate(this.edgeSpace!, this.edgeSpace!.fromJsonable(edges)),
      edgeLinks: edge_links === undefined ? null : Int32Array.from(edge_links.flat()),
    }));
  }

  override copy(): Graph {
    return this.copyRandomTo(new Graph(this.nodeSpace.copy(), this.edgeSpace?.copy() ?? null));
  }

  override equals(other: unknown): boolean {
    if (!(other instanceof Graph) || !this.nodeSpace.equals(other.nodeSpace)) return false;
    return this.edgeSpace === null ? other.edgeSpace === null : this.edgeSpace.equals(other.edgeSpace);
  }

  override toString(): string {
    return `Graph(${this.nodeSpace}, ${this.edgeSpace ?? 'None'})`;
  }
}

function elementsOf(space: Space<unknown>, batch: unknown): unknown[] {
  return [...iterate(space, batch, batchLength(space, batch))];
}

/** How many elements a batch has; null when one of them is not in the space. */
function countIn(space: Space<unknown>, batch: unknown): number | null {
  try {
    const elements = elementsOf(space, batch);
    return elements.every((element) => space.contains(element)) ? elements.length : null;
  } catch {
    return null;
  }
}
