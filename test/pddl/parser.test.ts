import { PddlError, parseCondition, parseDomain, parsePlan, parseProblem } from 'pddl';
import { describe, expect, it } from 'vitest';
import { loadDomain } from './helpers.js';

const SMALL = `(define (domain d)
  (:types a b - object c - a)
  (:constants k - c)
  (:predicates (p ?x - a) (q ?x - a ?y - b))
  (:functions (f ?x - a) (g))
  (:action act :parameters (?x - a ?y - b) :precondition (and (p ?x) (> (f ?x) 1)) :effect (not (p ?x))))`;

/** The message of the error that a text gives. */
function message(parse: () => unknown): string {
  try {
    parse();
  } catch (error) {
    expect(error).toBeInstanceOf(PddlError);
    return (error as PddlError).message;
  }
  throw new Error('expected an error');
}

const domainWith = (section: string) => () => parseDomain(`(define (domain d)\n${section})`, 'd.pddl');
const actionWith = (body: string) => () =>
  parseDomain(`${SMALL.slice(0, -1)}\n(:action z ${body}))`, 'd.pddl');

describe('errors of domains', () => {
  it.each([
    [() => parseDomain('', 'd.pddl'), 'd.pddl:1:1: expected (define (domain NAME) …), found end of file'],
    [
      () => parseDomain('(define (problem p))', 'd.pddl'),
      'd.pddl:1:9: expected (domain NAME), found "(problem p)"',
    ],
    [
      () => parseDomain('(define (domain d)\n  (:predicates (p)', 'd.pddl'),
      'd.pddl:2:19: expected ")" to close the list opened at line 2, column 3, found end of file',
    ],
    [
      () => parseDomain('(define (domain d)))', 'd.pddl'),
      'd.pddl:1:20: expected a definition or the end of the file, found ")"',
    ],
    [
      domainWith('(:durative-action fly :parameters ())'),
      'd.pddl:2:2: expected PDDL 2.1 level 2 (durative actions are not supported), found ":durative-action"',
    ],
    [
      domainWith('(:requirements :strips :durative-actions)'),
      'd.pddl:2:24: expected a requirement of PDDL 2.1 level 2 (":durative-actions" is not supported), found ":durative-actions"',
    ],
    [
      domainWith('(:derived (p) (q))'),
      'd.pddl:2:2: expected PDDL 2.1 level 2 (derived predicates are not supported), found ":derived"',
    ],
    [
      domainWith('(:types a - b b - a)'),
      'd.pddl:2:9: expected a type that is not its own supertype, found "a"',
    ],
    [
      domainWith('(:types truck)\n(:predicates (at ?t - trcuk))'),
      'd.pddl:3:23: expected a declared type (nearest: "truck"), found "trcuk"',
    ],
    [
      domainWith('(:predicates (p ?x) (p ?y))'),
      'd.pddl:2:21: expected a new name for the predicate, found "p"',
    ],
    [
      domainWith('(:predicates (p ?x ?x))'),
      'd.pddl:2:20: expected a variable not yet used in this list, found "?x"',
    ],
    [
      domainWith('(:functions (f) - object)'),
      'd.pddl:2:19: expected "number" (object fluents are not supported), found "object"',
    ],
    [
      actionWith(':parameters (?x - a) :precondition (r ?x)'),
      'd.pddl:7:48: expected a declared predicate, found "r"',
    ],
    [
      actionWith(':parameters (?x - a) :precondition (p ?y)'),
      'd.pddl:7:50: expected a declared variable, found "?y"',
    ],
    [
      actionWith(':parameters (?x - b) :precondition (p ?x)'),
      'd.pddl:7:50: expected a variable of type a, found "?x" of type b',
    ],
    [
      actionWith(':parameters (?x - a) :precondition (p)'),
      'd.pddl:7:47: expected 1 argument for "p", found "(p)"',
    ],
    [
      actionWith(':effect (or (p k) (p k))'),
      'd.pddl:7:21: expected a deterministic effect ("or" is no effect), found "or"',
    ],
    [
      actionWith(':precondition (preference n (p k))'),
      'd.pddl:7:27: expected a condition without preferences (not supported), found "preference"',
    ],
    [
      actionWith(':effect (increase (g))'),
      'd.pddl:7:20: expected (increase FLUENT EXPRESSION), found "(increase (g))"',
    ],
    [actionWith(':effect (p k) :effect (p k)'), 'd.pddl:7:26: expected ":effect" only once, found ":effect"'],
    [
      domainWith('(:constraints (within 5 (and)))'),
      'd.pddl:2:16: expected "and", "forall", "always", "sometime", "at-most-once", "at end", "sometime-before" or "sometime-after" ("within" is not supported), found "within"',
    ],
  ])('%#', (parse, expected) => {
    expect(message(parse)).toBe(expected);
  });
});

