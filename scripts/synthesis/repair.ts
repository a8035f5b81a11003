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

/** Incidents of one kind whose conditions are known. */
export interface RepairScene {
  readonly truth: readonly ConditionAt[];
  /** The same incident for whom it befalls as the `draw`th; its belief is the verifier's. */
  view(draw: number): IncidentView;
  /** A plan in which nothing slips is always valid here. Otherwise draws of which it is not are left out. */
  readonly sure: boolean;
}

/** What became of the fresh plans of one scene, and of the answers to the rejected ones. */
export interface RepairCounts {
  readonly fresh: number;
  readonly valid: number;
  /** One for each fresh plan that is not valid. */
  readonly answers: number;
  readonly repaired: number;
  /** Fresh plans that are not valid by the kind of their first failure. */
  readonly failures: Readonly<Record<string, number>>;
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

/** The same profile when it writes without a mistake. */
function flawless(profile: LlmProfile): LlmProfile {
  return {
    ...profile,
    slip: { ...profile.slip, hazard: 0, goalMiss: 0, inventedWithSchema: 0 },
    longer: { ...profile.longer, share: 0 },
    context: { lossPerThousand: 0 },
  };
}

const SHOP: readonly RepairScene[] = Object.entries(TRUTHS).map(([name, truth]) => {
  const scene = SCENES[name as keyof typeof SCENES];
  const belief = makeBelief(truth.map((one) => ({ ...one, probability: 0.95 })));
  return { truth, view: (incident) => ({ ...makeView(scene, { incident }), belief }), sure: true };
});

/** Fresh plans of `profile` in each scene and its answers to the verifier's feedback on those that are not valid. */
export function repairCounts(
  profile: LlmProfile,
  plans: number,
  harmful = HARMFUL_SHARE,
  scenes: readonly RepairScene[] = SHOP,
): RepairCounts[] {
  const builder = new PromptBuilder();
  const writing = writingOnly(profile);
  const synthesizer = new SurrogateSynthesizer({ profile: writing, builder, harmful });
  const faultless = new SurrogateSynthesizer({ profile: flawless(writing), builder });
  return scenes.map(({ truth, view: viewOf, sure }, index) => {
    const judge = judgeOf(truth, viewOf(0));
    const failures: Record<string, number> = {};
    let fresh = 0;
    let valid = 0;
    let repaired = 0;
    for (let i = 0; i < plans; i++) {
      const view = viewOf(i);
      const write = (by: SurrogateSynthesizer) =>
        by.synthesize(view, FRESH, null, defaultRng([1, index, i]), 0).plan!;
      if (!sure && !judge.valid(write(faultless))) continue;
      fresh++;
      const first = write(synthesizer);
      if (judge.valid(first)) {
        valid++;
        continue;
      }
      const failure = judge.failure(first);
      failures[failure.kind] = (failures[failure.kind] ?? 0) + 1;
      const feedback = makeFeedback(first, failure);
      const second = synthesizer.synthesize(view, ANSWER, feedback, defaultRng([2, index, i]), 0).plan!;
      if (judge.valid(second)) repaired++;
    }
    return { fresh, valid, answers: fresh - valid, repaired, failures };
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
    if (fresh === 0) continue;
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

/** Markdown rows: what became of fresh plans and answers, by profile. */
export function repairTable(
  plans: number,
  harmful = HARMFUL_SHARE,
  scenes: readonly RepairScene[] = SHOP,
): void {
  console.log('| profile | fresh valid | answers | valid | target | surrogate (95 %) | first failures |');
  console.log('| --- | --- | --- | --- | --- | --- | --- |');
  const share = (value: number) => `${(100 * value).toFixed(1)} %`;
  for (const name of PROFILES) {
    const profile = loadProfile(name);
    const counts = repairCounts(profile, plans, harmful, scenes);
    const sum = (key: Exclude<keyof RepairCounts, 'failures'>) =>
      counts.reduce((total, scene) => total + scene[key], 0);
    const { ratio, error } = commonOddsRatio(counts);
    const interval = [-1, 1].map((side) => (ratio * Math.exp(1.96 * side * error)).toFixed(3));
    const kinds = ['precondition', 'constraint', 'goal', 'arity'].map((kind) => {
      const failed = counts.reduce((total, { failures }) => total + (failures[kind] ?? 0), 0);
      return `${kind} ${share(failed / sum('answers'))}`;
    });
    const cells = [
      name,
      share(sum('valid') / sum('fresh')),
      sum('answers'),
      share(sum('repaired') / sum('answers')),
      profile.repair.oddsRatio.toFixed(2),
      `${ratio.toFixed(3)} (${interval.join(' to ')})`,
      kinds.join(', '),
    ];
    console.log(`| ${cells.join(' | ')} |`);
  }
}

function main(): void {
  const { values } = parseArgs({
    options: { plans: { type: 'string', default: '12000' }, fit: { type: 'boolean', default: false } },
  });
  const plans = Number(values.plans);
  const harmful = values.fit ? fitHarmful(plans) : HARMFUL_SHARE;
  console.log(`Share of harmful slips ${harmful}, ${plans} fresh plans a scene\n`);
  repairTable(plans, harmful);
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) main();
