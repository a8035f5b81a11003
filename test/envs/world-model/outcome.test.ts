import { defaultRng } from 'gymnasium-js';
import { SparseMemory, SparseSingle } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { loadDomain } from '../../../envs/world-model/domain.js';
import type { ExecutedStep, JudgedPlan } from '../../../envs/world-model/outcome/executed.js';
import { PlanFeatures } from '../../../envs/world-model/outcome/features.js';
import { OutcomeModel } from '../../../envs/world-model/outcome/model.js';
import { Rollout } from '../../../envs/world-model/outcome/rollout.js';
import { StepFeatures } from '../../../envs/world-model/outcome/step-features.js';
import { trainOutcome } from '../../../envs/world-model/outcome/train.js';
import { recoveryTask } from '../../../envs/world-model/recovery-task.js';
import type { Belief, Plan, PredictedOutcome } from '../../../envs/world-model/types.js';
import { createVerifier } from '../../../envs/world-model/verifier.js';
import { corruptDomain, corruptInventory } from '../../../envs/world-model/verify/corrupted.js';
import { riskThreshold } from '../../../envs/world-model/verify/neural.js';
import { CONSTANTS, makeBelief, makeInventory, makePlan } from './support.js';

const domain = loadDomain();
const SERVICES = ['frontend', 'cartservice', 'currencyservice', 'redis-cart'];
const CURES: Readonly<Record<string, string>> = {
  'config-bad': 'restore-config',
  'path-blocked': 'fix-policy',
  'route-wrong': 'fix-route',
};
const context = { time: 60, rng: defaultRng(1) };
const believed = (condition: string, component: string): Belief =>
  makeBelief(domain.conditions, [{ condition, component, probability: 0.9 }]);

/** A step of such a plan as the log has it: a cure takes 40 s, waiting 60 s, and `recreate-pods` loses the last ready one. */
function logged(text: string, held: ExecutedStep['before'], cured: boolean): ExecutedStep {
  const call = makePlan([text]).steps[0]!;
  return {
    call,
    inventory: makeInventory(),
    before: held,
    after: cured ? [] : held,
    seconds: call.name === 'wait-ready' ? 60 : 40,
    done: true,
    harm: call.name === 'recreate-pods' ? ['lost-last-ready'] : [],
  };
}

/** Executed plans whose truth is what is believed: right when the cure fits condition and component; waiting takes longer. */
function judgedPlans(count: number): JudgedPlan[] {
  const rng = defaultRng(5);
  const conditions = Object.keys(CURES);
  return Array.from({ length: count }, (_, incident) => {
    const [truth, guess] = [conditions[rng.integers(0, 3)]!, conditions[rng.integers(0, 3)]!];
    const component = SERVICES[rng.integers(0, 4)]!;
    const target = rng.random() < 0.7 ? component : SERVICES[rng.integers(0, 4)]!;
    const slow = rng.random() < 0.5;
    const rough = rng.random() < 0.2;
    const recovers = guess === truth && target === component;
    const held = [{ condition: truth, component }];
    const first = rough ? [`recreate-pods ${target}`] : [];
    const texts = [...first, `${CURES[guess]} ${target}`, ...(slow ? [`wait-ready ${target}`] : [])];
    const left = recovers ? [] : held;
    const steps = texts.map((text, i) =>
      i < first.length
        ? logged(text, held, false)
        : logged(text, i === first.length ? held : left, i === first.length && recovers),
    );
    return {
      plan: makePlan(texts),
      steps,
      belief: believed(truth, component),
      inventory: makeInventory(),
      recovers,
      violations: rough ? 1 : 0,
      seconds: slow ? 120 : 60,
      turnSeconds: 30,
      incident,
    };
  });
}

const OPTIONS = {
  members: 3,
  hidden: 12,
  stepHidden: 12,
  epochs: 40,
  batch: 64,
  learningRate: 5e-3,
  seed: 2,
  holdOut: 0.2,
  command: 'a test',
};

