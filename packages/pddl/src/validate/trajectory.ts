import type { Task } from '../ground/task.js';
import { type Monitor, truth } from '../ground/trajectory.js';
import type { State } from '../state.js';

/** What a monitor says after a state. */
export const MonitorStatus = { Fine: 0, Violated: 1, Undefined: 2 } as const;
export type MonitorStatus = (typeof MonitorStatus)[keyof typeof MonitorStatus];

/** Where a monitor stands: meanings by kind, see {@link Trajectory.observe}. */
const START = 0;
const SEEN = 1;
const OVER = 2;
const REPORTED = 3;

/** Follows all trajectory constraints along one sequence of states. */
export class Trajectory {
  private readonly phases: Uint8Array;
  private readonly always: Int32Array;

  constructor(private readonly task: Task) {
    this.phases = new Uint8Array(task.monitors.length);
    this.always = Int32Array.from(
      task.monitors.filter(({ kind }) => kind === 'always').map(({ index }) => index),
    );
  }

  reset(): void {
    this.phases.fill(START);
  }

  /** Where a monitor stands, as an opaque number; a search saves and restores it. */
  phase(monitor: number): number {
    return this.phases[monitor]!;
  }

  /** Forgets what a monitor has seen and said. */
  restart(monitor: number): void {
    this.phases[monitor] = START;
  }

  setPhase(monitor: number, phase: number): void {
    this.phases[monitor] = phase;
  }

  /** True when all `always` constraints hold: one pass over their compiled conditions. */
  alwaysHold(state: State): boolean {
    const { always, task } = this;
    for (let i = 0; i < always.length; i++) {
      if (!task.machine.holds(task.monitors[always[i]!]!.condition.program, state)) return false;
    }
    return true;
  }

  /**
   * Tells a monitor the next state; needed only when something that it reads may have changed. A monitor that has
   * reported stays silent.
   *
   * - always: violated when the condition does not hold.
   * - sometime: SEEN once it held.
   * - at-most-once: SEEN while it holds for the first time, OVER afterwards; violated when it holds again.
   * - sometime-before: SEEN once the other condition held; violated when the condition holds before (strictly: a state in
   *   which both hold for the first time violates it).
   * - sometime-after: SEEN while a state in which the condition held waits for the other one (the same state counts).
   */
  observe(monitor: Monitor, state: State): MonitorStatus {
    const phase = this.phases[monitor.index]!;
    if (phase === REPORTED || monitor.kind === 'at-end') return MonitorStatus.Fine;
    const { machine } = this.task;
    const holds = truth(monitor.condition, machine, state);
    const other = monitor.other === null ? 0 : truth(monitor.other, machine, state);
    if (holds < 0 || other < 0) return this.report(monitor, MonitorStatus.Undefined);
    switch (monitor.kind) {
      case 'always':
        return holds === 1 ? MonitorStatus.Fine : this.report(monitor, MonitorStatus.Violated);
      case 'sometime':
        return this.move(monitor, holds === 1 ? SEEN : phase);
      case 'at-most-once':
        if (holds === 1 && phase === OVER) return this.report(monitor, MonitorStatus.Violated);
        return this.move(monitor, holds === 1 ? SEEN : phase === SEEN ? OVER : phase);
      case 'sometime-before':
        if (holds === 1 && phase !== SEEN) return this.report(monitor, MonitorStatus.Violated);
        return this.move(monitor, other === 1 ? SEEN : phase);
      case 'sometime-after':
        return this.move(monitor, other === 1 ? START : holds === 1 ? SEEN : phase);
    }
  }

  /** What a monitor says when the plan is over and `state` is the last state. */
  conclude(monitor: Monitor, state: State): MonitorStatus {
    const phase = this.phases[monitor.index]!;
    switch (monitor.kind) {
      case 'sometime':
        return phase === START ? MonitorStatus.Violated : MonitorStatus.Fine;
      case 'sometime-after':
        return phase === SEEN ? MonitorStatus.Violated : MonitorStatus.Fine;
      case 'at-end': {
        const holds = truth(monitor.condition, this.task.machine, state);
        if (holds < 0) return MonitorStatus.Undefined;
        return holds === 1 ? MonitorStatus.Fine : MonitorStatus.Violated;
      }
      default:
        return MonitorStatus.Fine;
    }
  }

  private move(monitor: Monitor, phase: number): MonitorStatus {
    this.phases[monitor.index] = phase;
    return MonitorStatus.Fine;
  }

  private report(monitor: Monitor, status: MonitorStatus): MonitorStatus {
    this.phases[monitor.index] = REPORTED;
    return status;
  }
}
