import type { EvidenceKind, Outcome } from '../cloud/interface.js';
import type { SynthesisResult } from '../synthesis/types.js';
import type { Plan, Verdict } from '../world-model/types.js';

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

/** How the loop ended an incident. Only `recovered` can count as recovered, and only if the cloud agrees. */
export type Ending = 'recovered' | 'handed-over' | 'executions' | 'tokens' | 'cap';

/** A verdict on a plan, and the truth. */
export interface JudgedVerdict {
  readonly accepted: boolean;
  readonly feasibility: number;
  /** Executing the plan makes the incident recover for good and adds no violation. */
  readonly right: boolean;
  /** Steps of the plan. */
  readonly steps: number;
}

/** What one incident came to, measured on the cloud; `info.result` of the terminal step. */
export interface EpisodeResult {
  readonly split: string;
  readonly partition: string;
  readonly index: number;
  readonly faultType: string;
  readonly family: string;
  readonly component: string;
  readonly ending: Ending;
  /** Seconds from onset to the start of the healthy window that lasts; the cap when unresolved. */
  readonly mttr: number;
  readonly recovered: boolean;
  /**
   * The first plan, executed at once on a copy of the true cloud, recovers it without a violation: the same question
   * for every method, whatever its verifier said. Null when not asked for; false when there was no plan.
   */
  readonly firstPlanValid: boolean | null;
  /** Every verdict on a plan, with what executing the plan on a copy of the cloud came to; empty when nobody asked. */
  readonly verdicts: readonly JudgedVerdict[];
  /** Safety violations that executed plans committed. */
  readonly violations: number;
  readonly dataLost: boolean;
  /** Service-level regressions over 10 % for over 30 s that executed plans caused. */
  readonly collateral: number;
  readonly llmCalls: number;
  readonly tokens: number;
  readonly turns: number;
  readonly executions: number;
  /** Steps of executed plans that were undone because fewer requests succeeded after them. */
  readonly undone: number;
  readonly time: TimeShares;
  /** Turns without an executed plan, by kind of the first failure. */
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
  readonly evidence: readonly EvidenceKind[];
  readonly samples: readonly SynthesisResult[];
  /** The plan that the verifier picked, accepted or not; null when no completion was a plan. */
  readonly plan: Plan | null;
  readonly verdict: Verdict;
  readonly executed: boolean;
  readonly outcomes: readonly Outcome[];
  /** Of the inverse steps that undid an execution which made the service level worse; mostly none. */
  readonly undone: readonly Outcome[];
}

/** Hidden truth for analysis only: no policy, prompt or belief may depend on it. */
export interface IncidentTruth {
  readonly faultType: string;
  readonly family: string;
  readonly component: string;
  readonly conditions: readonly { readonly condition: string; readonly component: string }[];
}
