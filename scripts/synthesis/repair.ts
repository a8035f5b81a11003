/**
 * How well answers to the verifier's feedback are, beside fresh plans, and the fit of the surrogate's `HARMFUL_SHARE` to it.
 *
 *     npx tsx --conditions=source scripts/synthesis/repair.ts [--plans 12000] [--fit]
 *
 * Prints Markdown. PlanBench's planners are told the initial state and the whole domain, so that only their writing errs; its
 * equal here is a made-up shop with a right diagnosis and all know-how, in three scenes: two conditions to clear in order, one
 * condition, and one that several operations clear. Plans are judged in the recovery domain under the truth. Answers are
 * compared with fresh plans scene by scene and pooled after Mantel and Haenszel, so that what makes one scene easier than
 * another does not count as a repair. `--fit` searches `slip.harmful` for the profile's odds ratio.
 */
import { pathToFileURL } from 'node:url';
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import {
  type IncidentView,
  type LlmProfile,
  loadProfile,
  PromptBuilder,
  SurrogateSynthesizer,
} from '../../envs/synthesis/index.js';
import { HARMFUL_SHARE } from '../../envs/synthesis/surrogate/repair.js';
import {
  type ConditionAt,
  createVerifier,
  type Plan,
  type PlanFailure,
} from '../../envs/world-model/index.js';
import { isValid } from '../../test/envs/synthesis/judge.js';
import {
  makeBelief,
  makeFailure,
  makeFeedback,
  makeMetaPrompt,
  makeView,
  SCENES,
} from '../../test/envs/synthesis/support.js';

const TRUTHS: Readonly<Record<keyof typeof SCENES, readonly ConditionAt[]>> = {
  secret: [
    { condition: 'credential-bad', component: 'cart' },
    { condition: 'process-stale', component: 'cart' },
  ],
  image: [{ condition: 'artifact-bad', component: 'payment' }],
  cpu: [{ condition: 'capacity-short', component: 'search' }],
};
const PROFILES = ['weak', 'mid', 'strong', 'reasoning'] as const;
const FRESH = makeMetaPrompt();
const ANSWER = makeMetaPrompt({ feedback: 'advice-and-plan' });

/** What became of the fresh plans of one scene, and of the answers to the rejected ones. */
export interface RepairCounts {
  readonly fresh: number;
  readonly valid: number;
  /** One for each fresh plan that is not valid. */
  readonly answers: number;
  readonly repaired: number;
}

export interface OddsRatio {
  readonly ratio: number;
  /** Standard error of the ratio's logarithm. */
  readonly error: number;
}

/** The profile where only writing can go wrong: the diagnosis is right, everything is known, every answer is JSON. */
export function writingOnly(profile: LlmProfile): LlmProfile {
  return {
    ...profile,
    diagnosis: { ...profile.diagnosis, confusion: 0 },
    knowHow: { common: 1, uncommon: 1, rare: 1, cap: {} },
    answer: { ...profile.answer, unparseable: 0 },
  };
}

/** Fresh plans of `profile` in each scene and its answers to the verifier's feedback on those that are not valid. */
export function repairCounts(profile: LlmProfile, plans: number, harmful = HARMFUL_SHARE): RepairCounts[] {
  const builder = new PromptBuilder();
  const synthesizer = new SurrogateSynthesizer({ profile: writingOnly(profile), builder, harmful });
  return Object.entries(TRUTHS).map(([name, truth], index) => {
    const scene = SCENES[name as keyof typeof SCENES];
    const belief = makeBelief(truth.map((one) => ({ ...one, probability: 0.95 })));
    const judge = judgeOf(truth, { ...makeView(scene), belief });
    let valid = 0;
    let repaired = 0;
    for (let i = 0; i < plans; i++) {
      const view = { ...makeView(scene, { incident: i }), belief };
      const first = synthesizer.synthesize(view, FRESH, null, defaultRng([1, index, i]), 0).plan!;
      if (judge.valid(first)) {
        valid++;
        continue;
      }
      const feedback = makeFeedback(first, judge.failure(first));
      const second = synthesizer.synthesize(view, ANSWER, feedback, defaultRng([2, index, i]), 0).plan!;
      if (judge.valid(second)) repaired++;
    }
    return { fresh: plans, valid, answers: plans - valid, repaired };
  });
}

