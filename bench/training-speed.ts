/**
 * Environment steps a second of training on CartPole-v1, beside Stable-Baselines3 and CleanRL in the same run, with their
 * hyperparameters and networks. Seconds are CPU seconds of the process (compilation and garbage collection included; peers
 * with one torch thread), so that other work on the machine disturbs less.
 *
 *     npx tsx --conditions=source bench/training-speed.ts [--json FILE] [--python PYTHON] [--steps 50000] [--runs 3]
 *
 * Peers: bench/peers/sb3.py says how to set them up; without them a line says so and ours alone is measured.
 */
import { make } from 'gymnasium-js';
import { type Agent, DQN, DQN_CLEANRL, evaluatePolicy, PPO, PPO_CLEANRL } from '../agents/index.js';
import { median, options, peerPython, type Row, runPeer, writeRows } from './agents-support/peer.js';

const given = options(['steps', 'runs']);
const steps = Number(given.steps ?? 50_000);
const runs = Number(given.runs ?? 3);
const python = peerPython(given.python);
const envs = (n: number) => Array.from({ length: n }, () => make('CartPole-v1'));
const { version } = process;

interface Case {
  readonly name: string;
  readonly ours: (seed: number) => Agent;
  readonly script: string;
  readonly args: (seed: number) => string[];
}

const sb3 = (kind: string) => (seed: number) => [kind, String(steps), String(seed), '{}'];
const cleanrl = (kind: string) => (seed: number) => [kind, String(steps), String(seed)];
const net = { hidden: [120, 84] };
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
    name: 'PPO / CleanRL',
    ours: (seed) => new PPO('mlp', envs(4), { ...PPO_CLEANRL, seed }),
    ...{ script: 'cleanrl_peer.py', args: cleanrl('ppo') },
  },
  {
    name: 'DQN / CleanRL',
    ours: (seed) => new DQN(net, envs(1), { ...DQN_CLEANRL, seed }),
    ...{ script: 'cleanrl_peer.py', args: cleanrl('dqn') },
  },
];

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
for (const { name, ours, script, args } of CASES) {
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
    for (let seed = 1; seed <= runs && python; seed++) {
      const result = runPeer<{ steps: number; seconds: number; mean_return?: number }>(
        python,
        script,
        args(seed),
      )!;
      rates.push(result.steps / result.seconds);
      if (result.mean_return !== undefined) means.push(result.mean_return);
    }
    peers.set(key, python ? { rate: median(rates), mean: means.length > 0 ? median(means) : null } : null);
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
    `${name.padEnd(38)} ${row.ours.toFixed(0)} steps/s${beside}; greedy return ${median(returns).toFixed(0)}${peerReturn}`,
  );
}
writeRows(given.json, rows);
