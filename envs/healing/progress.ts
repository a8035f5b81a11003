import type { Feedback, MetaPrompt } from '../synthesis/index.js';
import type { Plan, Verdict } from '../world-model/index.js';
import type { Ending, JudgedVerdict } from './types.js';

/** The part of a loop that changes; plain data, so that an episode can be saved and continued. */
export interface Progress {
  turns: number;
  executions: number;
  /** Steps undone. */
  undone: number;
  rejectionsInRow: number;
  llmCalls: number;
  tokens: number;
  ending: Ending | null;
  /** Verdicts on plans, with what a copy of the cloud made of them. */
  verdicts: JudgedVerdict[];
  failureKinds: Record<string, number>;
  actions: number[];
  executed: { plan: Plan; outcome: string }[];
  lastMetaPrompt: MetaPrompt | null;
  lastPlan: Plan | null;
  lastVerdict: Verdict | null;
  lastExecuted: boolean;
  triedDiagnoses: string[];
}

export function freshProgress(): Progress {
  return {
    turns: 0,
    executions: 0,
    undone: 0,
    rejectionsInRow: 0,
    llmCalls: 0,
    tokens: 0,
    ending: null,
    verdicts: [],
    failureKinds: {},
    actions: [],
    executed: [],
    lastMetaPrompt: null,
    lastPlan: null,
    lastVerdict: null,
    lastExecuted: false,
    triedDiagnoses: [],
  };
}

/** What the planner is told of the last plan: its verdict, when it was not executed. */
export function feedbackOf({
  lastVerdict,
  lastPlan,
  lastExecuted,
  rejectionsInRow,
}: Progress): Feedback | null {
  if (!lastVerdict || lastExecuted) return null;
  return { plan: lastPlan, verdict: lastVerdict, round: rejectionsInRow };
}

/** Books what a turn decided. */
export function remember(
  progress: Progress,
  metaPrompt: MetaPrompt,
  plan: Plan | null,
  verdict: Verdict,
  executed: boolean,
): void {
  progress.lastMetaPrompt = metaPrompt;
  progress.lastPlan = plan;
  progress.lastVerdict = verdict;
  progress.lastExecuted = executed;
  progress.rejectionsInRow = executed ? 0 : progress.rejectionsInRow + 1;
  if (!executed && !verdict.accepted) {
    const kind = verdict.failures[0]?.kind ?? 'goal';
    progress.failureKinds[kind] = (progress.failureKinds[kind] ?? 0) + 1;
  }
  for (const { condition, component } of plan?.diagnosis ?? []) {
    const tried = `${condition} ${component}`;
    if (!progress.triedDiagnoses.includes(tried)) progress.triedDiagnoses.push(tried);
  }
}
