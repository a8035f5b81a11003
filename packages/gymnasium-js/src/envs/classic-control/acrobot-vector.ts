import { Discrete } from '../../spaces/discrete.js';
import type { Space } from '../../spaces/space.js';
import {
  NativeVectorEnv,
  type NativeVectorOptions,
  type StartBounds,
} from '../../vector/native-vector-env.js';
import {
  type AcrobotOptions,
  acrobotObservationSpace,
  type Links,
  observeLinks,
  swingLinks,
  TORQUES,
} from './acrobot.js';
import { checkDiscrete, resetBounds, sameBounds } from './bounds.js';

export type AcrobotVectorOptions = NativeVectorOptions & Pick<AcrobotOptions, 'bookOrNips' | 'dt'>;

/** Many acrobots in one loop: see {@link AcrobotEnv} for the task. Actions are 0, 1 or 2. */
export class AcrobotVectorEnv extends NativeVectorEnv<Int32Array> {
  readonly #nips: boolean;
  readonly #dt: number;
  /** The links being moved; scratch space. */
  readonly #links: Links = [0, 0, 0, 0];

  constructor(numEnvs = 1, options: AcrobotVectorOptions = {}) {
    super(
      numEnvs,
      {
        observationSpace: acrobotObservationSpace(),
        actionSpace: new Discrete(3) as Space<unknown>,
        bounds: sameBounds(4, [-0.1, 0.1]),
      },
      { maxEpisodeSteps: 500, ...options },
    );
    this.#nips = options.bookOrNips === 'nips';
    this.#dt = options.dt ?? 0.2;
  }

  protected override startBounds(options: Readonly<Record<string, unknown>> | null): StartBounds {
    return sameBounds(4, resetBounds(options, -0.1, 0.1));
  }

  protected override advance(actions: Int32Array): void {
    checkDiscrete(actions, this.numEnvs, 3);
    const links = this.#links;
    for (let i = 0; i < this.numEnvs; i++) {
      for (let k = 0; k < 4; k++) links[k] = this.state[k]![i]!;
      const terminated = swingLinks(links, TORQUES[actions[i]!]!, this.#dt, this.#nips);
      for (let k = 0; k < 4; k++) this.state[k]![i] = links[k]!;
      this.terminations[i] = terminated ? 1 : 0;
      this.rewards[i] = terminated ? 0 : -1;
      observeLinks(links, this.observations, 6 * i);
    }
  }

  /** As in the single environment, a start is float32. */
  protected override begin(i: number): void {
    for (const column of this.state) column[i] = Math.fround(column[i]!);
    super.begin(i);
  }

  protected override observe(i: number): void {
    const links = this.#links;
    for (let k = 0; k < 4; k++) links[k] = this.state[k]![i]!;
    observeLinks(links, this.observations, 6 * i);
  }
}
