import { ConfigError, displayPath, findConfig, listConfigs, loadYaml, unknownName } from '../config/index.js';
import type { CallEdge, ServiceKind } from './interface.js';
import type { CloudFile } from './schemas/cloud.js';
import {
  type CredentialFile,
  type TopologyFile,
  topologySchema,
  type VolumeFile,
} from './schemas/topology.js';

export const OVERLAYS = ['as-shipped', 'production'] as const;
export type OverlayName = (typeof OVERLAYS)[number];

/** A topology with an overlay, as index arrays. `S` services (clients left out), `E` call edges, `N` nodes. */
export interface Topology {
  readonly name: string;
  readonly overlay: OverlayName;
  readonly ids: readonly string[];
  readonly indexOf: ReadonlyMap<string, number>;
  readonly kinds: readonly ServiceKind[];
  readonly stateful: readonly boolean[];
  readonly durable: readonly boolean[];
  /** Volume of each service, null for what keeps nothing. */
  readonly volumes: readonly (VolumeFile | null)[];
  /** Whether copies of a service's data follow a primary (stateful, two replicas or more). */
  readonly replicated: readonly boolean[];
  /** Tags of the present and the previous release where the file names them. */
  readonly versions: readonly (readonly [present: string, previous: string] | null)[];
  readonly changesPerWeek: Float64Array;
  /** Connections that a pod's pool holds. */
  readonly pools: Int32Array;
  readonly secrets: readonly (readonly CredentialFile[])[];
  readonly certificates: readonly (readonly CredentialFile[])[];
  /** Pods over the baseline that the quota admits, as share of the baseline. */
  readonly quota: number;
  /** Nodes of the baseline pods of service s where the file pins them, as indices. */
  readonly placement: ReadonlyMap<number, readonly number[]>;
  readonly replicas: Int32Array;
  /** Own time of a request in milliseconds, `S`. */
  readonly ownMs: Float64Array;
  readonly entry: number;
  /** Requests per second offered at the entry on a normal day. */
  readonly demand: number;
  /** Services so that callers come before callees. */
  readonly order: Int32Array;
  /** Edges grouped by caller, in the order in which it makes its calls: edges of service s are `edgeStart[s] .. edgeStart[s + 1] - 1`. */
  readonly edgeStart: Int32Array;
  readonly edgeFrom: Int32Array;
  readonly edgeTo: Int32Array;
  readonly edgeWeight: Float64Array;
  readonly edgeCritical: Uint8Array;
  /** Edges grouped by callee, as indices into the edge arrays. */
  readonly inStart: Int32Array;
  readonly inEdges: Int32Array;
  readonly calls: readonly CallEdge[];
  /** Manifest edges that close a cycle; requests do not run in circles, so they carry no flow. */
  readonly droppedEdges: readonly (readonly [string, string])[];
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
  /** The distinct zones, in order. */
  readonly zoneNames: readonly string[];
  readonly source: string;
}

/** Names of the topologies that can be loaded. */
export function topologyNames(): string[] {
  return listConfigs('topologies', '.yaml').map((file) => file.slice(0, -'.yaml'.length));
}

/** @throws ConfigError for an unknown name or a mistake in the file. */
export function loadTopology(name: string, overlay: OverlayName, constants: CloudFile): Topology {
  const names = topologyNames();
  if (!names.includes(name)) throw unknownName('topology', 'a topology', name, names);
  const path = findConfig(`topologies/${name}.yaml`);
  return compileTopology(displayPath(path), loadYaml(path, topologySchema), overlay, constants);
}

/** Turns a topology file into index arrays. @param where names the file in errors. */
export function compileTopology(
  where: string,
  file: TopologyFile,
  overlayName: OverlayName,
  constants: CloudFile,
): Topology {
  const overlay = file.overlays[overlayName];
  const all = [...file.services, ...overlay.addServices];
  const services = all.filter((service) => service.kind !== 'client');
  const clients = new Set(all.filter((service) => service.kind === 'client').map((service) => service.id));
  const ids = services.map((service) => service.id);
  const indexOf = new Map(ids.map((id, index) => [id, index]));
  if (indexOf.size !== ids.length) throw new ConfigError(`${where}: services: expected distinct ids`);
  const entry = indexOf.get(file.entry);
  if (entry === undefined) throw unknownName(`${where}: entry`, 'a service', file.entry, ids);

  if (overlay.zones > overlay.nodes) {
    throw new ConfigError(
      `${where}: overlays.${overlayName}.zones: expected at most ${overlay.nodes}, one a node, found ${overlay.zones}`,
    );
  }
  const edges = [...file.calls, ...overlay.addCalls].filter((call) => !clients.has(call.from));
  for (const call of edges) {
    for (const end of [call.from, call.to]) {
      if (!indexOf.has(end)) throw unknownName(`${where}: calls`, 'a service', end, ids);
    }
  }
  const pairs = edges.map((call) => ({
    from: indexOf.get(call.from)!,
    to: indexOf.get(call.to)!,
    weight: call.weight,
    critical: call.critical,
  }));
  const nodes = Array.from({ length: overlay.nodes }, (_, index) => `node-${index + 1}`);
  const { order, forward, back } = breakCycles(ids.length, entry, pairs);
  const S = ids.length;
  const sorted = [...forward].sort((a, b) => a.from - b.from);
  const grouped = groupEdges(S, sorted);
  return {
    name: file.name,
    overlay: overlayName,
    ids,
    indexOf,
    kinds: services.map((service) => service.kind),
    stateful: services.map((service) => service.stateful),
    durable: services.map((service) => service.durable ?? true),
    replicas: Int32Array.from(services, (service) =>
      Math.max(service.replicas, service.stateful ? overlay.stateful : overlay.stateless),
    ),
    ...estate(services, overlay, constants),
    placement: pinned(where, overlay, indexOf, nodes),
    ownMs: Float64Array.from(services, (s) => s.ownMs ?? constants.performance.ownMs.values[s.kind] ?? 6),
    entry,
    demand: file.demand.rps,
    order,
    ...grouped,
    calls: sorted.map((edge) => ({
      caller: ids[edge.from]!,
      callee: ids[edge.to]!,
      weight: edge.weight,
      critical: edge.critical,
    })),
    droppedEdges: back.map((edge) => [ids[edge.from]!, ids[edge.to]!] as const),
    nodes,
    zones: Array.from(
      { length: overlay.nodes },
      (_, index) => `zone-${String.fromCharCode(97 + Math.floor((index * overlay.zones) / overlay.nodes))}`,
    ),
    zoneNames: Array.from({ length: overlay.zones }, (_, zone) => `zone-${String.fromCharCode(97 + zone)}`),
    source: file.source,
  };
}

