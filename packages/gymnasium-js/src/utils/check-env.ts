import { type AnyEnv, Env, type ResetResult, type StepResult } from '../core/env.js';
import type { Info } from '../core/info.js';
import { make } from '../envs/registration/make.js';
import { GymnasiumError } from '../error.js';
import { warn } from '../logger.js';
import type { GeneratorState } from '../random/index.js';
import { Box } from '../spaces/box.js';
import { isDict } from '../spaces/dict.js';
import type { Dtype } from '../spaces/dtype.js';
import type { Space } from '../spaces/space.js';
import { isTuple } from '../spaces/tuple.js';
import { dataEquivalence } from './data-equivalence.js';
import {
  assert,
  checkActionSpace,
  checkObservationSpace,
  checkRender,
  checkResetResult,
  checkStepResult,
  sharesData,
} from './passive-checks.js';

export interface CheckEnvOptions {
  /** Leave `render` alone. */
  readonly skipRenderCheck?: boolean;
  /** Leave `close` alone. */
  readonly skipCloseCheck?: boolean;
  /** Leave `getState` and `setState` alone. */
  readonly skipStateCheck?: boolean;
}

const SEED = 123;

function same(a: GeneratorState, b: GeneratorState): boolean {
  return JSON.stringify(a) === JSON.stringify(b);
}

function boxes(space: Space<unknown>): Box<Dtype>[] {
  if (space instanceof Box) return [space as Box<Dtype>];
  if (isTuple(space)) return space.spaces.flatMap(boxes);
  if (isDict(space)) return space.keys.flatMap((key) => boxes(space.spaces[key]!));
  return [];
}

/** Warns about unbounded Boxes and action Boxes that are not within [-1, 1]. */
function checkSpaceLimit(space: Space<unknown>, kind: 'observation' | 'action'): void {
  for (const box of boxes(space)) {
    const low = Array.from(box.low as ArrayLike<number>, Number);
    const high = Array.from(box.high as ArrayLike<number>, Number);
    if (low.includes(Number.NEGATIVE_INFINITY)) {
      warn(`A Box ${kind} space minimum value is -infinity. This is probably too low.`);
    }
    if (high.includes(Number.POSITIVE_INFINITY)) {
      warn(`A Box ${kind} space maximum value is infinity. This is probably too high.`);
    }
    if (kind !== 'action' || box.shape.length !== 1) continue;
    if (low.some((x, i) => (x !== 0 && Math.abs(x) !== Math.abs(high[i]!)) || x < -1 || high[i]! > 1)) {
      warn(
        'For Box action spaces, we recommend using a symmetric and normalized space (range=[-1, 1] or [0, 1]). See https://stable-baselines3.readthedocs.io/en/master/guide/rl_tips.html for more information.',
      );
    }
  }
}

/** An environment whose results are awaited, whatever its mode. */
class Awaited {
  constructor(readonly env: AnyEnv) {}

  async reset(
    options: { seed?: number; options?: Record<string, unknown> } = {},
  ): Promise<ResetResult<unknown>> {
    return await this.env.reset(options);
  }

  async step(action: unknown): Promise<StepResult<unknown>> {
    return await this.env.step(action);
  }

  random(): GeneratorState {
    return this.env.unwrapped.npRandom.getState();
  }

  get deterministic(): boolean {
    return this.env.spec === null || !this.env.spec.nondeterministic;
  }
}

function within(env: AnyEnv, observation: unknown, call: string): void {
  assert(
    env.observationSpace.contains(observation),
    `The observation returned by \`${call}\` is not within the observation space.`,
  );
}

