import type { Plan } from '../../world-model/types.js';
import type { SynthesisResult } from '../types.js';

/** The answer of a plan-writing baseline: no model, so no tokens and no latency. */
export function written(plan: Plan): SynthesisResult {
  return { plan, failure: null, raw: '', promptTokens: 0, completionTokens: 0, latency: 0, calls: 0 };
}

export const HAND_OVER: Plan = { diagnosis: [], steps: [{ name: 'hand-over', args: [] }] };

/** Order-sensitive identity of a plan's steps. */
export function stepsKey({ steps }: Pick<Plan, 'steps'>): string {
  return steps.map(({ name, args }) => `${name} ${args.join(' ')}`).join('; ');
}
