import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import {
  type LlmProfile,
  loadProfile,
  PromptBuilder,
  SurrogateSynthesizer,
} from '../../../envs/synthesis/index.js';
import { cleanProbability, hazardWithPoints } from '../../../envs/synthesis/surrogate/slips.js';
import type { Plan } from '../../../envs/world-model/index.js';
import { slippedPlans } from '../../../scripts/synthesis/chain.js';
import { commonOddsRatio, repairCounts } from '../../../scripts/synthesis/repair.js';
import { makeMetaPrompt, makeView, SCENES } from './support.js';

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

  it.each(PROFILES)(
    '%s fails first where its slips are: at a step, or at the goal after the last',
    (name) => {
      const { hazard, goalMiss, kinds } = loadProfile(name).slip;
      // A wrong operation, or a step left out, is met by the step that needs it; at the end of a plan only by the goal.
      const unseen = hazard * (kinds.wrongOperation + kinds.badStructure / 2);
      for (const length of [6, 16]) {
        const { failures } = slipped(name, length, 4000);
        const total = Object.values(failures).reduce((sum, count) => sum + count, 0);
        let missed = goalMiss * (1 - hazard) ** length;
        for (let last = 1; last <= length; last++) missed += unseen ** last * (1 - hazard) ** (length - last);
        const expected = missed / (1 - cleanProbability(hazard, goalMiss, length));
        // Three standard errors: the same draws serve all profiles.
        const within = 3 * Math.sqrt((expected * (1 - expected)) / total);
        expect(Math.abs((failures.goal ?? 0) / total - expected)).toBeLessThan(within);
        expect((failures.arity ?? 0) / total).toBeLessThan(0.04);
        expect(failures.precondition! / total).toBeGreaterThan(1 - expected - within - 0.04);
      }
    },
  );

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
  const builder = new PromptBuilder();
  /** Fresh plans a scene; the rarer an invalid one, the more it takes for as many answers. */
  const FRESH = { weak: 1500, mid: 2500, strong: 3500, reasoning: 4000 } as const;

  it.each(PROFILES)('%s repairs after feedback with its odds ratio to a fresh plan', (name) => {
    const profile = loadProfile(name);
    const { ratio, error } = commonOddsRatio(repairCounts(profile, FRESH[name]));
    // With some 1,800 to 2,200 answers each, 95 % intervals of .03, .05, .09 and .11 around the ratio.
    const interval = 1.96 * error * ratio;
    expect(error).toBeLessThan(0.07);
    expect(Math.abs(ratio - profile.repair.oddsRatio)).toBeLessThan(Math.max(0.04, interval));
  });

  it('an answer that heeds the feedback is as good as a fresh plan, one that does not is wrong', () => {
    for (const name of ['weak', 'mid', 'strong']) {
      const profile = loadProfile(name);
      const answering = (repair: LlmProfile['repair']) => repairCounts({ ...profile, repair }, 600);
      const deaf = answering({ oddsRatio: 0, repeats: 0 });
      const share = deaf.reduce((sum, { repaired, answers }) => sum + repaired / answers, 0) / deaf.length;
      // Where several operations clear the condition, a plan of two of them is wrong in one and valid all the same.
      expect(share).toBeLessThan(0.05);
      const { ratio } = commonOddsRatio(answering({ oddsRatio: 1e9, repeats: 0 }));
      expect(ratio).toBeGreaterThan(0.8);
      expect(ratio).toBeLessThan(1.25);
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
