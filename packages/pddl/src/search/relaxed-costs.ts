import type { State } from '../state.js';
import { Heap } from './heap.js';
import type { Relaxation } from './relaxation.js';

/**
 * Costs of reaching propositions in a relaxation, by a generalised Dijkstra search. An operator costs its own cost plus
 * the maximum (`max`) or the sum (`add`) of the costs of its preconditions.
 */
export class RelaxedCosts {
  /** Cost of each proposition; Infinity when it is not reached. */
  readonly costs: Float64Array;
  /** Operator that reached each proposition most cheaply; -1 for those that hold at the start. */
  readonly achievers: Int32Array;
  /** A most expensive precondition of each operator that was reached (`max` only). */
  readonly supporters: Int32Array;
  private readonly waiting: Int32Array;
  private readonly sums: Float64Array;
  private readonly queue = new Heap();
  private readonly initial: Int32Array;

  constructor(
    private readonly relaxation: Relaxation,
    private readonly mode: 'max' | 'add',
  ) {
    this.costs = new Float64Array(relaxation.propositionCount);
    this.achievers = new Int32Array(relaxation.propositionCount);
    this.supporters = new Int32Array(relaxation.operatorCount);
    this.waiting = new Int32Array(relaxation.operatorCount);
    this.sums = new Float64Array(relaxation.operatorCount);
    this.initial = new Int32Array(relaxation.propositionCount);
  }

  /** Computes everything for a state, with these costs of actions. @returns the cost of the goal. */
  compute(state: State, actionCosts: Float64Array): number {
    const { relaxation, waiting, queue, costs } = this;
    const { preconditionStart } = relaxation;
    costs.fill(Number.POSITIVE_INFINITY);
    this.sums.fill(0);
    for (let o = 0; o < waiting.length; o++) waiting[o] = preconditionStart[o + 1]! - preconditionStart[o]!;
    queue.clear();
    const count = relaxation.initial(state, this.initial);
    for (let i = 0; i < count; i++) this.reach(this.initial[i]!, 0, -1);
    while (queue.size > 0) {
      const cost = queue.minimum;
      const proposition = queue.pop();
      if (cost > costs[proposition]!) continue;
      this.expand(proposition, cost, actionCosts);
    }
    return this.goalCost();
  }

  /** True when all preconditions of an operator were reached. */
  isReached(operator: number): boolean {
    return this.waiting[operator] === 0;
  }

  private expand(proposition: number, cost: number, actionCosts: Float64Array): void {
    const { relaxation, waiting, sums } = this;
    const { consumerStart, consumers, effectStart, effects, operatorActions } = relaxation;
    for (let i = consumerStart[proposition]!; i < consumerStart[proposition + 1]!; i++) {
      const operator = consumers[i]!;
      sums[operator] = this.mode === 'add' ? sums[operator]! + cost : cost;
      if (--waiting[operator]! > 0) continue;
      // Propositions come out of the queue by growing cost: the last one is the most expensive.
      this.supporters[operator] = proposition;
      const action = operatorActions[operator]!;
      const total = sums[operator]! + (action < 0 ? 0 : actionCosts[action]!);
      for (let e = effectStart[operator]!; e < effectStart[operator + 1]!; e++) {
        this.reach(effects[e]!, total, operator);
      }
    }
  }

  private reach(proposition: number, cost: number, achiever: number): void {
    if (cost >= this.costs[proposition]!) return;
    this.costs[proposition] = cost;
    this.achievers[proposition] = achiever;
    this.queue.push(proposition, cost);
  }

  private goalCost(): number {
    let total = 0;
    for (const proposition of this.relaxation.goal) {
      const cost = this.costs[proposition]!;
      total = this.mode === 'add' ? total + cost : Math.max(total, cost);
    }
    return total;
  }
}
