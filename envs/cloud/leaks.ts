import { COLUMNS } from './columns.js';
import { at } from './conditions.js';
import { STREAM } from './noise.js';
import { EVENT } from './queue.js';
import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/** Leaks of memory and of connections: a level that grows linearly from the healthy one to the limit, by stages. */

/** Levels of memory use, as share of the limit, at which a leak shows more: garbage collection, thrashing, the end. */
export const LEAK_LEVELS = [0.75, 0.9, 1] as const;

/** Number of the stage at which the process is killed, or has no connection left. */
export const LEAK_KILLED = 3;

/** Begins (or begins again) to leak at a time, from the healthy level. */
export function startLeak(sim: Sim, p: number, time: number): void {
  sim.state.podLeakFrom[p] = time;
  sim.state.leaked[sim.model.podService[p]!] = 1;
  sim.state.podStage[p] = 0;
  scheduleLeak(sim, p, 0);
}

/** Seconds from the healthy level to the limit for a pod, and the level it begins at. */
export function leakSpan(sim: Sim, p: number): { seconds: number; base: number } {
  const { model, incident, state } = sim;
  const s = model.podService[p]!;
  const first = s * state.layout.attributes;
  let seconds = Number.POSITIVE_INFINITY;
  for (const { leak, index } of model.table.does.leak) {
    if (state.active[first + index] === 1) {
      seconds = Math.min(seconds, at(leak!, 1 - state.severity[first + index]!));
    }
  }
  const jitter = 0.9 + 0.2 * incident.noise.unit(STREAM.taint, 4096 + p, state.podGeneration[p]!);
  return { seconds: seconds * jitter * state.leakStretch[s]!, base: model.baseMetrics[COLUMNS * s + 5]! };
}

export function scheduleLeak(sim: Sim, p: number, stage: number): void {
  const { state } = sim;
  const { seconds, base } = leakSpan(sim, p);
  if (!Number.isFinite(seconds)) return;
  const share = (LEAK_LEVELS[stage]! - base) / (1 - base);
  const time = state.podLeakFrom[p]! + seconds * share;
  state.queue.push(Math.max(time, state.time), EVENT.leak, p, state.podStamp[p]!, stage + 1);
}

/** Whether an active leak of the service is one of memory. */
export function leaksMemory(sim: Sim, s: number): boolean {
  const base = s * sim.state.layout.attributes;
  return sim.model.table.does.leak.some(
    ({ leaksMemory: memory, index }) => memory && sim.state.active[base + index] === 1,
  );
}

/** Memory of a pod now, as share of its limit. */
export function podMemory(sim: Sim, p: number): number {
  return podLeak(sim, p, 'memory');
}

/** Level of a pod's memory or connections as its leak makes it, as share of the limit; memory's healthy level without one. */
export function podLeak(sim: Sim, p: number, of: 'memory' | 'connections'): number {
  const { model, state } = sim;
  const base = of === 'memory' ? model.baseMetrics[COLUMNS * model.podService[p]! + 5]! : 0;
  if (Number.isNaN(state.podLeakFrom[p]!) || state.podPhase[p] !== PHASE.ready) return base;
  const span = leakSpan(sim, p);
  if (Number.isFinite(span.seconds) && leaksMemory(sim, model.podService[p]!) !== (of === 'memory'))
    return base;
  if (!Number.isFinite(span.seconds))
    return state.podStage[p]! > 0 ? LEAK_LEVELS[state.podStage[p]! - 1]! : base;
  return Math.min(1, span.base + ((1 - span.base) * (state.time - state.podLeakFrom[p]!)) / span.seconds);
}
