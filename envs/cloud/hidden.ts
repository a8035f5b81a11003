import type { Sim } from './sim.js';
import { PHASE } from './state.js';

/** Hidden state of a service at a time, readable. */
export interface HiddenService {
  readonly id: string;
  readonly ready: number;
  readonly desired: number;
  /** Active conditions with their attribute and severity. */
  readonly conditions: readonly {
    readonly condition: string;
    readonly attribute: string;
    readonly severity: number;
  }[];
  /** Pods that are wanted or exist: phase, node, and what each carries. */
  readonly pods: readonly {
    readonly phase: string;
    readonly node: string | null;
    readonly carries: readonly string[];
  }[];
  /** Slot of the pod that writes, and slots whose copy of the data is struck. */
  readonly primary: number;
  readonly struckCopies: readonly number[];
  readonly offeredRps: number;
  readonly capacityRps: number;
  readonly success: number;
}

const PHASES = Object.fromEntries(Object.entries(PHASE).map(([name, number]) => [number, name]));

/** Hidden state of every service. For records and explanations; nothing that decides may see it. */
export function hiddenState({ model, state }: Sim): HiddenService[] {
  const { attributes } = model.table;
  return model.topology.ids.map((id, s) => ({
    id,
    ready: state.readyPods[s]!,
    desired: state.desired[s]!,
    conditions: attributes.flatMap((attribute, a) => {
      const slot = s * attributes.length + a;
      if (state.active[slot] === 0) return [];
      return [{ condition: attribute.condition, attribute: attribute.name, severity: state.severity[slot]! }];
    }),
    pods: podsOf({ model, state }, s),
    primary: state.primary[s]! - model.podBase[s]!,
    struckCopies: Array.from({ length: model.topology.replicas[s]! }, (_, slot) => slot).filter(
      (slot) => (state.struck[s]! >> slot) & 1,
    ),
    offeredRps: state.arrivals[s]!,
    capacityRps: state.capacity[s]!,
    success: state.success[s]!,
  }));
}

function podsOf({ model, state }: Pick<Sim, 'model' | 'state'>, s: number): HiddenService['pods'] {
  const pods: HiddenService['pods'][number][] = [];
  for (let p = model.podBase[s]!; p < model.podBase[s + 1]!; p++) {
    const phase = state.podPhase[p]!;
    if (phase === PHASE.absent) continue;
    pods.push({
      phase: PHASES[phase]!,
      node: phase >= PHASE.starting ? `node-${state.podNode[p]! + 1}` : null,
      carries: model.table.byBit
        .filter((attribute) => (state.podLoad[p]! & attribute.bit) !== 0)
        .map((attribute) => `${attribute.condition}.${attribute.name}`),
    });
  }
  return pods;
}
