import type { Metadata, ResetOptions, ResetResult, StepResult } from '../../core/env.js';
import type { Info } from '../../core/info.js';
import { colorize } from '../../render/ansi.js';
import { warnNoRenderMode } from '../render-mode.js';
import { TabularEnv, type Transition } from './tabular.js';

const MAP = [
  '+---------+',
  '|R: | : :G|',
  '| : | : : |',
  '| : : : : |',
  '| | : | : |',
  '|Y| : |B: |',
  '+---------+',
];
/** Red, green, yellow, blue. */
const STOPS = [
  [0, 0],
  [0, 4],
  [4, 0],
  [4, 3],
] as const;
const SIZE = 5;
const IN_TAXI = 4;
const ACTIONS = ['South', 'North', 'East', 'West', 'Pickup', 'Dropoff'];

/** South, north, east, west: the move as told and the drifts to its left and right. */
const MOVES = [
  [
    [1, 0],
    [0, 1],
    [0, -1],
  ],
  [
    [-1, 0],
    [0, -1],
    [0, 1],
  ],
  [
    [0, 1],
    [-1, 0],
    [1, 0],
  ],
  [
    [0, -1],
    [1, 0],
    [-1, 0],
  ],
] as const;

type Situation = readonly [row: number, column: number, passenger: number, destination: number];

function encode([row, column, passenger, destination]: Situation): number {
  return ((row * SIZE + column) * 5 + passenger) * 4 + destination;
}

function decode(state: number): Situation {
  const place = Math.floor(state / 20);
  return [Math.floor(place / SIZE), place % SIZE, Math.floor(state / 4) % 5, state % 4];
}

function stopAt(row: number, column: number): number {
  return STOPS.findIndex(([r, c]) => r === row && c === column);
}

function open(row: number, wall: number): boolean {
  return MAP[row + 1]![wall] === ':';
}

/** Whether a move as told is possible: walls stand east and west only. */
function passable(row: number, column: number, action: number): boolean {
  if (action === 0) return row < SIZE - 1;
  if (action === 1) return row > 0;
  return open(row, action === 2 ? 2 * column + 2 : 2 * column);
}

function limited(x: number): number {
  return Math.min(Math.max(x, 0), SIZE - 1);
}

/** Where a drift leads; a wall in between keeps the taxi where it is. */
function drift(row: number, column: number, [dr, dc]: readonly [number, number]): readonly [number, number] {
  const [r, c] = [limited(row + dr), limited(column + dc)];
  if (dc === 1 && !open(r, 2 * c)) return [row, column];
  if (dc === -1 && !open(r, 2 * c + 2)) return [row, column];
  return [r, c];
}

function pickUp([row, column, passenger, destination]: Situation): Transition {
  const there = passenger < IN_TAXI && stopAt(row, column) === passenger;
  return [1, encode([row, column, there ? IN_TAXI : passenger, destination]), there ? -1 : -10, false];
}

function dropOff([row, column, passenger, destination]: Situation): Transition {
  const stop = stopAt(row, column);
  if (passenger !== IN_TAXI || stop < 0)
    return [1, encode([row, column, passenger, destination]), -10, false];
  return [1, encode([row, column, stop, destination]), stop === destination ? 20 : -1, stop === destination];
}

function outcomes(situation: Situation, action: number, rain: number | null): Transition[] {
  if (action === 4) return [pickUp(situation)];
  if (action === 5) return [dropOff(situation)];
  const [row, column, passenger, destination] = situation;
  const at = ([r, c]: readonly [number, number]) => encode([r, c, passenger, destination]);
  const [ahead, left, right] = MOVES[action as 0];
  const free = passable(row, column, action);
  const target: readonly [number, number] = free
    ? [limited(row + ahead[0]), limited(column + ahead[1])]
    : [row, column];
  if (rain === null) return [[1, at(target), -1, false]];
  const side = (1 - rain) / 2;
  const [l, r] = free ? [drift(row, column, left), drift(row, column, right)] : [target, target];
  return [
    [rain, at(target), -1, false],
    [side, at(l), -1, false],
    [side, at(r), -1, false],
  ];
}

export interface TaxiOptions {
  /** The taxi drifts sideways in the rain. */
  readonly isRainy?: boolean;
  /** The passenger may change the destination, once, when the taxi starts moving. */
  readonly ficklePassenger?: boolean;
  /** Probability of moving as told in the rain; default 0.8. */
  readonly rainyProbability?: number;
  /** Probability of a fickle passenger; default 0.3. */
  readonly fickleProbability?: number;
  readonly renderMode?: string | null;
}

