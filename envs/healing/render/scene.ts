import type { Inventory, InventoryService, SloReading, Telemetry } from '../../cloud/interface.js';
import type { Belief } from '../../world-model/index.js';
import type { HealingEpisode } from '../episode.js';
import type { LoopLimits } from '../loop.js';
import type { EpisodeResult, TurnRecord } from '../types.js';
import type { HealingWorld } from '../world.js';

/** What a frame shows of an incident. */
export interface Scene {
  readonly title: string;
  /** Which incident: `<index> of <split>/<partition> on <topology>`. */
  readonly incident: string;
  readonly time: number;
  readonly cap: number;
  readonly slo: SloReading;
  readonly telemetry: Telemetry;
  readonly inventory: Inventory;
  readonly belief: Belief;
  readonly turns: number;
  readonly executions: number;
  readonly tokens: number;
  readonly limits: LoopLimits;
  readonly turn: TurnRecord | null;
  readonly result: EpisodeResult | null;
}

export function sceneOf(title: string, episode: HealingEpisode, { options, parts }: HealingWorld): Scene {
  const { loop, latest } = episode;
  const { telemetry, inventory, belief, time, cap, key, state } = loop;
  return {
    title,
    incident: `${key.index} of ${key.split}/${key.partition} on ${options.topology}`,
    ...{ time, cap, telemetry, inventory, belief, ...latest, slo: telemetry.slo, limits: parts.limits },
    ...{ turns: state.turns, executions: state.executions, tokens: state.tokens },
  };
}

/** How a service looks from outside. */
export type Health = 'healthy' | 'alerting' | 'short' | 'down' | 'limited';

/**
 * `down`: no pod ready of those wanted; `short`: fewer ready than wanted; `alerting`: an alert fires on it; `limited`: a rate limit is
 * in force.
 */
export function healthOf(service: InventoryService, alerted: ReadonlySet<string>): Health {
  const { readyReplicas, desiredReplicas, id, limited } = service;
  if (desiredReplicas > 0 && readyReplicas === 0) return 'down';
  if (readyReplicas < desiredReplicas) return 'short';
  if (alerted.has(id)) return 'alerting';
  return limited ? 'limited' : 'healthy';
}

export function alertedServices({ alerts }: Telemetry): ReadonlySet<string> {
  return new Set(alerts.map(({ component }) => component));
}

/** One condition of one service that the belief holds likely. */
export interface Suspicion {
  readonly condition: string;
  readonly component: string;
  readonly probability: number;
}

/** The likeliest conditions, most first, the first of equals first. */
export function suspicions({ probability, conditions, components }: Belief, count: number): Suspicion[] {
  const all = Array.from(probability, (p, i) => ({
    condition: conditions[i % conditions.length]!,
    component: components[Math.floor(i / conditions.length)]!,
    probability: p,
  }));
  return all.sort((a, b) => b.probability - a.probability).slice(0, count);
}

/** `m:ss` of simulated seconds. */
export function clock(seconds: number): string {
  const whole = Math.round(seconds);
  return `${Math.floor(whole / 60)}:${String(whole % 60).padStart(2, '0')}`;
}
