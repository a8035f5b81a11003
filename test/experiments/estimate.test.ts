import { describe, expect, it } from 'vitest';
import { expandVariants, loadExperiment } from '../../experiments/config/index.js';
import { estimate } from '../../experiments/runner/estimate.js';
import { smallExperiment } from './helpers/small-run.js';

const METHODS = `
env: { metaPrompts: [direct-events, repair-advice] }
train: { llmCalls: 500 }
evaluate: { splits: [seen, unseen-type], incidents: 10 }
methods:
  surrogate: { policy: { kind: best-fixed } }
  real:
    policy: { kind: best-fixed }
    synthesizer: { kind: openai, model: some-model, baseURL: "http://127.0.0.1:9/v1", price: { inputPerMillion: 2, outputPerMillion: 10 } }
  stream: { policy: { kind: linucb }, stream: from-scratch }
  runbook: { synthesizer: { kind: runbook }, verifier: { mode: none } }
`;

const variants = expandVariants(loadExperiment(smallExperiment(METHODS).config));
const costOf = (name: string) => estimate(variants.find((variant) => variant.name === name)!);

describe('what a run would cost', () => {
  it('counts training and testing calls and their tokens', async () => {
    const cost = await costOf('surrogate');
    expect(cost.trainingCalls).toBe(500);
    expect(cost.llmCalls).toBeGreaterThan(500 + 20);
    expect(cost.promptTokens).toBeGreaterThan(cost.completionTokens);
    expect(cost.completionTokens).toBeGreaterThan(0);
    expect(cost.money).toBeNull();
  });

  it('asks no real model, and prices what one would be asked', async () => {
    const [real, surrogate] = [await costOf('real'), await costOf('surrogate')];
    expect(real.llmCalls).toBe(surrogate.llmCalls);
    expect(real.money).toBeCloseTo((2 * real.promptTokens + 10 * real.completionTokens) / 1e6, 9);
    expect(real.money).toBeGreaterThan(0);
  });

  it('is nothing but time for a method without a model, and no training for one from scratch', async () => {
    expect(await costOf('runbook')).toMatchObject({
      trainingCalls: 0,
      llmCalls: 0,
      promptTokens: 0,
      completionTokens: 0,
    });
    expect((await costOf('stream')).trainingCalls).toBe(0);
  });
});
