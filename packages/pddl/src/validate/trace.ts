import type { Fact, FluentValue } from '../ast.js';
import type { Task } from '../ground/task.js';
import type { State } from '../state.js';
import type { TraceEntry } from './result.js';

/** Records how states follow each other. */
export class Tracer {
  readonly entries: TraceEntry[] = [];
  private readonly previous: State;

  constructor(
    private readonly task: Task,
    initial: State,
  ) {
    this.previous = task.createState();
    this.previous.bits.fill(0);
    this.previous.numbers.fill(Number.NaN);
    this.record(0, null, initial);
  }

  record(step: number, action: string | null, state: State): void {
    const { facts, fluents } = this.task;
    const added: Fact[] = [];
    const deleted: Fact[] = [];
    const values: FluentValue[] = [];
    for (let i = 0; i < facts.size; i++) {
      if (state.has(i) === this.previous.has(i)) continue;
      const fact = { predicate: facts.names[facts.symbolOf(i)]!, args: facts.argNames(i) };
      (state.has(i) ? added : deleted).push(fact);
    }
    for (let i = 0; i < fluents.size; i++) {
      const value = state.numbers[i] ?? Number.NaN;
      if (Object.is(value, this.previous.numbers[i] ?? Number.NaN)) continue;
      values.push({ function: fluents.names[fluents.symbolOf(i)]!, args: fluents.argNames(i), value });
    }
    this.entries.push({ step, action, added, deleted, values });
    this.previous.copyFrom(state);
  }
}
