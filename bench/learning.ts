/**
 * What the agents learn on classic control with the hyperparameters of CleanRL and rl-zoo, over at least ten seeds, beside
 * their published results and, with `--python`, beside Stable-Baselines3 trained here with the same hyperparameters.
 *
 *     npx tsx --conditions=source bench/learning.ts [--json FILE] [--only NAME] [--seeds 10] [--share 1] [--keep FILE] [--episodes 20] [--python PYTHON]
 *
 * `last100`: mean return of the last 100 training episodes (what CleanRL reports); `greedy`: mean of `--episodes` greedy
 * episodes after training, from the same starts for every seed. Interquartile means over seeds with 95 % bootstrap intervals (2,000 resamples, fixed seed). `--share`
 * below 1 shortens training for a quick look; `--only` takes the cases whose name contains it. `--keep` adds every seed's
 * result to a file of JSON lines as soon as it is there, and takes over what the file already holds: an interrupted bench
 * goes on where it was. Delete that file when the code has changed. `--python` is a Python set up as bench/peers/sb3.py
 * says; Stable-Baselines3 takes one to four minutes a seed, so it is trained only when asked for, on rl-zoo's cases.
 *
 * Rows of `--json`: `ours` and `peer` are means over seeds of the figure the case's publication gives; `peer` is
 * Stable-Baselines3 run here, or else the published mean, or null; a `ratio` above 1 is ours ahead, for returns below zero too.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { defaultRng, make } from 'gymnasium-js';
import { evaluatePolicy } from '../agents/index.js';
import { interquartileMean, mean } from '../experiments/statistics/aggregate.js';
import { percentileInterval } from '../experiments/statistics/bootstrap.js';
import { CASES, type LearningCase } from './agents-support/learning-cases.js';
import { options, peerPython, type Row, runPeer, writeRows } from './agents-support/peer.js';

const RESAMPLES = 2_000;
const given = options(['only', 'seeds', 'share', 'keep', 'episodes']);
const seeds = Number(given.seeds ?? 10);
const share = Number(given.share ?? 1);
const EPISODES = 20;
const episodes = Number(given.episodes ?? EPISODES);
const python = given.python ? peerPython(given.python) : null;

interface Returns {
  readonly last100: number;
  readonly greedy: number;
}

interface SeedResult extends Returns {
  readonly name: string;
  /** `sb3` for Stable-Baselines3; ours without it. */
  readonly by?: 'sb3';
  readonly steps: number;
  readonly seed: number;
  /** Of the greedy figure, where not 20. */
  readonly episodes?: number;
}

/** Interquartile means of as many values drawn with replacement; both sides of a difference draw independently. */
function replicates(values: readonly number[], seed: number): Float64Array {
  const rng = defaultRng(seed);
  const draw = () => interquartileMean(values.map(() => values[rng.integers(values.length)]!));
  return Float64Array.from({ length: RESAMPLES }, draw);
}

function summarize(values: readonly number[]) {
  const { low: ciLow, high: ciHigh } = percentileInterval(replicates(values, 20_240));
  const middle = mean(values);
  const deviation = Math.sqrt(mean(values.map((value) => (value - middle) ** 2)));
  return { iqm: interquartileMean(values), ciLow, ciHigh, mean: middle, deviation };
}

/** Ours less theirs, of interquartile means. */
function difference(ours: readonly number[], theirs: readonly number[]) {
  const [a, b] = [replicates(ours, 20_240), replicates(theirs, 20_241)];
  const { low: ciLow, high: ciHigh } = percentileInterval(a.map((value, k) => value - b[k]!));
  return { iqm: interquartileMean(ours) - interquartileMean(theirs), ciLow, ciHigh };
}

async function train({ env, envs, agent: create }: LearningCase, steps: number, seed: number) {
  const agent = create(
    Array.from({ length: envs }, () => make(env)),
    seed,
  );
  const returns: number[] = [];
  await agent.learn(steps, {
    callbacks: { onLog: (row) => row.kind === 'episode' && returns.push(row.return) },
  });
  const { mean: greedy } = await evaluatePolicy(agent, make(env), { episodes, seed: 10_000 });
  return { last100: mean(returns.slice(-100)), greedy };
}

