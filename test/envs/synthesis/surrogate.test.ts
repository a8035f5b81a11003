import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS, type EvidenceKind } from '../../../envs/cloud/interface.js';
import {
  type Feedback,
  type LlmProfile,
  loadMetaPrompts,
  loadProfile,
  type MetaPrompt,
  PromptBuilder,
  parsePlan,
  profileNames,
  SurrogateSynthesizer,
  vocabularyOf,
} from '../../../envs/synthesis/index.js';
import { Decision, gumbel, gumbelBound, NumberedDraws } from '../../../envs/synthesis/surrogate/decisions.js';
import { planText } from '../../../envs/synthesis/surrogate/plan-text.js';
import type { ConditionAt, Plan } from '../../../envs/world-model/index.js';
import { isValid } from './judge.js';
import {
  makeBelief,
  makeFailure,
  makeFeedback,
  makeMetaPrompt,
  makePlan,
  makeTelemetry,
  makeView,
  SCENES,
  type Scene,
} from './support.js';

const builder = new PromptBuilder();
const shipped = new Map(
  profileNames().map((name) => [name, new SurrogateSynthesizer({ profile: name, builder })]),
);
const surrogate = (profile: string | LlmProfile) =>
  typeof profile === 'string' ? shipped.get(profile)! : new SurrogateSynthesizer({ profile, builder });
const mid = surrogate('mid');

/** A profile with some of its figures replaced. */
function variant(name: string, change: (profile: LlmProfile) => Partial<LlmProfile>): LlmProfile {
  const profile = loadProfile(name);
  return { ...profile, ...change(profile) };
}

/** One that makes no mistake in writing steps and always answers in JSON. */
const careful = (name: string) =>
  variant(name, ({ slip, longer, answer }) => ({
    slip: { ...slip, hazard: 0, goalMiss: 0, inventedWithSchema: 0 },
    longer: { ...longer, share: 0 },
    answer: { ...answer, unparseable: 0 },
    context: { lossPerThousand: 0 },
  }));

function plans(
  synthesizer: SurrogateSynthesizer,
  scene: Scene,
  metaPrompt: MetaPrompt,
  count: number,
  feedback: Feedback | null = null,
): (Plan | null)[] {
  return Array.from(
    { length: count },
    (_, i) =>
      synthesizer.synthesize(makeView(scene, { incident: i }), metaPrompt, feedback, defaultRng([9, i]), 0)
        .plan,
  );
}

const share = (items: readonly unknown[], holds: (item: never) => boolean) =>
  items.filter(holds as (item: unknown) => boolean).length / items.length;
const blames = (condition: string, component: string) => (plan: Plan | null) =>
  plan?.diagnosis.some((entry) => entry.condition === condition && entry.component === component) ?? false;

