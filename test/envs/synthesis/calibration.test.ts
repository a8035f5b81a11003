import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import {
  type LlmProfile,
  loadProfile,
  PromptBuilder,
  SurrogateSynthesizer,
} from '../../../envs/synthesis/index.js';
import { cleanProbability, hazardWithPoints } from '../../../envs/synthesis/surrogate/slips.js';
import { type ConditionAt, createVerifier, type Plan } from '../../../envs/world-model/index.js';
import { slippedPlans } from '../../../scripts/synthesis/chain.js';
import { isValid } from './judge.js';
import { makeBelief, makeFailure, makeFeedback, makeMetaPrompt, makeView, SCENES } from './support.js';

/**
 * Figures re-scored from PlanBench's stored responses: first-failure hazard h a step, share g of executable plans that miss
 * the goal, as ranges over the models of each class.
 */
const MEASURED = {
  weak: { h: [0.25, 0.4], g: [0.1, 0.55], longer: [0.2, 0.5], ratio: [1.1, 1.4] },
  mid: { h: [0.07, 0.16], g: [0.15, 0.35], longer: [0.2, 0.5], ratio: [1.1, 1.4] },
  strong: { h: [0.037, 0.066], g: [0.03, 0.21], longer: [0.2, 0.5], ratio: [1.1, 1.4] },
  reasoning: { h: [0.003, 0.08], g: [0, 0.13], longer: [0.01, 0.16], ratio: [1, 1.07] },
} as const;
const PROFILES = Object.keys(MEASURED) as (keyof typeof MEASURED)[];

const slipped = (profile: keyof typeof MEASURED, length: number, count: number) =>
  slippedPlans(loadProfile(profile), length, count);

describe('profiles', () => {
  it.each(PROFILES)('%s lies within the measured ranges', (name) => {
    const { slip: figures, longer } = loadProfile(name);
    const { h, g, longer: share, ratio } = MEASURED[name];
    expect(figures.hazard).toBeGreaterThanOrEqual(h[0]);
    expect(figures.hazard).toBeLessThanOrEqual(h[1]);
    expect(figures.goalMiss).toBeGreaterThanOrEqual(g[0]);
    expect(figures.goalMiss).toBeLessThanOrEqual(g[1]);
    expect(longer.share).toBeGreaterThanOrEqual(share[0]);
    expect(longer.share).toBeLessThanOrEqual(share[1]);
    expect(longer.ratio).toBeGreaterThanOrEqual(ratio[0]);
    expect(longer.ratio).toBeLessThanOrEqual(ratio[1]);
  });

  it('lets a reasoning model span its range by effort', () => {
    const { hazard, effort } = loadProfile('reasoning').slip;
    expect(hazard * effort.none).toBeCloseTo(0.08, 5);
    expect(hazard * effort.high).toBeCloseTo(0.003, 5);
  });
});

describe('valid plans by length, judged by the PDDL validator', () => {
  it.each(PROFILES)('%s follows (1 - h)^L (1 - g)', (name) => {
    const { hazard, goalMiss } = loadProfile(name).slip;
    for (const length of [2, 4, 6, 10]) {
      const { validity } = slipped(name, length, 2000);
      // Two and a half standard errors of 2,000 draws are at most 3 points.
      expect(Math.abs(validity - cleanProbability(hazard, goalMiss, length))).toBeLessThan(0.03);
    }
  });

  it.each(PROFILES)('%s errs in the kinds that were measured', (name) => {
    const { slips } = slipped(name, 6, 6000);
    const count = (kind: keyof typeof slips) => slips[kind] ?? 0;
    const wrong = count('wrong-operation') + count('bad-structure') + count('malformed');
    // Two and a half standard errors of the share, by how many wrong steps there are.
    const within = 2.5 * Math.sqrt((0.68 * 0.32) / wrong);
    expect(Math.abs(count('wrong-operation') / wrong - 0.68)).toBeLessThan(within);
    expect(Math.abs(count('bad-structure') / wrong - 0.3)).toBeLessThan(within);
    expect(count('malformed') / wrong).toBeLessThan(0.04);
  });

  it.each(PROFILES)('%s fails first as PlanBench fails first: unmet preconditions before all', (name) => {
    const { failures } = slipped(name, 8, 4000);
    const total = Object.values(failures).reduce((sum, count) => sum + count, 0);
    expect(failures.precondition! / total).toBeGreaterThan(0.6);
    expect((failures.arity ?? 0) / total).toBeLessThan(0.04);
    // Goal misses are g by construction, more than the .01-.10 of first failures that PlanBench's long plans leave.
    expect((failures.goal ?? 0) / total).toBeLessThan(0.4);
  });

  it('moves validity at four steps by the points of an example', () => {
    for (const points of [-24, -7, 0, 3, 7]) {
      const hazard = hazardWithPoints(0.1, 0.21, points);
      expect(cleanProbability(hazard, 0.21, 4) - cleanProbability(0.1, 0.21, 4)).toBeCloseTo(
        points / 100,
        10,
      );
    }
    expect(hazardWithPoints(0.001, 0.21, 50)).toBe(0);
  });
});

