/** Bytes of a buffer that arrays share: some ten looks at a cloud, few enough not to matter where one of them is kept for long. */
const SLAB = 1 << 14;

let slab = new ArrayBuffer(SLAB);
let used = 0;

/** An array of zeros in a buffer that it shares with others: making and freeing a buffer of its own costs more than filling it. */
export function floats(length: number): Float64Array {
  const bytes = 8 * length;
  if (used + bytes > slab.byteLength) {
    slab = new ArrayBuffer(Math.max(SLAB, bytes));
    used = 0;
  }
  used += bytes;
  return new Float64Array(slab, used - bytes, length);
}
