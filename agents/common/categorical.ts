import { exp, log } from 'nn-engines';

/**
 * Independent categorical distributions, one an action component, over rows of logits, with invalid actions masked out:
 * their probability is exactly zero and their logits get no gradient (Huang and Ontañón 2022). Nothing here allocates.
 */
export class Categorical {
  /** Log-probability of the actions given to the latest `evaluate`, summed over components. */
  logProbability = 0;
  /** Entropy of the latest `evaluate`, summed over components. */
  entropy = 0;
  readonly total: number;
  private readonly probabilities: Float64Array;
  private readonly logs: Float64Array;
  private readonly entropies: Float64Array;

  constructor(readonly nvec: readonly number[]) {
    this.total = nvec.reduce((sum, n) => sum + n, 0);
    this.probabilities = new Float64Array(this.total);
    this.logs = new Float64Array(this.total);
    this.entropies = new Float64Array(nvec.length);
  }

  /** Fills `probabilities` and `logs` from row `row` of logits and masks. Throws when a component has no valid action. */
  private load(logits: Float32Array, masks: Uint8Array | null, row: number): void {
    const base = row * this.total;
    let from = 0;
    for (let c = 0; c < this.nvec.length; c++) {
      const to = from + this.nvec[c]!;
      let max = Number.NEGATIVE_INFINITY;
      for (let j = from; j < to; j++)
        if ((masks === null || masks[base + j] !== 0) && logits[base + j]! > max) max = logits[base + j]!;
      if (max === Number.NEGATIVE_INFINITY) noValidAction(logits, masks, base + from, base + to);
      let sum = 0;
      for (let j = from; j < to; j++) {
        const p = masks === null || masks[base + j] !== 0 ? exp(logits[base + j]! - max) : 0;
        this.probabilities[j] = p;
        sum += p;
      }
      if (!(sum > 0)) noValidAction(logits, masks, base + from, base + to);
      const logSum = max + log(sum);
      const scale = 1 / sum;
      for (let j = from; j < to; j++) {
        this.probabilities[j]! *= scale;
        this.logs[j] = logits[base + j]! - logSum;
      }
      from = to;
    }
  }

  /** Probabilities of a row, all components concatenated; a view valid until the next call. */
  probabilitiesOf(logits: Float32Array, masks: Uint8Array | null, row: number): Float64Array {
    this.load(logits, masks, row);
    return this.probabilities;
  }

  /** Log-probabilities of the row last read; those of invalid actions mean nothing. */
  logsOfLoaded(): Float64Array {
    return this.logs;
  }

  /** Entropy of the row last read, summed over components. */
  entropyOfLoaded(): number {
    let entropy = 0;
    for (let j = 0; j < this.total; j++) {
      const p = this.probabilities[j]!;
      if (p > 0) entropy -= p * this.logs[j]!;
    }
    return entropy;
  }

  /** Draws actions of a row into `actions[row * components ...]`; returns their log-probability. One uniform draw a component. */
  sample(
    logits: Float32Array,
    masks: Uint8Array | null,
    row: number,
    random: { random(): number },
    actions: Int32Array,
  ): number {
    this.load(logits, masks, row);
    let logProbability = 0;
    let from = 0;
    for (let c = 0; c < this.nvec.length; c++) {
      const n = this.nvec[c]!;
      let u = random.random();
      let chosen = -1;
      for (let j = 0; j < n; j++) {
        const p = this.probabilities[from + j]!;
        if (p === 0) continue;
        chosen = j; // rounding may leave u above the last cumulative sum: the last possible action it is
        u -= p;
        if (u < 0) break;
      }
      actions[row * this.nvec.length + c] = chosen;
      logProbability += this.logs[from + chosen]!;
      from += n;
    }
    return logProbability;
  }

  /** The most probable valid action of each component; the first of equals. */
  mode(logits: Float32Array, masks: Uint8Array | null, row: number, actions: Int32Array): void {
    let from = row * this.total;
    for (let c = 0; c < this.nvec.length; c++) {
      const to = from + this.nvec[c]!;
      let best = -1;
      for (let j = from; j < to; j++) {
        if (masks !== null && masks[j] === 0) continue;
        if (best < 0 || logits[j]! > logits[best]!) best = j;
      }
      if (best < 0) noValidAction(logits, masks, from, to);
      actions[row * this.nvec.length + c] = best - from;
      from = to;
    }
  }

  /** Sets `logProbability` and `entropy` for a row and its actions, and keeps what `addGradient` needs. */
  evaluate(logits: Float32Array, masks: Uint8Array | null, row: number, actions: Int32Array): void {
    this.load(logits, masks, row);
    this.logProbability = 0;
    this.entropy = 0;
    let from = 0;
    for (let c = 0; c < this.nvec.length; c++) {
      const to = from + this.nvec[c]!;
      this.logProbability += this.logs[from + actions[row * this.nvec.length + c]!]!;
      let entropy = 0;
      for (let j = from; j < to; j++) {
        const p = this.probabilities[j]!;
        if (p > 0) entropy -= p * this.logs[j]!;
      }
      this.entropies[c] = entropy;
      this.entropy += entropy;
      from = to;
    }
  }

  /**
   * Writes the gradient with respect to the logits of the row last evaluated, given the loss's derivatives with respect to
   * log-probability and entropy: d log p(a) / d logit_j = [j = a] - p_j and dH / d logit_j = -p_j (log p_j + H).
   */
  writeGradient(
    row: number,
    actions: Int32Array,
    dLogProbability: number,
    dEntropy: number,
    out: Float32Array,
  ): void {
    const base = row * this.total;
    let from = 0;
    for (let c = 0; c < this.nvec.length; c++) {
      const to = from + this.nvec[c]!;
      const entropy = this.entropies[c]!;
      for (let j = from; j < to; j++) {
        const p = this.probabilities[j]!;
        out[base + j] = p > 0 ? -p * (dLogProbability + dEntropy * (this.logs[j]! + entropy)) : 0;
      }
      out[base + from + actions[row * this.nvec.length + c]!]! += dLogProbability;
      from = to;
    }
  }
}

function noValidAction(logits: Float32Array, masks: Uint8Array | null, from: number, to: number): never {
  for (let j = from; j < to; j++)
    if (Number.isNaN(logits[j]))
      throw new Error('the policy network gives NaN: training has diverged (try a smaller learning rate)');
  throw new Error(
    masks === null
      ? 'the policy network gives -Infinity for every action: training has diverged'
      : `an action mask of ${to - from} actions allows none`,
  );
}
