import { afterCall, defaultRng, type MaybePromise } from 'gymnasium-js';
import { Cloud, type CloudModel, type IncidentKey, incidentSeed, type SavedCloud } from '../cloud/index.js';
import {
  EVIDENCE_KINDS,
  type EvidenceKind,
  type Inventory,
  type Outcome,
  type Telemetry,
} from '../cloud/interface.js';
import type { Feedback, IncidentView, MetaPrompt, SynthesisResult, Synthesizer } from '../synthesis/index.js';
import { type Belief, NO_BELIEF, type Plan, type Verdict, type Verifier } from '../world-model/index.js';
import { executePlan, undoSteps } from './execution.js';
import { givesUp, HANDED_OVER, isBetter, type Judged, unreadable } from './judged.js';
import { Look } from './look.js';
import { feedbackOf, freshProgress, type Progress, remember } from './progress.js';
import { Timeline } from './timeline.js';
import { TurnView } from './turn-view.js';
import type { Ending, EpisodeResult, TurnRecord } from './types.js';

/** Bounds of one incident. Reaching one ends it: a human takes over and it counts as unresolved. */
export interface LoopLimits {
  /** Plans executed at most. */
  readonly executions: number;
  /** Prompt and completion tokens at most. */
  readonly tokens: number;
  /** Seconds that the loop watches the service level after an execution before it judges. */
  readonly watch: number;
}

/** DESIGN's bounds: four executions and a 60 s watch; the token budget is about ten long prompts (assumption). */
export const DEFAULT_LIMITS: LoopLimits = { executions: 4, tokens: 60_000, watch: 60 };

/** What a loop is made of; shared by all incidents of an environment. */
export interface LoopParts {
  readonly model: CloudModel;
  readonly synthesizer: Synthesizer;
  readonly verifier: Verifier;
  readonly perceive: (telemetry: Telemetry, inventory: Inventory) => Belief;
  readonly limits: LoopLimits;
  /**
   * Least loss of success at the entry, as a ratio, after which an executed plan is undone as far as its steps can be; null: never.
   */
  readonly undoBeyond: number | null;
  /** Also try every plan on a copy of the cloud, for {@link EpisodeResult.verdicts}; nothing that decides sees it. */
  readonly judgePlans: boolean;
}

/** Streams of keyed draws that belong to the loop; the cloud keys its own. */
const SYNTHESIS_STREAM = 1_001;
const VERIFICATION_STREAM = 1_002;

/** A saved loop. */
export interface LoopState {
  readonly key: IncidentKey;
  readonly cloud: unknown;
  readonly timeline: ReturnType<Timeline['getState']>;
  readonly progress: Progress;
}

/**
 * One incident through the loop reason → plan → verify → adapt. A turn fetches evidence, has plans written, verified and
 * at most one executed; each of these costs simulated seconds while the cloud goes on. Between turns it stands at the
 * moment of decision, with a fresh belief.
 */
export class HealingLoop {
  private readonly cloud: Cloud;
  private readonly timeline = new Timeline();
  private progress = freshProgress();
  /** The latest look that the loop decides or ends by. */
  private look!: Look;

  /** @param restored the cloud to go on with, instead of a new incident of the key */
  constructor(
    private readonly parts: LoopParts,
    readonly key: IncidentKey,
    overrides?: { fault?: string; component?: string },
    restored?: Cloud,
  ) {
    this.cloud = restored ?? new Cloud(parts.model, key, overrides);
    if (restored) return;
    this.cloud.advanceTo(this.cloud.detectedAt);
    this.timeline.book('detection', this.cloud.time);
    this.refresh();
  }

  get time(): number {
    return this.cloud.time;
  }
  get detectedAt(): number {
    return this.cloud.detectedAt;
  }
  get cap(): number {
    return this.cloud.cap;
  }
  get telemetry(): Telemetry {
    return this.look.telemetry;
  }
  get inventory(): Inventory {
    return this.look.inventory;
  }
  get belief(): Belief {
    return this.look.belief;
  }
  get ending(): Ending | null {
    return this.progress.ending;
  }
  get state(): Readonly<Progress> {
    return this.progress;
  }
  /** A rejected or unreadable plan awaits repair, so meta-prompts with feedback make sense. */
  get hasFeedback(): boolean {
    return feedbackOf(this.progress) !== null;
  }
  evidencePrices(): number[] {
    return EVIDENCE_KINDS.map((kind) => this.cloud.evidenceSeconds([kind]));
  }
  truth(): ReturnType<Cloud['truth']> {
    return this.cloud.truth();
  }
  /** Violations and data loss on the true cloud up to now. */
  harm(): { violations: number; dataLost: boolean } {
    return this.cloud.harm();
  }

