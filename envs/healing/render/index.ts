import type { Metadata, RenderFrame } from 'gymnasium-js';
import type { HealingEpisode } from '../episode.js';
import type { HealingWorld } from '../world.js';
import { screen } from './ansi.js';
import { sceneOf } from './scene.js';
import { drawing } from './svg.js';

/** Of all healing environments. One frame a second: a turn is a step. */
export const RENDER_METADATA: Metadata = { renderModes: ['ansi', 'svg'], renderFps: 1 };

/**
 * The incident in play as one frame: what monitoring shows, never the hidden truth. Null without a render mode.
 * @throws Error before the first reset
 */
export function renderFrame(
  mode: 'ansi' | 'svg' | null,
  title: string,
  episode: HealingEpisode,
  world: HealingWorld,
): RenderFrame {
  if (mode === null) return null;
  const scene = sceneOf(title, episode, world);
  return mode === 'ansi' ? screen(scene) : drawing(scene);
}
