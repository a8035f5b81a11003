import type { Generator } from 'gymnasium-js';
import type { EvidenceKind, Inventory, Telemetry } from '../cloud/interface.js';
import type { Belief, Plan, Verdict } from '../world-model/types.js';

/** One choice of instruction to the language model: a point of the factored space in `configs/meta-prompts/`. */
export interface MetaPrompt {
  readonly name: string;
  readonly strategy: 'direct' | 'diagnose-first' | 'contain-first' | 'rollback-first' | 'least-risk';
  /** Evidence sections to include; `alerts` and `topology` are free, the others are fetched at a price. */
  readonly evidence: readonly EvidenceKind[];
  /** How much of the planning domain the prompt shows; `none` is there for ablations. */
  readonly schema: 'none' | 'names' | 'preconditions' | 'invariants';
  readonly exemplars: 'none' | 'nearest' | 'counterexample';
  /** What is said of a rejected plan. `none`: this meta-prompt may be chosen at any turn and ignores feedback. */
  readonly feedback: 'none' | 'step' | 'advice' | 'advice-and-plan';
  /** Completions drawn; the verifier picks among them. Each is one LLM call. */
  readonly samples: number;
  readonly temperature: number;
  readonly effort: 'none' | 'low' | 'medium' | 'high';
}

/** What the planner may look at in one turn: only the evidence that was fetched. Sections not fetched are empty. */
export interface IncidentView {
  readonly time: number;
  readonly detectedAt: number;
  readonly evidence: readonly EvidenceKind[];
  readonly telemetry: Telemetry;
  readonly inventory: Inventory;
  /** The world model's belief. Plan-writing baselines (`planner`) use it; no prompt contains it. */
  readonly belief: Belief;
  /** Keys the persistent errors of the surrogate: the same incident repeats the same mistakes. No prompt contains it. */
  readonly noiseKey: readonly number[];
  /** Plans executed so far in this incident, oldest first, with what the loop saw afterwards. */
  readonly executed: readonly { readonly plan: Plan; readonly outcome: string }[];
}

/** The verdict on the last plan of this incident, when it was rejected. */
export interface Feedback {
  readonly plan: Plan | null;
  readonly verdict: Verdict;
  /** Consecutive rejections so far, from 1. */
  readonly round: number;
}

/** Why a completion is no plan. */
export interface ParseFailure {
  readonly kind: 'empty' | 'not-json' | 'schema' | 'refusal' | 'transport' | 'timeout' | 'budget';
  /** One line; for the schema the path in the JSON. */
  readonly message: string;
}

export interface SynthesisResult {
  readonly plan: Plan | null;
  readonly failure: ParseFailure | null;
  readonly raw: string;
  readonly promptTokens: number;
  readonly completionTokens: number;
  /** Seconds that the model took: measured for real models, drawn from the profile for the surrogate. */
  readonly latency: number;
  /** Calls of a language model that this used: 0 for plan-writing baselines. */
  readonly calls: number;
}

type Result<Mode extends 'sync' | 'async'> = Mode extends 'sync' ? SynthesisResult : Promise<SynthesisResult>;

/** Turns view + meta-prompt + feedback into ONE completion (the loop draws `metaPrompt.samples` of them). */
export interface Synthesizer<Mode extends 'sync' | 'async' = 'sync' | 'async'> {
  readonly kind: string;
  readonly mode: Mode;
  /**
   * Whether the meta-prompt matters to it: false for plan-writing baselines, which ask for the evidence they need
   * by {@link Synthesizer.evidence}.
   */
  readonly prompted: boolean;
  /** Evidence that a plan-writing baseline reads. */
  readonly evidence?: readonly EvidenceKind[];
  /** Never throws for what a model or server does: that is a {@link ParseFailure}. `sample` counts from 0. */
  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    rng: Generator,
    sample: number,
  ): Result<Mode>;
}
