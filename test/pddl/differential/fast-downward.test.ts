import {
  conditionsInnermost,
  endConstraintsInGoal,
  ground,
  parseDomain,
  parseProblem,
  plan,
  printDomain,
  printProblem,
  renameFunction,
  validate,
} from 'pddl';
import { afterAll, describe, expect, it } from 'vitest';
import { loadDomain, loadProblem, loadRecoveryDomain, randomNumbers } from '../helpers.js';
import { findPython } from '../python.js';
import { recoveryProblem } from '../recovery.js';
import { classicalPart } from './classical.js';
import { LineServer } from './suite.js';

const python = findPython('up_fast_downward');
const PROBLEMS = 32;

describe.skipIf(python === null)('against Fast Downward', () => {
  const server = python === null ? null : new LineServer(python, 'optimal_costs.py');
  afterAll(() => server?.close());

  it.each(['stacker', 'courier', 'switchboard', 'gallery'])(
    'reads %s and finds the same optimal cost',
    async (name) => {
      const domain = loadDomain(name);
      const problem = loadProblem(`${name}-1`, domain);
      const theirs = await server!.ask<{ cost: number | null }>({
        domain: printDomain(domain),
        problem: printProblem(domain, problem),
      });
      expect(plan(ground(domain, problem)).cost).toBe(theirs.cost);
    },
  );

  it(`finds the same optimal cost on ${PROBLEMS} recovery problems`, { timeout: 600_000 }, async () => {
    const recovery = loadRecoveryDomain();
    const random = randomNumbers(3);
    const costs: (number | null)[] = [];
    for (let i = 0; i < PROBLEMS; i++) {
      const incident = recoveryProblem(recovery, random, { services: 1, nodes: 2, conditions: 1 + (i % 4) });
      const ended = endConstraintsInGoal(conditionsInnermost(recovery), incident);
      const renamed = renameFunction(ended.domain, ended.problem, 'total-time', 'total-cost');
      const classical = classicalPart(renamed.domain, renamed.problem);
      const texts = {
        domain: printDomain(classical.domain),
        problem: printProblem(classical.domain, classical.problem),
      };
      const domain = parseDomain(texts.domain);
      const task = ground(domain, parseProblem(texts.problem, domain));
      const ours = plan(task);
      const theirs = await server!.ask<{ cost: number | null }>(texts);
      expect(ours.cost).toBe(theirs.cost);
      expect(['solved', 'unsolvable']).toContain(ours.reason);
      if (ours.plan !== null)
        expect(validate(task, ours.plan)).toMatchObject({ valid: true, metric: theirs.cost });
      costs.push(theirs.cost);
    }
    console.log(`Fast Downward: ${PROBLEMS} recovery problems, costs ${costs.join(' ')}`);
    expect(new Set(costs).size).toBeGreaterThan(5);
  });
});