describe('the outcome model', async () => {
  const weights = await trainOutcome(judgedPlans(1500), domain, OPTIONS);
  const model = new OutcomeModel(domain, weights);
  const predict = (steps: string[], belief: Belief): PredictedOutcome =>
    model.predict(makePlan(steps), belief, makeInventory());

  it('learns which primitive helps against what is believed, and where', () => {
    const belief = believed('config-bad', 'cartservice');
    const right = predict(['restore-config cartservice'], belief).probability;
    expect(right).toBeGreaterThan(0.8);
    expect(predict(['fix-policy cartservice'], belief).probability).toBeLessThan(0.3);
    expect(predict(['restore-config frontend'], belief).probability).toBeLessThan(0.3);
  });

  it('learns how long plans take', () => {
    const belief = believed('path-blocked', 'frontend');
    const quick = predict(['fix-policy frontend'], belief);
    const slow = predict(['fix-policy frontend', 'wait-ready frontend'], belief);
    expect(quick.seconds).toBeGreaterThan(45);
    expect(quick.seconds).toBeLessThan(80);
    expect(slow.seconds).toBeGreaterThan(1.5 * quick.seconds);
    expect(slow.secondsLow).toBeLessThanOrEqual(slow.seconds);
    expect(slow.secondsHigh).toBeGreaterThanOrEqual(slow.seconds);
  });

  it('rolls a plan out: the cure removes what it cures, where it is, and nothing else does', () => {
    const [member] = weights.members;
    const rollout = new Rollout(domain, new StepFeatures(domain), weights.harms.length);
    const memory = new SparseMemory();
    const networks = {
      step: new SparseSingle(memory, member!.step),
      survival: new SparseSingle(memory, member!.survival),
    };
    const belief = believed('config-bad', 'cartservice');
    const at =
      belief.components.indexOf('cartservice') * domain.conditions.length +
      domain.conditions.indexOf('config-bad');
    const left = (steps: string[]): number => {
      rollout.run(networks, makePlan(steps), belief, makeInventory());
      return rollout.remaining[at]!;
    };
    expect(left([])).toBe(0.9);
    expect(left(['restore-config cartservice'])).toBeLessThan(0.2);
    expect(left(['restore-config frontend'])).toBeGreaterThan(0.7);
    expect(left(['fix-policy cartservice'])).toBeGreaterThan(0.7);
    // Seconds add up over the steps.
    left(['wait-ready cartservice', 'restore-config cartservice']);
    expect(rollout.seconds).toBeGreaterThan(70);
    expect(rollout.seconds).toBeLessThan(130);
  });

  it('tells the risk of each kind of violation', () => {
    expect(weights.harms).toEqual(['lost-last-ready']);
    const belief = believed('config-bad', 'cartservice');
    const risk = (steps: string[]) => predict(steps, belief).risks['lost-last-ready']!;
    expect(risk(['recreate-pods cartservice', 'restore-config cartservice'])).toBeGreaterThan(0.8);
    expect(risk(['restore-config cartservice'])).toBeLessThan(0.1);
  });

  it('makes the same weights from the same seed', async () => {
    expect(await trainOutcome(judgedPlans(1500), domain, OPTIONS)).toEqual(weights);
  });

  it('takes a plan with words that nobody knows', () => {
    const { probability } = predict(
      ['reboot everything', 'restore-config nowhere'],
      believed('config-bad', 'cartservice'),
    );
    expect(probability).toBeGreaterThanOrEqual(0);
    expect(probability).toBeLessThanOrEqual(1);
  });

  describe('as layer 2', () => {
    const verify = (mode: 'neural' | 'neural-symbolic' | 'symbolic', plan: Plan, belief: Belief) =>
      createVerifier({ mode, k: 8, alpha: 0.1 }, { constants: CONSTANTS, outcome: model }).verify(
        plan,
        belief,
        makeInventory(),
        context,
      );

    it('accepts by itself what layer 1 finds unsafe, and with layer 1 does not', () => {
      // The data never had a restart under a bad configuration, so the network cannot know that it is unsafe.
      const plan = makePlan(['rolling-restart cartservice', 'restore-config cartservice']);
      const belief = believed('config-bad', 'cartservice');
      expect(verify('neural', plan, belief).failures.every(({ layer }) => layer === 'neural')).toBe(true);
      const both = verify('neural-symbolic', plan, belief);
      expect(both.accepted).toBe(false);
      expect(both.failures[0]).toMatchObject({ layer: 'symbolic', kind: 'precondition' });
    });

    it('vetoes what layer 1 accepts, and says how likely it is', () => {
      const doubtful = {
        predict: () => ({
          probability: 0.2,
          spread: 0.1,
          seconds: 90,
          secondsLow: 60,
          secondsHigh: 130,
          risks: { 'data-lost': 0.25, 'blast-radius': 0.01 },
        }),
      };
      const verifier = createVerifier(
        { mode: 'neural-symbolic', k: 8, alpha: 0.1 },
        { constants: CONSTANTS, outcome: doubtful as unknown as OutcomeModel },
      );
      const plan = makePlan(['restore-config cartservice']);
      const belief = believed('config-bad', 'cartservice');
      expect(verify('symbolic', plan, belief).accepted).toBe(true);
      const verdict = verifier.verify(plan, belief, makeInventory(), context);
      expect(verdict).toMatchObject({ accepted: false, feasibility: 0.2, predictedMttr: 90 });
      expect(verdict.failures).toEqual([
        {
          layer: 'neural',
          kind: 'risk',
          step: null,
          condition: '(>= (recovery-probability) 0.70)',
          actual:
            '(= (recovery-probability) 0.20), members differ by 0.10; 90 s expected, 60 to 130 s; risk of data-lost 0.25',
          advice: null,
          hypothesis: null,
        },
      ]);
    });

    it('checks names and shapes first', () => {
      const verdict = verify(
        'neural',
        makePlan(['reboot cartservice']),
        believed('config-bad', 'cartservice'),
      );
      expect(verdict).toMatchObject({ accepted: false, feasibility: 0 });
      expect(verdict.failures[0]).toMatchObject({ kind: 'unknown-action' });
    });
  });
});

