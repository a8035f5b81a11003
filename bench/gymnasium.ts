/**
 * Steps a second of gymnasium-js beside Python's Gymnasium, in one run: a second of CPU for what runs in one thread, a second of the
 * clock for the asynchronous vectors.
 *
 *     npx tsx --conditions=source bench/gymnasium.ts [--json FILE] [--python PYTHON] [--seconds S]
 *
 * `--json` writes the table's rows, `{name, ours, peer, ratio}`. The Python part needs gymnasium and numpy, which `node scripts/golden/setup-python.mjs` installs; without them a line says so.
 */
import { spawnSync } from 'node:child_process';
import { cpus } from 'node:os';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { AsyncVectorEnv, CartPoleVectorEnv, defaultRng, make, SyncVectorEnv } from 'gymnasium-js';
import { type Row, writeRows } from './agents-support/peer.js';
import { peerPython } from './peers/python.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    python: { type: 'string', default: peerPython('gymnasium-python', 'GYMNASIUM_PYTHON') },
    seconds: { type: 'string', default: '1' },
  },
});
const seconds = Number(options.seconds);
const ROUNDS = 3;

/** Milliseconds of CPU of this process: what others do on the machine matters little. */
function cpu(): number {
  const { user, system } = process.cpuUsage();
  return (user + system) / 1000;
}

/** Best rate of a few rounds of at least `seconds` of CPU each; `run(n)` does n calls of `unit` steps. */
function best(run: (n: number) => void, unit: number): number {
  run(2000);
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = cpu();
    let calls = 0;
    while (cpu() - start < seconds * 1000) {
      run(500);
      calls += 500;
    }
    rate = Math.max(rate, (calls * unit * 1000) / (cpu() - start));
  }
  return rate;
}

function single(): number {
  const env = make('CartPole-v1');
  env.reset({ seed: 1 });
  let action = 0;
  return best((n) => {
    for (let i = 0; i < n; i++) {
      action ^= 1;
      const result = env.step(action);
      if (result[2] || result[3]) env.reset();
    }
  }, 1);
}

/** Random pushes, so that episodes last about 22 steps; the same number of batches as the peer's. */
function pushes(n: number): Int32Array[] {
  return Array.from({ length: 64 }, (_, k) => defaultRng(k).integersArray(0, 2, n, { dtype: 'int32' }));
}

function native(n: number, copy: boolean): number {
  const env = new CartPoleVectorEnv(n, { copy });
  env.reset({ seed: 1 });
  const batches = pushes(n);
  return best((calls) => {
    for (let i = 0; i < calls; i++) env.step(batches[i % 64]!);
  }, n);
}

function sync(n: number): number {
  const env = new SyncVectorEnv(Array.from({ length: n }, () => () => make('CartPole-v1')));
  env.reset({ seed: 1 });
  const batches = pushes(n);
  return best((calls) => {
    for (let i = 0; i < calls; i++) env.step(batches[i % 64]!);
  }, n);
}

/** Steps a second and microseconds a call of the vector, one worker for each thread of the machine. */
async function async(n: number): Promise<{ rate: number; microseconds: number }> {
  const env = new AsyncVectorEnv<Float32Array, number>(
    Array.from({ length: n }, () => ({ id: 'CartPole-v1' })),
  );
  await env.reset({ seed: 1 });
  const batches = pushes(n);
  let rate = 0;
  for (let round = 0; round < ROUNDS; round++) {
    const start = performance.now();
    let calls = 0;
    while (performance.now() - start < seconds * 1000) {
      for (let i = 0; i < 100; i++) await env.step(batches[i % 64]!);
      calls += 100;
    }
    rate = Math.max(rate, (calls * n * 1000) / (performance.now() - start));
  }
  await env.close();
  return { rate, microseconds: (n * 1e6) / rate };
}

function random(): { generators: number; draws: number } {
  const rng = defaultRng(1);
  let sum = 0;
  const draws = best((n) => {
    for (let i = 0; i < n; i++) sum += rng.random();
  }, 1);
  const generators = best((n) => {
    for (let i = 0; i < n; i++) sum += defaultRng([i, 3, 5]).random();
  }, 1);
  if (!Number.isFinite(sum)) throw new Error('unreachable');
  return { generators, draws };
}

interface Peer {
  readonly gymnasium: string;
  readonly numpy: string;
  readonly python: string;
  readonly single: number;
  readonly native1024: number;
  readonly sync8: number;
  readonly async8: number;
}

function peer(): Peer | null {
  const script = fileURLToPath(new URL('./peers/gymnasium_peer.py', import.meta.url));
  const result = spawnSync(options.python, [script, options.seconds], { encoding: 'utf8' });
  return result.status === 0 ? (JSON.parse(result.stdout) as Peer) : null;
}

const number = (x: number) => Math.round(x).toLocaleString('en-GB');

const vector = await async(8);
const own = {
  single: single(),
  native1024: native(1024, false),
  native1024Copied: native(1024, true),
  sync8: sync(8),
  async8: vector.rate,
};
const draws = random();
const python = peer();
const rows = [
  ['CartPole-v1 through make', own.single, python?.single],
  ['natively batched CartPole, n = 1,024, arrays reused', own.native1024, python?.native1024],
  ['natively batched CartPole, n = 1,024, fresh arrays', own.native1024Copied, python?.native1024],
  ['SyncVectorEnv, n = 8', own.sync8, python?.sync8],
  ['AsyncVectorEnv, n = 8', own.async8, python?.async8],
] as const;

console.log('| environment steps a second | gymnasium-js | Python | ratio |\n|---|---|---|---|');
for (const [name, mine, theirs] of rows) {
  const ratio = theirs === undefined ? 'n/a' : `${(mine / theirs).toFixed(1)}x`;
  console.log(`| ${name} | ${number(mine)} | ${theirs === undefined ? 'n/a' : number(theirs)} | ${ratio} |`);
}
console.log(`\nAsyncVectorEnv, n = 8: ${vector.microseconds.toFixed(0)} µs a step of the vector.`);
console.log(
  `defaultRng([a, b, c]) and one draw: ${(1e9 / draws.generators).toFixed(0)} ns; random(): ${(1e9 / draws.draws).toFixed(1)} ns.`,
);
console.log(`Node ${process.version}, ${cpus()[0]?.model ?? 'unknown processor'}.`);
if (python === null) console.log(`Python part skipped: ${options.python} cannot import gymnasium and numpy.`);
else console.log(`Python ${python.python}, Gymnasium ${python.gymnasium}, NumPy ${python.numpy}.`);

writeRows(
  options.json,
  rows.map(
    ([name, ours, peer]): Row => ({
      ...{ name, ours, peer: peer ?? null },
      ratio: peer === undefined ? null : ours / peer,
    }),
  ),
);
