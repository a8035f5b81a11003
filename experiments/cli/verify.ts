import { type AdviceTree, ground, type ValidationFailure, type ValidationResult, validate } from 'pddl';
import { print, printJson } from './options.js';
import { loadPlanFile, loadTaskFiles } from './pddl-files.js';

export interface VerifyOptions {
  readonly all?: boolean;
  readonly trace?: boolean;
  readonly json?: boolean;
}

/**
 * `pase verify`: whether a plan is valid, and if not why. Exit code 0 valid, 1 invalid; files that cannot be read as PDDL
 * are bad input (2), a plan of unknown names is an invalid plan.
 */
export function verifyCommand(
  domainFile: string,
  problemFile: string,
  planFile: string,
  options: VerifyOptions,
): void {
  const { domain, problem } = loadTaskFiles(domainFile, problemFile);
  const plan = loadPlanFile(planFile);
  // Only the actions of the plan are made: a large problem is judged as quickly as a small one.
  const task = ground(domain, problem, { actions: 'on-demand' });
  const result = validate(task, plan, { all: options.all ?? false, trace: options.trace ?? false });
  if (options.json) printJson(result);
  else for (const line of verdictLines(result)) print(line);
  process.exitCode = result.valid ? 0 : 1;
}

/** The verdict as text. */
export function verdictLines(result: ValidationResult): string[] {
  const steps = `${result.steps} step${result.steps === 1 ? '' : 's'}`;
  const verdict = result.valid
    ? [`valid: ${steps}${result.metric === null ? '' : `, metric ${result.metric}`}`]
    : ['invalid', ...result.failures.flatMap(failureLines)];
  return [...verdict, ...traceLines(result)];
}

function failureLines(failure: ValidationFailure): string[] {
  const { kind, step, action, condition, actual, advice, suggestion } = failure;
  const place = step === null ? 'at the end' : step === 0 ? 'at the start' : `at step ${step} ${action}`;
  return [
    `  ${kind} ${place}`,
    ...(condition === null ? [] : [`    expected ${condition}`]),
    ...(actual === null ? [] : [`    found    ${actual}`]),
    ...(suggestion === null ? [] : [`    nearest  ${suggestion}`]),
    ...(advice === null ? [] : ['    to change', ...adviceLines(advice, 6)]),
  ];
}

function adviceLines(tree: AdviceTree, indent: number): string[] {
  const pad = ' '.repeat(indent);
  if (tree.op === 'literal') {
    const wanted = tree.wanted ? tree.literal : `(not ${tree.literal})`;
    const isValue = tree.actual !== 'true' && tree.actual !== 'false';
    return [`${pad}${wanted}${isValue ? `   now ${tree.actual}` : ''}`];
  }
  const head = tree.op === 'and' ? 'all of' : 'one of';
  return [`${pad}${head}`, ...tree.children.flatMap((child) => adviceLines(child, indent + 2))];
}

function traceLines({ trace }: ValidationResult): string[] {
  return (trace ?? []).slice(1).map(({ step, action, added, deleted, values }) => {
    const atom = (name: string, args: readonly string[]) => `(${[name, ...args].join(' ')})`;
    const changes = [
      ...added.map(({ predicate, args }) => `+${atom(predicate, args)}`),
      ...deleted.map(({ predicate, args }) => `-${atom(predicate, args)}`),
      ...values.map(({ function: name, args, value }) => `${atom(name, args)}=${value}`),
    ];
    return `  ${step} ${action}: ${changes.join(' ')}`;
  });
}
