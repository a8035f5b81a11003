// NumPy's PCG64, as packages/gymnasium-js/src/random/pcg64.ts has it, for many draws at once.

const MULTIPLIER_LOW: u64 = 0x4385df649fccf645;
const MULTIPLIER_HIGH: u64 = 0x2360ed051fc65da4;

/** High 64 bits of the product with the multiplier's low half. */
// @ts-expect-error: decorator
@inline
function highProduct(a: u64): u64 {
  const mask: u64 = 0xffffffff;
  const a0 = a & mask, a1 = a >> 32;
  const b0 = MULTIPLIER_LOW & mask, b1 = MULTIPLIER_LOW >> 32;
  const middle = a1 * b0 + ((a0 * b0) >> 32);
  return a1 * b1 + (middle >> 32) + ((a0 * b1 + (middle & mask)) >> 32);
}

/**
 * Gives the first `count` environments of the list a start: draws variable by variable, as NumPy fills a (variables x environments) array.
 * `words` holds the stream's state and increment (low half first), `bounds` a pair of low and high for each variable, `stride` the
 * bytes of a variable's column.
 */
export function restart(
  count: i32, list: usize, variables: i32, state: usize, stride: usize, bounds: usize, words: usize, steps: usize, ended: usize,
): void {
  let low = load<u64>(words), high = load<u64>(words, 8);
  const incrementLow = load<u64>(words, 16), incrementHigh = load<u64>(words, 24);
  for (let variable = 0; variable < variables; variable++) {
    const first = load<f64>(bounds), range = load<f64>(bounds, 8) - first;
    bounds += 16;
    for (let k = 0; k < count; k++) {
      const product = low * MULTIPLIER_LOW;
      high = highProduct(low) + high * MULTIPLIER_LOW + low * MULTIPLIER_HIGH + incrementHigh;
      low = product + incrementLow;
      high += <u64>(low < product);
      const bits = rotr(high ^ low, high >> 58);
      const index = <usize>load<i32>(list + (<usize>k << 2));
      store<f64>(state + (index << 3), first + range * (<f64>(bits >> 11) * 1.1102230246251565e-16));
    }
    state += stride;
  }
  store<u64>(words, low);
  store<u64>(words, high, 8);
  for (let k = 0; k < count; k++) {
    const index = <usize>load<i32>(list + (<usize>k << 2));
    store<i32>(steps + (index << 2), 0);
    store<u8>(ended + index, 0);
  }
}
