/** What `PassiveEnvChecker` and `checkEnv` look at: spaces, results of reset, step and render, reused buffers, action masks. */
import type { Env, RenderFrame, ResetResult, StepResult } from '../core/env.js';
import type { Info } from '../core/info.js';
import type { Mode } from '../core/mode.js';
import { CheckError } from '../error.js';
import { warn } from '../logger.js';
import { Box } from '../spaces/box.js';
import { Dict } from '../spaces/dict.js';
import { Discrete } from '../spaces/discrete.js';
import { type Dtype, dtypeOf, isTypedArray } from '../spaces/dtype.js';
import { maskLength } from '../spaces/mask-length.js';
import { MultiDiscrete } from '../spaces/multi-discrete.js';
import { Space } from '../spaces/space.js';

/** @throws CheckError with the message unless `condition` holds */
export function assert(condition: boolean, message: string): asserts condition {
  if (!condition) throw new CheckError(message);
}

function typeName(value: unknown): string {
  if (value === null) return 'null';
  if (typeof value !== 'object') return typeof value;
  return value.constructor?.name ?? 'object';
}

function isPlain(value: unknown): value is Record<string, unknown> {
  return typeof value === 'object' && value !== null && !Array.isArray(value) && !ArrayBuffer.isView(value);
}

function checkSpace(space: unknown, kind: 'observation' | 'action'): void {
  if (!(space instanceof Space)) {
    throw new TypeError(`${kind} space does not inherit from \`Space\`, actual type: ${typeName(space)}`);
  }
  if (space instanceof Box) {
    const box = space as Box<Dtype>;
    if (Array.from(box.low as ArrayLike<unknown>).some((low, i) => low === box.high[i])) {
      warn(`A Box ${kind} space maximum and minimum values are equal.`);
    }
  } else if (space instanceof Dict) {
    assert(space.keys.length > 0, `An empty Dict ${kind} space is not allowed.`);
    for (const key of space.keys) checkSpace(space.spaces[key], kind);
  } else if ('spaces' in space && Array.isArray(space.spaces)) {
    assert(space.spaces.length > 0, `An empty ${space.constructor.name} ${kind} space is not allowed.`);
    for (const part of space.spaces) checkSpace(part, kind);
  }
}

export function checkObservationSpace(space: unknown): void {
  checkSpace(space, 'observation');
}

export function checkActionSpace(space: unknown): void {
  checkSpace(space, 'action');
}

/** Warns where an observation does not look as its space says. */
export function checkObservation(
  observation: unknown,
  space: Space<unknown>,
  method: 'reset' | 'step',
): void {
  const pre = `The obs returned by the \`${method}()\` method`;
  if (space instanceof Discrete) {
    if (!Number.isInteger(observation))
      warn(`${pre} should be an integer, actual type: ${typeName(observation)}`);
  } else if (space instanceof Box || space instanceof MultiDiscrete) {
    if (!isTypedArray(observation)) {
      warn(`${pre} was expecting a typed array, actual type: ${typeName(observation)}`);
    } else if (
      dtypeOf(observation) !== space.dtype &&
      !(space.dtype === 'bool' && dtypeOf(observation) === 'uint8')
    ) {
      warn(
        `${pre} was expecting the array's dtype to be ${space.dtype}, actual type: ${dtypeOf(observation)}`,
      );
    }
  } else if (space instanceof Dict) {
    assert(isPlain(observation), `${pre} must be an object, actual type: ${typeName(observation)}`);
    const keys = Object.keys(observation);
    assert(
      keys.length === space.keys.length && space.keys.every((key) => keys.includes(key)),
      `${pre} observation keys is not same as the observation space keys, obs keys: ${keys.join(', ')}, space keys: ${space.keys.join(', ')}`,
    );
    for (const key of space.keys) checkObservation(observation[key], space.spaces[key]!, method);
  } else if ('spaces' in space && Array.isArray(space.spaces) && space.constructor.name === 'Tuple') {
    const parts = space.spaces as Space<unknown>[];
    assert(
      Array.isArray(observation),
      `${pre} was expecting an array, actual type: ${typeName(observation)}`,
    );
    assert(
      observation.length === parts.length,
      `${pre} length is not same as the observation space length, obs length: ${observation.length}, space length: ${parts.length}`,
    );
    parts.forEach((part, i) => {
      checkObservation(observation[i], part, method);
    });
  }
  try {
    if (!space.contains(observation)) warn(`${pre} is not within the observation space.`);
  } catch (error) {
    warn(`${pre} is not within the observation space with exception: ${String(error)}`);
  }
}

/** A mask must have the action space's length, hold zeros and ones, and allow something unless the episode is over. */
export function checkActionMask(info: Info, space: Space<unknown>, over: boolean): void {
  const mask: unknown = info.actionMask;
  if (mask === undefined) return;
  const length = maskLength(space);
  assert(
    length !== null,
    `info.actionMask is given although ${space} has no mask; it goes with Discrete and MultiDiscrete`,
  );
  assert(mask instanceof Uint8Array, `info.actionMask must be a Uint8Array, actual type: ${typeName(mask)}`);
  assert(mask.length === length, `info.actionMask must have length ${length}, actual length: ${mask.length}`);
  assert(
    mask.every((x) => x === 0 || x === 1),
    `info.actionMask must hold 0 or 1 only, actual values: ${mask}`,
  );
  if (over) return;
  const counts = space instanceof MultiDiscrete ? space.nvec : [length];
  let at = 0;
  for (const n of counts) {
    assert(
      mask.subarray(at, at + n).includes(1),
      `info.actionMask must allow at least one action, actual values: ${mask.subarray(at, at + n)}`,
    );
    at += n;
  }
}

