/**
 * How fast the PDDL engine grounds, plans and validates recovery problems.
 *
 *     npx tsx --conditions=source bench/pddl.ts [--json FILE] [--python PYTHON] [--seconds S]
 *
 * Validation: plan steps a second on one core, on real incidents of Online Boutique and Train Ticket, for plans of six steps
 * that are valid (floor on Online Boutique: 200,000 a second), from names and looked up beforehand; the same valid plans with
 * unified-planning (`node scripts/pddl/setup-python.mjs` installs it; without it a line says so) and, where VAL_VALIDATE names
 * VAL's `Validate`, with VAL, whose time is that of a process and its parsing.
 * Grounding and planning: milliseconds by topology; a task is grounded once a topology, cold and warm. Rows of `--json` are
 * `{name, ours, peer, ratio}`; where there is no peer, null.
 */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import {
  conditionsInnermost,
  constraintsInProblem,
  endConstraintsInGoal,
  ground,
  type PlanStep,
  parseProblem,
  plan,
  printDomain,
  printPlan,
  printProblem,
  renameFunction,
  resolvePlan,
  type Task,
  validate,
} from 'pddl';
import { Cloud, loadCloudModel } from '../envs/cloud/index.js';
import { loadDomain, problemText } from '../envs/world-model/index.js';
import { type Row, writeRows } from './agents-support/peer.js';
import { peerPython } from './peers/python.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    python: { type: 'string', default: peerPython('pddl-python', 'PASE_PDDL_PYTHON') },
    seconds: { type: 'string', default: '1' },
  },
});

const TOPOLOGIES = [
  'online-boutique',
  'sock-shop',
  'hotel-reservation',
  'astronomy-shop',
  'social-network',
  'petshop',
  'train-ticket',
];
const STEPS = 6;
const INCIDENTS = 12;
/** Conditions that only some initial states have must not be folded into the task: it is made once a topology. */
const domain = loadDomain();
const variable = [...domain.ast.predicates, ...domain.ast.functions].map(({ name }) => name);

function texts(topology: string): string[] {
  const model = loadCloudModel({ topology, overlay: 'production', prior: 'incident-statistics' });
  return Array.from({ length: INCIDENTS }, (_, index) => {
    const cloud = new Cloud(model, { split: 'seen', partition: 'fit', index });
    return problemText(domain, cloud.inventory(), cloud.truth().conditions);
  });
}

/** Milliseconds of processor time of this process, as the peers measure theirs: others on the machine do not count. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Best rate of a few rounds of `work`, which returns the steps that it took; `clock` for work that other processes do. */
function stepsPerSecond(work: () => number, clock: () => number = cpu): number {
  const milliseconds = Number(options.seconds) * 1000;
  let best = 0;
  for (let round = 0; round < 4; round++) {
    const start = clock();
    let steps = 0;
    while (clock() - start < milliseconds) for (let i = 0; i < 20; i++) steps += work();
    // The first round warms up.
    if (round > 0) best = Math.max(best, (steps * 1000) / (clock() - start));
  }
  return best;
}

/** A valid plan of six steps: the planner's, filled up with looks. */
function validPlan(task: Task): PlanStep[] | null {
  const found = plan(task, { algorithm: 'greedy', maxNodes: 2000 }).plan;
  if (found === null || found.length > STEPS) return null;
  const look = { name: 'inspect', args: [task.problem.objects[0]!.name] };
  const steps = [...found];
  while (steps.length < STEPS) steps.push(look);
  return validate(task, steps).valid ? steps : null;
}

interface Judged {
  readonly text: string;
  readonly task: Task;
  readonly steps: PlanStep[];
}

function judgedPlans(topology: string): Judged[] {
  return texts(topology).flatMap((text) => {
    const task = ground(domain.ast, parseProblem(text, domain.ast), { variable });
    const steps = validPlan(task);
    return steps === null ? [] : [{ text, task, steps }];
  });
}