describe('what the surrogate sees', () => {
  it('gives the same answer to the same question and generator', () => {
    for (const metaPrompt of loadMetaPrompts()) {
      const ask = () =>
        surrogate('mid').synthesize(makeView(SCENES.secret), metaPrompt, null, defaultRng(4), 0);
      expect(ask()).toEqual(ask());
    }
  });

  it('is blind to what was not put into the prompt: hidden sections, the belief', () => {
    for (let incident = 0; incident < 40; incident++) {
      for (const evidence of [
        ['alerts'],
        ['alerts', 'metrics'],
        ['alerts', 'topology', 'events'],
      ] as const satisfies EvidenceKind[][]) {
        const metaPrompt = makeMetaPrompt({ evidence });
        const seen = { ...makeView(SCENES.secret, { incident }), evidence };
        // The telemetry still holds everything here; only `evidence` says what was fetched.
        const cut = {
          ...seen,
          telemetry: makeTelemetry(
            { ...SCENES.secret, ...(evidence.includes('metrics' as never) ? {} : { metrics: {} }) },
            evidence,
          ),
        };
        const believing = {
          ...seen,
          belief: makeBelief([{ condition: 'credential-bad', component: 'cart', probability: 0.99 }]),
        };
        const ask = (view: typeof seen) => mid.synthesize(view, metaPrompt, null, defaultRng(incident), 0);
        expect(ask(cut)).toEqual(ask(seen));
        expect(ask(believing)).toEqual(ask(seen));
      }
    }
  });

  it('names only objects, primitives and conditions that the prompt contains', () => {
    const exact = surrogate(
      variant('weak', ({ slip }) => ({
        slip: {
          ...slip,
          inventedWithSchema: 0,
          kinds: { wrongOperation: 0.7, badStructure: 0.3, malformed: 0 },
        },
      })),
    );
    for (const metaPrompt of loadMetaPrompts()) {
      for (const scene of Object.values(SCENES)) {
        for (let incident = 0; incident < 10; incident++) {
          const view = makeView(scene, { incident });
          const { system, user } = builder.render(view, metaPrompt, null);
          const text = `${system}\n${user}`;
          const { plan } = exact.synthesize(view, metaPrompt, null, defaultRng(incident), 0);
          const words = plan
            ? [
                ...plan.diagnosis.flatMap(({ condition, component }) => [condition, component]),
                ...plan.steps.flatMap(({ name, args }) => [name, ...args]),
              ]
            : [];
          for (const word of words) expect(text).toContain(word);
        }
      }
    }
  });

  it('answers alike whatever it was asked before, and takes no duration for a status code', () => {
    const scene = (ms: number): Scene => ({
      ...SCENES.cpu,
      logs: [
        ['web', 'WARN', `slow call to search: ${ms} ms`],
        ['cart', 'WARN', `rpc to payment took ${ms}ms`],
      ],
    });
    const ask = (synthesizer: SurrogateSynthesizer, ms: number, incident: number) =>
      synthesizer.synthesize(
        makeView(scene(ms), { incident }),
        makeMetaPrompt(),
        null,
        defaultRng(incident),
        0,
      ).plan;
    const experienced = new SurrogateSynthesizer({ profile: 'weak', builder });
    for (let incident = 0; incident < 40; incident++) {
      const fresh = new SurrogateSynthesizer({ profile: 'weak', builder });
      const expected = ask(fresh, 120, incident);
      expect(ask(experienced, 403, incident)).toEqual(expected);
      expect(ask(experienced, 500, incident)).toEqual(expected);
      expect(ask(experienced, 120, incident)).toEqual(expected);
    }
  });

  it('writes its answer as JSON that says what its plan says', () => {
    for (let i = 0; i < 100; i++) {
      const result = mid.synthesize(
        makeView(SCENES.image, { incident: i }),
        makeMetaPrompt(),
        null,
        defaultRng(i),
        0,
      );
      expect(parsePlan(result.raw)).toEqual({ plan: result.plan, failure: result.failure });
    }
  });
});

describe('a plan as text', () => {
  it('is what JSON.stringify makes of it', () => {
    const odd: Plan = {
      diagnosis: [
        { condition: 'config-bad', component: 'cart' },
        { condition: 'a"b\n', component: '' },
      ],
      steps: [
        { name: 'noop', args: [] },
        { name: 'drain\u2028', args: ['node-1', '\\'] },
      ],
    };
    for (const plan of [odd, { diagnosis: [], steps: [] }, makePlan(['restart-service cart'])])
      expect(planText(plan)).toBe(JSON.stringify(plan));
  });
});

describe('noise', () => {
  it('does not exceed its bound', () => {
    const draws = NumberedDraws.from(defaultRng(1));
    for (let i = 0; i < 5000; i++) {
      const u = draws.at(Decision.ProblemNoise, i);
      expect(gumbelBound(u)).toBeGreaterThanOrEqual(gumbel(u));
    }
    expect(gumbelBound(1 - 2 ** -33)).toBe(Number.POSITIVE_INFINITY);
  });
});