  /**
   * One turn with the chosen meta-prompt. Asynchronous exactly when the synthesizer is.
   * @throws Error when the incident has ended
   */
  turn(metaPrompt: MetaPrompt, action: number): MaybePromise<TurnRecord> {
    if (this.progress.ending)
      throw new Error(`the incident has ended (${this.progress.ending}): reset before the next turn`);
    const startedAt = this.cloud.time;
    const { synthesizer } = this.parts;
    this.look.keep();
    this.progress.actions.push(action);
    const evidence = synthesizer.prompted ? metaPrompt.evidence : (synthesizer.evidence ?? ['alerts']);
    this.spend('evidence', this.cloud.evidenceSeconds(evidence));
    return afterCall(this.draw(this.view(evidence), metaPrompt, feedbackOf(this.progress), []), (samples) =>
      this.judge(startedAt, metaPrompt, evidence, samples),
    );
  }

  /** What the incident came to. Before the end it answers for a hand-over now. */
  result(): Omit<EpisodeResult, 'episodeReturn'> {
    const { progress, key } = this;
    const truth = this.cloud.truth();
    const settled = progress.ending === 'recovered';
    const measured = this.cloud.result({ harmOnly: !settled });
    const recovered = settled && measured.recoveredAt !== null;
    const mttr = recovered ? measured.recoveredAt! : this.cap;
    return {
      split: key.split,
      partition: key.partition,
      index: key.index,
      faultType: truth.faultType,
      family: truth.family,
      component: truth.component,
      ending: progress.ending ?? 'handed-over',
      mttr,
      recovered,
      firstPlanValid: this.parts.judgePlans ? (progress.verdicts[0]?.right ?? false) : null,
      verdicts: [...progress.verdicts],
      violations: measured.violations,
      dataLost: measured.dataLost,
      collateral: measured.collateral,
      llmCalls: progress.llmCalls,
      tokens: progress.tokens,
      turns: progress.turns,
      executions: progress.executions,
      undone: progress.undone,
      time: this.timeline.shares(mttr),
      failureKinds: { ...progress.failureKinds },
      actions: [...progress.actions],
    };
  }

  getState(): LoopState {
    return {
      key: this.key,
      cloud: this.cloud.save(),
      timeline: this.timeline.getState(),
      progress: structuredClone(this.progress),
    };
  }

  /** The incident as it stood when its state was saved. */
  static restore(parts: LoopParts, { key, cloud, timeline, progress }: LoopState): HealingLoop {
    const loop = new HealingLoop(parts, key, {}, Cloud.restore(parts.model, cloud as SavedCloud));
    loop.timeline.setState(timeline);
    loop.progress = structuredClone(progress);
    loop.refresh();
    return loop;
  }

  /** Gives the cloud's memory back for the next incident; nothing may be asked of this one any more. */
  release(): void {
    this.look.drop();
    this.cloud.release();
  }

  /** Advances the cloud by `seconds`, not past the cap, and books them. */
  private spend(category: Parameters<Timeline['book']>[0], seconds: number): void {
    this.cloud.advanceTo(Math.min(this.cap, this.cloud.time + seconds));
    this.timeline.book(category, this.cloud.time);
  }

  /** Looks again: everything that monitoring shows for free feeds the belief. */
  private refresh(): void {
    this.look?.drop();
    this.look = new Look(this.cloud, this.progress.turns, this.parts.perceive);
  }

  private view(evidence: readonly EvidenceKind[]): IncidentView {
    const { cloud, progress } = this;
    return new TurnView(
      cloud.time,
      cloud.detectedAt,
      evidence,
      cloud.telemetry(evidence, progress.turns),
      cloud.inventory(),
      progress.executed,
      incidentSeed(this.key),
      this.look,
    );
  }

  /** Draws the meta-prompt's samples one after another; their seconds and tokens add up. */
  private draw(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    drawn: SynthesisResult[],
  ): MaybePromise<SynthesisResult[]> {
    const { synthesizer } = this.parts;
    const wanted = synthesizer.prompted ? metaPrompt.samples : 1;
    if (drawn.length === wanted) return drawn;
    const rng = defaultRng([...incidentSeed(this.key), SYNTHESIS_STREAM, this.progress.turns, drawn.length]);
    const next = synthesizer.synthesize(view, metaPrompt, feedback, rng, drawn.length);
    return afterCall(next as MaybePromise<SynthesisResult>, (result) => {
      drawn.push(result);
      return this.draw(view, metaPrompt, feedback, drawn);
    });
  }

  /** Verifies the drawn plans, picks one, executes it if accepted, and watches. */
  private judge(
    startedAt: number,
    metaPrompt: MetaPrompt,
    evidence: readonly EvidenceKind[],
    samples: readonly SynthesisResult[],
  ): TurnRecord {
    const { progress } = this;
    for (const sample of samples) {
      progress.llmCalls += sample.calls;
      progress.tokens += sample.promptTokens + sample.completionTokens;
      this.spend('synthesis', sample.latency);
    }
    this.refresh();
    const { plan, verdict, seconds } = this.pick(samples);
    // The turn may end the incident, which is then seen as it was now.
    this.look.keep();
    this.spend('verification', seconds);
    const outcomes: Outcome[] = [];
    const undone: Outcome[] = [];
    const handedOver = plan !== null && givesUp(plan);
    const executed = plan !== null && !handedOver && verdict.accepted && this.cloud.time < this.cap;
    remember(progress, metaPrompt, plan, verdict, executed);
    if (handedOver) progress.ending = 'handed-over';
    if (executed) this.execute(plan, outcomes, undone);
    this.settle();
    progress.turns++;
    if (!progress.ending) this.refresh();
    return {
      startedAt,
      endedAt: this.cloud.time,
      metaPrompt: metaPrompt.name,
      evidence: [...evidence],
      samples,
      plan,
      verdict,
      executed,
      outcomes,
      undone,
    };
  }

