import { type DomainModel, hypotheses, loadDomain, type Plan, planFor } from '../../world-model/index.js';
import type { Feedback, IncidentView, MetaPrompt, SynthesisResult, Synthesizer } from '../types.js';
import { HAND_OVER, stepsKey, written } from './result.js';

/** Hypotheses that are planned for, likeliest first, before a human is asked. */
const HYPOTHESES = 8;

/**
 * Classical planning on the believed state: the plan for the likeliest hypothesis, and, once that was refused or executed
 * in vain, for the next one. It plans with the verifier's own domain.
 */
export class Planner implements Synthesizer<'sync'> {
  readonly kind = 'planner';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = ['alerts', 'topology', 'metrics', 'events', 'logs', 'changes'] as const;

  constructor(private readonly domain: DomainModel = loadDomain()) {}

  synthesize(view: IncidentView, _metaPrompt: MetaPrompt, feedback: Feedback | null): SynthesisResult {
    const tried = new Set(view.executed.map(({ plan }) => stepsKey(plan)));
    let skip = feedback?.round ?? 0;
    for (const { conditions } of hypotheses(view.belief, HYPOTHESES, null)) {
      const steps = planFor(conditions, view.inventory, { domain: this.domain })?.steps;
      if (!steps || steps.length === 0 || tried.has(stepsKey({ steps }))) continue;
      const plan: Plan = { diagnosis: conditions, steps };
      // Each refusal in a row has used up one hypothesis.
      if (skip-- > 0) continue;
      return written(plan);
    }
    return written(HAND_OVER);
  }
}
