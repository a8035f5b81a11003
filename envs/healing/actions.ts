import type { Space } from 'gymnasium-js';
import type { MetaPrompt } from '../synthesis/index.js';
import type { HealingLoop } from './loop.js';

/** What a chosen action means to the loop. */
export interface Choice {
  readonly metaPrompt: MetaPrompt;
  /** What `EpisodeResult.actions` records. */
  readonly ordinal: number;
}

/** What an action is in an environment: the one thing in which the healing environments differ. */
export interface ActionSet<Act> {
  readonly space: Space<Act>;
  /** Length of an action mask: n, or the sum of nvec. */
  readonly maskSize: number;
  /** Numbers that {@link writeExtra} appends to the encoder's observation. */
  readonly extraSize: number;
  /** @throws RangeError for an action outside the space */
  choose(action: Act): Choice;
  /** Action `i` of a batch as vector environments lay it out: row after row. */
  rowOf(batch: ArrayLike<number | bigint>, i: number): Act;
  /** Writes which actions are valid now into `out[at …]`. */
  writeMask(loop: HealingLoop, out: Uint8Array, at: number): void;
  writeExtra(loop: HealingLoop, out: Float32Array, at: number): void;
}