/**
 * Fetch a passenger at one of four stops and bring them to another, in a 5 × 5 town with walls.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(6)`: south, north, east, west, pick up, drop off, with `info.actionMask`: what would change the state |
 * | Observation | `Discrete(500)`: ((row × 5 + column) × 5 + passenger) × 4 + destination; passenger 4 is in the taxi |
 * | Reward | -1 a step, 20 for a right delivery, -10 for a wrong pick-up or drop-off |
 * | Start | uniform over the 300 states with the passenger at a stop that is not the destination |
 * | Info | `prob`: probability of what happened; `actionMask` |
 * | End | terminated on delivery; truncated by `TimeLimit` after 200 steps |
 *
 * Source: Dietterich (2000). Version history: v4, rain and fickle passengers mended; v3.
 */
export class TaxiEnv extends TabularEnv {
  static override readonly metadata: Metadata = { renderModes: ['ansi'], renderFps: 4 };
  readonly #ficklePassenger: boolean;
  readonly #fickleProbability: number;
  /** The passenger will change their mind at the next move. */
  #fickle = false;

  constructor(options: TaxiOptions = {}) {
    const { isRainy = false, rainyProbability = 0.8, renderMode = null } = options;
    const situations = Array.from({ length: 500 }, (_, state) => decode(state));
    const table = situations.map((situation) =>
      ACTIONS.map((_, action) => outcomes(situation, action, isRainy ? rainyProbability : null)),
    );
    const starts = situations.map(
      ([, , passenger, destination]) => passenger < IN_TAXI && passenger !== destination,
    );
    const count = starts.filter(Boolean).length;
    super(
      table,
      starts.map((start) => (start ? 1 / count : 0)),
      ACTIONS.length,
      renderMode,
    );
    this.#ficklePassenger = options.ficklePassenger ?? false;
    this.#fickleProbability = options.fickleProbability ?? 0.3;
  }

  /** 1 for each action that would change `state`. */
  actionMask(state: number): Uint8Array {
    const [row, column, passenger, destination] = decode(state);
    const stop = stopAt(row, column);
    const moves = [0, 1, 2, 3].map((action) => passable(row, column, action));
    const pick = passenger < IN_TAXI && stop === passenger;
    const drop = passenger === IN_TAXI && (stop === destination || stop >= 0);
    return Uint8Array.from([...moves, pick, drop], Number);
  }

  protected override info(probability: number): Info {
    return { prob: probability, actionMask: this.actionMask(this.state) };
  }

  override reset(options: ResetOptions = {}): ResetResult<number> {
    const result = super.reset(options);
    this.#fickle = this.#ficklePassenger && this.npRandom.random() < this.#fickleProbability;
    return result;
  }

  override step(action: number): StepResult<number> {
    const before = this.state;
    const [probability, state, reward, terminated] = this.transit(action);
    this.state = this.#changeMind(before, state);
    return [this.state, reward, terminated, false, this.info(probability)];
  }

  #changeMind(before: number, after: number): number {
    if (!this.#fickle) return after;
    const [row, column, passenger, destination] = decode(before);
    const [newRow, newColumn, newPassenger] = decode(after);
    if (passenger !== IN_TAXI || (newRow === row && newColumn === column)) return after;
    this.#fickle = false;
    const others = STOPS.map((_, i) => i).filter((i) => i !== destination);
    return encode([newRow, newColumn, newPassenger, this.npRandom.choice(others)]);
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'Taxi-v4', 'ansi');
    const [row, column, passenger, destination] = decode(Math.max(this.state, 0));
    const cells = MAP.map((line) => [...line]);
    const paint = (r: number, c: number, how: (text: string) => string) => {
      cells[r + 1]![2 * c + 1] = how(cells[r + 1]![2 * c + 1]!);
    };
    if (passenger < IN_TAXI) {
      paint(row, column, (text) => colorize(text, 'yellow', { highlight: true }));
      paint(...STOPS[passenger as 0], (text) => colorize(text, 'blue', { bold: true }));
    } else {
      paint(row, column, (text) => colorize(text === ' ' ? '_' : text, 'green', { highlight: true }));
    }
    paint(...STOPS[destination as 0], (text) => colorize(text, 'magenta'));
    const action = this.lastAction === null ? '' : `  (${ACTIONS[this.lastAction]})`;
    return `${cells.map((line) => line.join('')).join('\n')}\n${action}\n`;
  }

  override getState(): unknown {
    return { table: super.getState(), fickle: this.#fickle };
  }

  override setState(saved: unknown): void {
    const { table, fickle } = saved as { table: unknown; fickle: boolean };
    super.setState(table);
    this.#fickle = fickle;
  }
}
