import type { Metadata } from '../../core/env.js';
import { warnNoRenderMode } from '../render-mode.js';
import { TabularEnv, type Transition } from './tabular.js';

const ROWS = 4;
const COLUMNS = 12;
const START = 36;
const GOAL = 47;

/** Up, right, down, left: row and column steps. */
const MOVES = [
  [-1, 0],
  [0, 1],
  [1, 0],
  [0, -1],
] as const;

function isCliff(row: number, column: number): boolean {
  return row === ROWS - 1 && column > 0 && column < COLUMNS - 1;
}

function outcome(state: number, move: number, probability: number): Transition {
  const [dr, dc] = MOVES[move as 0];
  const row = Math.min(Math.max(Math.floor(state / COLUMNS) + dr, 0), ROWS - 1);
  const column = Math.min(Math.max((state % COLUMNS) + dc, 0), COLUMNS - 1);
  if (isCliff(row, column)) return [probability, START, -100, false];
  const next = row * COLUMNS + column;
  return [probability, next, -1, next === GOAL];
}

function outcomes(state: number, action: number, slippery: boolean): Transition[] {
  if (!slippery) return [outcome(state, action, 1)];
  return [(action + 3) % 4, action, (action + 1) % 4].map((move) => outcome(state, move, 1 / 3));
}

export interface CliffWalkingOptions {
  /** Move as told with probability 1/3, else to either side. */
  readonly isSlippery?: boolean;
  readonly renderMode?: string | null;
}

/**
 * Walk along a cliff from one corner to the other.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(4)`: up, right, down, left |
 * | Observation | `Discrete(48)`: row × 12 + column |
 * | Reward | -1 a step, -100 for stepping off the cliff (and back to the start) |
 * | Start | 36, the lower left corner |
 * | Info | `prob`: probability of what happened |
 * | End | terminated at 47, the lower right corner |
 *
 * Source: Sutton and Barto, example 6.6. Version history: v1, slippery version; v0.
 */
export class CliffWalkingEnv extends TabularEnv {
  static override readonly metadata: Metadata = { renderModes: ['ansi'], renderFps: 4 };

  constructor({ isSlippery = false, renderMode = null }: CliffWalkingOptions = {}) {
    const states = Array.from({ length: ROWS * COLUMNS }, (_, state) => state);
    const table = states.map((state) => MOVES.map((_, action) => outcomes(state, action, isSlippery)));
    super(
      table,
      states.map((state) => (state === START ? 1 : 0)),
      4,
      renderMode,
    );
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'CliffWalking-v1', 'ansi');
    const tile = (state: number): string => {
      if (state === this.state) return 'x';
      if (state === GOAL) return 'T';
      return isCliff(Math.floor(state / COLUMNS), state % COLUMNS) ? 'C' : 'o';
    };
    const row = (r: number) => Array.from({ length: COLUMNS }, (_, c) => tile(r * COLUMNS + c)).join('  ');
    return `${Array.from({ length: ROWS }, (_, r) => row(r)).join('\n')}\n\n`;
  }
}
