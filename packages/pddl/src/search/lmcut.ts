import type { State } from '../state.js';
import type { Heuristic } from './heuristic.js';
import type { Relaxation } from './relaxation.js';
import { RelaxedCosts } from './relaxed-costs.js';

/**
 * LM-cut (Helmert and Domshlak 2009): finds sets of actions of which every relaxed plan uses one, counts the cheapest of
 * each set, and takes that much off the cost of all of them. Admissible. The operators of one action (its conditional
 * effects) share one remaining cost, so that one application is never counted twice.
 */
export function lmcut(relaxation: Relaxation): Heuristic {
  const cutter = new LandmarkCut(relaxation);
  return { name: 'lmcut', admissible: true, estimate: (state) => cutter.estimate(state) };
}

class LandmarkCut {
  private readonly max: RelaxedCosts;
  private readonly remaining: Float64Array;
  private readonly inGoalZone: Uint8Array;
  private readonly reached: Uint8Array;
  private readonly inCut: Uint8Array;
  private readonly stack: number[] = [];
  private readonly cut: number[] = [];
  /** Operators that reach a proposition, as flat lists. */
  private readonly producerStart: Int32Array;
  private readonly producers: Int32Array;
  private readonly initial: Int32Array;

  constructor(private readonly relaxation: Relaxation) {
    this.max = new RelaxedCosts(relaxation, 'max');
    this.remaining = new Float64Array(relaxation.actions.length);
    this.inGoalZone = new Uint8Array(relaxation.propositionCount);
    this.reached = new Uint8Array(relaxation.propositionCount);
    this.inCut = new Uint8Array(relaxation.actions.length);
    this.initial = new Int32Array(relaxation.propositionCount);
    [this.producerStart, this.producers] = producersOf(relaxation);
  }

  estimate(state: State): number {
    const { relaxation, max, remaining } = this;
    remaining.set(relaxation.actionCosts);
    let total = 0;
    for (;;) {
      const cost = max.compute(state, remaining);
      if (cost === Number.POSITIVE_INFINITY) return cost;
      // What floating-point subtraction leaves over is no cost.
      if (cost < 1e-9) return total;
      this.markGoalZone();
      this.collectCut(state);
      let least = Number.POSITIVE_INFINITY;
      for (const action of this.cut) least = Math.min(least, remaining[action]!);
      for (const action of this.cut) remaining[action]! -= least;
      total += least;
    }
  }

  /** Propositions from which the goal is free: through operators that cost nothing any more. */
  private markGoalZone(): void {
    const { relaxation, inGoalZone, stack, max } = this;
    inGoalZone.fill(0);
    let hardest = relaxation.goal[0]!;
    for (const proposition of relaxation.goal) {
      if (max.costs[proposition]! > max.costs[hardest]!) hardest = proposition;
    }
    inGoalZone[hardest] = 1;
    stack.push(hardest);
    while (stack.length > 0) {
      const proposition = stack.pop()!;
      for (let i = this.producerStart[proposition]!; i < this.producerStart[proposition + 1]!; i++) {
        const operator = this.producers[i]!;
        if (!this.isReached(operator) || this.costOf(operator) > 0) continue;
        const supporter = max.supporters[operator]!;
        if (inGoalZone[supporter] === 1) continue;
        inGoalZone[supporter] = 1;
        stack.push(supporter);
      }
    }
  }

  /** Actions whose operators lead from outside of the goal zone into it. */
  private collectCut(state: State): void {
    const { relaxation, reached, inGoalZone, inCut, stack, cut } = this;
    const { consumerStart, consumers, effectStart, effects, operatorActions } = relaxation;
    reached.fill(0);
    inCut.fill(0);
    cut.length = 0;
    const count = relaxation.initial(state, this.initial);
    for (let i = 0; i < count; i++) {
      reached[this.initial[i]!] = 1;
      stack.push(this.initial[i]!);
    }
    while (stack.length > 0) {
      const proposition = stack.pop()!;
      for (let i = consumerStart[proposition]!; i < consumerStart[proposition + 1]!; i++) {
        const operator = consumers[i]!;
        if (!this.isReached(operator) || this.max.supporters[operator] !== proposition) continue;
        for (let e = effectStart[operator]!; e < effectStart[operator + 1]!; e++) {
          const effect = effects[e]!;
          if (inGoalZone[effect] === 1) {
            const action = operatorActions[operator]!;
            if (inCut[action] === 0) {
              inCut[action] = 1;
              cut.push(action);
            }
          } else if (reached[effect] === 0) {
            reached[effect] = 1;
            stack.push(effect);
          }
        }
      }
    }
  }

  private isReached(operator: number): boolean {
    return this.max.isReached(operator);
  }

  private costOf(operator: number): number {
    const action = this.relaxation.operatorActions[operator]!;
    return action < 0 ? 0 : this.remaining[action]!;
  }
}

function producersOf(relaxation: Relaxation): [Int32Array, Int32Array] {
  const lists: number[][] = Array.from({ length: relaxation.propositionCount }, () => []);
  for (let operator = 0; operator < relaxation.operatorCount; operator++) {
    for (let e = relaxation.effectStart[operator]!; e < relaxation.effectStart[operator + 1]!; e++) {
      lists[relaxation.effects[e]!]!.push(operator);
    }
  }
  const starts = new Int32Array(lists.length + 1);
  lists.forEach((list, i) => {
    starts[i + 1] = starts[i]! + list.length;
  });
  return [starts, Int32Array.from(lists.flat())];
}
