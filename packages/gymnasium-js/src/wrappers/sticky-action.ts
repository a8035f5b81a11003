import type { Env, ResetOptions, ResetResult } from '../core/env.js';
import type { InMode, Mode } from '../core/mode.js';
import { ActionWrapper } from '../core/wrapper.js';
import { InvalidBound, InvalidProbability } from '../error.js';

export interface StickyActionOptions {
  /** For how many steps an action sticks: a number, or the least and the greatest. Default 1. */
  readonly repeatActionDuration?: number | readonly [number, number];
}

/**
 * Plays the previous action again with some probability, drawn from the environment's stream.
 *
 * @throws InvalidProbability outside [0, 1); RangeError or InvalidBound for durations that make no sense
 */
export class StickyAction<Obs, Act, M extends Mode = 'sync'> extends ActionWrapper<Obs, Act, M> {
  readonly repeatActionProbability: number;
  readonly #duration: readonly [number, number];
  #last: Act | null = null;
  #sticking = false;
  #planned = 0;
  #taken = 0;

  constructor(env: Env<Obs, Act, M>, repeatActionProbability: number, options: StickyActionOptions = {}) {
    if (!(repeatActionProbability >= 0 && repeatActionProbability < 1)) {
      throw new InvalidProbability(
        `\`repeatActionProbability\` should be in the interval [0,1). Received ${repeatActionProbability}`,
      );
    }
    const { repeatActionDuration = 1 } = options;
    const range =
      typeof repeatActionDuration === 'number'
        ? [repeatActionDuration, repeatActionDuration]
        : repeatActionDuration;
    if (!Array.isArray(range) || range.length !== 2) {
      throw new RangeError(
        `\`repeatActionDuration\` should be an integer or a pair of integers. Received ${String(range)}`,
      );
    }
    const [least, most] = range as [number, number];
    if (least > most)
      throw new InvalidBound(`\`repeatActionDuration\` is not a valid bound. Received ${range}`);
    if (least < 1) {
      throw new RangeError(`\`repeatActionDuration\` should be larger or equal than 1. Received ${range}`);
    }
    super(env, { repeatActionProbability, repeatActionDuration });
    this.repeatActionProbability = repeatActionProbability;
    this.#duration = [least, most];
  }

  override reset(options: ResetOptions = {}): InMode<ResetResult<Obs>, M> {
    this.#last = null;
    this.#sticking = false;
    this.#planned = 0;
    this.#taken = 0;
    return this.env.reset(options);
  }

  override action(action: Act): Act {
    let played = action;
    if (this.#sticking || (this.#last !== null && this.npRandom.uniform() < this.repeatActionProbability)) {
      if (this.#planned === 0)
        this.#planned = this.npRandom.integers(this.#duration[0], this.#duration[1] + 1);
      played = this.#last as Act;
      this.#sticking = true;
      this.#taken++;
    }
    if (this.#sticking && this.#planned === this.#taken) {
      this.#sticking = false;
      this.#planned = 0;
      this.#taken = 0;
    }
    this.#last = played;
    return played;
  }

  protected override saveState(): unknown {
    return {
      last: this.#last === null ? null : this.actionSpace.toJsonable([this.#last]),
      sticking: this.#sticking,
      planned: this.#planned,
      taken: this.#taken,
    };
  }

  protected override loadState(state: unknown): void {
    const saved = state as { last: unknown; sticking: boolean; planned: number; taken: number };
    this.#last = saved.last === null ? null : this.actionSpace.fromJsonable(saved.last)[0]!;
    this.#sticking = saved.sticking;
    this.#planned = saved.planned;
    this.#taken = saved.taken;
  }
}