describe('the whole surrogate', () => {
  const truth: ConditionAt[] = [
    { condition: 'credential-bad', component: 'cart' },
    { condition: 'process-stale', component: 'cart' },
  ];
  const builder = new PromptBuilder();
  const belief = makeBelief(truth.map((one) => ({ ...one, probability: 0.95 })));

  /** Valid plans at first and among the answers to the verifier's feedback on invalid ones. */
  function repairs(name: string, repair: Partial<LlmProfile['repair']>, count: number) {
    const profile = loadProfile(name);
    const synthesizer = new SurrogateSynthesizer({
      builder,
      // Only slips decide here: the diagnosis is right, everything is known, every answer is JSON.
      profile: {
        ...profile,
        diagnosis: { ...profile.diagnosis, confusion: 0 },
        knowHow: { common: 1, uncommon: 1, rare: 1, cap: {} },
        answer: { ...profile.answer, unparseable: 0 },
        repair: { ...profile.repair, ...repair },
      },
    });
    const verifier = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
    let fresh = 0;
    let rejected = 0;
    let repaired = 0;
    for (let i = 0; i < count; i++) {
      const view = { ...makeView(SCENES.secret, { incident: i }), belief };
      const first = synthesizer.synthesize(view, makeMetaPrompt(), null, defaultRng([1, i]), 0).plan!;
      if (isValid(first, view, truth)) {
        fresh++;
        continue;
      }
      const verdict = verifier.verify(first, belief, view.inventory, { time: 90, rng: defaultRng(i) });
      const failure = verdict.failures[0] ?? makeFailure();
      const second = synthesizer.synthesize(
        view,
        makeMetaPrompt({ feedback: 'advice-and-plan' }),
        makeFeedback(first, failure),
        defaultRng([2, i]),
        0,
      ).plan;
      rejected++;
      if (isValid(second, view, truth)) repaired++;
    }
    const odds = (p: number) => p / (1 - p);
    return { rejected, repaired, ratio: odds(repaired / rejected) / odds(fresh / count) };
  }

  it.each(PROFILES)('%s repairs after feedback with its odds ratio to a fresh plan', (name) => {
    const { oddsRatio } = loadProfile(name).repair;
    const { rejected, ratio } = repairs(name, {}, name === 'reasoning' || name === 'strong' ? 2400 : 1200);
    expect(rejected).toBeGreaterThan(100);
    // The formula counts every slip as fatal; some are harmless here, so that the fresh odds are not quite the formula's.
    expect(ratio).toBeGreaterThan(oddsRatio / 1.6);
    expect(ratio).toBeLessThan(oddsRatio * 1.2);
  });

  it('an answer that heeds the feedback is as good as a fresh plan, one that does not is wrong', () => {
    for (const name of ['weak', 'mid', 'strong']) {
      expect(repairs(name, { oddsRatio: 0 }, 400).repaired).toBe(0);
      const { ratio } = repairs(name, { oddsRatio: 1e9, repeats: 0 }, 800);
      expect(ratio).toBeGreaterThan(0.75);
      expect(ratio).toBeLessThan(1.33);
    }
  });

  it.each(PROFILES)('%s writes plans longer than needed as often and by as much as measured', (name) => {
    const profile = loadProfile(name);
    const make = (share: number) =>
      new SurrogateSynthesizer({
        builder,
        profile: {
          ...profile,
          longer: { ...profile.longer, share },
          answer: { ...profile.answer, unparseable: 0 },
        },
      });
    const plain = make(0);
    const padded = make(profile.longer.share);
    let longer = 0;
    const ratios: number[] = [];
    for (let i = 0; i < 1500; i++) {
      const lengths = [plain, padded].map(
        (synthesizer) =>
          (
            synthesizer.synthesize(
              makeView(SCENES.secret, { incident: i }),
              makeMetaPrompt(),
              null,
              defaultRng([3, i]),
              0,
            ).plan as Plan
          ).steps.length,
      );
      if (lengths[0] === 0) continue;
      ratios.push(lengths[1]! / lengths[0]!);
      if (lengths[1]! > lengths[0]!) longer++;
    }
    expect(longer / ratios.length).toBeGreaterThan(profile.longer.share - 0.05);
    expect(longer / ratios.length).toBeLessThan(profile.longer.share + 0.05);
    const mean = ratios.reduce((sum, ratio) => sum + ratio, 0) / ratios.length;
    expect(mean).toBeLessThan(1.25);
  });
});
