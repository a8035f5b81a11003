/**
 * What the agents learn on classic control with the hyperparameters of CleanRL and rl-zoo, over at least ten seeds, beside
 * their published results.
 *
 *     npx tsx --conditions=source bench/learning.ts [--json FILE] [--only NAME] [--seeds 10] [--share 1] [--keep FILE]
 *
 * `last100`: mean return of the last 100 training episodes (what CleanRL reports); `greedy`: mean of 20 greedy episodes
 * after training. Interquartile means over seeds with 95 % bootstrap intervals (2,000 resamples, fixed seed). `--share`
 * below 1 shortens training for a quick look; `--only` takes the cases whose name contains it. `--keep` adds every seed's
 * result to a file of JSON lines as soon as it is there, and takes over what the file already holds: an interrupted bench
 * goes on where it was. Delete that file when the code has changed.
 */
import { appendFileSync, existsSync, readFileSync } from 'node:fs';
import { defaultRng, make } from 'gymnasium-js';
import { evaluatePolicy } from '../agents/index.js';
import { CASES, type LearningCase } from './agents-support/learning-cases.js';
import { options, writeRows } from './agents-support/peer.js';

const given = options(['only', 'seeds', 'share', 'keep']);
const seeds = Number(given.seeds ?? 10);
const share = Number(given.share ?? 1);

interface SeedResult {
  readonly name: string;
  readonly steps: number;
  readonly seed: number;
  readonly last100: number;
  readonly greedy: number;
}

/** Mean of the middle half. */
function interquartileMean(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const cut = Math.floor(sorted.length / 4);
  const middle = sorted.slice(cut, sorted.length - cut);
  return middle.reduce((sum, value) => sum + value, 0) / middle.length;
}

function summarize(values: readonly number[]) {
  const rng = defaultRng(20_240);
  const resampled = Array.from({ length: 2_000 }, () =>
    interquartileMean(values.map(() => values[rng.integers(values.length)]!)),
  ).sort((a, b) => a - b);
  const mean = values.reduce((sum, value) => sum + value, 0) / values.length;
  const deviation = Math.sqrt(values.reduce((sum, value) => sum + (value - mean) ** 2, 0) / values.length);
  return { iqm: interquartileMean(values), ciLow: resampled[50]!, ciHigh: resampled[1949]!, mean, deviation };
}

async function run(
  { name, env, envs, steps: full, agent: create }: LearningCase,
  seed: number,
): Promise<SeedResult> {
  const steps = Math.round(full * share);
  const agent = create(
    Array.from({ length: envs }, () => make(env)),
    seed,
  );
  const returns: number[] = [];
  await agent.learn(steps, {
    callbacks: { onLog: (row) => row.kind === 'episode' && returns.push(row.return) },
  });
  const last = returns.slice(-100);
  const last100 = last.reduce((sum, value) => sum + value, 0) / last.length;
  const greedy = (await evaluatePolicy(agent, make(env), { episodes: 20, seed: 10_000 })).mean;
  return { name, steps, seed, last100, greedy };
}

const kept: SeedResult[] =
  given.keep && existsSync(given.keep)
    ? readFileSync(given.keep, 'utf8')
        .trim()
        .split('\n')
        .map((line) => JSON.parse(line) as SeedResult)
    : [];

async function result(one: LearningCase, seed: number): Promise<SeedResult> {
  const steps = Math.round(one.steps * share);
  const old = kept.find((row) => row.name === one.name && row.steps === steps && row.seed === seed);
  if (old) return old;
  const fresh = await run(one, seed);
  if (given.keep) appendFileSync(given.keep, `${JSON.stringify(fresh)}\n`);
  return fresh;
}

const rows: unknown[] = [];
for (const one of CASES.filter(({ name }) => name.includes(given.only ?? ''))) {
  const results: SeedResult[] = [];
  for (let seed = 1; seed <= seeds; seed++) results.push(await result(one, seed));
  const row = {
    ...{ name: one.name, steps: Math.round(one.steps * share), seeds, published: one.published },
    last100: summarize(results.map(({ last100 }) => last100)),
    greedy: summarize(results.map(({ greedy }) => greedy)),
  };
  rows.push(row);
  writeRows(given.json, rows);
  const text = ({ iqm, ciLow, ciHigh, mean, deviation }: ReturnType<typeof summarize>) =>
    `IQM ${iqm.toFixed(1)} [${ciLow.toFixed(1)}, ${ciHigh.toFixed(1)}], mean ${mean.toFixed(1)} ± ${deviation.toFixed(1)}`;
  console.log(`${one.name}: last100 ${text(row.last100)}; greedy ${text(row.greedy)} (${one.published})`);
}
