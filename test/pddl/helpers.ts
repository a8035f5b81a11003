import { readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { type Domain, type PlanStep, type Problem, parseDomain, parseProblem } from 'pddl';

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
