import { appendFileSync, mkdtempSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from 'gymnasium-js';
import { afterAll, describe, expect, it } from 'vitest';
import {
  createSynthesizer,
  fitProfile,
  fittedProfile,
  type JudgedCompletion,
  loadProfile,
  profileNames,
  readBank,
  type Synthesizer,
  synthesizerSchema,
} from '../../../envs/synthesis/index.js';
import { profileSchema } from '../../../envs/synthesis/profile.js';
import { makeFailure, makeFeedback, makeMetaPrompt, makePlan, makeView, SCENES } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-bank-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const make = (config: object) => createSynthesizer(synthesizerSchema.parse(config)) as Synthesizer<'sync'>;
const metaPrompt = makeMetaPrompt({ temperature: 1 });
const repairing = makeMetaPrompt({ name: 'repair', feedback: 'advice' });
const rejected = makePlan(['rolling-restart cart'], [{ condition: 'process-stale', component: 'cart' }]);
const rejection = makeFeedback(rejected, makeFailure({ kind: 'precondition', step: 0 }));

describe('record and replay', () => {
  const bank = join(folder, 'deeper', 'bank.jsonl');
  const recorder = make({ kind: 'record', bank, of: { kind: 'surrogate', profile: 'weak' } });
  const answers = Array.from({ length: 20 }, (_, i) =>
    recorder.synthesize(makeView(SCENES.secret, { incident: i }), metaPrompt, null, defaultRng(i), 0),
  );
  const second = recorder.synthesize(makeView(SCENES.secret), metaPrompt, null, defaultRng(99), 1);
  const repaired = recorder.synthesize(makeView(SCENES.secret), repairing, rejection, defaultRng(5), 0);
  const replay = make({ kind: 'replay', bank });

  it('passes answers on unchanged', () => {
    const plain = make({ kind: 'surrogate', profile: 'weak' });
    expect(answers[3]).toEqual(
      plain.synthesize(makeView(SCENES.secret, { incident: 3 }), metaPrompt, null, defaultRng(3), 0),
    );
  });

  it('gives back what was recorded, whatever the generator and the moment', () => {
    answers.forEach((answer, i) => {
      const later = { ...makeView(SCENES.secret, { incident: i }), time: 400 };
      expect(replay.synthesize(later, metaPrompt, null, defaultRng(1000), 0)).toEqual(answer);
    });
    expect(replay.synthesize(makeView(SCENES.secret), metaPrompt, null, defaultRng(0), 1)).toEqual(second);
  });

  it('takes another sample where that of the ordinal is missing, and another rejection where that one is', () => {
    expect(answers).toContainEqual(
      replay.synthesize(makeView(SCENES.secret, { incident: 4 }), metaPrompt, null, defaultRng(0), 7),
    );
    const other = makeFeedback(rejected, makeFailure({ kind: 'goal' }));
    expect(replay.synthesize(makeView(SCENES.secret), repairing, other, defaultRng(0), 0)).toEqual(repaired);
  });

  it('types what it does not hold', () => {
    const missing = replay.synthesize(
      makeView(SCENES.secret, { incident: 77 }),
      metaPrompt,
      null,
      defaultRng(0),
      0,
    );
    expect(missing.failure).toEqual({
      kind: 'transport',
      message: 'the bank holds no completion of test for this incident without a rejection',
    });
    expect(missing.calls).toBe(0);
  });

  it('leaves out a line that a crash cut off, and refuses one that is no record', () => {
    const whole = readBank(bank).records.length;
    expect(whole).toBe(22);
    const cut = join(folder, 'cut.jsonl');
    writeFileSync(cut, readFileSync(bank));
    appendFileSync(cut, '{"incident": [1,');
    expect(readBank(cut).records).toHaveLength(whole);
    // A recorder goes on with a line of its own.
    const next = make({ kind: 'record', bank: cut, of: { kind: 'surrogate', profile: 'weak' } });
    next.synthesize(makeView(SCENES.secret, { incident: 50 }), metaPrompt, null, defaultRng(0), 0);
    expect(readBank(cut).records).toHaveLength(whole + 1);
    appendFileSync(cut, '{"incident": [1,');
    appendFileSync(cut, '\n');
    expect(() => readBank(cut)).toThrow(
      /cut\.jsonl:24: expected a line of JSON, found "\{"incident": \[1,"$/,
    );
    writeFileSync(cut, '{"incident": [1]}\n');
    expect(() => readBank(cut)).toThrow(/cut\.jsonl:1: metaPrompt: expected string, found nothing$/);
    expect(() => make({ kind: 'replay', bank: join(folder, 'none') })).toThrow('no such bank of completions');
  });

  it('leaves a file that is no bank alone', () => {
    const letter = join(folder, 'letter.txt');
    writeFileSync(letter, 'Dear reader');
    expect(() => make({ kind: 'record', bank: letter, of: { kind: 'surrogate', profile: 'weak' } })).toThrow(
      /letter\.txt:1: expected a line of JSON, found "Dear reader"$/,
    );
    expect(readFileSync(letter, 'utf8')).toBe('Dear reader');
  });

  it('goes on with a bank: what it holds is not asked again, each answer once', () => {
    const again = join(folder, 'again.jsonl');
    const start = () =>
      make({ kind: 'record', bank: again, resume: true, of: { kind: 'surrogate', profile: 'weak' } });
    const ask = (recording: Synthesizer<'sync'>, draw: number) =>
      recording.synthesize(makeView(SCENES.image), metaPrompt, null, defaultRng(draw), 0);
    const first = start();
    const before = [ask(first, 1), ask(first, 2)];
    const second = start();
    // Other draws would give other answers: these come from the bank, in their order.
    expect([ask(second, 30), ask(second, 31)]).toEqual(before);
    expect(readBank(again).records).toHaveLength(2);
    ask(second, 32);
    expect(readBank(again).records).toHaveLength(3);
  });
});

describe('fitProfile', () => {
  const mistakeOf = (u: number) => (u < 0.1 ? 'malformed' : u < 0.35 ? 'badStructure' : 'wrongOperation');

  /** Completions of a model with known figures. */
  function made(hazard: number, goalMiss: number, count: number, repair = false): JudgedCompletion[] {
    const rng = defaultRng([repair ? 1 : 0, count]);
    return Array.from({ length: count }, () => {
      const length = 2 + Math.floor(rng.random() * 6);
      let failedStep: number | null = null;
      for (let step = 0; step < length && failedStep === null; step++)
        if (rng.random() < hazard) failedStep = step;
      const reachesGoal = failedStep === null && rng.random() >= goalMiss;
      const completionTokens = 40 + Math.floor(rng.random() * 100);
      return {
        plan: {
          length,
          failedStep,
          mistake: failedStep === null ? null : mistakeOf(rng.random()),
          reachesGoal,
        },
        repair,
        repeats: false,
        promptTokens: 3000,
        completionTokens,
        seconds: 1.5 + completionTokens / 50,
      };
    });
  }

  it('finds the figures that made the completions', () => {
    const unreadable = Array.from({ length: 200 }, (_, i) => ({
      plan: null,
      repair: false,
      repeats: false,
      promptTokens: 3000,
      completionTokens: 50 + (i % 7),
      seconds: 1.5 + (50 + (i % 7)) / 50,
    }));
    const fit = fitProfile([...made(0.12, 0.2, 3800), ...unreadable]);
    expect(fit.hazard).toBeCloseTo(0.12, 1);
    expect(Math.abs(fit.hazard - 0.12)).toBeLessThan(0.01);
    expect(Math.abs(fit.goalMiss - 0.2)).toBeLessThan(0.03);
    expect(fit.unparseable).toBeCloseTo(0.05, 5);
    expect(Math.abs(fit.kinds!.malformed - 0.1)).toBeLessThan(0.03);
    expect(Math.abs(fit.kinds!.badStructure - 0.25)).toBeLessThan(0.04);
    expect(Math.abs(fit.kinds!.wrongOperation - 0.65)).toBeLessThan(0.04);
    expect(fit.latency.outputPerSecond).toBeCloseTo(50, 3);
    expect(fit.latency.ttftMedian).toBeCloseTo(1.5, 3);
    expect(fit.error).toBeLessThan(3);
    expect(fit.repairOddsRatio).toBeNull();
  });

  it('measures repairs against fresh plans', () => {
    const fresh = made(0.1, 0.2, 2000);
    const odds = (items: JudgedCompletion[]) => {
      const p = items.filter(({ plan }) => plan!.reachesGoal).length / items.length;
      return p / (1 - p);
    };
    const answers = made(0.3, 0.3, 1000, true);
    const fit = fitProfile([...fresh, ...answers]);
    expect(fit.repairOddsRatio! / (odds(answers) / odds(fresh))).toBeCloseTo(1, 1);
    expect(fit.repeats).toBe(0);
  });

  it('says when there is nothing to fit', () => {
    expect(() => fitProfile(made(0.1, 0.1, 10, true))).toThrow(
      'expected at least one plan that answers no rejection, found none',
    );
  });

  it('gives a profile that loads', () => {
    const profile = fittedProfile(
      'mine',
      fitProfile([...made(0.123456, 0.2, 500), ...made(0.3, 0.2, 100, true)]),
      loadProfile('mid'),
    );
    expect(profileSchema.parse(profile)).toEqual(profile);
    expect(profile.name).toBe('mine');
    expect(profileNames()).not.toContain('mine');
  });
});
