import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { Categorical } from '../../agents/common/categorical.js';

const NVEC = [3, 4];
const LOGITS = Float32Array.from([9, 9, 9, 9, 9, 9, 9, 0.5, -1, 2, 0.1, 0.2, -0.3, 1.5]);
const MASKS = Uint8Array.from([1, 1, 1, 1, 1, 1, 1, 1, 0, 1, 1, 1, 0, 1]);
const ROW = 1;

/** log p(actions) and entropy in the plain way. */
function plain(logits: ArrayLike<number>, masks: Uint8Array | null, actions: readonly number[]) {
  let logProbability = 0;
  let entropy = 0;
  let from = ROW * 7;
  for (const [c, n] of NVEC.entries()) {
    const valid = Array.from({ length: n }, (_, j) => j).filter((j) => !masks || masks[from + j]);
    const sum = valid.reduce((s, j) => s + Math.exp(logits[from + j]!), 0);
    const p = (j: number) => Math.exp(logits[from + j]!) / sum;
    logProbability += Math.log(p(actions[c]!));
    for (const j of valid) entropy -= p(j) * Math.log(p(j));
    from += n;
  }
  return { logProbability, entropy };
}

describe.each([
  ['unmasked', null],
  ['masked', MASKS],
])('categorical, %s', (_, masks) => {
  const distribution = new Categorical(NVEC);
  const actions = Int32Array.from([0, 0, 2, 3]);

  it('evaluates log-probability and entropy', () => {
    distribution.evaluate(LOGITS, masks, ROW, actions);
    const expected = plain(LOGITS, masks, [2, 3]);
    expect(distribution.logProbability).toBeCloseTo(expected.logProbability, 12);
    expect(distribution.entropy).toBeCloseTo(expected.entropy, 12);
  });

  it('has the gradient of finite differences', () => {
    const gradient = new Float32Array(14);
    distribution.evaluate(LOGITS, masks, ROW, actions);
    distribution.writeGradient(ROW, actions, 1.3, -0.7, gradient);
    for (let j = 0; j < 7; j++) {
      const at = (delta: number) => {
        const moved = Float64Array.from(LOGITS);
        moved[7 + j]! += delta;
        const { logProbability, entropy } = plain(moved, masks, [2, 3]);
        return 1.3 * logProbability - 0.7 * entropy;
      };
      expect(gradient[7 + j]!).toBeCloseTo((at(1e-5) - at(-1e-5)) / 2e-5, 5);
    }
  });

  it('draws with its probabilities and never an invalid action', () => {
    const rng = defaultRng(2);
    const drawn = new Int32Array(4);
    const counts = new Float64Array(7);
    const n = 40_000;
    for (let k = 0; k < n; k++) {
      const logProbability = distribution.sample(LOGITS, masks, ROW, rng, drawn);
      if (k < 200)
        expect(logProbability).toBeCloseTo(plain(LOGITS, masks, [drawn[2]!, drawn[3]!]).logProbability, 10);
      counts[drawn[2]!]!++;
      counts[3 + drawn[3]!]!++;
    }
    const p = distribution.probabilitiesOf(LOGITS, masks, ROW);
    for (let j = 0; j < 7; j++) {
      if (masks && masks[7 + j] === 0) expect(counts[j]).toBe(0);
      expect(counts[j]! / n).toBeCloseTo(p[j]!, 1);
    }
  });

  it('has the most probable valid actions as its mode', () => {
    const mode = new Int32Array(4);
    distribution.mode(LOGITS, masks, ROW, mode);
    expect(Array.from(mode.subarray(2))).toEqual([2, 3]);
  });
});

describe('a distribution that cannot be', () => {
  const distribution = new Categorical([3]);
  const actions = new Int32Array(1);
  const rng = defaultRng(1);

  it('says that a mask allows nothing', () => {
    const none = new Uint8Array(3);
    expect(() => distribution.sample(new Float32Array(3), none, 0, rng, actions)).toThrow(
      'an action mask of 3 actions allows none',
    );
    expect(() => distribution.mode(new Float32Array(3), none, 0, actions)).toThrow(
      'an action mask of 3 actions allows none',
    );
  });

  it('says that training has diverged', () => {
    expect(() => distribution.sample(Float32Array.of(0, Number.NaN, 0), null, 0, rng, actions)).toThrow(
      'the policy network gives NaN: training has diverged (try a smaller learning rate)',
    );
  });
});
