import type { Generator } from 'gymnasium-js';
import type { PrimitiveCall } from '../../cloud/interface.js';
import type { Plan } from '../../world-model/types.js';
import type { FeedbackContents } from '../feedback.js';
import { parsePlan } from '../parse.js';
import { loadPractice, type Practice } from '../practice.js';
import { type LlmProfile, loadProfile } from '../profile.js';
import type { PromptBuilder, PromptContents } from '../prompt.js';
import { tokensOf } from '../text.js';
import type { Feedback, IncidentView, MetaPrompt, SynthesisResult, Synthesizer } from '../types.js';
import { DraftChoices, pick } from './choices.js';
import { Decision, type Draws, IncidentDraws, normal } from './decisions.js';
import { Diagnostician, type Hint, type Reading } from './diagnose.js';
import { type Draft, Drafter } from './draft.js';
import { contextSurvival } from './evidence.js';
import { planText } from './plan-text.js';
import { HARMFUL_SHARE, hintsOf, Mender, repairProbability } from './repair.js';
import { cleanProbability, hazardWithPoints, type SlipOdds, slip } from './slips.js';

/** An unparseable completion is empty this often, else cut off. Assumption. */
const EMPTY_SHARE = 0.2;

export interface SurrogateOptions {
  readonly profile: string | LlmProfile;
  readonly builder: PromptBuilder;
  readonly practice?: Practice;
  /** Share of wrong steps that are taken to make a plan invalid, for fitting it. */
  readonly harmful?: number;
}

/**
 * A language model played by a bounded-rationality operator. It uses only what the prompt contains: it reads the
 * evidence shown, forms a diagnosis, takes steps from operational practice, and then errs at measured rates
 * (docs/synthesis.md has the equations and sources). It never sees the cloud's state, the world model's belief or the
 * domain's preconditions, and no success rate by fault or meta-prompt is written anywhere.
 */
export class SurrogateSynthesizer implements Synthesizer<'sync'> {
  readonly kind = 'surrogate';
  readonly mode = 'sync';
  readonly prompted = true;
  readonly profile: LlmProfile;
  private readonly builder: PromptBuilder;
  private readonly practice: Practice;
  private readonly harmful: number;
  private readonly drafter: Drafter;
  private readonly mender: Mender;
  private readonly diagnostician: Diagnostician;
  private readonly incidents = new IncidentDraws();
  /** Problems that can be said with the listed conditions. */
  private readonly expressible: readonly boolean[];

