import { afterCall, type MaybePromise } from 'gymnasium-js';
import { type ConditionAt, type DomainModel, loadDomain, planFor } from '../../world-model/index.js';
import type { Feedback, IncidentView, MetaPrompt, SynthesisResult, Synthesizer } from '../types.js';

/**
 * A language model diagnoses, a classical planner plans: the model is prompted as ever, and of its answer only the diagnosis is
 * taken. It costs what the model costs.
 */
export class DiagnosedPlanner implements Synthesizer {
  readonly kind = 'diagnosis-planner';
  readonly prompted = true;
  readonly mode: 'sync' | 'async';

  constructor(
    private readonly model: Synthesizer,
    private readonly domain: DomainModel = loadDomain(),
  ) {
    this.mode = model.mode;
  }

  synthesize(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    feedback: Feedback | null,
    rng: Parameters<Synthesizer['synthesize']>[3],
    sample: number,
  ): ReturnType<Synthesizer['synthesize']> {
    const answer = this.model.synthesize(view, metaPrompt, feedback, rng, sample);
    return afterCall(answer as MaybePromise<SynthesisResult>, (result) =>
      result.plan ? this.planned(result, result.plan.diagnosis, view) : result,
    ) as ReturnType<Synthesizer['synthesize']>;
  }

  private planned(
    result: SynthesisResult,
    diagnosis: readonly ConditionAt[],
    { inventory }: IncidentView,
  ): SynthesisResult {
    const services = new Set(inventory.services.map(({ id }) => id));
    const known = diagnosis.filter(
      ({ condition, component }) => this.domain.conditions.includes(condition) && services.has(component),
    );
    const plan = known.length > 0 ? planFor(known, inventory, { domain: this.domain }) : null;
    if (plan) return { ...result, plan };
    const message = `no plan for the diagnosis ${diagnosis.map(({ condition, component }) => `${condition} ${component}`).join(', ') || 'of nothing'}`;
    return { ...result, plan: null, failure: { kind: 'empty', message } };
  }
}
