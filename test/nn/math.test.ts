import { exp, log } from 'nn-engines';
import { describe, expect, it } from 'vitest';
import { instantiateKernels } from '../../packages/nn/src/wasm/kernels.js';
import { Arena } from '../../packages/nn/src/wasm/memory.js';

describe('exp', () => {
  it('is within 3e-15 of the host’s, relatively, over its whole range', () => {
    let worst = 0;
    for (let x = -708; x < 709.7; x += 0.0371) worst = Math.max(worst, Math.abs(exp(x) / Math.exp(x) - 1));
    expect(worst).toBeLessThan(3e-15);
  });

  it('is within one subnormal step of the host’s where results are subnormal, down to 0', () => {
    let worst = 0;
    for (let x = -747; x < -708; x += 0.00137)
      worst = Math.max(
        worst,
        Math.abs(exp(x) - Math.exp(x)) / Math.max(Number.MIN_VALUE, 3e-15 * Math.exp(x)),
      );
    expect(worst).toBeLessThanOrEqual(1);
  });

  it('has the limits of exp', () => {
    expect(exp(0)).toBe(1);
    expect(exp(710)).toBe(Number.POSITIVE_INFINITY);
    expect(exp(Number.NEGATIVE_INFINITY)).toBe(0);
    expect(exp(Number.NaN)).toBeNaN();
  });
});

describe('log', () => {
  it('is within 3e-15 of the host’s over its whole range', () => {
    let worst = 0;
    for (let x = -740; x < 709; x += 0.0371) {
      const y = Math.exp(x);
      worst = Math.max(worst, Math.abs(log(y) - Math.log(y)) / Math.max(1, Math.abs(x)));
    }
    expect(worst).toBeLessThan(3e-15);
  });

  it('has the limits of log', () => {
    expect(log(1)).toBe(0);
    expect(log(0)).toBe(Number.NEGATIVE_INFINITY);
    expect(log(Number.POSITIVE_INFINITY)).toBe(Number.POSITIVE_INFINITY);
    expect(log(-1)).toBeNaN();
  });
});

describe.each(['strict', 'relaxed'] as const)('tanh of the %s kernels', (build) => {
  it('is within 4e-7 of the host’s, relatively, and never beyond 1', async () => {
    const arena = new Arena();
    const kernels = await instantiateKernels(build, arena.memory);
    const count = 40_000;
    const at = arena.allocate(count);
    const inputs = Float32Array.from({ length: count }, (_, i) => (i - count / 2) * 6e-4);
    arena.view(at, count).set(inputs);
    kernels.tanhInPlace(at, count);
    let worst = 0;
    let largest = 0;
    for (const [i, y] of arena.view(at, count).entries()) {
      const expected = Math.tanh(inputs[i]!);
      if (expected !== 0) worst = Math.max(worst, Math.abs(y / expected - 1));
      largest = Math.max(largest, Math.abs(y));
    }
    expect(worst).toBeLessThan(4e-7);
    expect(largest).toBeLessThanOrEqual(1);
  });
});

describe.each(['strict', 'relaxed'] as const)('the constants of the %s kernels', (build) => {
  it('stand below all that an arena gives out', async () => {
    const arena = new Arena();
    const { constantsEnd } = await instantiateKernels(build, arena.memory);
    expect(constantsEnd()).toBeGreaterThan(0);
    expect(constantsEnd()).toBeLessThanOrEqual(arena.mark());
  });
});
