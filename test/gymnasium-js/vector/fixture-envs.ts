/** Environments for the tests of AsyncVectorEnv; imported by every worker. */
import {
  Box,
  Dict,
  Discrete,
  Env,
  type Info,
  type ResetOptions,
  type ResetResult,
  register,
  registry,
  Sequence,
  type StepResult,
} from 'gymnasium-js';

type Observation = { t: number; x: Float32Array };

/** Counts steps; misbehaves at the step and in the way it is told. */
class Fixture extends Env<Observation, number> {
  override readonly observationSpace = new Dict({ t: new Discrete(1000), x: new Box(-1, 1, { shape: [2] }) });
  override readonly actionSpace = new Discrete(4);
  private t = 0;
  label = 'fresh';

  constructor(private readonly options: { failAt?: number; exitAt?: number; length?: number } = {}) {
    super();
  }

  private observe(): [Observation, Info] {
    const mask = Uint8Array.from([1, this.t % 2, 1, 0]);
    return [
      { t: this.t, x: Float32Array.of(this.t / 1000, -1) },
      { actionMask: mask, nested: { t: this.t } },
    ];
  }

  override reset(options: ResetOptions = {}): ResetResult<Observation> {
    super.reset(options);
    this.t = this.npRandom.integers(3);
    return this.observe();
  }

  override step(action: number): StepResult<Observation> {
    this.t++;
    if (this.t === this.options.failAt) throw new RangeError(`the fixture breaks at step ${this.t}`);
    if (this.t === this.options.exitAt) process.exit(7);
    const [observation, info] = this.observe();
    return [observation, action / 2, this.t >= (this.options.length ?? 6), false, info];
  }

  greet(name: string): string {
    return `hello ${name}, ${this.label}`;
  }

  override getState(): unknown {
    return { base: super.getState(), t: this.t };
  }

  override setState(state: unknown): void {
    const { base, t } = state as { base: unknown; t: number };
    super.setState(base);
    this.t = t;
  }
}

/** Observes its step and is rewarded with the action; an episode ends at the step that a test sets. */
class Counter extends Env<number, number> {
  override readonly observationSpace = new Discrete(10);
  override readonly actionSpace = new Discrete(10);
  length = 1;
  private t = 0;
  override reset(options: ResetOptions = {}): ResetResult<number> {
    super.reset(options);
    this.t = 0;
    return [this.t, {}];
  }
  override step(action: number): StepResult<number> {
    this.t++;
    return [this.t, action, this.t >= this.length, false, {}];
  }
}

/** Observations of any length: they do not fit shared memory. */
class Listing extends Env<unknown, number> {
  override readonly observationSpace = new Sequence(new Discrete(5));
  override readonly actionSpace = new Discrete(2);
  private list: number[] = [];
  override reset(options: ResetOptions = {}): ResetResult<unknown> {
    super.reset(options);
    this.list = [];
    return [[...this.list], {}];
  }
  override step(action: number): StepResult<unknown> {
    this.list.push(action);
    return [[...this.list], 0, this.list.length >= 3, false, {}];
  }
}

/** Answers by promise. */
class Slow extends Env<Float32Array, number, 'async'> {
  override readonly observationSpace = new Box(0, 100);
  override readonly actionSpace = new Discrete(2);
  private t = 0;
  override async reset(options: ResetOptions = {}): Promise<ResetResult<Float32Array>> {
    void super.reset(options);
    this.t = 0;
    await Promise.resolve();
    return [Float32Array.of(0), {}];
  }
  override async step(): Promise<StepResult<Float32Array>> {
    await Promise.resolve();
    this.t++;
    return [Float32Array.of(this.t), 1, this.t >= 2, false, {}];
  }
}

if (!registry.has('fixture/Fixture-v0')) {
  register({ id: 'fixture/Fixture-v0', entryPoint: (options) => new Fixture(options) });
  register({ id: 'fixture/Counter-v0', entryPoint: () => new Counter() });
  register({ id: 'fixture/Listing-v0', entryPoint: () => new Listing() });
  register({ id: 'fixture/Slow-v0', entryPoint: () => new Slow() });
}
