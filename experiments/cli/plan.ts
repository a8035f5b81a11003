import { ground, type HeuristicName, type PlanOptions, type PlanResult, plan, printPlan } from 'pddl';
import { unknownName } from '../../envs/config/index.js';
import { print, printJson, wholeNumber } from './options.js';
import { loadTaskFiles } from './pddl-files.js';

const HEURISTICS: readonly HeuristicName[] = ['blind', 'hmax', 'lmcut', 'hadd', 'hff'];

export interface PlanCommandOptions {
  readonly greedy?: boolean;
  readonly heuristic?: string;
  readonly maxNodes: string;
  readonly json?: boolean;
}

/**
 * `pase plan`: searches a plan and prints it as a plan file; what the search found out stands in comments. Exit code 0 with
 * a plan, 1 without.
 */
export function planCommand(domainFile: string, problemFile: string, options: PlanCommandOptions): void {
  const search = searchOptions(options);
  const { domain, problem } = loadTaskFiles(domainFile, problemFile);
  const result = plan(ground(domain, problem, { actions: 'reachable' }), search);
  if (options.json) printJson(result);
  else print(planText(result).trimEnd());
  process.exitCode = result.plan === null ? 1 : 0;
}

function searchOptions({ greedy, heuristic, maxNodes }: PlanCommandOptions): PlanOptions {
  if (heuristic !== undefined && !HEURISTICS.includes(heuristic as HeuristicName)) {
    throw unknownName('--heuristic', 'a heuristic', heuristic, HEURISTICS);
  }
  return {
    algorithm: greedy ? 'greedy' : 'astar',
    maxNodes: wholeNumber('max-nodes', maxNodes, 1),
    ...(heuristic !== undefined && { heuristic: heuristic as HeuristicName }),
  };
}

function planText(result: PlanResult): string {
  const { reason, cost, costKind, optimal, expanded, evaluated } = result;
  const counts = `${expanded} nodes expanded, ${evaluated} evaluated`;
  if (result.plan === null) return `; no plan: ${reason}, ${counts}`;
  const quality = `${optimal ? 'optimal' : 'not known to be optimal'}, ${counts}`;
  return `${printPlan(result.plan)}; cost = ${cost} (${costKind === 'unit' ? 'unit cost' : 'metric'}), ${quality}`;
}
