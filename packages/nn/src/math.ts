// exp and log in float64 from additions, multiplications and divisions only. `Math.exp` and `Math.log` may differ in the
// last bit between hosts and versions; losses built on these give the same bits everywhere.

const LN2_HIGH = 0.6931471803691238; // upper 32 bits of ln 2: k * LN2_HIGH is exact for every exponent k
const LN2_LOW = 1.9082149292705877e-10;
const LN2_INVERSE = Math.LOG2E;

const LOWEST_EXPONENT = -1074;
const POWERS_OF_TWO = new Float64Array(1023 - LOWEST_EXPONENT + 1);
POWERS_OF_TWO[-LOWEST_EXPONENT] = 1;
for (let k = 1; k <= 1023; k++)
  POWERS_OF_TWO[k - LOWEST_EXPONENT] = POWERS_OF_TWO[k - 1 - LOWEST_EXPONENT]! * 2;
for (let k = -1; k >= LOWEST_EXPONENT; k--)
  POWERS_OF_TWO[k - LOWEST_EXPONENT] = POWERS_OF_TWO[k + 1 - LOWEST_EXPONENT]! / 2;

/** e^x, within 2e-15 relatively: 2^k times the Taylor series to degree 12 on |r| <= ln 2 / 2. */
export function exp(x: number): number {
  if (x > 709.782712893384) return Number.POSITIVE_INFINITY;
  if (x < -745.1332191019412) return 0; // below half of the smallest subnormal number
  if (Number.isNaN(x)) return x;
  const k = Math.floor(x * LN2_INVERSE + 0.5);
  const r = x - k * LN2_HIGH - k * LN2_LOW;
  let p = 1 / 479001600;
  p = p * r + 1 / 39916800;
  p = p * r + 1 / 3628800;
  p = p * r + 1 / 362880;
  p = p * r + 1 / 40320;
  p = p * r + 1 / 5040;
  p = p * r + 1 / 720;
  p = p * r + 1 / 120;
  p = p * r + 1 / 24;
  p = p * r + 1 / 6;
  p = p * r + 0.5;
  p = p * r + 1;
  p = p * r + 1;
  if (k > 1023) return p * POWERS_OF_TWO[1023 - LOWEST_EXPONENT]! * 2;
  if (k < LOWEST_EXPONENT) return (p / 2) * Number.MIN_VALUE;
  return p * POWERS_OF_TWO[k - LOWEST_EXPONENT]!;
}

const bits = new Float64Array(1);
const words = new Uint32Array(bits.buffer);
const HIGH_WORD = new Uint8Array(new Uint32Array([1]).buffer)[0] === 1 ? 1 : 0;

/** Natural logarithm of x > 0, within 2e-15 relatively to max(1, |log x|): 2 atanh((m - 1) / (m + 1)) + k ln 2. */
export function log(x: number): number {
  if (!(x > 0)) return x === 0 ? Number.NEGATIVE_INFINITY : Number.NaN;
  if (x === Number.POSITIVE_INFINITY) return x;
  let k = -1023;
  bits[0] = x;
  if (x < 2.2250738585072014e-308) {
    bits[0] = x * 18014398509481984; // 2^54 lifts a subnormal number to a normal one
    k -= 54;
  }
  const high = words[HIGH_WORD]!;
  k += high >>> 20;
  words[HIGH_WORD] = (high & 0xfffff) | 0x3ff00000;
  let m = bits[0]!;
  if (m > Math.SQRT2) {
    m /= 2;
    k++;
  }
  const s = (m - 1) / (m + 1);
  const z = s * s;
  let p = 1 / 21;
  p = p * z + 1 / 19;
  p = p * z + 1 / 17;
  p = p * z + 1 / 15;
  p = p * z + 1 / 13;
  p = p * z + 1 / 11;
  p = p * z + 1 / 9;
  p = p * z + 1 / 7;
  p = p * z + 1 / 5;
  p = p * z + 1 / 3;
  return k * LN2_HIGH + (k * LN2_LOW + 2 * s * (1 + p * z));
}