describe('riskThreshold', () => {
  const sample = Array.from({ length: 199 }, (_, i) => (i + 1) / 200);
  const quantiles = Array.from({ length: 101 }, (_, i) => sample[Math.floor((i / 100) * 198)]!);
  const fitted = {
    ...CONSTANTS.fitted,
    neural: { rightPlanProbability: quantiles, rightPlans: 199, breakEven: 0.7 },
  };

  it.each([0.05, 0.1, 0.2])(
    'covers at least 1 - alpha of the sample at alpha %s, and not much more',
    (alpha) => {
      const threshold = riskThreshold('conformal', fitted, alpha);
      const covered = sample.filter((p) => p >= threshold).length / sample.length;
      expect(covered).toBeGreaterThanOrEqual(1 - alpha);
      expect(covered).toBeLessThan(1 - alpha + 0.02);
    },
  );

  it('lets everything through when the sample is too small for the level', () => {
    const few = { ...fitted, neural: { ...fitted.neural, rightPlans: 5 } };
    expect(riskThreshold('conformal', few, 0.1)).toBe(0);
  });

  it('is the break-even of costs otherwise', () => {
    expect(riskThreshold('costs', fitted, 0.1)).toBe(0.7);
  });
});

describe('a corrupted world model', () => {
  it('loses no precondition at 0 and all at 1', () => {
    const plan = makePlan([
      'rolling-restart cartservice',
      'restore-config cartservice',
      'rolling-restart cartservice',
    ]);
    const belief = makeBelief(domain.conditions, [
      { condition: 'config-bad', component: 'cartservice', probability: 0.97 },
      { condition: 'process-stale', component: 'cartservice', probability: 0.97 },
    ]);
    const steps = (share: number) => {
      const task = recoveryTask(makeInventory(), corruptDomain(domain, share));
      const conditions = [{ condition: 'config-bad', component: 'cartservice' }];
      return task.run(
        makeInventory(),
        conditions,
        plan.steps.map(({ name, args }) => task.task.action(name, args)),
      ).failedStep;
    };
    expect(steps(0)).toBe(0);
    expect(steps(1)).toBe(-1);
    const accepted = (corruption: number) =>
      createVerifier({ mode: 'corrupted', k: 8, alpha: 0.1, corruption }, { constants: CONSTANTS }).verify(
        plan,
        belief,
        makeInventory(),
        { time: 60, rng: defaultRng(3) },
      ).accepted;
    expect(accepted(0)).toBe(false);
  });

  it('gets facts wrong as often as asked for, and the same ones from the same stream', () => {
    const inventory = makeInventory();
    expect(corruptInventory(inventory, 0, defaultRng(1))).toEqual(inventory);
    const wrong = (seed: number) => corruptInventory(inventory, 0.2, defaultRng(seed));
    expect(wrong(1)).toEqual(wrong(1));
    let changed = 0;
    for (let seed = 0; seed < 200; seed++) {
      changed += wrong(seed).services.filter(({ limited }) => limited).length / inventory.services.length;
    }
    expect(changed / 200).toBeGreaterThan(0.15);
    expect(changed / 200).toBeLessThan(0.25);
  });
});

describe('features of a plan', () => {
  it('tell targets from what is left alone', () => {
    const features = new PlanFeatures(domain, 0);
    const rollout = new Rollout(domain, new StepFeatures(domain), 0);
    const belief = makeBelief(
      domain.conditions,
      [{ condition: 'leak-growing', component: 'redis-cart', probability: 0.8 }],
      0.5,
      0,
    );
    rollout.remaining = belief.probability;
    const rest = features.width - 8 - domain.conditions.length + domain.conditions.indexOf('leak-growing');
    const of = (step: string) => features.of(makePlan([step]), belief, makeInventory(), rollout)[rest];
    expect([of('inspect frontend'), of('inspect redis-cart')]).toEqual([0.8, 0]);
  });
});