describe('errors of problems, conditions and plans', () => {
  const domain = parseDomain(SMALL);
  const problemWith = (sections: string) => () =>
    parseProblem(`(define (problem p) (:domain d)\n${sections})`, domain, 'p.pddl');

  it.each([
    [problemWith('(:init)'), 'p.pddl:2:9: expected a section (:goal …), found end of file'],
    [
      problemWith('(:objects x - b) (:init (p x)) (:goal (and))'),
      'p.pddl:2:28: expected an object of type a, found "x" of type b',
    ],
    [problemWith('(:init (p kk)) (:goal (and))'), 'p.pddl:2:11: expected a declared object, found "kk"'],
    [
      problemWith('(:objects k - b) (:init) (:goal (and))'),
      'p.pddl:2:11: expected "k" with the type it already has, c, found "k"',
    ],
    [problemWith('(:init (= (f k) x)) (:goal (and))'), 'p.pddl:2:17: expected a number, found "x"'],
    [
      problemWith('(:init (= (f k) 1) (= (f k) 2)) (:goal (and))'),
      'p.pddl:2:20: expected one value for (f k), which is already 1, found "(= (f k) 2)"',
    ],
    [
      problemWith('(:init (at 5 (p k))) (:goal (and))'),
      'p.pddl:2:8: expected an initial fact without time (timed initial literals are not supported), found "(at 5 (p k))"',
    ],
    [
      problemWith('(:init) (:goal (and)) (:metric best 1)'),
      'p.pddl:2:32: expected "minimize" or "maximize", found "best"',
    ],
    [() => parseCondition('(p k) (p k)', domain, [], 'c'), 'c:1:7: expected end of file, found "(p k)"'],
    [() => parsePlan('(act k)\nact k', 'plan'), 'plan:2:1: expected a step (action object …), found "act"'],
    [() => parsePlan('(act (k))', 'plan'), 'plan:1:6: expected a name, found "(k)"'],
    [() => parsePlan('()', 'plan'), 'plan:1:1: expected the name of an action, found "()"'],
    [
      () => parsePlan('1: (act k)\n1: (act k)', 'plan'),
      'plan:2:1: expected a start time after the one before (steps may not be parallel), found "1:"',
    ],
  ])('%#', (parse, expected) => {
    expect(message(parse)).toBe(expected);
  });
});

describe('what parsers accept', () => {
  it('comments, mixed case, CRLF and a byte order mark make no difference', () => {
    const plain = loadDomain('courier');
    const strip = (value: unknown) =>
      JSON.stringify(value, (key, item) => (key === 'location' ? undefined : item));
    const text = `\ufeff; head\r\n${SMALL.toUpperCase().replaceAll('\n', ' ; tail (\r\n')} ; end`;
    expect(strip(parseDomain(text))).toBe(strip(parseDomain(SMALL)));
    expect(plain.types.map(({ name }) => name)).toContain('letter');
  });

  it('counts lines over all line ends', () => {
    expect(message(() => parseDomain('\r\n\r\n(define\r(domain d)\n  (:nonsense))', 'd.pddl'))).toMatch(
      /^d\.pddl:5:4: /,
    );
  });

  it('bytes, malformed ones too', () => {
    expect(parseDomain(new TextEncoder().encode(SMALL)).name).toBe('d');
    expect(message(() => parseDomain(new Uint8Array([0xff, 0xfe, 0x28]), 'd.pddl'))).toMatch(
      /^d\.pddl:1:\d+: expected/,
    );
  });

  it('either, several supertypes, and types named after a dash only', () => {
    const domain = parseDomain(`(define (domain e)
      (:types car - (either land thing) boat - water)
      (:predicates (in ?x - (either car boat) ?y - object))
      (:action go :parameters (?x - (either car boat)) :effect (in ?x ?x)))`);
    const problem = parseProblem(
      '(define (problem p) (:domain e) (:objects c - car b - boat r - (either land water)) (:init (in c r)) (:goal (and)))',
      domain,
    );
    expect(problem.objects.map(({ types }) => types)).toEqual([['car'], ['boat'], ['land', 'water']]);
    expect(domain.types.find(({ name }) => name === 'car')!.parents).toEqual(['land', 'thing']);
    expect(
      message(() =>
        parseProblem(
          '(define (problem p) (:domain e) (:objects r - land) (:init (in r r)) (:goal (and)))',
          domain,
        ),
      ),
    ).toMatch('expected an object of type (either car boat), found "r" of type land');
  });

  it('negated facts and bare functions of old metrics', () => {
    const problem = parseProblem(
      '(define (problem p) (:domain d) (:init (not (p k)) (p k) (= (g) -1.5e0)) (:goal ()) (:metric minimize g))',
      parseDomain(SMALL),
    );
    expect(problem.facts).toEqual([{ predicate: 'p', args: ['k'] }]);
    expect(problem.fluents).toEqual([{ function: 'g', args: [], value: -1.5 }]);
    expect(problem.metric!.expression).toEqual({ kind: 'fluent', function: 'g', args: [] });
  });

  it('plans with times, durations and upper case', () => {
    const { steps } = parsePlan('; plan\n0.001: (ACT K x) [1.0]\n0.5: (other)\n');
    expect(steps.map(({ name, args }) => [name, ...args])).toEqual([['act', 'k', 'x'], ['other']]);
    expect(steps[1]!.location).toEqual({ line: 3, column: 6 });
  });

  it('a problem of a megabyte', () => {
    const facts = Array.from({ length: 45_000 }, (_, i) => `(p object-number-${i})`).join('\n');
    const objects = Array.from({ length: 45_000 }, (_, i) => `object-number-${i}`).join(' ');
    const text = `(define (problem big) (:domain d) (:objects ${objects} - a) (:init ${facts}) (:goal (and)))`;
    expect(text.length).toBeGreaterThan(1_000_000);
    expect(parseProblem(text, parseDomain(SMALL)).facts).toHaveLength(45_000);
  });

  it('lists as deep as allowed and no deeper', () => {
    expect(message(() => parseDomain('('.repeat(1_000_000)))).toMatch(
      ':1:257: expected lists nested at most 256 deep',
    );
  });
});
