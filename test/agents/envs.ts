// Small environments whose best policy is known, after those of Stable-Baselines3's tests.
import {
  Box,
  Discrete,
  Env,
  type Info,
  MultiDiscrete,
  type ResetOptions,
  type ResetResult,
  type StepResult,
} from 'gymnasium-js';

const LENGTH = 100;

interface Masking {
  readonly invalid: number;
}

/** The observation is a one-hot state; the action that names it is worth 1. Episodes are truncated after 100 steps: 100 is the best return. */
export class IdentityEnv extends Env<Float32Array, number> {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  private state = 0;
  private steps = 0;
  private valid: Uint8Array | null = null;

  constructor(
    readonly n: number,
    readonly masking: Masking | null = null,
  ) {
    super();
    this.observationSpace = new Box(0, 1, { shape: [n] });
    this.actionSpace = new Discrete(n);
  }

  private draw(): [Float32Array, Info] {
    this.state = this.npRandom.integers(this.n);
    const observation = new Float32Array(this.n);
    observation[this.state] = 1;
    if (!this.masking) return [observation, {}];
    // A random set of other actions is invalid at every step.
    const mask = new Uint8Array(this.n).fill(1);
    for (let left = this.masking.invalid; left > 0; ) {
      const action = this.npRandom.integers(this.n);
      if (action === this.state || mask[action] === 0) continue;
      mask[action] = 0;
      left--;
    }
    this.valid = mask;
    return [observation, { actionMask: mask }];
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    this.steps = 0;
    return this.draw();
  }

  override step(action: number): StepResult<Float32Array> {
    if (this.valid && this.valid[action] === 0) throw new Error(`invalid action ${action} taken`);
    const reward = action === this.state ? 1 : 0;
    this.steps++;
    const [observation, info] = this.draw();
    return [observation, reward, false, this.steps >= LENGTH, { ...info, llmCalls: 2 }];
  }

  override getState(): unknown {
    return { base: super.getState(), state: this.state, steps: this.steps, valid: this.valid };
  }

  override setState(saved: unknown): void {
    const state = saved as { base: unknown; state: number; steps: number; valid: Uint8Array | null };
    super.setState(state.base);
    this.state = state.state;
    this.steps = state.steps;
    this.valid = state.valid;
  }
}

/** As IdentityEnv with two components, each to name its own half of the observation; a right one is worth 1/2. */
export class IdentityMultiEnv extends Env<Float32Array, Int32Array> {
  readonly observationSpace: Box;
  readonly actionSpace: MultiDiscrete;
  private states: number[] = [];
  private steps = 0;

  constructor(readonly n: number) {
    super();
    this.observationSpace = new Box(0, 1, { shape: [2 * n] });
    this.actionSpace = new MultiDiscrete([n, n]);
  }

  private draw(): Float32Array {
    this.states = [this.npRandom.integers(this.n), this.npRandom.integers(this.n)];
    const observation = new Float32Array(2 * this.n);
    for (const [c, state] of this.states.entries()) observation[c * this.n + state] = 1;
    return observation;
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    this.steps = 0;
    return [this.draw(), {}];
  }

  override step(action: Int32Array): StepResult<Float32Array> {
    const reward = this.states.filter((state, c) => state === action[c]).length / 2;
    this.steps++;
    return [this.draw(), reward, false, this.steps >= LENGTH, {}];
  }
}

/** One state, reward 1 at every step, truncated (never terminated) after 10: with the bootstrap its value is 1 / (1 - gamma). */
export class EndlessEnv extends Env<Float32Array, number> {
  readonly observationSpace = new Box(0, 1, { shape: [1] });
  readonly actionSpace = new Discrete(2);
  private steps = 0;

  constructor(readonly terminates = false) {
    super();
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    this.steps = 0;
    return [Float32Array.of(1), {}];
  }

  override step(): StepResult<Float32Array> {
    this.steps++;
    const ended = this.steps >= 10;
    return [Float32Array.of(1), 1, ended && this.terminates, ended && !this.terminates, {}];
  }
}

/** Any environment, answering a turn of the event loop later. */
export class LaterEnv extends Env<Float32Array, number, 'async'> {
  readonly observationSpace: Box;
  readonly actionSpace: Discrete;
  static inFlight = 0;
  static mostInFlight = 0;

  constructor(private readonly inner: IdentityEnv) {
    super();
    this.observationSpace = inner.observationSpace;
    this.actionSpace = inner.actionSpace;
  }

  private async later<T>(result: T): Promise<T> {
    LaterEnv.inFlight++;
    LaterEnv.mostInFlight = Math.max(LaterEnv.mostInFlight, LaterEnv.inFlight);
    await new Promise(setImmediate);
    LaterEnv.inFlight--;
    return result;
  }

  override reset(options: ResetOptions = {}): Promise<ResetResult<Float32Array>> {
    return this.later(this.inner.reset(options));
  }

  override step(action: number): Promise<StepResult<Float32Array>> {
    return this.later(this.inner.step(action));
  }

  override getState(): unknown {
    return this.inner.getState();
  }

  override setState(state: unknown): void {
    this.inner.setState(state);
  }
}

/**
 * Where a mask must count in a target: START leads to MASKED, where action 1 alone is valid and worth 1. BAIT looks like MASKED,
 * and there action 0 is worth 10: a linear Q-function carries that over to action 0 in MASKED, which is never taken.
 */
export class BaitEnv extends Env<Float32Array, number> {
  static readonly START = Float32Array.of(1, 0, 0);
  static readonly MASKED = Float32Array.of(0, 1, 0);
  static readonly BAIT = Float32Array.of(0, 1, 1);
  readonly observationSpace = new Box(0, 1, { shape: [3] });
  readonly actionSpace = new Discrete(2);
  private observation = BaitEnv.START;

  private info(): Info {
    return { actionMask: this.observation === BaitEnv.MASKED ? Uint8Array.of(0, 1) : Uint8Array.of(1, 1) };
  }

  override reset(options: ResetOptions = {}): ResetResult<Float32Array> {
    super.reset(options);
    this.observation = this.npRandom.random() < 0.5 ? BaitEnv.START : BaitEnv.BAIT;
    return [this.observation, this.info()];
  }

  override step(action: number): StepResult<Float32Array> {
    if (this.observation === BaitEnv.START) {
      this.observation = BaitEnv.MASKED;
      return [this.observation, 0, false, false, this.info()];
    }
    const masked = this.observation === BaitEnv.MASKED;
    if (masked && action === 0) throw new Error('invalid action 0 taken');
    // A terminal state's mask allows nothing, and nobody may mind.
    return [
      BaitEnv.START,
      masked ? 1 : action === 0 ? 10 : 0,
      true,
      false,
      { actionMask: new Uint8Array(2) },
    ];
  }
}
