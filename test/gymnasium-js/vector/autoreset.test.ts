/** What each autoreset mode does, step by step, in every kind of vector. */
import {
  type AnyVectorEnv,
  AsyncVectorEnv,
  type AutoresetMode,
  Discrete,
  Env,
  make,
  type ResetResult,
  type Space,
  type StepResult,
  SyncVectorEnv,
  type VectorInfo,
} from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { spaceCases } from '../spaces/list.js';
import './fixture-envs.js';

const ID = 'fixture/Counter-v0';
const LENGTHS = [2, 3, 4];
const ACTIONS = Int32Array.of(5, 6, 7);
const imports = [new URL('./fixture-envs.ts', import.meta.url).href];

interface Settable {
  setAttr(name: string, values: unknown): void | Promise<void>;
}
type Vector = AnyVectorEnv & Settable;

const asynchronous = (autoresetMode: AutoresetMode, sharedMemory: boolean) => {
  const envs = LENGTHS.map(() => ({ id: ID }));
  return new AsyncVectorEnv(envs, { autoresetMode, sharedMemory, imports, workers: 2 }) as unknown as Vector;
};

const kinds: [string, (mode: AutoresetMode) => Vector][] = [
  [
    'SyncVectorEnv',
    (autoresetMode) =>
      new SyncVectorEnv(
        LENGTHS.map(() => () => make(ID) as never),
        { autoresetMode },
      ) as unknown as Vector,
  ],
  ['AsyncVectorEnv, shared memory', (mode) => asynchronous(mode, true)],
  ['AsyncVectorEnv, posted observations', (mode) => asynchronous(mode, false)],
];

/** Rows of [observations, rewards, terminations, final observations] of every step. */
type Row = [number[], number[], number[], (number | null)[]?];
const expected: Record<AutoresetMode, Row[]> = {
  NextStep: [
    [
      [1, 1, 1],
      [5, 6, 7],
      [0, 0, 0],
    ],
    [
      [2, 2, 2],
      [5, 6, 7],
      [1, 0, 0],
    ],
    [
      [0, 3, 3],
      [0, 6, 7],
      [0, 1, 0],
    ],
    [
      [1, 0, 4],
      [5, 0, 7],
      [0, 0, 1],
    ],
    [
      [2, 1, 0],
      [5, 6, 0],
      [1, 0, 0],
    ],
    [
      [0, 2, 1],
      [0, 6, 7],
      [0, 0, 0],
    ],
    [
      [1, 3, 2],
      [5, 6, 7],
      [0, 1, 0],
    ],
  ],
  SameStep: [
    [
      [1, 1, 1],
      [5, 6, 7],
      [0, 0, 0],
    ],
    [
      [0, 2, 2],
      [5, 6, 7],
      [1, 0, 0],
      [2, null, null],
    ],
    [
      [1, 0, 3],
      [5, 6, 7],
      [0, 1, 0],
      [null, 3, null],
    ],
    [
      [0, 1, 0],
      [5, 6, 7],
      [1, 0, 1],
      [2, null, 4],
    ],
    [
      [1, 2, 1],
      [5, 6, 7],
      [0, 0, 0],
    ],
  ],
  // After a step that ended episodes those are reset by mask: see `play`.
  Disabled: [
    [
      [1, 1, 1],
      [5, 6, 7],
      [0, 0, 0],
    ],
    [
      [2, 2, 2],
      [5, 6, 7],
      [1, 0, 0],
    ],
    [
      [1, 3, 3],
      [5, 6, 7],
      [0, 1, 0],
    ],
    [
      [2, 1, 4],
      [5, 6, 7],
      [1, 0, 1],
    ],
    [
      [1, 2, 1],
      [5, 6, 7],
      [0, 0, 0],
    ],
  ],
};

async function play(env: Vector, mode: AutoresetMode): Promise<Row[]> {
  await env.setAttr('length', LENGTHS);
  expect(env.metadata.autoresetMode).toBe(mode);
  expect(await env.reset({ seed: 1 })).toEqual([Int32Array.of(0, 0, 0), {}]);
  const rows: Row[] = [];
  while (rows.length < expected[mode].length) {
    const [observations, rewards, terminations, truncations, infos] = await env.step(ACTIONS);
    expect([...truncations]).toEqual([0, 0, 0]);
    const row: Row = [[...(observations as Int32Array)], [...rewards], [...terminations]];
    if (infos.finalObs !== undefined) row.push(finals(infos));
    rows.push(row);
    if (mode !== 'Disabled' || !terminations.includes(1)) continue;
    await expect((async () => env.step(ACTIONS))()).rejects.toThrow("autoresetMode='Disabled'");
    const [after] = await env.reset({ options: { resetMask: terminations } });
    expect([...(after as Int32Array)]).toEqual(row[0].map((x, i) => (terminations[i] === 1 ? 0 : x)));
  }
  await env.close();
  return rows;
}

function finals(infos: VectorInfo): (number | null)[] {
  const list = infos.finalObs as (number | null)[];
  const given = Uint8Array.from(list, (x) => (x === null ? 0 : 1));
  expect([infos._finalObs, infos._finalInfo]).toEqual([given, given]);
  return list;
}

describe.each(kinds)('%s', (_, build) => {
  it.each(Object.keys(expected) as AutoresetMode[])('%s resets when it should', async (mode) => {
    expect(await play(build(mode), mode)).toEqual(expected[mode]);
  });
});

/** Samples of a space, in episodes of two steps. */
class Sampling extends Env<unknown, number> {
  override readonly actionSpace = new Discrete(2);
  private t = 0;
  constructor(override readonly observationSpace: Space<unknown>) {
    super();
    observationSpace.seed(3);
  }
  override reset(): ResetResult<unknown> {
    super.reset();
    this.t = 0;
    return [this.observationSpace.sample(), {}];
  }
  override step(): StepResult<unknown> {
    this.t++;
    return [this.observationSpace.sample(), 0, this.t === 2, false, {}];
  }
}

it.each(spaceCases)('final observations are elements of %s', (_, build) => {
  const env = new SyncVectorEnv([() => new Sampling(build()), () => new Sampling(build())], {
    autoresetMode: 'SameStep',
  });
  env.reset();
  env.step(Int32Array.of(0, 0));
  const [, , , , infos] = env.step(Int32Array.of(0, 0));
  expect(infos.finalObs).toHaveLength(2);
  for (const final of infos.finalObs!) expect(env.singleObservationSpace.contains(final)).toBe(true);
});