type ServiceFile = TopologyFile['services'][number];
type OverlayFile = TopologyFile['overlays'][OverlayName];

/** What services own: volumes, copies, releases, connections, secrets and certificates; defaults from cloud.yaml. */
function estate(services: readonly ServiceFile[], overlay: OverlayFile, { estate: given }: CloudFile) {
  const credential = (name: string, days: number): CredentialFile[] => [{ name, days }];
  return {
    volumes: services.map((s) =>
      s.stateful && s.durable !== false && s.volume !== null
        ? (s.volume ?? given.volumes.values[s.kind] ?? null)
        : null,
    ),
    replicated: services.map(
      (s) => s.stateful && s.replicated !== false && Math.max(s.replicas, overlay.stateful) > 1,
    ),
    versions: services.map((s) =>
      s.version === undefined ? null : ([s.version, s.previous ?? s.version] as const),
    ),
    changesPerWeek: Float64Array.from(
      services,
      (s) => s.changesPerWeek ?? given.changesPerWeek.values[s.stateful ? 'stateful' : 'stateless'] ?? 1,
    ),
    pools: Int32Array.from(services, (s) => s.pool ?? given.pools.values[s.kind] ?? 100),
    secrets: services.map((s) => s.secrets ?? credential(`${s.id}-auth`, given.secretDays.value)),
    certificates: services.map(
      (s) => s.certificates ?? credential(`${s.id}-tls`, given.certificateDays.value),
    ),
    quota: overlay.quota ?? given.quota.value,
  };
}

/** Pinned nodes as indices. @throws ConfigError for an unknown service or node */
function pinned(
  where: string,
  { placement }: OverlayFile,
  indexOf: ReadonlyMap<string, number>,
  nodes: readonly string[],
): ReadonlyMap<number, readonly number[]> {
  return new Map(
    Object.entries(placement).map(([id, wanted]) => {
      const s = indexOf.get(id);
      if (s === undefined) throw unknownName(`${where}: placement`, 'a service', id, [...indexOf.keys()]);
      const indices = wanted.map((node) => {
        const n = nodes.indexOf(node);
        if (n < 0) throw unknownName(`${where}: placement.${id}`, 'a node', node, nodes);
        return n;
      });
      return [s, indices] as const;
    }),
  );
}

interface Pair {
  readonly from: number;
  readonly to: number;
  readonly weight: number;
  readonly critical: boolean;
}

/** Depth-first from the entry, then from the rest: an edge to a service on the current path closes a cycle. */
function breakCycles(
  n: number,
  entry: number,
  pairs: readonly Pair[],
): { order: Int32Array; forward: Pair[]; back: Pair[] } {
  const out: Pair[][] = Array.from({ length: n }, () => []);
  for (const pair of pairs) out[pair.from]!.push(pair);
  const mark = new Uint8Array(n);
  const finished: number[] = [];
  const back = new Set<Pair>();
  const visit = (root: number): void => {
    const stack: { node: number; next: number }[] = [{ node: root, next: 0 }];
    mark[root] = 1;
    while (stack.length > 0) {
      const top = stack[stack.length - 1]!;
      const pair = out[top.node]![top.next++];
      if (pair === undefined) {
        mark[top.node] = 2;
        finished.push(top.node);
        stack.pop();
      } else if (mark[pair.to] === 1) back.add(pair);
      else if (mark[pair.to] === 0) {
        mark[pair.to] = 1;
        stack.push({ node: pair.to, next: 0 });
      }
    }
  };
  visit(entry);
  for (let node = 0; node < n; node++) if (mark[node] === 0) visit(node);
  return {
    order: Int32Array.from(finished.reverse()),
    forward: pairs.filter((pair) => !back.has(pair)),
    back: [...back],
  };
}

function groupEdges(S: number, sorted: readonly Pair[]) {
  const edgeStart = new Int32Array(S + 1);
  const inStart = new Int32Array(S + 1);
  for (const edge of sorted) {
    edgeStart[edge.from + 1]!++;
    inStart[edge.to + 1]!++;
  }
  for (let s = 0; s < S; s++) {
    edgeStart[s + 1]! += edgeStart[s]!;
    inStart[s + 1]! += inStart[s]!;
  }
  const fill = inStart.slice();
  const inEdges = new Int32Array(sorted.length);
  sorted.forEach((edge, index) => {
    inEdges[fill[edge.to]!++] = index;
  });
  return {
    edgeStart,
    inStart,
    inEdges,
    edgeFrom: Int32Array.from(sorted, (edge) => edge.from),
    edgeTo: Int32Array.from(sorted, (edge) => edge.to),
    edgeWeight: Float64Array.from(sorted, (edge) => edge.weight),
    edgeCritical: Uint8Array.from(sorted, (edge) => (edge.critical ? 1 : 0)),
  };
}