/** Judges plans of one scene, each different one once. */
function judgeOf(truth: readonly ConditionAt[], view: IncidentView) {
  const verifier = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
  const once = <T>(judge: (plan: Plan) => T) => {
    const known = new Map<string, T>();
    return (plan: Plan): T => {
      const key = JSON.stringify(plan);
      const before = known.get(key);
      if (before !== undefined) return before;
      const now = judge(plan);
      known.set(key, now);
      return now;
    };
  };
  return {
    valid: once((plan) => isValid(plan, view, truth)),
    failure: once((plan): PlanFailure => {
      const { failures } = verifier.verify(plan, view.belief, view.inventory, {
        time: 90,
        rng: defaultRng(1),
      });
      return failures[0] ?? makeFailure();
    }),
  };
}

/** Mantel and Haenszel's common odds ratio of valid answers to valid fresh plans; its error after Robins, Breslow and Greenland (1986). */
export function commonOddsRatio(scenes: readonly RepairCounts[]): OddsRatio {
  let r = 0;
  let s = 0;
  let pr = 0;
  let psqr = 0;
  let qs = 0;
  for (const { fresh, valid, answers, repaired } of scenes) {
    const n = fresh + answers;
    const agree = (repaired + (fresh - valid)) / n;
    const ahead = (repaired * (fresh - valid)) / n;
    const behind = ((answers - repaired) * valid) / n;
    r += ahead;
    s += behind;
    pr += agree * ahead;
    psqr += agree * behind + (1 - agree) * ahead;
    qs += (1 - agree) * behind;
  }
  const variance = pr / (2 * r * r) + psqr / (2 * r * s) + qs / (2 * s * s);
  return { ratio: r / s, error: Math.sqrt(variance) };
}

/** The share of harmful slips with which answers come to the odds ratios; they fall as more slips are taken to harm. */
function fitHarmful(plans: number): number {
  let low = 0;
  let high = 1;
  for (let i = 0; i < 6; i++) {
    const harmful = (low + high) / 2;
    const errors = PROFILES.map((name) => {
      const profile = loadProfile(name);
      const { ratio } = commonOddsRatio(repairCounts(profile, plans, harmful));
      return Math.log(ratio / profile.repair.oddsRatio);
    });
    if (errors.reduce((sum, error) => sum + error, 0) > 0) low = harmful;
    else high = harmful;
  }
  return (low + high) / 2;
}

function table(plans: number, harmful: number): void {
  console.log(`Share of harmful slips ${harmful}, ${plans} fresh plans a scene\n`);
  console.log('| profile | fresh valid | answers | valid | target | surrogate (95 %) | by scene |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const name of PROFILES) {
    const profile = loadProfile(name);
    const scenes = repairCounts(profile, plans, harmful);
    const sum = (key: keyof RepairCounts) => scenes.reduce((total, scene) => total + scene[key], 0);
    const { ratio, error } = commonOddsRatio(scenes);
    const interval = [-1, 1].map((side) => (ratio * Math.exp(1.96 * side * error)).toFixed(3));
    const cells = [
      name,
      share(sum('valid') / sum('fresh')),
      sum('answers'),
      share(sum('repaired') / sum('answers')),
      profile.repair.oddsRatio.toFixed(2),
      `${ratio.toFixed(3)} (${interval.join(' to ')})`,
      scenes.map((scene) => commonOddsRatio([scene]).ratio.toFixed(2)).join(' / '),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function main(): void {
  const { values } = parseArgs({
    options: { plans: { type: 'string', default: '12000' }, fit: { type: 'boolean', default: false } },
  });
  const plans = Number(values.plans);
  table(plans, values.fit ? fitHarmful(plans) : HARMFUL_SHARE);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
