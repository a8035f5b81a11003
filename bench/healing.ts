/**
 * How fast the healing environments step, and where a step's time goes.
 *
 *     npm run bench -- dist/bench/healing.js [--json FILE] [--seconds N]
 *
 * - steps and incidents per second of CPU on Online Boutique with the surrogate, uniform among the valid actions: the three
 *   environments, single and natively batched, CloudHealing by verifier mode (K = 8)
 * - a CPU profile of CloudHealing's steps (by the V8 sampler, in this process) by room of the source tree, and its ten heaviest functions
 * - floors: 10,000 steps/s with `syntax`, 2,000 with `neural-symbolic`; exit code 1 when one is missed
 */
import { writeFileSync } from 'node:fs';
import { Session } from 'node:inspector/promises';
import { parseArgs } from 'node:util';
import { defaultRng, type Generator, makeVec } from 'gymnasium-js';
import {
  CloudHealingEnv,
  CloudHealingFactoredEnv,
  DirectHealingEnv,
  type HealingEnv,
  type HealingInput,
} from '../envs/healing/index.js';
import { cpu, WARM_UP } from './cpu.js';

const { values: options } = parseArgs({
  options: { json: { type: 'string' }, seconds: { type: 'string', default: '4' } },
});
const BUDGET = Number(options.seconds) * 1e6;
/** Steps per second of CPU that are wanted on one core. */
const FLOORS: Readonly<Record<string, number>> = { syntax: 10_000, 'neural-symbolic': 2_000 };
const MODES = ['none', 'syntax', 'symbolic', 'neural', 'neural-symbolic'] as const;

/** Incidents played between two looks at the clock, which cost a system call each. */
const BETWEEN_LOOKS = 16;

type AnyEnv = HealingEnv<number | ArrayLike<number | bigint>>;

/** One of the actions that a mask allows, `n` of them from `at` on. */
function draw(rng: Generator, mask: ArrayLike<number>, at: number, n: number): number {
  let count = 0;
  for (let k = 0; k < n; k++) if (mask[at + k] === 1) count++;
  let left = Number(rng.integers(0, count));
  let k = 0;
  while (mask[at + k] !== 1 || left-- > 0) k++;
  return k;
}

/** Plays incidents from 0 on with actions drawn among the valid ones until the CPU budget is spent. */
function play(env: AnyEnv, nvec: readonly number[], budget: number): { steps: number; incidents: number } {
  const rng = defaultRng(7);
  const until = cpu() + budget;
  let steps = 0;
  let incidents = 0;
  while (incidents % BETWEEN_LOOKS !== 0 || cpu() < until) {
    let [, info] = env.reset({ options: { index: incidents } });
    for (let ended = false; !ended; steps++) {
      let at = 0;
      const action = nvec.map((n) => {
        at += n;
        return draw(rng, info.actionMask, at - n, n);
      });
      [, , ended, , info] = env.step(nvec.length === 1 ? action[0]! : action);
    }
    incidents++;
  }
  return { steps, incidents };
}

interface Row {
  readonly name: string;
  readonly stepsPerSecond: number;
  readonly microsecondsPerStep: number;
  readonly incidentsPerSecond: number;
  readonly stepsPerIncident: number;
}

function measure(name: string, env: AnyEnv): Row {
  const { n, nvec } = env.actionSpace as { n?: number; nvec?: ArrayLike<number> };
  const sizes = nvec ? Array.from(nvec, Number) : [n!];
  play(env, sizes, WARM_UP);
  const start = cpu();
  const { steps, incidents } = play(env, sizes, BUDGET);
  const seconds = (cpu() - start) / 1e6;
  return {
    name,
    stepsPerSecond: steps / seconds,
    microsecondsPerStep: (1e6 * seconds) / steps,
    incidentsPerSecond: incidents / seconds,
    stepsPerIncident: steps / incidents,
  };
}

/**
 * Environment steps per second of CPU of eight incidents side by side, batched natively or as separate environments. An incident that ends is
 * followed by the next in the same step, so that every step is a turn.
 */
function vectorRate(vectorizationMode: 'vectorEntryPoint' | 'sync'): number {
  const numEnvs = 8;
  const env = makeVec<Float32Array, Int32Array>('pase/CloudHealing-v0', {
    numEnvs,
    vectorizationMode,
    verifier: { mode: 'syntax' },
    ...(vectorizationMode === 'sync'
      ? { vectorKwargs: { autoresetMode: 'SameStep' } }
      : { autoresetMode: 'SameStep' }),
  });
  const rng = defaultRng(7);
  let masks = env.reset({ seed: 0 })[1].actionMask!;
  const size = masks.length / numEnvs;
  const stepFor = (budget: number): number => {
    const start = cpu();
    let steps = 0;
    while (cpu() - start < budget) {
      const actions = Int32Array.from({ length: numEnvs }, (_, e) => draw(rng, masks, e * size, size));
      masks = env.step(actions)[4].actionMask!;
      steps += numEnvs;
    }
    return (steps * 1e6) / (cpu() - start);
  };
  stepFor(WARM_UP);
  return stepFor(BUDGET);
}

