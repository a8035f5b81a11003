import { ApplyStatus, type GroundAction } from '../ground/action.js';
import type { Goal, Task } from '../ground/task.js';
import type { State } from '../state.js';
import { MonitorStatus, Trajectory } from '../validate/trajectory.js';

/** Moves along states under the trajectory constraints of a task, for a search that jumps between them. */
export class Transitions {
  readonly trajectory: Trajectory;
  private readonly others: readonly number[];

  constructor(private readonly task: Task) {
    this.trajectory = new Trajectory(task);
    // `always` has no phase: it either holds or ends the branch.
    this.others = task.monitors.filter(({ kind }) => kind !== 'always').map(({ index }) => index);
  }

  /** Number of constraints whose phase belongs to a node. */
  get phaseCount(): number {
    return this.others.length;
  }

  /** Observes the initial state. @returns whether it violates no constraint. */
  start(state: State, phases: Uint8Array): boolean {
    const { task, trajectory } = this;
    trajectory.reset();
    for (const monitor of task.monitors) {
      if (trajectory.observe(monitor, state) !== MonitorStatus.Fine) return false;
    }
    this.savePhases(phases);
    return true;
  }

  /**
   * Applies an action in place if its precondition holds, its effects are defined and no constraint is violated.
   * `phases` holds those of the state before and gets those after.
   */
  apply(action: GroundAction, state: State, phases: Uint8Array): boolean {
    const { task, trajectory } = this;
    if (action.apply(state) !== ApplyStatus.Done) return false;
    if (action.monitors.length === 0) return true;
    this.loadPhases(phases);
    for (let i = 0; i < action.monitors.length; i++) {
      const monitor = task.monitors[action.monitors[i]!]!;
      if (trajectory.observe(monitor, state) === MonitorStatus.Fine) continue;
      // It would stay silent from now on, but the search goes on elsewhere.
      trajectory.restart(monitor.index);
      return false;
    }
    this.savePhases(phases);
    return true;
  }

  /** The goal holds and the constraints are content to end here. */
  isGoal(goal: Goal, state: State, phases: Uint8Array): boolean {
    const { task, trajectory } = this;
    if (!task.satisfies(state, goal)) return false;
    this.loadPhases(phases);
    return this.others.every(
      (index) => trajectory.conclude(task.monitors[index]!, state) === MonitorStatus.Fine,
    );
  }

  private loadPhases(phases: Uint8Array): void {
    const { others, trajectory } = this;
    for (let i = 0; i < others.length; i++) trajectory.setPhase(others[i]!, phases[i]!);
  }

  private savePhases(phases: Uint8Array): void {
    const { others, trajectory } = this;
    for (let i = 0; i < others.length; i++) phases[i] = trajectory.phase(others[i]!);
  }
}