describe('diagnosis', () => {
  const answers: [keyof typeof SCENES, string, string][] = [
    ['image', 'artifact-bad', 'payment'],
    ['secret', 'credential-bad', 'cart'],
    ['cpu', 'capacity-short', 'search'],
  ];

  it.each(answers)('finds what the evidence of %s says, better by profile', (scene, condition, component) => {
    const right = ['weak', 'mid', 'strong'].map((name) =>
      share(plans(surrogate(name), SCENES[scene], makeMetaPrompt(), 400), blames(condition, component)),
    );
    expect(right[0]).toBeLessThan(right[1]!);
    expect(right[1]! - 0.02).toBeLessThan(right[2]!);
    expect(right[2]).toBeGreaterThan(0.85);
  });

  it('gets worse as evidence is taken away', () => {
    const accuracy = (evidence: readonly EvidenceKind[]) =>
      answers.reduce(
        (sum, [scene, condition, component]) =>
          sum +
          share(plans(mid, SCENES[scene], makeMetaPrompt({ evidence }), 300), blames(condition, component)),
        0,
      ) / answers.length;
    const full = accuracy(EVIDENCE_KINDS);
    const withoutTexts = accuracy(['alerts', 'topology', 'metrics']);
    const alertsOnly = accuracy(['alerts']);
    expect(full).toBeGreaterThan(withoutTexts + 0.1);
    expect(withoutTexts).toBeGreaterThan(alertsOnly + 0.05);
  });

  it('overlooks more in a longer prompt', () => {
    const forgetful = surrogate(variant('mid', () => ({ context: { lossPerThousand: 0.25 } })));
    const filler = Array.from(
      { length: 23 },
      (_, i) => ['catalog', 'WARN', `entry ${i} ${'word '.repeat(40)}`] as const,
    );
    const long = { ...SCENES.secret, logs: [...SCENES.secret.logs, ...filler] };
    const right = blames('credential-bad', 'cart');
    const short = share(plans(forgetful, SCENES.secret, makeMetaPrompt(), 400), right);
    expect(share(plans(forgetful, long, makeMetaPrompt(), 400), right)).toBeLessThan(short - 0.03);
  });

  it('repeats its mistake on the same incident with the same evidence, whichever meta-prompt asks', () => {
    const confused = surrogate(
      variant('mid', ({ diagnosis, answer }) => ({
        diagnosis: { ...diagnosis, confusion: 2 },
        answer: { ...answer, unparseable: 0 },
      })),
    );
    const right = blames('credential-bad', 'cart');
    let wrong = 0;
    let repeated = 0;
    let elsewhere = 0;
    for (let incident = 0; incident < 600; incident++) {
      const ask = (metaPrompt: MetaPrompt, seed: number) =>
        confused.synthesize(
          makeView(SCENES.secret, { incident }),
          metaPrompt,
          null,
          defaultRng([seed, incident]),
          0,
        ).plan;
      const first = ask(makeMetaPrompt(), 1);
      if (right(first)) continue;
      wrong++;
      if (
        JSON.stringify(ask(makeMetaPrompt({ strategy: 'rollback-first', schema: 'names' }), 2)?.diagnosis) ===
        JSON.stringify(first!.diagnosis)
      )
        repeated++;
      if (
        JSON.stringify(ask(makeMetaPrompt({ evidence: ['alerts', 'topology', 'logs'] }), 3)?.diagnosis) ===
        JSON.stringify(first!.diagnosis)
      )
        elsewhere++;
    }
    expect(wrong).toBeGreaterThan(100);
    const { cold, warm } = loadProfile('mid').persistence;
    const persistence = cold + (warm - cold) * 0.2;
    expect(repeated / wrong).toBeGreaterThan(persistence ** 2 - 0.07);
    expect(elsewhere / wrong).toBeLessThan(repeated / wrong - 0.3);
  });

  it('turns away from a diagnosis that was executed in vain', () => {
    const failed = [
      {
        plan: makePlan(['sync-secret cart'], [{ condition: 'credential-bad', component: 'cart' }]),
        outcome: 'service level not restored',
      },
    ];
    const right = blames('credential-bad', 'cart');
    const again = Array.from(
      { length: 200 },
      (_, i) =>
        surrogate('strong').synthesize(
          makeView(SCENES.secret, { incident: i, executed: failed }),
          makeMetaPrompt(),
          null,
          defaultRng(i),
          0,
        ).plan,
    );
    expect(share(again, right)).toBeLessThan(
      share(plans(surrogate('strong'), SCENES.secret, makeMetaPrompt(), 200), right) - 0.4,
    );
  });
});

