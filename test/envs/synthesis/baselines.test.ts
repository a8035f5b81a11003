import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import type { EvidenceKind } from '../../../envs/cloud/interface.js';
import {
  createSynthesizer,
  type Feedback,
  type IncidentView,
  type Synthesizer,
  synthesizerSchema,
} from '../../../envs/synthesis/index.js';
import type { Plan } from '../../../envs/world-model/index.js';
import { isValid } from './judge.js';
import {
  makeBelief,
  makeFailure,
  makeFeedback,
  makeMetaPrompt,
  makePlan,
  makeView,
  SCENES,
  type Scene,
} from './support.js';

const KINDS = ['runbook', 'restart-loop', 'planner', 'do-nothing', 'hand-over'] as const;
const make = (kind: (typeof KINDS)[number]) => createSynthesizer({ kind }) as Synthesizer<'sync'>;
const ask = (synthesizer: Synthesizer<'sync'>, view: IncidentView, feedback: Feedback | null = null) =>
  synthesizer.synthesize(view, makeMetaPrompt(), feedback, defaultRng(0), 0);
const steps = (plan: Plan | null) => plan?.steps.map(({ name, args }) => [name, ...args].join(' '));
const HAND_OVER = ['hand-over'];

describe('plan-writing baselines', () => {
  it.each(KINDS)('%s asks no model, takes no time and needs no prompt', (kind) => {
    const synthesizer = make(kind);
    expect(synthesizer.kind).toBe(kind);
    expect(synthesizer.mode).toBe('sync');
    expect(synthesizer.prompted).toBe(false);
    const result = ask(synthesizer, makeView(SCENES.image));
    expect(result).toMatchObject({
      failure: null,
      calls: 0,
      latency: 0,
      promptTokens: 0,
      completionTokens: 0,
    });
    expect(result.plan).not.toBeNull();
  });

  it.each(KINDS)('%s reads no more than the evidence that it asks for', (kind) => {
    const synthesizer = make(kind);
    const evidence = synthesizer.evidence as readonly EvidenceKind[];
    const full = makeView(SCENES.image);
    const cut = makeView(SCENES.image, { evidence });
    expect(ask(synthesizer, cut)).toEqual(ask(synthesizer, { ...full, telemetry: { ...cut.telemetry } }));
  });

  it('do-nothing waits and hand-over asks a human', () => {
    expect(steps(ask(make('do-nothing'), makeView({})).plan)).toEqual([]);
    expect(steps(ask(make('hand-over'), makeView({})).plan)).toEqual(HAND_OVER);
  });
});

describe('restart-loop', () => {
  it.each([
    ['pods not ready', SCENES.image, 'payment'],
    ['own errors before those that it causes', SCENES.secret, 'cart'],
    ['latency and alerts', SCENES.cpu, 'search'],
  ])('restarts what is most suspicious: %s', (_, scene: Scene, service) => {
    expect(steps(ask(make('restart-loop'), makeView(scene)).plan)).toEqual([`rolling-restart ${service}`]);
  });

  it('does with missing series', () => {
    const gaps = {
      metrics: { cart: { error_ratio: Number.NaN, latency_p99_ms: Number.NaN, restarts: Number.NaN } },
      alerts: [['cart', 'PodNotReady']],
    } satisfies Scene;
    expect(steps(ask(make('restart-loop'), makeView(gaps)).plan)).toEqual(['rolling-restart cart']);
  });
});

describe('runbook', () => {
  it.each([
    ['an image that cannot be pulled', SCENES.image, ['rollback-deployment payment', 'wait-ready payment']],
    ['a CPU alert', SCENES.cpu, ['scale-out search', 'wait-ready search']],
    [
      'a quota',
      { events: [['mail', 'FailedCreate', 'exceeded quota: compute']] } satisfies Scene,
      ['raise-quota', 'wait-ready mail'],
    ],
    ['nothing that it knows', { alerts: [['mail', 'Gremlins']] } satisfies Scene, HAND_OVER],
  ])('has a rule for %s', (_, scene: Scene, expected) => {
    expect(steps(ask(make('runbook'), makeView(scene)).plan)).toEqual(expected);
  });

  it('goes on to the next rule after a plan in vain or refused, and to a human in the end', () => {
    const runbook = make('runbook');
    const executed: { plan: Plan; outcome: string }[] = [];
    const tried: string[] = [];
    for (;;) {
      const { plan } = ask(runbook, makeView(SCENES.secret, { executed }));
      tried.push(steps(plan)![0]!);
      if (tried.at(-1) === 'hand-over') break;
      executed.push({ plan: plan!, outcome: 'service level not restored' });
      expect(tried.length).toBeLessThan(25);
    }
    expect(tried).toEqual(['rollback-deployment cart', 'rolling-restart cart', 'hand-over']);
    const refused = makeFeedback(makePlan(['rollback-deployment cart', 'wait-ready cart']), makeFailure());
    expect(steps(ask(runbook, makeView(SCENES.secret), refused).plan)![0]).toBe('rolling-restart cart');
  });
});

describe('planner', () => {
  const truth = [
    { condition: 'credential-bad', component: 'cart' },
    { condition: 'process-stale', component: 'cart' },
  ];
  const view = {
    ...makeView(SCENES.secret),
    belief: makeBelief(truth.map((one) => ({ ...one, probability: 0.9 }))),
  };

  it('plans for the likeliest hypothesis, validly in its own domain', () => {
    const { plan } = ask(make('planner'), view);
    expect([...plan!.diagnosis].sort((a, b) => (a.condition < b.condition ? -1 : 1))).toEqual(truth);
    expect(isValid(plan, view, truth)).toBe(true);
  });

  it('takes the next hypothesis after a refusal or an execution in vain', () => {
    const planner = make('planner');
    const first = ask(planner, view).plan!;
    const second = ask(planner, view, makeFeedback(first, makeFailure(), 1)).plan!;
    expect(second.diagnosis).not.toEqual(first.diagnosis);
    const third = ask(planner, {
      ...view,
      executed: [{ plan: first, outcome: 'service level not restored' }],
    }).plan!;
    expect(steps(third)).not.toEqual(steps(first));
  });

  it('hands over when no hypothesis is left', () => {
    expect(steps(ask(make('planner'), view, makeFeedback(null, makeFailure(), 50)).plan)).toEqual(HAND_OVER);
  });
});

describe('synthesizerSchema', () => {
  it('fills in defaults', () => {
    expect(synthesizerSchema.parse({ kind: 'surrogate' })).toEqual({ kind: 'surrogate', profile: 'mid' });
    expect(synthesizerSchema.parse({ kind: 'openai', model: 'm' })).toMatchObject({
      structure: 'auto',
      retries: 4,
      timeout: 60,
      concurrency: 8,
      apiKeyVariable: 'OPENAI_API_KEY',
    });
  });

  it.each([
    [{ kind: 'surrogat' }],
    [{ kind: 'surrogate', profil: 'mid' }],
    [{ kind: 'runbook', profile: 'mid' }],
    [{ kind: 'openai' }],
    [{ kind: 'openai', model: 'm', baseURL: 'not a url' }],
    [{ kind: 'openai', model: 'm', apiKey: 'sk-secret' }],
    [{ kind: 'openai', model: 'm', timeout: -1 }],
  ])('refuses %j', (config) => {
    expect(synthesizerSchema.safeParse(config).success).toBe(false);
  });
});