async function checkSeeding(env: Awaited): Promise<void> {
  const call = `env.reset({seed: ${SEED}})`;
  const played: unknown[] = [];
  const streams: GeneratorState[] = [];
  for (const seed of [SEED, undefined, SEED, undefined]) {
    const [observation] = await env.reset(seed === undefined ? {} : { seed });
    within(env.env, observation, seed === undefined ? 'env.reset()' : call);
    // Kept as a copy: some environments reuse their observations.
    played.push(structuredClone(observation));
    if (seed !== undefined) streams.push(env.random());
  }
  if (env.deterministic) {
    checkSame(
      played[0],
      played[2],
      `Using \`${call}\` is non-deterministic as the observations are not equivalent.`,
      `Using \`${call}\` observations are not equal although similar.`,
    );
    checkSame(
      played[1],
      played[3],
      `Using \`${call}\` then \`env.reset()\` is non-deterministic as the observations are not equivalent.`,
      `Using \`${call}\` then \`env.reset()\` observations are not equal although similar.`,
    );
  }
  assert(
    same(streams[0]!, streams[1]!),
    'Most likely the environment reset function does not call `super.reset(options)` as the random generators are not same when the same seeds are passed to `env.reset`.',
  );
  const [other] = await env.reset({ seed: 456 });
  within(env.env, other, 'env.reset({seed: 456})');
  assert(
    !same(env.random(), streams[0]!),
    'Most likely the environment reset function does not call `super.reset(options)` as the random number generators are not different when different seeds are passed to `env.reset`.',
  );
}

function checkSame(a: unknown, b: unknown, different: string, similar: string): void {
  assert(dataEquivalence(a, b), different);
  if (!dataEquivalence(a, b, true)) warn(similar);
}

async function checkStepDeterminism(env: Awaited): Promise<void> {
  if (!env.deterministic) return;
  const { actionSpace } = env.env;
  actionSpace.seed(SEED);
  const [, firstInfo] = await env.reset({ seed: SEED });
  const action = validAction(env.env, firstInfo);
  const first = structuredClone(await env.step(action));
  const stream = env.random();
  await env.reset({ seed: SEED });
  const second = await env.step(action);
  assert(same(env.random(), stream), 'The `npRandom` is not properly been updated after step.');
  const names = ['observations', 'rewards', 'termination'] as const;
  names.forEach((name, i) => {
    checkSame(
      first[i],
      second[i],
      `Deterministic step ${name} are not equivalent for the same seed and action`,
      `Step ${name} are not equal although similar given the same seed and action`,
    );
  });
  assert(!first[3] && !second[3], 'Environment truncates after 1 step, something has gone very wrong.');
  checkSame(
    first[4],
    second[4],
    'Deterministic step info are not equivalent for the same seed and action',
    'Step info are not equal although similar given the same seed and action',
  );
}

/** A sample that the action mask allows. */
function validAction(env: AnyEnv, info: Info): unknown {
  return env.actionSpace.sample(info.actionMask === undefined ? {} : { mask: info.actionMask });
}

async function checkNoReuse(env: Awaited): Promise<void> {
  env.env.actionSpace.seed(SEED);
  let [observation, info] = await env.reset({ seed: SEED });
  const calls: [source: string, data: readonly [unknown, Info]][] = [
    ['env.reset() (call 1)', [observation, info]],
  ];
  for (let i = 0; i < 2; i++) {
    const result = await env.step(validAction(env.env, info));
    [observation, info] = [result[0], result[4]];
    calls.push([`env.step() (call ${calls.length + 1})`, [observation, info]]);
    if (result[2] || result[3]) break;
  }
  calls.push([`env.reset() (call ${calls.length + 1})`, await env.reset({ seed: SEED })]);
  calls.forEach(([one, a], i) => {
    for (const [two, b] of calls.slice(i + 1)) {
      (['observation', 'info'] as const).forEach((name, k) => {
        assert(
          !sharesData(a[k], b[k]),
          `The ${name}s returned by \`${one}\` and \`${two}\` share an object, therefore, modifying one will modify the other. Environments must return new ${name} data on every call as users keep the data returned to them.`,
        );
      });
    }
  });
}

/** Plays some steps, resetting at ends, and gives everything that came back. */
async function play(env: Awaited, info: Info, steps: number): Promise<unknown[]> {
  const log: unknown[] = [];
  let last = info;
  for (let i = 0; i < steps; i++) {
    const result = structuredClone(await env.step(validAction(env.env, last)));
    last = result[4];
    log.push(result);
    if (!result[2] && !result[3]) continue;
    const reset = structuredClone(await env.reset());
    last = reset[1];
    log.push(reset);
  }
  return log;
}

