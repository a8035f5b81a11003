// Kernels of the natively batched environments. Addresses and sizes come from the TypeScript side, which owns the memory; nothing
// here allocates. Arrays of environments are padded to a multiple of sixteen, so that no loop has a tail; entries beyond the last
// environment hold anything.
export { cartPole } from './cartpole';
export { restart } from './random';

/** What `settle` lists: the environments whose episode ended in the step before, in this step, or none. */
const ENDED_BEFORE = 1;
const ENDED_NOW = 2;

/**
 * Counts steps, truncates and marks the ends of episodes after the dynamics wrote `terminations`; lists the environments that `listed`
 * asks for, in ascending order. Returns how many are in the list.
 */
export function settle(
  count: i32,
  maxSteps: i32,
  steps: usize,
  terminations: usize,
  truncations: usize,
  ended: usize,
  list: usize,
  listed: i32,
): i32 {
  const limit = i32x4.splat(maxSteps),
    one = i32x4.splat(1),
    unit = i8x16.splat(1);
  let length = 0;
  for (let i = 0; i < count; i += 16) {
    const at = steps + ((<usize>i) << 2);
    const s0 = i32x4.add(v128.load(at), one),
      s1 = i32x4.add(v128.load(at, 16), one);
    const s2 = i32x4.add(v128.load(at, 32), one),
      s3 = i32x4.add(v128.load(at, 48), one);
    v128.store(at, s0);
    v128.store(at, s1, 16);
    v128.store(at, s2, 32);
    v128.store(at, s3, 48);
    // Comparisons give -1 or 0, which saturating narrowing keeps.
    const late = i8x16.narrow_i16x8_s(
      i16x8.narrow_i32x4_s(i32x4.ge_s(s0, limit), i32x4.ge_s(s1, limit)),
      i16x8.narrow_i32x4_s(i32x4.ge_s(s2, limit), i32x4.ge_s(s3, limit)),
    );
    const truncated = v128.and(late, unit);
    v128.store(truncations + i, truncated);
    const before = v128.load(ended + i);
    const now = v128.or(v128.load(terminations + i), truncated);
    v128.store(ended + i, now);
    const wanted = listed == ENDED_BEFORE ? before : listed == ENDED_NOW ? now : i8x16.splat(0);
    let bits = i8x16.bitmask(i8x16.ne(wanted, i8x16.splat(0)));
    while (bits != 0) {
      const index = i + ctz(bits);
      bits &= bits - 1;
      if (index >= count) break;
      store<i32>(list + ((<usize>length) << 2), index);
      length++;
    }
  }
  return length;
}
