import { spawn } from 'node:child_process';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import {
  conditionsInnermost,
  constraintsInProblem,
  type Domain,
  endConstraintsInGoal,
  ground,
  type PlanStep,
  type Problem,
  parseDomain,
  parsePlan,
  parseProblem,
  plan,
  printDomain,
  printPlan,
  printProblem,
  renameFunction,
  type Task,
} from 'pddl';
import { here, pick } from '../helpers.js';

/** What an outside judge says of one plan. */
export interface OutsideVerdict {
  readonly valid: boolean;
  readonly kind: 'malformed' | 'precondition' | 'effects' | 'constraint' | 'goal' | 'error' | null;
  readonly step: number | null;
  readonly text?: string;
}

/** A task with the texts that outside tools get: constraints in the problem, costs under the name `total-cost`. */
export interface Exported {
  readonly task: Task;
  readonly domainText: string;
  readonly problemText: string;
}

/** Prints a task for outside tools and grounds what was printed, so that both sides judge the same texts. `at end` is a goal there. */
export function exportTask(domain: Domain, problem: Problem): Exported {
  const ended = endConstraintsInGoal(conditionsInnermost(domain), problem);
  const moved = constraintsInProblem(ended.domain, ended.problem);
  const { domain: renamed, problem: costed } = renameFunction(
    moved.domain,
    moved.problem,
    'total-time',
    'total-cost',
  );
  const domainText = printDomain(renamed);
  const again = parseDomain(domainText);
  const problemText = printProblem(renamed, costed);
  return { task: ground(again, parseProblem(problemText, again)), domainText, problemText };
}

/** Runs a script of this folder that answers one JSON line per JSON line. */
export class LineServer {
  private readonly child;
  private readonly lines;
  private errors = '';

  constructor(python: string, script: string) {
    this.child = spawn(python, [join(here, 'differential', script)], { stdio: ['pipe', 'pipe', 'pipe'] });
    this.lines = createInterface({ input: this.child.stdout })[Symbol.asyncIterator]();
    this.child.stderr.on('data', (chunk: Buffer) => {
      this.errors += chunk.toString();
    });
  }

  async ask<T>(request: unknown): Promise<T> {
    this.child.stdin.write(`${JSON.stringify(request)}\n`);
    const { value, done } = await this.lines.next();
    if (done === true) throw new Error(`the outside judge stopped: ${this.errors.slice(-2000)}`);
    const answer = JSON.parse(value as string) as T | { error: string };
    if (typeof answer === 'object' && answer !== null && 'error' in answer) throw new Error(answer.error);
    return answer;
  }

  close(): void {
    this.child.stdin.end();
  }
}

/** A valid plan of some length to start mutating from: greedy, or a random walk where the planner finds none. */
export function seedPlans(task: Task, random: () => number, count: number): PlanStep[][] {
  const found = plan(task, { algorithm: 'greedy', maxNodes: 3000 }).plan;
  const plans = found === null ? [] : [[...found]];
  while (plans.length < count) plans.push(randomWalk(task, random, 1 + Math.floor(random() * 8)));
  return plans;
}

function randomWalk(task: Task, random: () => number, length: number): PlanStep[] {
  const state = task.initial.clone();
  const steps: PlanStep[] = [];
  for (let i = 0; i < length; i++) {
    const open = task.actions.filter((action) => action.applicable(state));
    if (open.length === 0) break;
    const action = pick(open, random);
    if (action.apply(state) !== 0) break;
    steps.push({
      name: action.schema.name,
      args: Array.from(action.args, (object) => task.universe.name(object)),
    });
  }
  return steps;
}

/** One to three random slips: drop, swap, repeat, retarget, replace, wrong arity, wrong names. */
export function mutate(original: readonly PlanStep[], task: Task, random: () => number): PlanStep[] {
  const steps = original.map(({ name, args }) => ({ name, args: [...args] }));
  const objects = task.universe.objects.map(({ name }) => name);
  const at = () => Math.floor(random() * Math.max(1, steps.length));
  const slips = 1 + Math.floor(random() * 3);
  for (let i = 0; i < slips; i++) {
    const step = steps[at()];
    switch (Math.floor(random() * 8)) {
      case 0:
        steps.splice(at(), 1);
        break;
      case 1: {
        const [a, b] = [at(), at()];
        if (steps.length > 1) [steps[a], steps[b]] = [steps[b]!, steps[a]!];
        break;
      }
      case 2:
        if (step !== undefined) steps.splice(at(), 0, { name: step.name, args: [...step.args] });
        break;
      case 3:
      case 4:
        if (step !== undefined && step.args.length > 0) {
          step.args[Math.floor(random() * step.args.length)] = pick(objects, random);
        }
        break;
      case 5:
      case 6: {
        const action = pick(task.actions, random);
        const args = Array.from(action.args, (object) => task.universe.name(object));
        steps.splice(at(), random() < 0.5 ? 1 : 0, { name: action.schema.name, args });
        break;
      }
      default:
        if (step === undefined || random() < 0.6) break;
        if (random() < 0.4) step.args.push(pick(objects, random));
        else if (random() < 0.5) step.name = `${step.name}x`;
        else if (step.args.length > 0) step.args[0] = 'nobody';
    }
  }
  // What is judged is what was written: through the printer and the parser.
  return parsePlan(printPlan(steps)).steps.map(({ name, args }) => ({ name, args: [...args] }));
}
