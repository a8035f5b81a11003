import type { Metadata } from '../../core/env.js';
import { colorize } from '../../render/ansi.js';
import { npRandom } from '../../utils/seeding.js';
import { warnNoRenderMode } from '../render-mode.js';
import { TabularEnv, type Transition } from './tabular.js';

/** The two maps that ship: S start, F frozen, H hole, G goal. */
export const FROZEN_LAKE_MAPS: Readonly<Record<string, readonly string[]>> = {
  '4x4': ['SFFF', 'FHFH', 'FFFH', 'HFFG'],
  '8x8': ['SFFFFFFF', 'FFFFFFFF', 'FFFHFFFF', 'FFFFFHFF', 'FFFHFFFF', 'FHHFFFHF', 'FHFFHFHF', 'FFFHFFFG'],
};

/** Left, down, right, up: row and column steps. */
const MOVES = [
  [0, -1],
  [1, 0],
  [0, 1],
  [-1, 0],
] as const;
const NAMES = ['Left', 'Down', 'Right', 'Up'];

function hasPath(board: readonly (readonly string[])[]): boolean {
  const frontier: [number, number][] = [[0, 0]];
  const seen = new Set<string>();
  for (let cell = frontier.pop(); cell !== undefined; cell = frontier.pop()) {
    const [row, column] = cell;
    if (seen.has(cell.join())) continue;
    seen.add(cell.join());
    for (const [dr, dc] of MOVES) {
      const tile = board[row + dr]?.[column + dc];
      if (tile === 'G') return true;
      if (tile !== undefined && tile !== 'H') frontier.push([row + dr, column + dc]);
    }
  }
  return false;
}

/**
 * A random map with a path from start to goal, equal to Gymnasium's for the same seed.
 *
 * @param size - rows and columns
 * @param p - probability that a tile is frozen
 */
export function generateRandomMap(size = 8, p = 0.8, seed: number | bigint | null = null): string[] {
  const [generator] = npRandom(seed);
  const frozen = Math.min(1, p);
  for (;;) {
    const tiles = generator.choices(['F', 'H'], size * size, { p: [frozen, 1 - frozen] });
    const board = Array.from({ length: size }, (_, row) => tiles.slice(row * size, (row + 1) * size));
    board[0]![0] = 'S';
    board[size - 1]![size - 1] = 'G';
    if (hasPath(board)) return board.map((row) => row.join(''));
  }
}

export interface FrozenLakeOptions {
  /** Rows of tiles; without it `mapName` decides, and with `mapName: null` a random 8 × 8 map. */
  readonly desc?: readonly string[] | null;
  readonly mapName?: string | null;
  /** Move as told with probability `successRate`, else to either side. Default true. */
  readonly isSlippery?: boolean;
  /** Default 1/3. */
  readonly successRate?: number;
  /** Rewards of goal, hole and ice; default [1, 0, 0]. */
  readonly rewardSchedule?: readonly [goal: number, hole: number, ice: number];
  readonly renderMode?: string | null;
}

function chooseMap(desc: readonly string[] | null, name: string | null): readonly string[] {
  if (desc !== null) return desc;
  if (name === null) return generateRandomMap();
  const map = FROZEN_LAKE_MAPS[name];
  if (map === undefined) {
    throw new RangeError(
      `Unknown map '${name}', expected one of ${Object.keys(FROZEN_LAKE_MAPS).join(', ')}`,
    );
  }
  return map;
}

interface Rules {
  readonly map: readonly string[];
  readonly isSlippery: boolean;
  readonly successRate: number;
  readonly rewards: readonly [number, number, number];
}

/** Where a move leads, what it earns and whether it ends the episode. */
function outcome(
  { map, rewards }: Rules,
  row: number,
  column: number,
  move: number,
): [number, number, boolean] {
  const [dr, dc] = MOVES[move as 0];
  const columns = map[0]!.length;
  const r = Math.min(Math.max(row + dr, 0), map.length - 1);
  const c = Math.min(Math.max(column + dc, 0), columns - 1);
  const tile = map[r]![c]!;
  const reward = tile === 'G' ? rewards[0] : tile === 'H' ? rewards[1] : rewards[2];
  return [r * columns + c, reward, tile === 'G' || tile === 'H'];
}

function outcomes(rules: Rules, row: number, column: number, action: number): Transition[] {
  const tile = rules.map[row]![column]!;
  if (tile === 'G' || tile === 'H') return [[1, row * rules.map[0]!.length + column, 0, true]];
  if (!rules.isSlippery) return [[1, ...outcome(rules, row, column, action)]];
  const slip = (1 - rules.successRate) / 2;
  return [(action + 3) % 4, action, (action + 1) % 4].map((move) => [
    move === action ? rules.successRate : slip,
    ...outcome(rules, row, column, move),
  ]);
}

/**
 * Cross a frozen lake without falling into a hole; the ice may be slippery.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(4)`: left, down, right, up |
 * | Observation | `Discrete(rows × columns)`: row × columns + column |
 * | Reward | 1 at the goal, 0 in a hole or on ice (`rewardSchedule`) |
 * | Start | on the tile S |
 * | Info | `prob`: probability of what happened |
 * | End | terminated at the goal or in a hole; truncated by `TimeLimit` after 100 steps (8x8: 200) |
 *
 * Version history: v1.
 */
export class FrozenLakeEnv extends TabularEnv {
  static override readonly metadata: Metadata = { renderModes: ['ansi'], renderFps: 4 };
  readonly desc: readonly string[];

  /** @throws RangeError for an unknown map */
  constructor(options: FrozenLakeOptions = {}) {
    const {
      desc = null,
      mapName = '4x4',
      isSlippery = true,
      successRate = 1 / 3,
      renderMode = null,
    } = options;
    const map = chooseMap(desc, mapName);
    const rules: Rules = { map, isSlippery, successRate, rewards: options.rewardSchedule ?? [1, 0, 0] };
    const columns = map[0]!.length;
    const states = Array.from(
      { length: map.length * columns },
      (_, s) => [Math.floor(s / columns), s % columns] as const,
    );
    const table = states.map(([row, column]) =>
      MOVES.map((_, action) => outcomes(rules, row, column, action)),
    );
    const tiles = [...map.join('')];
    const starts = tiles.filter((tile) => tile === 'S').length;
    super(
      table,
      tiles.map((tile) => (tile === 'S' ? 1 / starts : 0)),
      4,
      renderMode,
    );
    this.desc = map;
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'FrozenLake-v1', 'ansi');
    const columns = this.desc[0]!.length;
    const rows = this.desc.map((row, r) =>
      [...row]
        .map((tile, c) =>
          r * columns + c === this.state ? colorize(tile, 'red', { highlight: true }) : tile,
        )
        .join(''),
    );
    const action = this.lastAction === null ? '' : `  (${NAMES[this.lastAction]})`;
    return `${action}\n${rows.join('\n')}\n`;
  }
}
