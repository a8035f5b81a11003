import fc from 'fast-check';
import { expect, it } from 'vitest';
import { smallCos, smallSin } from '../../../packages/gymnasium-js/src/utils/small-angles.js';

/** Distance to the next double of the same magnitude. */
function unit(x: number): number {
  return 2 ** (Math.floor(Math.log2(Math.abs(x))) - 52);
}

it('is within one unit in the last place of the runtime’s sin and cos, and rarely differs at all', () => {
  let different = 0;
  const n = 20_000;
  fc.assert(
    fc.property(fc.double({ min: -0.6, max: 0.6, noNaN: true, minExcluded: true }), (x) => {
      const [s, c] = [smallSin(x), smallCos(x)];
      if (s !== Math.sin(x) || c !== Math.cos(x)) different++;
      expect(Math.abs(s - Math.sin(x))).toBeLessThanOrEqual(x === 0 ? 0 : unit(Math.sin(x)));
      expect(Math.abs(c - Math.cos(x))).toBeLessThanOrEqual(unit(Math.cos(x)));
    }),
    { numRuns: n, seed: 7 },
  );
  expect(different / n).toBeLessThan(0.05);
});

it('is odd and even, and right at zero', () => {
  expect(smallSin(0)).toBe(0);
  expect(smallCos(0)).toBe(1);
  fc.assert(
    fc.property(
      fc.double({ min: 0, max: 3, noNaN: true }),
      (x) => smallSin(-x) === -smallSin(x) && smallCos(-x) === smallCos(x),
    ),
    { seed: 7 },
  );
});
