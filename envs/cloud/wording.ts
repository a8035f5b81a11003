import { intern } from '../config/index.js';
import { hashName } from './keys.js';
import { STREAM } from './noise.js';
import { oncePer } from './once-per.js';
import { NO_NODE, type Sim } from './sim.js';
import { MAX_NODES } from './state.js';
import type { Topology } from './topology.js';

/**
 * One of several wordings. The last of a list is kept for the test partition; there it is as likely as any other. The
 * same service says the same thing in the same words throughout an incident.
 */
export function pickWording(sim: Sim, wordings: readonly string[], s: number, salt: number): string {
  const open =
    sim.incident.key.partition === 'test' || wordings.length === 1 ? wordings.length : wordings.length - 1;
  return wordings[sim.incident.noise.index(open, STREAM.logs, 4096 + s, salt)]!;
}

/** The wording without its variable parts, as a log parser would give it. */
export function skeleton(wording: string): string {
  let text = skeletons.get(wording);
  if (text === undefined) {
    text = intern(wording.replace(/\{[a-z]+\}/g, '<*>'));
    skeletons.set(wording, text);
  }
  return text;
}

const skeletons = new Map<string, string>();

/** Wordings taken apart once: plain text and names of what is to be put in, in turn, from text to text. */
const templates = new Map<string, readonly string[]>();

/** Puts names and numbers into a wording. @param callee service that a caller's line is about, or -1 */
export function fill(sim: Sim, wording: string, s: number, salt: number, callee = -1): string {
  let parts = templates.get(wording);
  if (!parts) {
    parts = wording.split(/\{([a-z]+)\}/);
    templates.set(wording, parts);
  }
  let text = parts[0]!;
  for (let i = 1; i < parts.length; i += 2)
    text += insertion(sim, parts[i]!, s, salt, callee) + parts[i + 1]!;
  return text;
}

function insertion(sim: Sim, name: string, s: number, salt: number, callee: number): string {
  const { model, incident, state } = sim;
  const { noise } = incident;
  switch (name) {
    case 'service':
      return model.topology.ids[s]!;
    case 'callee':
      return model.topology.ids[callee]!;
    case 'dependency':
      return dependencyName(sim, s);
    case 'version':
      return versionsOf(model.topology)[s]![state.version[s]!]!;
    case 'secret':
      return model.topology.secrets[s]![0]?.name ?? `${model.topology.ids[s]}-auth`;
    case 'certificate':
      return model.topology.certificates[s]![0]?.name ?? `${model.topology.ids[s]}-tls`;
    case 'days':
      return String(model.topology.certificates[s]![0]?.days ?? 90);
    case 'pod':
      return `${model.topology.ids[s]!}-${noise.index(65536, STREAM.logs, 5000 + s, salt).toString(36)}`;
    case 'node':
      return nodeName(faultyNode(sim, s) ?? noise.index(state.nodes, STREAM.logs, 5001 + s, salt));
    case 'n':
      return String(salt >= 800 || salt < 700 ? Math.max(2, Math.min(state.nodes, 99)) : state.nodes);
    case 'port':
      return String(8000 + noise.index(1000, STREAM.logs, 5002 + s, salt));
    case 'ms':
      return String(
        Math.round(callee >= 0 ? state.meanMs[callee]! + state.delayMs[callee]! : state.meanMs[s]!),
      );
    default:
      return `{${name}}`;
  }
}

const NODE_NAMES = Array.from({ length: MAX_NODES }, (_, n) => intern(`node-${n + 1}`));

export function nodeName(n: number): string {
  return NODE_NAMES[n]!;
}

/** A node under a fault on which the service has a pod. */
function faultyNode({ model, state }: Sim, s: number): number | null {
  for (let p = model.podBase[s]!; state.nodeFaults > 0 && p < model.podBase[s + 1]!; p++) {
    if (state.podNode[p] !== NO_NODE && state.nodeFault[state.podNode[p]!] !== 0) return state.podNode[p]!;
  }
  return null;
}

function dependencyName(sim: Sim, s: number): string {
  const { topology } = sim.model;
  const from = topology.edgeStart[s]!;
  if (from === topology.edgeStart[s + 1]!) return 'its dependency';
  return topology.ids[topology.edgeTo[from + sim.incident.dependency(sim.model, s)]!]!;
}

/** Versions of a service: the present one and the one before it. */
export type Versions = readonly [present: string, before: string];

/** Versions of all services, as the topology says, else made up. */
export const versionsOf = oncePer((topology: Topology): readonly Versions[] =>
  topology.ids.map((id, s) => {
    const named = topology.versions[s];
    if (named) return named;
    const hash = hashName(id);
    const minor = 2 + (hash % 17);
    const patch = (hash >>> 8) % 5;
    return [`v1.${minor}.${patch}`, `v1.${minor - 1}.${patch}`];
  }),
);
