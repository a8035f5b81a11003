import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import fc from 'fast-check';
import {
  ground,
  PddlError,
  parseDomain,
  parsePlan,
  parseProblem,
  printDomain,
  printPlan,
  printProblem,
  validate,
} from 'pddl';
import { describe, expect, it } from 'vitest';
import { mutate, seedPlans } from './differential/suite.js';
import { CLASSICAL, here, loadDomain, loadProblem, randomNumbers } from './helpers.js';

/** Runs a parser; anything but a result or its own error escapes and fails the test. */
function parses(parse: () => unknown): boolean {
  try {
    parse();
    return true;
  } catch (error) {
    if (!(error instanceof PddlError)) throw error;
    expect(error.line).toBeGreaterThan(0);
    expect(error.column).toBeGreaterThan(0);
    expect(error.message).not.toMatch(/\n/);
    return false;
  }
}

const texts = CLASSICAL.flatMap((name) => [`${name}.pddl`, `${name}-1.pddl`]).map((file) =>
  readFileSync(join(here, 'domains', file), 'utf8'),
);
const domain = loadDomain('gallery');

function parseAll(text: string | Uint8Array): void {
  parses(() => parseDomain(text));
  parses(() => parseProblem(text, domain));
  parses(() => parsePlan(text));
}

/** Pieces that PDDL is made of, in any order. */
const token = fc.constantFrom(
  '(',
  ')',
  '(define',
  '(domain',
  'd)',
  ':types',
  '(:action',
  '(:init',
  '(:goal',
  '(and',
  '(not',
  '(forall',
  '(when',
  '(=',
  '(either',
  '-',
  '?x',
  'object',
  '1',
  '-.5',
  '1e999',
  ';',
  '\n',
  ':parameters',
  '(increase',
  '(:constraints',
  '(at',
  'end',
  '__proto__',
  'constructor',
  'room',
  '(in',
  '\ufeff',
  '\u0000',
);

describe('parsers throw nothing but PddlError', () => {
  it('on random bytes', () => {
    fc.assert(fc.property(fc.uint8Array({ maxLength: 300 }), parseAll), { numRuns: 300 });
  });

  it('on random strings', () => {
    fc.assert(fc.property(fc.string({ unit: 'binary', maxLength: 200 }), parseAll), { numRuns: 300 });
  });

  it('on random sequences of PDDL', () => {
    const soup = fc.array(token, { maxLength: 60 }).map((parts) => parts.join(' '));
    fc.assert(fc.property(soup, parseAll), { numRuns: 1000 });
  });

  it('on truncated files', () => {
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.double({ min: 0, max: 0.999, noNaN: true }),
        (text, share) => {
          const cut = text.slice(0, Math.floor(text.trimEnd().length * share));
          parseAll(cut);
          expect(parses(() => parseDomain(cut))).toBe(false);
        },
      ),
      { numRuns: 300 },
    );
  });

  it('on valid files with pieces removed, inserted and exchanged', () => {
    const edit = fc.tuple(fc.nat(), fc.nat(40), token);
    fc.assert(
      fc.property(
        fc.constantFrom(...texts),
        fc.array(edit, { minLength: 1, maxLength: 4 }),
        (text, edits) => {
          let changed = text;
          for (const [at, length, piece] of edits) {
            const start = at % (changed.length + 1);
            changed = changed.slice(0, start) + piece + changed.slice(start + length);
          }
          parseAll(changed);
        },
      ),
      { numRuns: 1000 },
    );
  });
});

/** A validation as data: what it says is worked out when it is read. */
const told = (validation: unknown) => JSON.parse(JSON.stringify(validation));

const withoutPlaces = (value: unknown) =>
  JSON.parse(
    JSON.stringify(value, (key, item: unknown) =>
      key === 'location' || key === 'requirements' ? undefined : item,
    ),
  );

describe('the printer', () => {
  it.each(CLASSICAL)('writes %s so that it reads back as it was', (name) => {
    const parsed = loadDomain(name);
    const problem = loadProblem(`${name}-1`, parsed);
    const domainText = printDomain(parsed);
    const again = parseDomain(domainText);
    expect(withoutPlaces(again)).toEqual(withoutPlaces(parsed));
    expect(printDomain(again)).toBe(domainText);
    expect(withoutPlaces(parseProblem(printProblem(parsed, problem), again))).toEqual(withoutPlaces(problem));
  });

  it('writes numbers that read back exactly and without exponent', () => {
    const numbers = fc
      .double({ noNaN: true, noDefaultInfinity: true })
      .filter((x) => x === 0 || Math.abs(x) > 1e-80);
    const numeric = parseDomain('(define (domain n) (:functions (f)))');
    fc.assert(
      fc.property(numbers, (value) => {
        const problem = parseProblem(
          '(define (problem p) (:domain n) (:init (= (f) 0)) (:goal ()))',
          numeric,
        );
        const text = printProblem(numeric, { ...problem, fluents: [{ function: 'f', args: [], value }] });
        expect(text).not.toMatch(/\de/);
        expect(parseProblem(text, numeric).fluents[0]!.value).toBe(value === 0 ? 0 : value);
      }),
    );
  });

  it('writes plans that read back', () => {
    const steps = [
      { name: 'a', args: ['x', 'y'] },
      { name: 'b', args: [] },
    ];
    expect(parsePlan(printPlan(steps)).steps).toMatchObject(steps);
  });
});

describe('the validator', () => {
  it('judges any plan without throwing, alike for eager, lazy and carried-on runs', () => {
    for (const name of CLASSICAL) {
      const parsed = loadDomain(name);
      const problem = loadProblem(`${name}-1`, parsed);
      const eager = ground(parsed, problem);
      const lazy = ground(parsed, problem, { actions: 'on-demand' });
      // Nothing static: every predicate may vary, so nothing is folded and the same verdicts come another way.
      const variable = [...parsed.predicates, ...parsed.functions].map((symbol) => symbol.name);
      const unfolded = ground(parsed, problem, { variable });
      const random = randomNumbers(name.length + 100);
      const seeds = seedPlans(eager, random, 5);
      for (let i = 0; i < 60; i++) {
        const plan = mutate(seeds[i % seeds.length]!, eager, random);
        const result = validate(eager, plan);
        expect(told(validate(lazy, plan))).toEqual(told(result));
        const { valid, kind, step, metric } = validate(unfolded, plan);
        expect({ valid, kind, step, metric }).toEqual({
          valid: result.valid,
          kind: result.kind,
          step: result.step,
          metric: result.metric,
        });
        const all = validate(eager, plan, { all: true });
        expect(told(all.failures[0] ?? null)).toEqual(told(result.failures[0] ?? null));
      }
    }
  });
});
