/**
 * A planning task in which every step needs the one before it, so that whatever is wrong anywhere makes the plan invalid:
 * what the surrogate's slips do to plans of a given length, judged by the PDDL validator.
 */
import { defaultRng } from 'gymnasium-js';
import { parseDomain, parseProblem, Task, validate } from 'pddl';
import type { PrimitiveCall } from '../../envs/cloud/interface.js';
import type { LlmProfile } from '../../envs/synthesis/index.js';
import { NumberedDraws } from '../../envs/synthesis/surrogate/decisions.js';
import { type SlipChoices, type SlipKind, slip } from '../../envs/synthesis/surrogate/slips.js';

const domain = parseDomain(`
  (define (domain chain) (:requirements :strips :typing)
    (:types part)
    (:predicates (done ?p - part) (follows ?a ?b - part) (ready ?p - part))
    (:action build :parameters (?a ?b - part) :precondition (and (follows ?a ?b) (done ?a)) :effect (done ?b))
    (:action paint :parameters (?a ?b - part) :precondition (follows ?a ?b) :effect (ready ?b))
    (:action look :parameters (?a ?b - part) :effect (and)))`);

function chain(length: number): { task: Task; plan: PrimitiveCall[] } {
  const parts = Array.from({ length: length + 1 }, (_, i) => `p${i}`);
  const facts = parts.slice(1).map((part, i) => `(follows ${parts[i]} ${part})`);
  const goal = parts.map((part) => `(done ${part})`);
  const text = `(define (problem c) (:domain chain) (:objects ${parts.join(' ')} - part) (:init (done p0) ${facts.join(' ')}) (:goal (and ${goal.join(' ')})))`;
  const plan = parts.slice(1).map((part, i) => ({ name: 'build', args: [parts[i]!, part] }));
  return { task: new Task(domain, parseProblem(text, domain)), plan };
}

const choices: SlipChoices = {
  wrongOperation: ({ args }) => ({ name: 'paint', args }),
  malformed: ({ name, args }) => ({ name, args: args.slice(1) }),
  invented: ({ args }) => ({ name: 'assemble', args }),
  idle: ({ args }) => ({ name: 'look', args }),
  essential: () => true,
};

export interface SlippedPlans {
  /** Share of valid plans. */
  readonly validity: number;
  readonly slips: Readonly<Partial<Record<SlipKind, number>>>;
  /** Invalid plans by the kind of their first failure. */
  readonly failures: Readonly<Record<string, number>>;
}

/** What `count` plans of `length` steps come to. */
export function slippedPlans({ slip: figures }: LlmProfile, length: number, count: number): SlippedPlans {
  const { hazard, goalMiss, kinds } = figures;
  const { task, plan } = chain(length);
  const slips: Partial<Record<SlipKind, number>> = {};
  const failures: Record<string, number> = {};
  let valid = 0;
  for (let i = 0; i < count; i++) {
    const draws = NumberedDraws.from(defaultRng([length, i]));
    const odds = { hazard, goalMiss, invented: 0, kinds, forced: false };
    const slipped = slip(plan, odds, choices, draws, draws);
    const verdict = validate(task, slipped.steps);
    if (verdict.valid) valid++;
    else failures[verdict.failures[0]!.kind] = (failures[verdict.failures[0]!.kind] ?? 0) + 1;
    for (const kind of slipped.slips) slips[kind] = (slips[kind] ?? 0) + 1;
  }
  return { validity: valid / count, slips, failures };
}
