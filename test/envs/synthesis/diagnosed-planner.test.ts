import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { CloudHealingEnv, type HealingInfo } from '../../../envs/healing/index.js';
import { DiagnosedPlanner } from '../../../envs/synthesis/baselines/diagnosed-planner.js';
import { loadMetaPrompts, type Synthesizer } from '../../../envs/synthesis/index.js';
import { type ConditionAt, loadDomain, planFor } from '../../../envs/world-model/index.js';

const PROMPT = loadMetaPrompts(['direct-events'])[0]!;

function answerTo(diagnosis: readonly ConditionAt[]) {
  const env = new CloudHealingEnv();
  env.reset({ options: { index: 2 } });
  const { incident } = env;
  const model = {
    kind: 'model',
    mode: 'sync',
    prompted: true,
    synthesize: () => ({
      plan: { diagnosis, steps: [{ name: 'inspect', args: ['frontend'] }] },
      failure: null,
      ...{ raw: 'text', promptTokens: 7, completionTokens: 5, latency: 3, calls: 1 },
    }),
  } satisfies Synthesizer<'sync'>;
  const planner = new DiagnosedPlanner(model) as Synthesizer<'sync'>;
  const view = { inventory: incident.inventory } as Parameters<typeof planner.synthesize>[0];
  return { result: planner.synthesize(view, PROMPT, null, defaultRng(0), 0), inventory: incident.inventory };
}

describe('a diagnosis with a planner', () => {
  it('takes the diagnosis of the model, plans for it, and costs what the model costs', () => {
    const diagnosis = [{ condition: loadDomain().conditions[0]!, component: 'cartservice' }];
    const { result, inventory } = answerTo(diagnosis);
    expect(result.plan).toEqual(planFor(diagnosis, inventory));
    expect(result.plan!.steps.length).toBeGreaterThan(0);
    expect([result.promptTokens, result.completionTokens, result.latency, result.calls]).toEqual([
      7, 5, 3, 1,
    ]);
  });

  it('is no plan when the diagnosis names nothing known', () => {
    const { result } = answerTo([{ condition: 'gremlins', component: 'cartservice' }]);
    expect(result.plan).toBeNull();
    expect(result.failure!.message).toBe('no plan for the diagnosis gremlins cartservice');
  });

  it('is made from a config', () => {
    const env = new CloudHealingEnv({
      synthesizer: { kind: 'diagnosis-planner', of: { kind: 'surrogate', profile: 'mid' } },
    });
    env.reset({ options: { index: 2 } });
    const [, , , , info] = env.step(4) as [Float32Array, number, boolean, boolean, HealingInfo];
    expect(info.llmCalls).toBe(1);
    const { plan } = info.turn!;
    expect(plan!.steps).toEqual(planFor(plan!.diagnosis, env.incident.inventory)?.steps ?? plan!.steps);
  });
});
