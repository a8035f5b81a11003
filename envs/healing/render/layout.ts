import type { CallEdge } from '../../cloud/interface.js';

/** Where a service stands: its layer, from the entry down, and its place in the layer. */
export interface Place {
  readonly layer: number;
  readonly position: number;
}

/** Sweeps down and up that order the layers; more change little on graphs of this size. */
const SWEEPS = 4;

/**
 * Places of a call graph in layers: each service below all that call it (calls that close a cycle are left out), layers ordered by
 * the mean position of their neighbours. Deterministic: ties go by the order of `ids`.
 *
 * @param ids services, in the order of the inventory
 */
export function layered(
  ids: readonly string[],
  calls: readonly CallEdge[],
  entry: string,
): Map<string, Place> {
  const callees = new Map(ids.map((id): [string, string[]] => [id, []]));
  for (const { caller, callee } of calls) if (callees.has(callee)) callees.get(caller)?.push(callee);
  const forward = withoutCycles(ids, callees, entry);
  const depth = depths(ids, forward);
  const layers: string[][] = [];
  for (const id of ids) {
    const layer = depth.get(id)!;
    while (layers.length <= layer) layers.push([]);
    layers[layer]!.push(id);
  }
  const callers = reversed(ids, forward);
  for (let sweep = 0; sweep < SWEEPS; sweep++) {
    const down = sweep % 2 === 0;
    for (const l of down ? layers.keys() : [...layers.keys()].reverse())
      order(layers, l, down ? callers : forward);
  }
  return new Map(
    layers.flatMap((ids_, layer) => ids_.map((id, position): [string, Place] => [id, { layer, position }])),
  );
}

type Graph = ReadonlyMap<string, readonly string[]>;

/** The calls that a depth-first walk from the entry, then from every other service, does not find to close a cycle. */
function withoutCycles(ids: readonly string[], callees: Graph, entry: string): Graph {
  const kept = new Map(ids.map((id): [string, string[]] => [id, []]));
  const done = new Set<string>();
  const open = new Set<string>();
  const visit = (id: string): void => {
    if (done.has(id)) return;
    open.add(id);
    for (const callee of callees.get(id)!) {
      if (open.has(callee)) continue;
      kept.get(id)!.push(callee);
      visit(callee);
    }
    open.delete(id);
    done.add(id);
  };
  for (const id of [entry, ...ids]) if (callees.has(id)) visit(id);
  return kept;
}

/** Length of the longest chain of calls that leads to each service. */
function depths(ids: readonly string[], forward: Graph): Map<string, number> {
  const callers = reversed(ids, forward);
  const depth = new Map<string, number>();
  const of = (id: string): number => {
    let known = depth.get(id);
    if (known === undefined) {
      known = Math.max(-1, ...callers.get(id)!.map(of)) + 1;
      depth.set(id, known);
    }
    return known;
  };
  ids.forEach(of);
  return depth;
}

function reversed(ids: readonly string[], graph: Graph): Graph {
  const result = new Map(ids.map((id): [string, string[]] => [id, []]));
  for (const [from, tos] of graph) for (const to of tos) result.get(to)!.push(from);
  return result;
}

/** Sorts one layer by the mean place of each service's neighbours; those without neighbours keep their place. */
function order(layers: string[][], l: number, neighbours: Graph): void {
  const place = new Map(
    layers.flatMap((ids) => ids.map((id, i): [string, number] => [id, (i + 0.5) / ids.length])),
  );
  const weight = new Map(
    layers[l]!.map((id): [string, number] => {
      const near = neighbours.get(id)!.map((other) => place.get(other)!);
      return [id, near.length === 0 ? place.get(id)! : near.reduce((a, b) => a + b) / near.length];
    }),
  );
  layers[l]!.sort((a, b) => weight.get(a)! - weight.get(b)!);
}
