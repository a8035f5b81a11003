import { createProblem, type Domain, type Fact, type FluentValue, type Problem } from 'pddl';
import { CONDITIONS } from '../conditions.js';
import { pick } from './helpers.js';

/** Random incidents of the recovery domain, for tests of the engine. */

/** Predicates that differ between incidents although no action changes them. */
export const SNAPSHOT = [
  'was-serving',
  'stateful',
  'database',
  'cache',
  'queue',
  'rollback-available',
  'was-limited',
  'was-circuit-open',
  'was-paused',
  'replicated',
  'had-quorum',
  'has-backup',
  'nodes-unremarkable',
  'was-cordoned',
  'in-zone',
  'zone-hosts',
  'zone-hosts-all',
  'zone-suspect',
  'zone-was-full',
  'was-shifted',
];

const ZONES = ['zone-a', 'zone-b', 'zone-c'];
const KINDS = ['service', 'service', 'database', 'cache', 'queue'] as const;

/** What one random incident says, collected as it is drawn. */
class Draft {
  private readonly facts = new Map<string, Fact>();
  readonly fluents: FluentValue[] = [];

  constructor(readonly random: () => number) {}

  fact(predicate: string, ...args: string[]): void {
    this.facts.set([predicate, ...args].join(' '), { predicate, args });
  }

  /** The fact with this probability, and with it its snapshot, where it has one. */
  maybe(probability: number, object: string, ...predicates: string[]): boolean {
    const holds = this.random() < probability;
    if (holds) for (const predicate of predicates) this.fact(predicate, object);
    return holds;
  }

  value(name: string, number: number, ...args: string[]): void {
    this.fluents.push({ function: name, args, value: number });
  }

  below(count: number): number {
    return Math.floor(this.random() * count);
  }

  allFacts(): Fact[] {
    return [...this.facts.values()];
  }
}

/** A random incident over so many services on nodes (six) in three zones, with a few conditions to clear. */
export function recoveryProblem(
  domain: Domain,
  random: () => number,
  options: { services: number; conditions: number; nodes?: number },
): Problem {
  const services = Array.from({ length: options.services }, (_, i) => `service-${i + 1}`);
  const nodes = Array.from({ length: options.nodes ?? 6 }, (_, i) => `node-${i + 1}`);
  const draft = new Draft(random);
  const suspects = drawNodes(draft, nodes);
  services.forEach((service, i) => {
    drawService(draft, service, nodes, i, suspects);
  });
  drawZones(draft);
  draft.value('schedulable-slots', draft.below(20));
  draft.value('quota-left', draft.below(6));
  draft.value('rollouts', 0);
  draft.value('blast-limit', 1 + draft.below(3));
  draft.value('lag-bound', 10);
  draft.value('total-time', 0);
  for (let i = 0; i < options.conditions; i++) draft.fact(pick(CONDITIONS, random), pick(services, random));
  const cost = { kind: 'fluent', function: 'total-time', args: [] } as const;
  return createProblem(domain, {
    objects: { service: services, node: nodes, zone: ZONES },
    facts: draft.allFacts(),
    fluents: draft.fluents,
    goal: recoveredGoal(),
    metric: { direction: 'minimize', expression: cost },
  });
}

function zoneOf(nodes: readonly string[], node: string): string {
  return ZONES[nodes.indexOf(node) % ZONES.length]!;
}

/** @returns suspect nodes */
function drawNodes(draft: Draft, nodes: readonly string[]): ReadonlySet<string> {
  const suspects = new Set<string>();
  for (const node of nodes) {
    draft.fact('in-zone', node, zoneOf(nodes, node));
    const ready = draft.maybe(0.9, node, 'node-ready');
    const clock = draft.maybe(0.05, node, 'clock-off');
    if (!ready || clock || draft.random() < 0.05) suspects.add(node);
    draft.maybe(0.1, node, 'cordoned', 'was-cordoned');
    draft.value('free-slots', draft.below(6), node);
    draft.value('pods', draft.below(8), node);
  }
  for (const node of suspects) draft.fact('node-suspect', node);
  if (suspects.size === 0) draft.fact('nodes-unremarkable');
  const zones = new Set([...suspects].map((node) => zoneOf(nodes, node)));
  if (zones.size === 1) draft.fact('zone-suspect', [...zones][0]!);
  return suspects;
}

function drawService(
  draft: Draft,
  service: string,
  nodes: readonly string[],
  first: number,
  suspects: ReadonlySet<string>,
): void {
  const replicas = 1 + draft.below(3);
  draft.maybe(0.9, service, 'serving', 'was-serving');
  draft.maybe(0.8, service, 'rollback-available');
  draft.maybe(0.05, service, 'limited', 'was-limited');
  draft.maybe(0.05, service, 'circuit-open', 'was-circuit-open');
  draft.maybe(0.05, service, 'paused', 'was-paused');
  const hosts = Array.from({ length: replicas }, (_, r) => nodes[(first + r) % nodes.length]!);
  const zones = new Set(hosts.map((node) => zoneOf(nodes, node)));
  for (const node of hosts) draft.fact('hosts', node, service);
  for (const zone of zones) draft.fact('zone-hosts', zone, service);
  if (replicas === 1) draft.fact('hosts-all', hosts[0]!, service);
  if (zones.size === 1) draft.fact('zone-hosts-all', [...zones][0]!, service);
  for (const node of nodes) draft.value('pods-on', hosts.includes(node) ? 1 : 0, node, service);
  draft.value('suspect-hosts', hosts.filter((node) => suspects.has(node)).length, service);
  draft.value('desired', draft.random() < 0.1 ? 0 : 3, service);
  draft.value('ready', replicas, service);
  draft.value('baseline', 3, service);
  drawData(draft, service, replicas);
}

function drawData(draft: Draft, service: string, replicas: number): void {
  const kind = pick(KINDS, draft.random);
  let writers = 0;
  if (kind !== 'service') {
    draft.fact(kind, service);
    draft.fact('stateful', service);
    if (2 * replicas > 3) draft.fact('had-quorum', service);
    draft.maybe(0.5, service, 'has-backup');
    draft.maybe(0.2, service, 'has-backup', 'backup-verified');
    if (draft.maybe(0.7, service, 'replicated')) {
      draft.maybe(0.8, service, 'has-replica');
      writers = draft.maybe(0.1, service, 'fenced') ? 0 : 1;
    }
  }
  draft.value('writers', writers, service);
  draft.value('replica-lag', draft.below(15), service);
}

function drawZones(draft: Draft): void {
  let open = ZONES.length;
  for (const zone of ZONES) {
    draft.value('zone-load', 4 + draft.below(4), zone);
    draft.value('zone-capacity', 12, zone);
    draft.value('zone-moved', 0, zone);
    if (draft.maybe(0.1, zone, 'shifted', 'was-shifted')) open--;
  }
  draft.value('open-zones', open);
}

/** No condition, limit, open circuit or pause left at a service, no cordon, no shifted zone, and nobody handed over. */
function recoveredGoal(): string {
  const gone = [...CONDITIONS, 'limited', 'circuit-open', 'paused'].map((name) => `(not (${name} ?s))`);
  return `(and (not (handed-over)) (forall (?s - service) (and ${gone.join(' ')}))
    (forall (?n - node) (not (cordoned ?n))) (forall (?z - zone) (not (shifted ?z))))`;
}
