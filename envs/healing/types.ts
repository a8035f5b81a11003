import type { Verdict, Plan } from '../world-model/types.js';

/** Where the seconds of an incident went; they sum to the MTTR. */
export interface TimeShares {
  readonly detection: number;
  readonly evidence: number;
  readonly synthesis: number;
  readonly verification: number;
  readonly execution: number;
  /** Waiting: for effects to show, for failed attempts to end, and, when unresolved, the rest up to the cap. */
  readonly settling: number;
}

/** What one incident came to, measured on the cloud. `info.episode` of the terminal step carries it as `result`. */
export interface EpisodeResult {
  readonly split: string;
  readonly partition: string;
  readonly index: number;
  readonly faultType: string;
  readonly family: string;
  readonly component: string;
  /** Seconds from onset to the start of the healthy window that lasts; the cap when unresolved. */
  readonly mttr: number;
  readonly recovered: boolean;
  /** The first plan, executed at once on a copy of the true cloud, recovers it without a violation; null if not asked for. */
  readonly firstPlanValid: boolean | null;
  readonly violations: number;
  readonly dataLost: boolean;
  /** Integral of SLO loss that executed plans added beyond doing nothing is not known; this counts regressions over 10 % for over 30 s. */
  readonly collateral: number;
  readonly llmCalls: number;
  readonly tokens: number;
  readonly turns: number;
  readonly executions: number;
  readonly time: TimeShares;
  /** Rejected plans by kind of their first failure. */
  readonly failureKinds: Readonly<Record<string, number>>;
  /** Meta-prompts chosen, by index of the catalogue. */
  readonly actions: readonly number[];
  readonly episodeReturn: number;
}

/** What one turn of the loop did; `info.turn` of every step. */
export interface TurnRecord {
  readonly startedAt: number;
  readonly endedAt: number;
  readonly metaPrompt: string;
  readonly plan: Plan | null;
  readonly verdict: Verdict | null;
  readonly executed: boolean;
}