describe('steps', () => {
  const truth: ConditionAt[] = [
    { condition: 'credential-bad', component: 'cart' },
    { condition: 'process-stale', component: 'cart' },
  ];
  const valid = (profile: LlmProfile, metaPrompt: MetaPrompt, count = 1500) => {
    const synthesizer = surrogate(profile);
    return share(
      Array.from({ length: count }, (_, i) => i),
      ((i: number) => {
        const view = makeView(SCENES.secret, { incident: i });
        return isValid(
          synthesizer.synthesize(view, metaPrompt, null, defaultRng([5, i]), 0).plan,
          view,
          truth,
        );
      }) as never,
    );
  };
  /** Always the right diagnosis and all the know-how, so that only slips decide. */
  const knowing = (name: string, change: Partial<LlmProfile['slip']> = {}) =>
    variant(name, ({ slip, knowHow, diagnosis, answer }) => ({
      slip: { ...slip, ...change },
      knowHow: { ...knowHow, common: 1, uncommon: 1, rare: 1 },
      diagnosis: { ...diagnosis, confusion: 0 },
      answer: { ...answer, unparseable: 0 },
    }));

  it('are right when nothing slips', () => {
    const errorless = {
      ...careful('mid'),
      knowHow: { ...loadProfile('mid').knowHow, common: 1, uncommon: 1 },
      diagnosis: { ...loadProfile('mid').diagnosis, confusion: 0 },
    };
    expect(valid(errorless, makeMetaPrompt(), 200)).toBe(1);
  });

  it('use no unknown names when the schema is shown, and many when it is not', () => {
    const known = new Set(vocabularyOf().primitives.map(({ name }) => name));
    const unknown = (schema: MetaPrompt['schema']) => {
      const steps = Object.values(SCENES).flatMap((scene) =>
        plans(mid, scene, makeMetaPrompt({ schema }), 300).flatMap((plan) => plan?.steps ?? []),
      );
      return share(steps, (({ name }: Plan['steps'][number]) => !known.has(name)) as never);
    };
    for (const schema of ['names', 'preconditions', 'invariants'] as const)
      expect(unknown(schema)).toBeLessThanOrEqual(0.02);
    expect(unknown('none')).toBeGreaterThan(0.5);
  });

  it('slip more often without preconditions in the prompt', () => {
    const profile = { ...knowing('weak'), context: { lossPerThousand: 0 } };
    expect(valid(profile, makeMetaPrompt({ schema: 'names' }))).toBeLessThan(
      valid(profile, makeMetaPrompt({ schema: 'preconditions' })) - 0.02,
    );
  });

  it('slip more often in a longer prompt', () => {
    const profile = { ...knowing('mid'), context: { lossPerThousand: 0.05 } };
    const short = makeMetaPrompt({ evidence: ['alerts', 'logs'], schema: 'names' });
    const long = makeMetaPrompt({ evidence: EVIDENCE_KINDS, schema: 'names' });
    expect(valid(profile, long)).toBeLessThan(valid(profile, short) - 0.03);
  });

  it('gain or lose by an example as the profile says', () => {
    const { exemplarPoints: weak } = loadProfile('weak').slip;
    expect(Math.sign(weak)).toBe(-1);
    const plain = valid(knowing('mid'), makeMetaPrompt());
    const hurt = valid(knowing('mid', { exemplarPoints: -24 }), makeMetaPrompt({ exemplars: 'nearest' }));
    const helped = valid(knowing('mid', { exemplarPoints: 7 }), makeMetaPrompt({ exemplars: 'nearest' }));
    // The points are quoted at four steps; this plan has two that matter.
    expect(plain - hurt).toBeGreaterThan(0.06);
    expect(helped - plain).toBeGreaterThan(0.01);
  });

  it('follow the strategy', () => {
    const names = (strategy: MetaPrompt['strategy'], scene: Scene) =>
      plans(surrogate(careful('strong')), scene, makeMetaPrompt({ strategy }), 100).map((plan) =>
        plan!.steps.map(({ name }) => name),
      );
    expect(
      share(
        names('contain-first', SCENES.secret),
        ((steps: string[]) => steps[0] === 'rate-limit' && steps.at(-1) === 'lift-limits') as never,
      ),
    ).toBeGreaterThan(0.9);
    expect(
      share(names('diagnose-first', SCENES.secret), ((steps: string[]) => steps[0] === 'inspect') as never),
    ).toBeGreaterThan(0.9);
    const bad: Scene = {
      ...SCENES.secret,
      logs: [['cart', 'ERROR', 'missing key CART_TTL in configuration']],
      changes: [['cart', 'config', 'edit settings']],
    };
    const rollbacks = (strategy: MetaPrompt['strategy']) =>
      share(names(strategy, bad), ((steps: string[]) => steps.includes('rollback-deployment')) as never);
    expect(rollbacks('rollback-first')).toBeGreaterThan(rollbacks('least-risk') + 0.5);
  });
});

