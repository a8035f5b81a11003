import '../../../envs/healing/index.js';
import { type AutoresetMode, makeVec, type VectorEnv, type VectorStepResult } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { ConfigError } from '../../../envs/config/index.js';

type AnyVector = VectorEnv<Float32Array, ArrayLike<number>>;

const IDS = ['pase/CloudHealing-v0', 'pase/CloudHealingFactored-v0', 'pase/DirectHealing-v0'];
const MODES: readonly AutoresetMode[] = ['NextStep', 'SameStep', 'Disabled'];
const COUNT = 3;
const STEPS = 14;

/** Valid actions for every row of the masks: no randomness of its own, but every valid action gets its turn. */
function pick(
  space: { nvec?: ArrayLike<number | bigint>; n?: number },
  masks: Uint8Array,
  turn: number,
): number[] {
  const nvec = space.nvec ? Array.from(space.nvec, Number) : [space.n!];
  const actions: number[] = [];
  let at = 0;
  for (let row = 0; row < COUNT; row++) {
    for (const n of nvec) {
      const valid = [...masks.subarray(at, at + n).keys()].filter((k) => masks[at + k] === 1);
      actions.push(valid[(7 * turn + 3 * row + 1) % valid.length]!);
      at += n;
    }
  }
  return actions;
}

function play(env: AnyVector, from = 0): { steps: VectorStepResult<Float32Array>[]; started: unknown } {
  const started = env.reset({ seed: 11 });
  let masks = started[1].actionMask!;
  const steps: VectorStepResult<Float32Array>[] = [];
  for (let turn = from; turn < from + STEPS; turn++) {
    const actions = pick(env.singleActionSpace as never, masks, turn);
    const batch = (env.actionSpace.sample() as unknown as Int32Array).slice().fill(0 as never);
    batch.set(actions.map((action) => (typeof batch[0] === 'bigint' ? BigInt(action) : action)) as never);
    const step = env.step(batch);
    steps.push(step);
    masks = step[4].actionMask!;
    const ended = step[2];
    if (env.metadata.autoresetMode === 'Disabled' && ended.includes(1)) {
      const [, infos] = env.reset({ options: { resetMask: ended } });
      masks = masks.slice();
      const width = masks.length / COUNT;
      ended.forEach((one, i) => {
        if (one) masks.set(infos.actionMask!.subarray(i * width, (i + 1) * width), i * width);
      });
    }
  }
  return { steps, started };
}

describe.each(IDS)('%s, natively batched', (id) => {
  it.each(MODES)('equals single environments side by side, autoreset %s', (autoresetMode) => {
    const native = makeVec(id, { numEnvs: COUNT, vectorizationMode: 'vectorEntryPoint', autoresetMode });
    const sync = makeVec(id, { numEnvs: COUNT, vectorizationMode: 'sync', vectorKwargs: { autoresetMode } });
    const expected = play(sync as AnyVector);
    const found = play(native as AnyVector);
    expect(found.started).toEqual(expected.started);
    found.steps.forEach((step, turn) => {
      expect(step, `turn ${turn}`).toEqual(expected.steps[turn]);
    });
    const endings = found.steps.reduce((sum, [, , ended]) => sum + ended.reduce((a, b) => a + b, 0), 0);
    expect(endings).toBeGreaterThan(0);
  });

  it('is what makeVec makes when nothing else is asked for', () => {
    const env = makeVec(id, { numEnvs: 2 });
    expect(env.constructor.name).toMatch(/VectorEnv$/);
    expect(env.spec!.kwargs.vectorizationMode).toBe('vectorEntryPoint');
    expect(env.observationSpace.toString()).toContain('(2, ');
  });

  it('truncates as a time limit does to single environments', () => {
    const options = { numEnvs: COUNT, maxEpisodeSteps: 2 };
    const native = play(makeVec(id, { ...options, vectorizationMode: 'vectorEntryPoint' }) as AnyVector);
    const sync = play(makeVec(id, { ...options, vectorizationMode: 'sync' }) as AnyVector);
    expect(native.steps).toEqual(sync.steps);
    expect(native.steps.some(([, , , truncations]) => truncations.includes(1))).toBe(true);
  });

  it('goes on from a saved state, through JSON, as if never interrupted', () => {
    const make = (): AnyVector => makeVec(id, { numEnvs: COUNT }) as AnyVector;
    const env = make();
    const masks = env.reset({ seed: 4 })[1].actionMask!;
    const zero = (env.actionSpace.sample() as unknown as Int32Array).slice();
    zero.set(
      pick(env.singleActionSpace as never, masks, 2).map((a) =>
        typeof zero[0] === 'bigint' ? BigInt(a) : a,
      ) as never,
    );
    env.step(zero);
    const copy = make();
    copy.setState(JSON.parse(JSON.stringify(env.getState())));
    expect(copy.step(zero)).toEqual(env.step(zero));
  });
});

describe('the batched healing environments', () => {
  it('refuse options that single ones refuse, and numbers of environments that are none', () => {
    expect(() => makeVec(IDS[0]!, { numEnvs: 2, topology: 'no-such' })).toThrow(ConfigError);
    expect(() => makeVec(IDS[0]!, { numEnvs: 0 })).toThrow('numEnvs must be a positive integer, got 0');
    expect(() => makeVec(IDS[0]!, { numEnvs: 1, autoresetMode: 'Never' })).toThrow(
      "'Never' is not a valid AutoresetMode (NextStep, SameStep, Disabled)",
    );
    const env = makeVec(IDS[0]!, { numEnvs: 1 });
    expect(() => env.step(Int32Array.of(0))).toThrow('no incident before the first reset');
  });

  it('renders a frame each', () => {
    const env = makeVec(IDS[0]!, { numEnvs: 2, renderMode: 'ansi' });
    env.reset({ seed: 1 });
    const frames = env.render() as readonly string[];
    expect(frames).toHaveLength(2);
    expect(frames[0]).toContain('no turn taken yet');
    expect(frames[0]).not.toBe(frames[1]);
  });
});