/** The room of a source file, as the table names it. */
function roomOf(url: string): string {
  if (url.startsWith('wasm:')) return 'packages/nn';
  const path = /\/(envs|packages|agents|bench)\/(.*)$/.exec(url);
  if (!path) return url === '' ? 'engine and garbage collector' : 'other';
  const [first, second, third] = path[2]!.split('/');
  if (path[1] === 'packages') return `packages/${first}`;
  if (
    path[1] === 'envs' &&
    first === 'world-model' &&
    ['perception', 'outcome', 'verify'].includes(second ?? '') &&
    third
  )
    return `envs/world-model/${second}`;
  return path[1] === 'bench' ? 'bench' : `${path[1]}/${first}`;
}

interface Profile {
  readonly rooms: Readonly<Record<string, number>>;
  readonly heaviest: readonly { readonly name: string; readonly share: number }[];
}

/** Share of self time by room and of the heaviest functions while `work` runs. */
async function profile(work: () => void): Promise<Profile> {
  const session = new Session();
  session.connect();
  await session.post('Profiler.enable');
  await session.post('Profiler.start');
  work();
  const { profile: taken } = await session.post('Profiler.stop');
  session.disconnect();
  const frames = new Map(taken.nodes.map((node) => [node.id, node.callFrame]));
  const rooms: Record<string, number> = {};
  const functions: Record<string, number> = {};
  let total = 0;
  for (const [i, id] of taken.samples!.entries()) {
    const { functionName, url } = frames.get(id)!;
    // The sampler's own start, and waiting.
    if (url === '' && ['dispatch', '(idle)', '(program)'].includes(functionName)) continue;
    const micros = taken.timeDeltas![i]!;
    const room = roomOf(url);
    const name = `${functionName || '(anonymous)'} ${url.split('/').slice(-2).join('/')}`.trim();
    rooms[room] = (rooms[room] ?? 0) + micros;
    functions[name] = (functions[name] ?? 0) + micros;
    total += micros;
  }
  const shares = (of: Record<string, number>): [string, number][] =>
    Object.entries(of)
      .map(([name, micros]): [string, number] => [name, micros / total])
      .sort((a, b) => b[1] - a[1]);
  return {
    rooms: Object.fromEntries(shares(rooms)),
    heaviest: shares(functions)
      .slice(0, 10)
      .map(([name, share]) => ({ name, share })),
  };
}

const healing = (mode: (typeof MODES)[number]): AnyEnv =>
  new CloudHealingEnv({ verifier: { mode, k: 8 } } satisfies HealingInput) as AnyEnv;

const rows = [
  ...MODES.map((mode) => measure(`CloudHealing ${mode}`, healing(mode))),
  measure('CloudHealingFactored symbolic', new CloudHealingFactoredEnv() as AnyEnv),
  measure('DirectHealing', new DirectHealingEnv() as AnyEnv),
];
for (const { name, stepsPerSecond, microsecondsPerStep, incidentsPerSecond, stepsPerIncident } of rows)
  console.log(
    `${name.padEnd(32)} ${stepsPerSecond.toFixed(0).padStart(7)} steps/s ${microsecondsPerStep.toFixed(0).padStart(6)} µs a step ${incidentsPerSecond.toFixed(0).padStart(5)} incidents/s ${stepsPerIncident.toFixed(1).padStart(5)} steps each`,
  );

const vector = { native: vectorRate('vectorEntryPoint'), sync: vectorRate('sync') };
console.log(
  `8 × CloudHealing syntax: ${vector.native.toFixed(0)} steps/s natively batched, ${vector.sync.toFixed(0)} as separate environments`,
);

const profiles: Record<string, Profile> = {};
for (const mode of ['syntax', 'neural-symbolic'] as const) {
  const env = healing(mode);
  const sizes = [(env.actionSpace as unknown as { n: number }).n];
  play(env, sizes, WARM_UP);
  profiles[mode] = await profile(() => play(env, sizes, BUDGET));
  console.log(`\nwhere a step with ${mode} spends its time`);
  for (const [room, share] of Object.entries(profiles[mode].rooms))
    if (share >= 0.005) console.log(`  ${(100 * share).toFixed(1).padStart(5)} %  ${room}`);
  for (const { name, share } of profiles[mode].heaviest)
    console.log(`         ${(100 * share).toFixed(1).padStart(5)} %  ${name}`);
}

console.log();
const floors = Object.entries(FLOORS).map(([mode, floor]) => {
  const { stepsPerSecond } = rows.find(({ name }) => name === `CloudHealing ${mode}`)!;
  console.log(
    `${mode}: ${stepsPerSecond.toFixed(0)} of ${floor} steps/s, ${stepsPerSecond >= floor ? 'holds' : 'missed'}`,
  );
  return { mode, floor, stepsPerSecond, holds: stepsPerSecond >= floor };
});
if (options.json)
  writeFileSync(
    options.json,
    `${JSON.stringify({ node: process.version, rows, vector, profiles, floors }, null, 2)}\n`,
  );
if (floors.some(({ holds }) => !holds)) process.exitCode = 1;
