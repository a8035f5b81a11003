import { defaultRng, Generator, PCG64, type PCG64State, SeedSequence } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';

describe('state', () => {
  it('continues exactly, through JSON, in the middle of a 64-bit word', () => {
    const rng = defaultRng([3, 2n ** 70n]);
    rng.integers(10);
    rng.spawn(2);
    const state = JSON.parse(JSON.stringify(rng.getState()));
    const expected = [rng.integers(10), rng.random(), rng.normal(), rng.spawn(1)[0]!.random()];
    const copy = Generator.fromState(state);
    expect([copy.integers(10), copy.random(), copy.normal(), copy.spawn(1)[0]!.random()]).toEqual(expected);
  });

  it('refuses the state of another bit generator', () => {
    const state = { ...defaultRng(0).getState(), bitGenerator: 'MT19937' } as never;
    expect(() => defaultRng(0).setState(state)).toThrow('state must be for a PCG64 RNG, actual: MT19937');
  });
});

describe('seeding', () => {
  it('keeps its own copy of an array seed', () => {
    const key = [1, 2];
    const rng = defaultRng(key);
    key[0] = 9;
    expect(rng.spawn(1)[0]!.random()).toBe(defaultRng([1, 2]).spawn(1)[0]!.random());
  });

  it('differs without a seed and takes a SeedSequence', () => {
    expect(defaultRng().random()).not.toBe(defaultRng().random());
    expect(defaultRng(new SeedSequence(5)).random()).toBe(defaultRng(5).random());
  });

  it.each([-1, 1.5, 2 ** 60, Number.NaN])('refuses %s', (seed) => {
    expect(() => defaultRng(seed)).toThrow(`Seed must be a non-negative safe integer, actual value: ${seed}`);
    expect(() => defaultRng([1, seed])).toThrow(RangeError);
  });

  it('refuses a negative bigint', () => {
    expect(() => defaultRng(-5n)).toThrow('Seed must be a non-negative integer, actual value: -5');
  });
});

describe('arguments', () => {
  const rng = defaultRng(1);
  it.each<[() => unknown, string]>([
    [() => rng.integers(0), 'low >= high, actual values: 0 and 0'],
    [() => rng.integers(5, 4, { endpoint: true }), 'low > high, actual values: 5 and 4'],
    [() => rng.integers(0, 300, { dtype: 'uint8' }), 'high is out of bounds for uint8, actual value: 299'],
    [() => rng.integers(-1, 3, { dtype: 'uint8' }), 'low is out of bounds for uint8, actual value: -1'],
    [() => rng.normal(0, -1), 'scale < 0, actual value: -1'],
    [() => rng.exponential(-2), 'scale < 0, actual value: -2'],
    [() => rng.geometric(0), 'p <= 0, p > 1 or p is NaN, actual value: 0'],
    [() => rng.uniform(0, Infinity), 'high - low range exceeds valid bounds, actual: 0, Infinity'],
    [() => rng.choice(0), 'a cannot be empty'],
    [() => rng.choice(3, { p: [0.5, 0.5] }), 'a and p must have same size, actual sizes: 3 and 2'],
    [() => rng.choice(2, { p: [0.5, 0.4] }), 'Probabilities do not sum to 1, actual sum: 0.9'],
    [() => rng.choice(2, { p: [1.5, -0.5] }), 'Probabilities are not non-negative, p[1] is -0.5'],
    [
      () => rng.choices(2, 3, { replace: false }),
      'Cannot take a larger sample than population when replace is false: 3 > 2',
    ],
    [
      () => rng.choices(3, 2, { replace: false, p: [1, 0, 0] }),
      'Fewer non-zero entries in p than size: 1 < 2',
    ],
  ])('%s', (call, message) => {
    expect(call).toThrow(message);
  });

  it('gives bigints for bigint bounds and flat arrays for shapes', () => {
    expect(typeof rng.integers(0n, 2n ** 63n)).toBe('bigint');
    expect(rng.random([2, 3])).toHaveLength(6);
    expect(rng.permutation(['a', 'b', 'c']).sort()).toEqual(['a', 'b', 'c']);
  });
});

describe('128-bit arithmetic', () => {
  const extremes: PCG64State['state'][] = [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [0, 0, 0, 0],
    [0x80000000, 0x7fffffff, 0x80000000, 0x7fffffff],
    [0xffffffff, 0, 0xffffffff, 0],
    [0, 0xffffffff, 0, 0xffffffff],
  ];
  const incs: PCG64State['inc'][] = [
    [0xffffffff, 0xffffffff, 0xffffffff, 0xffffffff],
    [1, 0, 0, 0],
  ];
  const big = (words: readonly number[]) => words.reduceRight((sum, word) => (sum << 32n) | BigInt(word), 0n);

  it.each(extremes.flatMap((state) => incs.map((inc) => [state, inc] as const)))(
    'from %s by %s',
    (state, inc) => {
      const bits = new PCG64(0);
      bits.setState({ bitGenerator: 'PCG64', state, inc, hasUint32: 0, uinteger: 0 });
      let expected = big(state);
      for (let i = 0; i < 5000; i++) {
        bits.advance();
        expected = BigInt.asUintN(128, expected * 0x2360ed051fc65da44385df649fccf645n + big(inc));
        if (i % 50 === 49) expect(big(bits.getState().state)).toBe(expected);
      }
    },
  );
});