  /**
   * The accepted plan of highest feasibility, else the rejected one of highest feasibility, else one that hands over, else the
   * parse failure.
   */
  private pick(samples: readonly SynthesisResult[]): {
    plan: Plan | null;
    verdict: Verdict;
    seconds: number;
  } {
    let best: Judged | null = null;
    let seconds = 0;
    for (let ordinal = 0; ordinal < samples.length; ordinal++) {
      const { plan, failure } = samples[ordinal]!;
      const judged = { plan, verdict: this.verdictOn(plan, failure?.message ?? 'no plan', ordinal) };
      seconds += judged.verdict.seconds;
      this.judgeOnCopy(judged);
      if (best === null || isBetter(judged, best)) best = judged;
    }
    return { plan: best?.plan ?? null, verdict: best?.verdict ?? unreadable('no completion'), seconds };
  }

  /** Handing over needs no verification: it changes nothing, and there is nothing to simulate. */
  private verdictOn(plan: Plan | null, failure: string, ordinal: number): Verdict {
    if (!plan) return unreadable(failure);
    return givesUp(plan) ? HANDED_OVER : this.verify(plan, ordinal);
  }

  private verify(plan: Plan, ordinal: number): Verdict {
    const rng = defaultRng([...incidentSeed(this.key), VERIFICATION_STREAM, this.progress.turns, ordinal]);
    const { verifier } = this.parts;
    const belief = verifier.readsBelief ? this.look.belief : NO_BELIEF;
    return verifier.verify(plan, belief, this.look.inventory, {
      time: this.cloud.time,
      rng,
    });
  }

  /** Holds a verdict on a plan against what a copy of the cloud makes of it; for reporting only. */
  private judgeOnCopy({ plan, verdict }: Judged): void {
    if (!this.parts.judgePlans || !plan || givesUp(plan)) return;
    const copy = this.cloud.copy();
    const { handedOver } = executePlan(copy, plan);
    const { recoveredAt, violations } = copy.result();
    copy.release();
    const right = !handedOver && recoveredAt !== null && violations === this.cloud.harm().violations;
    const { accepted, feasibility } = verdict;
    this.progress.verdicts.push({ accepted, feasibility, right, steps: plan.steps.length });
  }

  private execute(plan: Plan, outcomes: Outcome[], undone: Outcome[]): void {
    const { progress } = this;
    progress.executions++;
    const before = this.cloud.slo().success;
    const { handedOver } = executePlan(this.cloud, plan, outcomes);
    this.timeline.book('execution', this.cloud.time);
    if (handedOver) progress.ending = 'handed-over';
    else if (this.cloud.time < this.cap) {
      this.cloud.watch(this.parts.limits.watch);
      this.timeline.book('settling', this.cloud.time);
      this.undoIfWorse(before, outcomes, undone);
    }
    const last = outcomes.at(-1);
    const stopped =
      last && last.status !== 'done' ? `stopped at step ${outcomes.length}: ${last.message}; ` : '';
    const reverted = undone.length > 0 ? `it got worse, so ${undone.length} step(s) were undone; ` : '';
    progress.executed.push({
      plan,
      outcome: `${stopped}${reverted}${this.isClear() ? 'service level restored' : 'service level not restored'}`,
    });
  }

  /** Undoes what can be undone of an execution after which fewer requests succeed than before it. */
  private undoIfWorse(before: number, outcomes: readonly Outcome[], undone: Outcome[]): void {
    const { undoBeyond } = this.parts;
    if (undoBeyond === null || before - this.cloud.slo().success <= undoBeyond) return;
    undoSteps(this.cloud, outcomes, undone);
    this.timeline.book('execution', this.cloud.time);
    this.progress.undone += undone.length;
  }

  /** The service level holds and nothing temporary is left in force. */
  private isClear(): boolean {
    return this.cloud.slo().healthy && !this.cloud.provisional();
  }

  /** Ends the incident, or goes to the moment of the next decision. */
  private settle(): void {
    const { progress, parts } = this;
    if (!progress.ending && this.cloud.time < this.cap && this.isClear()) {
      const relapse = this.cloud.nextAlarm(this.cap);
      this.timeline.book('settling', this.cloud.time);
      if (relapse === null) progress.ending = 'recovered';
    }
    if (progress.ending) return;
    if (this.cloud.time >= this.cap) progress.ending = 'cap';
    else if (progress.executions >= parts.limits.executions) progress.ending = 'executions';
    else if (progress.tokens >= parts.limits.tokens) progress.ending = 'tokens';
  }
}