describe('tokens and seconds', () => {
  it('takes its latency from the profile: first token, prompt, answer and thought', () => {
    const { latency, answer } = loadProfile('reasoning');
    const reasoning = surrogate('reasoning');
    const results = Array.from({ length: 600 }, (_, i) =>
      reasoning.synthesize(
        makeView(SCENES.cpu, { incident: i }),
        makeMetaPrompt({ effort: 'high' }),
        null,
        defaultRng(i),
        0,
      ),
    );
    const rest = results
      .map(
        (result) =>
          result.latency -
          result.promptTokens / latency.prefillPerSecond -
          result.completionTokens / latency.outputPerSecond,
      )
      .sort((a, b) => a - b);
    expect(rest[300]!).toBeGreaterThan(latency.ttftMedian * 0.9);
    expect(rest[300]!).toBeLessThan(latency.ttftMedian * 1.1);
    expect(rest[0]!).toBeGreaterThan(0);
    for (const result of results)
      expect(result.completionTokens).toBeGreaterThanOrEqual(answer.thinking.high);
    expect(results.every((result) => result.calls === 1)).toBe(true);
  });

  it('now and then answers with no JSON, as a typed failure with its cost', () => {
    const results = Array.from({ length: 2000 }, (_, i) =>
      surrogate('weak').synthesize(
        makeView(SCENES.cpu, { incident: i }),
        makeMetaPrompt(),
        null,
        defaultRng(i),
        0,
      ),
    );
    const broken = results.filter((result) => result.failure !== null);
    expect(broken.length / results.length).toBeGreaterThan(0.03);
    expect(broken.length / results.length).toBeLessThan(0.07);
    expect(new Set(broken.map((result) => result.failure!.kind))).toEqual(new Set(['empty', 'not-json']));
    expect(broken.every((result) => result.promptTokens > 0 && result.latency > 0)).toBe(true);
  });
});