async function checkState(env: Awaited): Promise<void> {
  if (!env.deterministic) return;
  const { actionSpace } = env.env;
  actionSpace.seed(SEED);
  const [, first] = await env.reset({ seed: SEED });
  const started = await play(env, first, 3);
  const lastEntry = started[started.length - 1] as unknown[];
  const info = lastEntry[lastEntry.length - 1] as Info;
  const state: unknown = JSON.parse(JSON.stringify(env.env.getState()));
  const draws = actionSpace.npRandom.getState();
  const expected = await play(env, info, 10);
  env.env.setState(state);
  actionSpace.npRandom.setState(draws);
  const replayed = await play(env, info, 10);
  assert(
    dataEquivalence(expected, replayed, true),
    'Continuing after `env.setState(env.getState())` (through JSON) differs from never having stopped: the state misses something.',
  );
}

async function checkRenderModes(env: AnyEnv): Promise<void> {
  if (env.renderMode !== null) checkRender(env);
  const { spec } = env;
  if (spec === null) {
    warn(
      'Not able to test alternative render modes due to the environment not having a spec. Try instantiating the environment through `make`',
    );
    return;
  }
  for (const renderMode of env.metadata.renderModes ?? []) {
    const other = make(spec, { renderMode }) as AnyEnv;
    await other.reset();
    checkRender(other);
    await other.close();
  }
}

async function checkClose(env: AnyEnv): Promise<void> {
  if (env.spec === null) return;
  const other = make(env.spec) as AnyEnv;
  await other.close();
  try {
    await other.close();
  } catch (error) {
    warn(
      `Calling \`env.close()\` on the closed environment should be allowed, but it raised an exception: ${String(error)}`,
    );
  }
}

/**
 * Checks that an environment of either mode follows the API: spaces, results, seeding, determinism, fresh data, action masks, state
 * round trip, rendering, closing. Run it in your tests, on the unwrapped environment.
 *
 * What cannot be right throws; what is only doubtful is a warning (see `setWarningSink`).
 *
 * @throws CheckError, TypeError or GymnasiumError with what was expected and what came
 */
export async function checkEnv(env: AnyEnv, options: CheckEnvOptions = {}): Promise<void> {
  if (!((env as unknown) instanceof Env)) {
    throw new TypeError(`The environment must inherit from the Env class, actual value: ${String(env)}`);
  }
  if (env.unwrapped !== env) {
    warn(
      `The environment (${env}) is different from the unwrapped version (${env.unwrapped}). This could effect the environment checker as the environment most likely has a wrapper applied to it. We recommend using the raw environment for \`checkEnv\` using \`env.unwrapped\`.`,
    );
  }
  for (const kind of ['action', 'observation'] as const) {
    const space: unknown = kind === 'action' ? env.actionSpace : env.observationSpace;
    if (space === undefined) throw new GymnasiumError(`The environment must specify an ${kind} space.`);
    if (kind === 'action') checkActionSpace(space);
    else checkObservationSpace(space);
    checkSpaceLimit(space as Space<unknown>, kind);
  }
  const awaited = new Awaited(env);
  checkResetResult(await awaited.reset(), env.observationSpace, env.actionSpace);
  await checkSeeding(awaited);
  const reset = await awaited.reset({ options: {} });
  checkResetResult(reset, env.observationSpace, env.actionSpace);
  within(env, reset[0], 'env.reset()');
  checkStepResult(await awaited.step(validAction(env, reset[1])), env.observationSpace, env.actionSpace);
  await checkStepDeterminism(awaited);
  await checkNoReuse(awaited);
  if (!options.skipStateCheck) await checkState(awaited);
  if (!options.skipRenderCheck) await checkRenderModes(env);
  if (!options.skipCloseCheck) await checkClose(env);
}