function validation(topology: string): Record<string, number> {
  const judged = judgedPlans(topology).map((item) => ({
    ...item,
    resolved: resolvePlan(item.task, item.steps),
  }));
  const wrong = judged.map(({ task, steps }) => ({
    task,
    steps: steps.filter(({ name }) => name === 'inspect'),
  }));
  const unfit = wrong.filter(({ task, steps }) => steps.length > 0 && !validate(task, steps).valid);
  let turn = 0;
  return {
    plans: judged.length,
    valid: stepsPerSecond(() => {
      const { task, steps } = judged[turn++ % judged.length]!;
      return validate(task, steps).steps;
    }),
    validLookedUp: stepsPerSecond(() => {
      const { task, resolved } = judged[turn++ % judged.length]!;
      return validate(task, resolved).steps;
    }),
    rejected: stepsPerSecond(() => {
      const { task, steps } = unfit[turn++ % unfit.length]!;
      const { valid, steps: taken } = validate(task, steps);
      return valid ? 0 : taken;
    }),
    rejectedExplained: stepsPerSecond(() => {
      const { task, steps } = unfit[turn++ % unfit.length]!;
      const { advice, steps: taken } = validate(task, steps);
      return advice === null ? 0 : taken;
    }),
  };
}

/** Milliseconds of processor time of one call. */
function milliseconds(work: () => unknown): number {
  const start = cpu();
  work();
  return cpu() - start;
}

function median(values: readonly number[]): number {
  return [...values].sort((a, b) => a - b)[Math.floor(values.length / 2)]!;
}

function sizes(topology: string): Record<string, number> {
  const problems = texts(topology).map((text) => parseProblem(text, domain.ast));
  const first = problems[0]!;
  const groundings = Array.from({ length: 5 }, () =>
    milliseconds(() => ground(domain.ast, first, { variable })),
  );
  const tasks = problems.map((problem) => ground(domain.ast, problem, { variable }));
  const optimal = tasks.map((task) => plan(task, { heuristic: 'hmax', maxNodes: 2000 }));
  return {
    services: first.objects.filter(({ types }) => types[0] === 'service').length,
    actions: tasks[0]!.actions.length,
    facts: tasks[0]!.facts.size,
    groundFirst: groundings[0]!,
    ground: median(groundings),
    greedy: median(
      tasks.map((task) => milliseconds(() => plan(task, { algorithm: 'greedy', maxNodes: 2000 }))),
    ),
    astarHmax: median(
      tasks.map((task) => milliseconds(() => plan(task, { heuristic: 'hmax', maxNodes: 2000 }))),
    ),
    astarLmcut: median(tasks.map((task) => milliseconds(() => plan(task, { maxNodes: 2000 })))),
    solvedOptimally: optimal.filter((result) => result.optimal).length,
  };
}

/** The first judged plan's task as outside tools read it, with every valid plan that fits it. */
function exported({ text, steps }: Judged): { domain: string; problem: string; plans: string[][][] } {
  const problem = parseProblem(text, domain.ast);
  const ended = endConstraintsInGoal(conditionsInnermost(domain.ast), problem);
  const moved = constraintsInProblem(ended.domain, ended.problem);
  const renamed = renameFunction(moved.domain, moved.problem, 'total-time', 'total-cost');
  return {
    domain: printDomain(renamed.domain),
    problem: printProblem(renamed.domain, renamed.problem),
    plans: [steps.map(({ name, args }) => [name, ...args])],
  };
}

function unifiedPlanning(judged: Judged): { version: string; stepsPerSecond: number; valid: number } | null {
  const script = fileURLToPath(new URL('./peers/pddl_peer.py', import.meta.url));
  const input = JSON.stringify({ ...exported(judged), seconds: Number(options.seconds) });
  const { status, stdout, stderr, error } = spawnSync(options.python, [script], { input, encoding: 'utf8' });
  if (status === 0) return JSON.parse(stdout);
  console.log(`unified-planning skipped: ${error?.message ?? stderr.trim().split('\n').at(-1)}`);
  return null;
}