  constructor({ profile, builder, practice = loadPractice(), harmful = HARMFUL_SHARE }: SurrogateOptions) {
    this.profile = typeof profile === 'string' ? loadProfile(profile) : profile;
    this.builder = builder;
    this.practice = practice;
    this.harmful = harmful;
    this.drafter = new Drafter(practice, this.profile, builder.vocabulary);
    this.mender = new Mender(practice, this.drafter);
    const { listed } = this.drafter;
    this.expressible = listed.map((names) => names.length > 0);
    this.diagnostician = new Diagnostician(practice, this.profile, listed);
  }

  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    rng: Generator,
    _sample: number,
  ): SynthesisResult {
    const contents = this.builder.measure(view, metaPrompt, feedback);
    const { cold, warm } = this.profile.persistence;
    const persistence = cold + (warm - cold) * Math.min(1, metaPrompt.temperature);
    const draws = this.incidents.draws(view.noiseKey, evidenceBits(contents), persistence, rng);
    const plan = this.plan(contents, draws);
    return this.complete(plan, contents, draws);
  }

  private plan(contents: PromptContents, draws: Draws): Plan {
    const told = contents.feedback;
    if (told && told.kind !== 'parse') return this.answerFeedback(told, contents, draws);
    const draft = this.drafter.draft(this.read(contents, draws, []), contents, draws);
    return this.finish(draft, contents, draws, false);
  }

  private read(contents: PromptContents, draws: Draws, hints: readonly Hint[]): Reading {
    const everything = contents.schema === 'none';
    return this.diagnostician.diagnose(
      contents,
      draws,
      hints,
      (problem) => everything || this.expressible[problem]!,
    );
  }

  /**
   * After feedback: heeds it so often that the odds of a valid answer are those of a fresh plan times the profile's ratio,
   * repeats the rejected plan now and then, and otherwise writes another plan that is wrong. An answer that heeds the
   * feedback is itself subject to slips, hence the division by the fresh validity.
   */
  private answerFeedback(told: FeedbackContents, contents: PromptContents, draws: Draws): Plan {
    const { oddsRatio, repeats } = this.profile.repair;
    const anew: Draws = { ...draws, writing: draws.fresh };
    const hints = hintsOf(told, contents, this.drafter.vocabulary.conditions);
    const reading = this.read(contents, anew, hints);
    const fresh = this.drafter.draft(reading, contents, anew);
    const mended = this.mender.mend(told, reading, fresh, contents, anew);
    const validity = this.validity(fresh, contents);
    if (validity > 0 && draws.fresh.at(Decision.Repairs) < repairProbability(oddsRatio, validity) / validity)
      return this.finish(mended, contents, anew, false);
    if (told.plan && draws.fresh.at(Decision.Repeats) < repeats) return told.plan;
    const draft =
      hints.length === 0 ? fresh : this.drafter.draft(this.read(contents, anew, []), contents, anew);
    return this.finish(draft, contents, anew, true);
  }

  /** Chance that a draft stays valid when written: looking and waiting hardly matter, and some wrong steps do no harm. */
  private validity({ steps }: Draft, contents: PromptContents): number {
    const essential = steps.filter((step) => step.essential).length;
    return cleanProbability(this.hazard(contents) * this.harmful, this.profile.slip.goalMiss, essential);
  }

  /** Probability that a step is wrong: the profile's, by schema, effort, exemplar and the prompt's length. */
  private hazard(contents: PromptContents): number {
    const { hazard, schema, effort, goalMiss, exemplarPoints } = this.profile.slip;
    const plain = Math.min(0.95, hazard * schema[contents.schema] * effort[contents.effort]);
    const taught = contents.exemplar === null ? plain : hazardWithPoints(plain, goalMiss, exemplarPoints);
    return 1 - (1 - taught) * contextSurvival(this.profile, contents.promptTokens);
  }

  private finish(draft: Draft, contents: PromptContents, draws: Draws, forced: boolean): Plan {
    const { kinds, goalMiss, inventedWithSchema } = this.profile.slip;
    const odds: SlipOdds = {
      hazard: this.hazard(contents),
      goalMiss,
      invented: contents.schema === 'none' ? 0 : inventedWithSchema,
      kinds,
      forced,
    };
    const calls = draft.steps.map((step) => step.call);
    const choices = new DraftChoices(this.drafter, draft.steps, contents, draws);
    const { steps } = slip(calls, odds, choices, draws.writing, draws.fresh);
    return { diagnosis: draft.diagnosis, steps: this.lengthen(steps, draft, contents, draws) };
  }

  /** Some plans are longer than they need be: they look and wait once more than helps. */
  private lengthen(
    steps: PrimitiveCall[],
    draft: Draft,
    contents: PromptContents,
    draws: Draws,
  ): readonly PrimitiveCall[] {
    const { share, ratio } = this.profile.longer;
    if (steps.length === 0 || draws.writing.at(Decision.Longer) >= share) return steps;
    const extra = Math.max(1, Math.round((ratio - 1) * steps.length));
    const component = draft.diagnosis[0]?.component ?? contents.objects.services[0] ?? '';
    for (let i = 0; i < extra; i++) {
      const u = draws.writing.at(Decision.LongerStep, 2 * i);
      const operation = pick(this.practice.padding, u, this.practice.padding[0]!);
      const step = this.drafter.step(operation, 'culprit', component, contents, draws);
      if (step)
        steps.splice(
          Math.floor(draws.writing.at(Decision.LongerStep, 2 * i + 1) * (steps.length + 1)),
          0,
          step.call,
        );
    }
    return steps;
  }

  /** The completion: its text, which now and then is no JSON, its tokens and its seconds. */
  private complete(plan: Plan, contents: PromptContents, draws: Draws): SynthesisResult {
    const { answer } = this.profile;
    const text = planText(plan);
    const broken = draws.fresh.at(Decision.Unparseable) < answer.unparseable;
    const raw = broken ? cut(text, draws.fresh.at(Decision.Truncation)) : text;
    const parsed = broken ? parsePlan(raw) : { plan, failure: null };
    const thinking =
      answer.thinking[contents.effort] + (contents.strategy === 'diagnose-first' ? answer.diagnoseFirst : 0);
    const completionTokens = tokensOf(raw.length) + thinking;
    return {
      plan: parsed.plan,
      failure: parsed.failure,
      raw,
      promptTokens: contents.promptTokens,
      completionTokens,
      latency: this.latency(contents.promptTokens, completionTokens, draws),
      calls: 1,
    };
  }

  private latency(promptTokens: number, completionTokens: number, { fresh }: Draws): number {
    const { ttftMedian, ttftSigma, prefillPerSecond, outputPerSecond } = this.profile.latency;
    const noise = normal(fresh.at(Decision.Latency, 0), fresh.at(Decision.Latency, 1));
    return (
      ttftMedian * Math.exp(ttftSigma * noise) +
      promptTokens / prefillPerSecond +
      completionTokens / outputPerSecond
    );
  }
}

function cut(text: string, u: number): string {
  return u < EMPTY_SHARE ? '' : text.slice(0, Math.max(1, Math.floor((text.length - 1) * u)));
}

function evidenceBits({ alerts, topology, services, events, logs, changes }: PromptContents): number {
  let bits = 0;
  for (const shown of [alerts, topology, services, events, logs, changes]) bits = bits * 2 + (shown ? 1 : 0);
  return bits + 64;
}