function checkInfo(info: unknown, method: string): asserts info is Info {
  assert(
    isPlain(info),
    `The info returned by \`${method}()\` must be an object, actual type: ${typeName(info)}`,
  );
}

export function checkResetResult(result: unknown, space: Space<unknown>, actions: Space<unknown>): void {
  assert(
    Array.isArray(result),
    `The result returned by \`env.reset()\` was not a tuple of the form \`[obs, info]\`. Actual type: \`${typeName(result)}\``,
  );
  assert(
    result.length === 2,
    `The result returned by \`env.reset()\` should be \`[obs, info]\`, actual number of elements: ${result.length}.`,
  );
  const [observation, info] = result as ResetResult<unknown>;
  checkObservation(observation, space, 'reset');
  checkInfo(info, 'reset');
  checkActionMask(info, actions, false);
}

function checkReward(reward: unknown): void {
  if (typeof reward !== 'number') {
    warn(`The reward returned by \`step()\` must be a number, actual type: ${typeName(reward)}`);
  } else if (Number.isNaN(reward)) {
    warn('The reward is a NaN value.');
  } else if (!Number.isFinite(reward)) {
    warn('The reward is an inf value.');
  }
}

export function checkStepResult(result: unknown, space: Space<unknown>, actions: Space<unknown>): void {
  assert(Array.isArray(result), `Expects step result to be a tuple, actual type: ${typeName(result)}`);
  assert(
    result.length === 5,
    `Expected \`Env.step\` to return a five element tuple, actual number of elements returned: ${result.length}.`,
  );
  const [observation, reward, terminated, truncated, info] = result as StepResult<unknown>;
  for (const [name, flag] of [
    ['terminated', terminated],
    ['truncated', truncated],
  ] as const) {
    if (typeof flag !== 'boolean')
      warn(`Expects \`${name}\` signal to be a boolean, actual type: ${typeName(flag)}`);
  }
  checkObservation(observation, space, 'step');
  checkReward(reward);
  checkInfo(info, 'step');
  checkActionMask(info, actions, terminated || truncated);
}

/** Whether two results share a mutable object: the same array, or views of the same bytes. */
export function sharesData(a: unknown, b: unknown): boolean {
  if (ArrayBuffer.isView(a) && ArrayBuffer.isView(b)) {
    return (
      a === b ||
      (a.buffer === b.buffer &&
        a.byteOffset < b.byteOffset + b.byteLength &&
        b.byteOffset < a.byteOffset + a.byteLength)
    );
  }
  if (Array.isArray(a) && Array.isArray(b)) return a === b || a.some((x, i) => sharesData(x, b[i]));
  if (isPlain(a) && isPlain(b)) {
    return a === b || Object.keys(a).some((key) => key in b && sharesData(a[key], b[key]));
  }
  return false;
}

/** Warns when two calls returned the same buffer: a caller who keeps transitions would see them change. */
export function checkDataReuse(
  before: readonly [unknown, Info],
  now: readonly [unknown, Info],
  source: 'reset' | 'step',
): void {
  const names = ['observations', 'infos'] as const;
  names.forEach((name, i) => {
    if (!sharesData(before[i], now[i])) return;
    const single = name.slice(0, -1);
    warn(
      `The ${name} returned by \`${source}\` and the following \`step\` share an object, therefore, modifying one will modify the other. Environments should return new ${single} data on every call as users commonly keep the data returned to them.`,
    );
  });
}

function checkFrame(mode: string, frame: unknown): void {
  if (mode === 'human') {
    if (frame !== null) warn(`Human rendering should return \`null\`, got ${typeName(frame)}`);
  } else if (mode === 'ansi' || mode === 'svg') {
    if (typeof frame !== 'string') warn(`${mode} rendering should produce a string, got ${typeName(frame)}`);
  } else if (mode.endsWith('_list')) {
    if (!Array.isArray(frame)) warn(`Render mode \`${mode}\` should produce a list, got ${typeName(frame)}`);
    else for (const item of frame) checkFrame(mode.slice(0, -'_list'.length), item);
  }
}

/** Checks the declared render modes, renders, and checks the frame. */
export function checkRender<M extends Mode>(env: Env<unknown, unknown, M>): RenderFrame {
  const { renderModes, renderFps } = env.metadata;
  if (renderModes === undefined) {
    warn(
      'No render modes was declared in the environment (env.metadata.renderModes is not defined), you may have trouble when calling `.render()`.',
    );
  } else if (renderModes.length === 0) {
    assert(
      env.renderMode === null,
      `With no renderModes, expects the Env.renderMode to be null, actual value: ${env.renderMode}`,
    );
  } else {
    if (renderFps === undefined) {
      warn(
        'No render fps was declared in the environment (env.metadata.renderFps is not defined), rendering may occur at inconsistent fps.',
      );
    } else {
      assert(
        renderFps > 0,
        `Expects the \`env.metadata.renderFps\` to be greater than zero, actual value: ${renderFps}`,
      );
    }
    assert(
      env.renderMode === null || renderModes.includes(env.renderMode),
      `The environment was initialized successfully however with an unsupported render mode. Render mode: ${env.renderMode}, modes: ${renderModes.join(', ')}`,
    );
  }
  const frame = env.render();
  if (env.renderMode !== null) checkFrame(env.renderMode, frame);
  return frame;
}