function val(judged: Judged): number | null {
  const binary = process.env.VAL_VALIDATE;
  if (binary === undefined) return null;
  const folder = mkdtempSync(join(tmpdir(), 'pddl-val-'));
  const { domain: domainText, problem } = exported(judged);
  const files = { 'domain.pddl': domainText, 'problem.pddl': problem, plan: printPlan(judged.steps) };
  for (const [name, content] of Object.entries(files)) writeFileSync(join(folder, name), content);
  const args = Object.keys(files).map((name) => join(folder, name));
  return stepsPerSecond(() => {
    spawnSync(binary, args);
    return judged.steps.length;
  }, performance.now.bind(performance));
}

function row(cells: readonly (string | number)[], widths: readonly number[]): void {
  const text = cells.map((cell, i) => {
    const shown =
      typeof cell === 'number'
        ? cell.toLocaleString('en-GB', { maximumFractionDigits: cell < 100 ? 1 : 0 })
        : cell;
    return i === 0 ? shown.padEnd(widths[0]!) : shown.padStart(widths[i] ?? 12);
  });
  console.log(text.join(' '));
}

const validations = Object.fromEntries(
  ['online-boutique', 'train-ticket'].map((name) => [name, validation(name)]),
);
row(['plan steps a second', 'valid', 'looked up', 'rejected', 'explained'], [20, 12, 12, 12, 12]);
for (const [name, rates] of Object.entries(validations)) {
  const { valid, validLookedUp, rejected, rejectedExplained } = rates;
  row([name, valid!, validLookedUp!, rejected!, rejectedExplained!], [20, 12, 12, 12, 12]);
}
const [peerPlan] = judgedPlans('online-boutique');
const peer = peerPlan === undefined ? null : unifiedPlanning(peerPlan);
const valRate = peerPlan === undefined ? null : val(peerPlan);
if (peer !== null) row([`unified-planning`, peer.stepsPerSecond], [20, 12]);
if (valRate === null) console.log('VAL skipped: VAL_VALIDATE is not set');
else row(['VAL, a process each', valRate], [20, 12]);

console.log('\nmilliseconds (median)');
const widths = [20, 8, 8, 8, 8, 8, 8, 8, 8];
row(['topology', 'services', 'actions', 'cold', 'ground', 'greedy', 'A* hmax', 'LM-cut', 'optimal'], widths);
const bySize = Object.fromEntries(TOPOLOGIES.map((name) => [name, sizes(name)]));
for (const [name, size] of Object.entries(bySize)) {
  const {
    services,
    actions,
    groundFirst,
    ground: warm,
    greedy,
    astarHmax,
    astarLmcut,
    solvedOptimally,
  } = size;
  const solved = `${solvedOptimally}/${INCIDENTS}`;
  row([name, services!, actions!, groundFirst!, warm!, greedy!, astarHmax!, astarLmcut!, solved], widths);
}

/** Rows of `--json`: plan steps a second beside each judge that is there, then milliseconds, for which there is no peer. */
function measurements(): Row[] {
  const rate = validations['online-boutique']!.valid!;
  const judges = [
    ['unified-planning', peer?.stepsPerSecond ?? null],
    ['VAL', valRate],
  ] as const;
  const alone = (name: string, ours: number): Row => ({ name, ours, peer: null, ratio: null });
  const named = (kind: string, of: Record<string, Record<string, number>>) =>
    Object.entries(of).flatMap(([topology, values]) =>
      Object.entries(values).map(([name, value]) => alone(`${kind}, ${topology}: ${name}`, value)),
    );
  return [
    ...judges.map(
      ([name, theirs]): Row => ({
        ...{ name: `valid plan steps a second, online-boutique / ${name}`, ours: rate, peer: theirs },
        ratio: theirs === null ? null : rate / theirs,
      }),
    ),
    ...named('validation, plan steps a second', validations),
    ...named('size, and milliseconds of grounding and planning', bySize),
  ];
}
writeRows(options.json, measurements());
