/**
 * Environment steps a second of training on CartPole-v1, beside Stable-Baselines3 and CleanRL in the same run, with their
 * hyperparameters and networks. Seconds are CPU seconds of the process (compilation and garbage collection included; peers
 * with one torch thread), so that other work on the machine disturbs less.
 *
 *     npx tsx --conditions=source bench/training-speed.ts [--json FILE] [--python PYTHON] [--cleanrl FOLDER] [--steps 50000] [--runs 3] [--only NAME]
 *
 * Peers: bench/peers/sb3.py says how to set them up, bench/peers/cleanrl_published.py where CleanRL's own scripts come from
 * (`--cleanrl`, default .peers/cleanrl); without them a line says so and ours alone is measured. `CleanRL` is its published
 * script with its logging, `lean CleanRL` the same algorithm in a script of ours without any (bench/peers/cleanrl_peer.py).
 */
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { make } from 'gymnasium-js';
import type { EngineName } from 'nn-engines';
import { type Agent, DQN, DQN_CLEANRL, evaluatePolicy, PPO, PPO_CLEANRL } from '../agents/index.js';
import { median, options, peerPython, type Row, runPeer, writeRows } from './agents-support/peer.js';

const given = options(['steps', 'runs', 'cleanrl', 'only']);
const steps = Number(given.steps ?? 50_000);
const runs = Number(given.runs ?? 3);
const python = peerPython(given.python);
const envs = (n: number) => Array.from({ length: n }, () => make('CartPole-v1'));
const { version } = process;
const published = given.cleanrl ?? fileURLToPath(new URL('../.peers/cleanrl', import.meta.url));
if (python && !existsSync(published))
  console.log('CleanRL skipped: bench/peers/cleanrl_published.py says where its scripts come from');

interface Case {
  readonly name: string;
  readonly ours: (seed: number) => Agent;
  readonly script: string;
  readonly args: (seed: number) => string[];
}

const sb3 =
  (kind: string, hyperparameters: object = {}) =>
  (seed: number) => [kind, String(steps), String(seed), JSON.stringify(hyperparameters)];
const lean = (kind: string) => (seed: number) => [kind, String(steps), String(seed)];
const cleanrl = (kind: string) => (seed: number) => [...lean(kind)(seed), published];
const net = { hidden: [120, 84] };
/** CleanRL's DQN in Stable-Baselines3's names; its loss stays the Huber loss, and so does ours beside it. */
const SB3_AS_CLEANRL = {
  ...{ learning_rate: 2.5e-4, buffer_size: 10_000, learning_starts: 10_000, batch_size: 128, train_freq: 10 },
  ...{ target_update_interval: 500, exploration_fraction: 0.5, max_grad_norm: 1e9 },
  policy_kwargs: { net_arch: net.hidden },
};
const ppo =
  (engine: EngineName = 'wasm') =>
  (seed: number) =>
    new PPO('mlp', envs(4), { ...PPO_CLEANRL, seed, engine });
const dqn =
  (engine: EngineName = 'wasm') =>
  (seed: number) =>
    new DQN(net, envs(1), { ...DQN_CLEANRL, seed, engine });
const CASES: readonly Case[] = [
  {
    name: 'PPO / Stable-Baselines3',
    ours: (seed) => new PPO('mlp', envs(1), { seed }),
    ...{ script: 'sb3.py', args: sb3('ppo') },
  },
  {
    name: 'PPO, wasm-relaxed / Stable-Baselines3',
    ours: (seed) => new PPO('mlp', envs(1), { seed, engine: 'wasm-relaxed' }),
    ...{ script: 'sb3.py', args: sb3('ppo') },
  },
  {
    name: 'DQN / Stable-Baselines3',
    ours: (seed) => new DQN('mlp', envs(1), { seed }),
    ...{ script: 'sb3.py', args: sb3('dqn') },
  },
  {
    name: "DQN, CleanRL's options / Stable-Baselines3",
    ours: (seed) => new DQN(net, envs(1), { ...DQN_CLEANRL, loss: 'huber', seed }),
    ...{ script: 'sb3.py', args: sb3('dqn', SB3_AS_CLEANRL) },
  },
  { name: 'PPO / CleanRL', ours: ppo(), ...{ script: 'cleanrl_published.py', args: cleanrl('ppo') } },
  {
    ...{ name: 'PPO, wasm-relaxed / CleanRL', ours: ppo('wasm-relaxed') },
    ...{ script: 'cleanrl_published.py', args: cleanrl('ppo') },
  },
  { name: 'DQN / CleanRL', ours: dqn(), ...{ script: 'cleanrl_published.py', args: cleanrl('dqn') } },
  {
    ...{ name: 'DQN, wasm-relaxed / CleanRL', ours: dqn('wasm-relaxed') },
    ...{ script: 'cleanrl_published.py', args: cleanrl('dqn') },
  },
  { name: 'PPO / lean CleanRL', ours: ppo(), ...{ script: 'cleanrl_peer.py', args: lean('ppo') } },
  { name: 'DQN / lean CleanRL', ours: dqn(), ...{ script: 'cleanrl_peer.py', args: lean('dqn') } },
];

/** The peer's scripts that can run here. */
const runnable = (script: string): string | null =>
  script === 'cleanrl_published.py' && !existsSync(published) ? null : python;

async function measure(make: (seed: number) => Agent, seed: number): Promise<{ rate: number; agent: Agent }> {
  const agent = make(seed);
  const before = process.cpuUsage();
  await agent.learn(steps);
  const { user, system } = process.cpuUsage(before);
  return { rate: (agent.numTimesteps / (user + system)) * 1e6, agent };
}

console.log(`node ${version}, ${steps} steps, median of ${runs} runs (seeds 1 to ${runs})`);
const rows: Row[] = [];
const peers = new Map<string, { rate: number; mean: number | null } | null>();
for (const { name, ours, script, args } of CASES.filter((one) => one.name.includes(given.only ?? ''))) {
  const mine: number[] = [];
  const returns: number[] = [];
  for (let seed = 1; seed <= runs; seed++) {
    const { rate, agent } = await measure(ours, seed);
    mine.push(rate);
    returns.push((await evaluatePolicy(agent, make('CartPole-v1'), { episodes: 20, seed: 1000 })).mean);
  }
  const key = `${script} ${args(0).join(' ')}`;
  if (!peers.has(key)) {
    const rates: number[] = [];
    const means: number[] = [];
    const here = runnable(script);
    for (let seed = 1; seed <= runs && here; seed++) {
      const result = runPeer<{ steps: number; seconds: number; mean_return?: number }>(
        here,
        script,
        args(seed),
      )!;
      rates.push(result.steps / result.seconds);
      if (result.mean_return !== undefined) means.push(result.mean_return);
    }
    peers.set(key, here ? { rate: median(rates), mean: means.length > 0 ? median(means) : null } : null);
  }
  const peer = peers.get(key)!;
  const row = {
    name,
    ours: median(mine),
    peer: peer?.rate ?? null,
    ratio: peer ? median(mine) / peer.rate : null,
  };
  rows.push(row);
  const beside = peer ? `, peer ${peer.rate.toFixed(0)}, ratio ${row.ratio!.toFixed(1)}` : '';
  const peerReturn = peer?.mean != null ? `, peer's ${peer.mean.toFixed(0)}` : '';
  console.log(
    `${name.padEnd(43)} ${row.ours.toFixed(0)} steps/s${beside}; greedy return ${median(returns).toFixed(0)}${peerReturn}`,
  );
}
writeRows(given.json, rows);