function trainSb3(args: readonly string[]): Returns {
  const { last100, mean_return: greedy } = runPeer<{ last100: number; mean_return: number }>(
    python,
    'sb3.py',
    args,
  )!;
  return { last100, greedy };
}

const kept: SeedResult[] =
  given.keep && existsSync(given.keep)
    ? readFileSync(given.keep, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SeedResult)
    : [];

/** One result a seed: as kept, or made now and kept. */
async function overSeeds(
  one: LearningCase,
  by: 'sb3' | undefined,
  run: (steps: number, seed: number) => Returns | Promise<Returns>,
): Promise<SeedResult[]> {
  const steps = Math.round(one.steps * share);
  const results: SeedResult[] = [];
  for (let seed = 1; seed <= seeds; seed++) {
    const key = {
      name: one.name,
      ...(by && { by }),
      steps,
      seed,
      ...(episodes !== EPISODES && { episodes }),
    };
    const same = (row: SeedResult) =>
      row.name === key.name &&
      row.by === by &&
      row.steps === steps &&
      row.seed === seed &&
      (row.episodes ?? EPISODES) === episodes;
    let row = kept.find(same);
    if (!row) {
      row = { ...key, ...(await run(steps, seed)) };
      if (given.keep) appendFileSync(given.keep, `${JSON.stringify(row)}\n`);
    }
    results.push(row);
  }
  return results;
}

const FIGURES = ['last100', 'greedy'] as const;

function summaries(results: readonly SeedResult[]) {
  const of = (figure: (typeof FIGURES)[number]) => summarize(results.map((row) => row[figure]));
  return { last100: of('last100'), greedy: of('greedy') };
}

const text = ({ iqm, ciLow, ciHigh }: ReturnType<typeof difference>) =>
  `IQM ${iqm.toFixed(1)} [${ciLow.toFixed(1)}, ${ciHigh.toFixed(1)}]`;
const line = (who: string, summary: ReturnType<typeof summaries>) => {
  const figure = (name: (typeof FIGURES)[number]) =>
    `${name} ${text(summary[name])}, mean ${summary[name].mean.toFixed(1)} ± ${summary[name].deviation.toFixed(1)}`;
  return `  ${who}: ${figure('last100')}; ${figure('greedy')}`;
};

async function compare(one: LearningCase): Promise<Row> {
  const { published, sb3 } = one;
  const own = await overSeeds(one, undefined, (steps, seed) => train(one, steps, seed));
  const ours = summaries(own);
  const figure = published?.figure ?? 'greedy';
  const beside = published ? ` (${published.by}, ${figure}: ${published.mean} ± ${published.deviation})` : '';
  console.log(`${one.name}${beside}`);
  console.log(line('ours', ours));
  let peer = published?.mean ?? null;
  let here: object = {};
  if (python && sb3) {
    const theirs = await overSeeds(one, 'sb3', (steps, seed) => trainSb3(sb3(steps, seed, episodes)));
    const summary = summaries(theirs);
    peer = summary[figure].mean;
    const pairs = FIGURES.map((name) => [
      name,
      difference(
        own.map((row) => row[name]),
        theirs.map((row) => row[name]),
      ),
    ]);
    const differences = Object.fromEntries(pairs) as Record<string, ReturnType<typeof difference>>;
    here = { sb3: summary, difference: differences };
    console.log(line('Stable-Baselines3 here', summary));
    console.log(`  ours less theirs: ${FIGURES.map((f) => `${f} ${text(differences[f]!)}`).join('; ')}`);
  }
  const mine = ours[figure].mean;
  const ratio = peer === null ? null : peer < 0 ? peer / mine : mine / peer;
  const steps = Math.round(one.steps * share);
  return { name: one.name, ours: mine, peer, ratio, ...{ steps, seeds, published, ...ours, ...here } };
}

const rows: Row[] = [];
for (const one of CASES.filter(({ name }) => name.includes(given.only ?? ''))) {
  rows.push(await compare(one));
  writeRows(given.json, rows);
}
