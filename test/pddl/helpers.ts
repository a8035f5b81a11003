import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import {
  createProblem,
  type Domain,
  type Fact,
  type FluentValue,
  type PlanStep,
  type Problem,
  parseDomain,
  parseProblem,
} from 'pddl';

export const here = dirname(fileURLToPath(import.meta.url));
export const root = join(here, '../..');

/** Domains written for these tests, each with a problem `<name>-1.pddl`. */
export const CLASSICAL = [
  'stacker',
  'courier',
  'greenhouse',
  'switchboard',
  'gallery',
  'crossing',
  'dosing',
] as const;

export function loadDomain(name: string): Domain {
  const file = join(here, 'domains', `${name}.pddl`);
  return parseDomain(readFileSync(file), file);
}

export function loadProblem(name: string, domain: Domain): Problem {
  const file = join(here, 'domains', `${name}.pddl`);
  return parseProblem(readFileSync(file), domain, file);
}

export function loadRecoveryDomain(): Domain {
  const file = join(root, 'configs/domains/cloud-healing.pddl');
  return parseDomain(readFileSync(file), file);
}

/** Plan steps from `restart cart, wait`. */
export function steps(text: string): PlanStep[] {
  return text
    .split(',')
    .map((part) => part.trim().split(/\s+/))
    .filter(([name]) => name !== '')
    .map(([name, ...args]) => ({ name: name!, args }));
}

/** mulberry32: a small seeded generator, so that random tests repeat. */
export function randomNumbers(seed: number): () => number {
  let state = seed >>> 0;
  return () => {
    state = (state + 0x6d2b79f5) >>> 0;
    let t = Math.imul(state ^ (state >>> 15), state | 1);
    t ^= t + Math.imul(t ^ (t >>> 7), t | 61);
    return ((t ^ (t >>> 14)) >>> 0) / 4294967296;
  };
}

export function pick<T>(items: readonly T[], random: () => number): T {
  return items[Math.floor(random() * items.length)]!;
}

/** Hidden conditions of the recovery domain that a random problem may set. */
const CONDITIONS = [
  'artifact-bad',
  'config-bad',
  'process-stale',
  'capacity-short',
  'unplaceable',
  'admission-blocked',
  'actor-active',
  'route-wrong',
  'path-blocked',
  'path-degraded',
  'credential-bad',
  'leak-growing',
];

/** Predicates that differ between incidents although no action changes them. */
export const SNAPSHOT = ['was-serving', 'stateful', 'rollback-available'];

/** A random incident over so many services on six nodes, with a few conditions to clear. */
export function recoveryProblem(
  domain: Domain,
  random: () => number,
  options: { services: number; conditions: number },
): Problem {
  const services = Array.from({ length: options.services }, (_, i) => `service-${i + 1}`);
  const nodes = Array.from({ length: 6 }, (_, i) => `node-${i + 1}`);
  const facts: Fact[] = [];
  const fluents: FluentValue[] = [];
  const fact = (predicate: string, ...args: string[]) => facts.push({ predicate, args });
  const value = (name: string, number: number, ...args: string[]) =>
    fluents.push({ function: name, args, value: number });
  services.forEach((service, i) => {
    const replicas = 1 + Math.floor(random() * 3);
    if (random() < 0.9) {
      fact('serving', service);
      fact('was-serving', service);
    }
    if (random() < 0.8) fact('rollback-available', service);
    if (random() < 0.2) fact('stateful', service);
    if (random() < 0.05) fact('limited', service);
    for (let r = 0; r < replicas; r++) fact('hosts', nodes[(i + r) % 6]!, service);
    if (replicas === 1) fact('hosts-all', nodes[i % 6]!, service);
    value('desired', random() < 0.1 ? 0 : 3, service);
    value('ready', replicas, service);
    value('baseline', 3, service);
  });
  for (const node of nodes) {
    if (random() < 0.95) fact('node-ready', node);
    if (random() < 0.1) fact('cordoned', node);
    value('free-slots', Math.floor(random() * 6), node);
    value('pods', Math.floor(random() * 8), node);
  }
  value('schedulable-slots', Math.floor(random() * 20));
  value('quota-left', Math.floor(random() * 6));
  value('rollouts', 0);
  value('blast-limit', 1 + Math.floor(random() * 3));
  value('total-time', 0);
  const known = new Set(domain.predicates.map(({ name }) => name));
  for (let i = 0; i < options.conditions; i++) {
    const condition = pick(
      CONDITIONS.filter((name) => known.has(name)),
      random,
    );
    fact(condition, pick(services, random));
  }
  return createProblem(domain, {
    objects: { service: services, node: nodes },
    facts: [
      ...new Map(facts.map((item) => [[item.predicate, ...item.args].join(' '), item])).values(),
    ].filter(({ predicate }) => known.has(predicate)),
    fluents: fluents.filter((item) => domain.functions.some(({ name }) => name === item.function)),
    goal: recoveredGoal(domain),
    metric: { direction: 'minimize', expression: { kind: 'fluent', function: 'total-time', args: [] } },
  });
}

/** No condition left, no rate limit left, nobody handed over. */
function recoveredGoal(domain: Domain): string {
  const known = new Set(domain.predicates.map(({ name }) => name));
  const cleared = [...CONDITIONS, 'limited']
    .filter((name) => known.has(name))
    .map((name) => `(not (${name} ?s))`);
  const handedOver = known.has('handed-over') ? '(not (handed-over))' : '';
  return `(and ${handedOver} (forall (?s - service) (and ${cleared.join(' ')})))`;
}