describe('feedback', () => {
  const rejected = makePlan(
    ['rolling-restart cart', 'wait-ready cart'],
    [{ condition: 'process-stale', component: 'cart' }],
  );
  const blocked = makeFeedback(
    rejected,
    makeFailure({
      kind: 'precondition',
      step: 0,
      condition: '(not (credential-bad cart))',
      actual: '(credential-bad cart)',
      advice: { op: 'literal', literal: '(credential-bad cart)', wanted: false, actual: 'true' },
      hypothesis: {
        conditions: [{ condition: 'credential-bad', component: 'cart' }],
        probability: 0.6,
        source: 'belief',
      },
    }),
  );
  const heeding = surrogate({ ...careful('strong'), repair: { oddsRatio: 1e9, repeats: 0 } });

  it('puts the remedy of what blocks a step before it', () => {
    const { plan } = heeding.synthesize(
      makeView(SCENES.secret),
      makeMetaPrompt({ feedback: 'advice-and-plan' }),
      blocked,
      defaultRng(1),
      0,
    );
    expect(plan!.steps).toEqual(
      makePlan(['sync-secret cart', 'rolling-restart cart', 'wait-ready cart']).steps,
    );
    expect(plan!.diagnosis).toContainEqual({ condition: 'credential-bad', component: 'cart' });
  });

  it('cannot use advice that the style does not tell', () => {
    const styles = ['none', 'step', 'advice', 'advice-and-plan'] as const;
    const misled: Scene = { alerts: [['cart', 'HighErrorRate']] };
    const heard = styles.map((feedback) =>
      share(
        plans(heeding, misled, makeMetaPrompt({ feedback }), 100, blocked),
        blames('credential-bad', 'cart'),
      ),
    );
    // One of some forty problems is guessed by chance now and then.
    expect(heard[0]).toBeLessThan(0.1);
    expect(heard[1]).toBeLessThan(0.1);
    expect(heard[2]).toBeGreaterThan(0.6);
    expect(heard[3]).toBeGreaterThan(0.8);
  });

  it('ignores the rejection when the meta-prompt does', () => {
    const ask = (feedback: Feedback | null) =>
      mid.synthesize(makeView(SCENES.secret), makeMetaPrompt(), feedback, defaultRng(3), 0);
    expect(ask(blocked)).toEqual(ask(null));
  });

  it('repeats a rejected plan as seldom as measured', () => {
    const again = plans(mid, SCENES.secret, makeMetaPrompt({ feedback: 'advice-and-plan' }), 1000, blocked);
    const same = share(
      again,
      ((plan: Plan | null) => JSON.stringify(plan) === JSON.stringify(rejected)) as never,
    );
    expect(same).toBeLessThanOrEqual(0.1);
    expect(same).toBeGreaterThan(0.005);
  });

  it('survives feedback about odd plans', () => {
    const odd = [
      makeFeedback(null, makeFailure({ kind: 'parse', layer: 'syntax' })),
      makeFeedback(makePlan([]), makeFailure({ kind: 'goal' })),
      makeFeedback(makePlan(['nonsense a b c']), makeFailure({ kind: 'unknown-action', step: 0 })),
      makeFeedback(
        makePlan(['inspect cart']),
        makeFailure({ kind: 'constraint', step: 7, advice: { op: 'or', children: [] } }),
      ),
      makeFeedback(
        makePlan(['drain-node node-1']),
        makeFailure({
          kind: 'constraint',
          step: 0,
          advice: { op: 'literal', literal: '(>= (schedulable-slots) 0)', wanted: true, actual: '-3' },
        }),
      ),
    ];
    for (const feedback of odd) {
      for (const style of ['step', 'advice', 'advice-and-plan'] as const) {
        for (const answer of plans(
          surrogate('weak'),
          SCENES.image,
          makeMetaPrompt({ feedback: style }),
          30,
          feedback,
        )) {
          if (answer) expect(answer.steps.length).toBeLessThan(20);
        }
      }
    }
  });
});
