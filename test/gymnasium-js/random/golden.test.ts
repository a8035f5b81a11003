import { defaultRng, type Generator, type IntegersDtype, PCG64, type Seed, SeedSequence } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden, sha256Doubles, sha256Integers } from '../golden.js';

interface Digest {
  head: number[];
  sha256: string;
  count: number;
}
interface RandomData {
  seedSequences: { entropy: string | string[]; words: number[][]; wide: string[]; raw: string[] }[];
  integers: { dtype: IntegersDtype; low: string; high: string; values: string[]; single: string[] }[];
  distributions: (Digest & { seed: number; method: string; args: number[] })[];
  choices: (Digest & {
    n: number;
    size: number;
    replace: boolean;
    p: number[] | null;
    shuffle: boolean;
    after: number;
  })[];
  mix: number[];
}

const data = golden<RandomData>('random.json');

function seedOf(entropy: string | string[]): Seed {
  const integer = (text: string) => {
    const big = BigInt(text);
    return big <= BigInt(Number.MAX_SAFE_INTEGER) ? Number(big) : big;
  };
  return typeof entropy === 'string' ? integer(entropy) : entropy.map(integer);
}

describe('SeedSequence and PCG64 equal NumPy', () => {
  it.each(data.seedSequences)('entropy $entropy', ({ entropy, words, wide, raw }) => {
    const sequence = new SeedSequence(seedOf(entropy));
    const child = sequence.spawn(3)[2]!;
    const grandchild = child.spawn(2)[1]!;
    expect([sequence, child, grandchild].map((s) => [...s.generateState(8)])).toEqual(words);
    expect([...sequence.generateState64(3)].map(String)).toEqual(wide);
    const bits = new PCG64(seedOf(entropy));
    expect(raw.map(() => String(bits.next64()))).toEqual(raw);
  });
});

describe('Generator equals NumPy', () => {
  it.each(data.integers)('integers $dtype [$low, $high)', ({ dtype, low, high, values, single }) => {
    const many = defaultRng(11).integersArray(BigInt(low), BigInt(high), values.length, { dtype });
    expect(Array.from(many, String)).toEqual(values);
    const rng = defaultRng(12);
    const one = single.map(() => String(rng.integers(BigInt(low), BigInt(high), { dtype })));
    expect(one).toEqual(single);
  });

  const draw: Record<string, (rng: Generator, args: number[], n: number) => Float64Array> = {
    random: (rng, _, n) => rng.random(n),
    uniform: (rng, [low, high], n) => rng.uniform(low!, high!, n),
    normal: (rng, [loc, scale], n) => rng.normal(loc!, scale!, n),
    standardNormal: (rng, _, n) => rng.standardNormal(n),
    exponential: (rng, [scale], n) => rng.exponential(scale!, n),
    geometric: (rng, [p], n) => rng.geometric(p!, n),
  };
  const exact = data.distributions.filter(({ method }) => method !== 'lognormal');
  it.each(exact)(
    '$method($args), seed $seed, $count draws',
    ({ seed, method, args, head, sha256, count }) => {
      const values = draw[method]!(defaultRng(seed), args, count);
      expect([...values.slice(0, 5)]).toEqual(head);
      const hash = method === 'geometric' ? sha256Integers(values) : sha256Doubles(values);
      expect(hash).toBe(sha256);
    },
  );

  it('lognormal equals NumPy to 1e-15, relative (the last bit is the runtime exp’s)', () => {
    for (const { seed, args, head } of data.distributions.filter(({ method }) => method === 'lognormal')) {
      const values = defaultRng(seed).lognormal(args[0]!, args[1]!, head.length);
      head.forEach((expected, i) => {
        expect(Math.abs(values[i]! - expected)).toBeLessThanOrEqual(1e-15 * expected);
      });
    }
  });

  it.each(data.choices)('choices($n, $size, replace $replace, p $p)', (c) => {
    const rng = defaultRng(21);
    const p = c.p === null ? {} : { p: c.p };
    const values = rng.choices(c.n, c.size, { replace: c.replace, shuffle: c.shuffle, ...p });
    expect(values.slice(0, 5)).toEqual(c.head);
    expect(sha256Integers(values)).toBe(c.sha256);
    expect(rng.random()).toBe(c.after);
  });

  it('interleaved scalar draws, permutations and children', () => {
    const rng = defaultRng(2024);
    const out: number[] = [];
    for (let i = 0; i < 200; i++) {
      out.push(rng.random(), rng.integers(10), rng.normal(), rng.integers(3, 9, { endpoint: true }));
      out.push(
        rng.choice(5),
        rng.choice(4, { p: [0.1, 0.2, 0.3, 0.4] }),
        rng.exponential(),
        rng.geometric(0.2),
      );
      out.push(rng.randomFloat32(), rng.choice(6, { replace: false }), rng.uniform(-1, 1));
    }
    out.push(...rng.permutation(13));
    const items = [...Array(9).keys()];
    rng.shuffle(items);
    out.push(...items);
    const kids = [...rng.spawn(2), ...rng.spawn(1)];
    out.push(...kids.map((kid) => kid.random()), kids[1]!.spawn(1)[0]!.random());
    expect(out).toEqual(data.mix);
  });
});
