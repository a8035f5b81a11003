/**
 * Regret of the contextual bandits on a synthetic linear problem (five arms, four features, reward noise 0.3), beside uniform
 * choice: the mean over seeds after an eighth of the steps and after all. Theory: of LinUCB and Thompson it grows at most with
 * the square root of time, 2.8-fold here; of uniform choice, and of epsilon-greedy in the long run, with time itself, 8-fold.
 *
 *     npx tsx --conditions=source bench/regret.ts [--json FILE] [--steps 8000] [--seeds 10]
 *
 * Rows of `--json`: `ours` is a bandit's regret, `peer` that of uniform choice, `ratio` how many times smaller ours is.
 */
import { mean } from '../experiments/statistics/aggregate.js';
import { NOISE, regretOf } from '../test/agents/linear-problem.js';
import { options, type Row, writeRows } from './agents-support/peer.js';

const given = options(['steps', 'seeds']);
const steps = Number(given.steps ?? 8_000);
const seeds = Number(given.seeds ?? 10);

const BANDITS = [
  { name: 'uniform', kind: 'epsilon-greedy', options: { epsilon: 1 } },
  { name: 'epsilon-greedy, epsilon 0.1', kind: 'epsilon-greedy', options: {} },
  { name: 'linucb, alpha 0.5', kind: 'linucb', options: { alpha: 0.5 } },
  { name: 'thompson, noise 0.3', kind: 'thompson', options: { noise: NOISE } },
] as const;

const rows: Row[] = [];
for (const { name, kind, options: chosen } of BANDITS) {
  const runs: (readonly number[])[] = [];
  for (let seed = 1; seed <= seeds; seed++) runs.push(await regretOf(kind, { ...chosen, seed }, steps));
  const at = (step: number) => mean(runs.map((regret) => regret[step]!));
  const [early, late] = [at(Math.floor(steps / 8)), at(steps)];
  const peer = rows[0]?.ours ?? late;
  rows.push({ name, ours: late, peer, ratio: peer / late });
  console.log(
    `${name.padEnd(28)} regret ${early.toFixed(1)} after ${Math.floor(steps / 8)}, ${late.toFixed(1)} after ${steps}: ${(late / early).toFixed(1)}-fold`,
  );
}
writeRows(given.json, rows);
