/**
 * Normal and exponential draws by the ziggurat method (Marsaglia and Tsang, 2000) with NumPy's 256-layer tables.
 *
 * A draw whose point falls under its layer's box needs one multiplication; about 1 % fall beside it and need `exp`, and about
 * 1 in 4,000 come from the tail and need `log1p`: only these depend on the runtime's mathematics.
 */
import type { PCG64 } from './pcg64.js';
import { exponentialF, exponentialK, exponentialW, normalF, normalK, normalW } from './ziggurat-tables.js';

function bytesOf(text: string): DataView {
  const binary = globalThis.atob(text);
  const bytes = new Uint8Array(binary.length);
  for (let i = 0; i < binary.length; i++) bytes[i] = binary.charCodeAt(i);
  return new DataView(bytes.buffer);
}

function float64Table(text: string): Float64Array {
  const view = bytesOf(text);
  return Float64Array.from({ length: 256 }, (_, i) => view.getFloat64(8 * i, true));
}

/** Thresholds are below 2^53, so doubles hold them exactly. */
function integerTable(text: string): Float64Array {
  const view = bytesOf(text);
  return Float64Array.from({ length: 256 }, (_, i) => Number(view.getBigUint64(8 * i, true)));
}

const NK = integerTable(normalK);
const NW = float64Table(normalW);
const NF = float64Table(normalF);
const EK = integerTable(exponentialK);
const EW = float64Table(exponentialW);
const EF = float64Table(exponentialF);

/** Rightmost abscissas of the two ziggurats. */
const NORMAL_R = 3.6541528853610088;
const NORMAL_INVERSE_R = 0.27366123732975828;
const EXPONENTIAL_R = 7.69711747013105;

function normalTail(bits: PCG64, negative: boolean): number {
  for (;;) {
    const x = -NORMAL_INVERSE_R * Math.log1p(-bits.nextDouble());
    const y = -Math.log1p(-bits.nextDouble());
    if (y + y > x * x) return negative ? -(NORMAL_R + x) : NORMAL_R + x;
  }
}

/** One draw of the standard normal distribution. */
export function standardNormal(bits: PCG64): number {
  for (;;) {
    bits.advance();
    const low = bits.low;
    const layer = low & 0xff;
    const magnitude = (bits.high & 0x1fffffff) * 8388608 + (low >>> 9);
    const scaled = magnitude * NW[layer]!;
    const x = (low & 0x100) !== 0 ? -scaled : scaled;
    if (magnitude < NK[layer]!) return x;
    // The tail's sign is a bit of the magnitude, not the sign bit: so the reference draws it.
    if (layer === 0) return normalTail(bits, (low & 0x20000) !== 0);
    if ((NF[layer - 1]! - NF[layer]!) * bits.nextDouble() + NF[layer]! < Math.exp(-0.5 * x * x)) return x;
  }
}

/** One draw of the exponential distribution with mean 1. */
export function standardExponential(bits: PCG64): number {
  for (;;) {
    bits.advance();
    const low = bits.low;
    const layer = (low >>> 3) & 0xff;
    const magnitude = (bits.high >>> 0) * 2097152 + (low >>> 11);
    const x = magnitude * EW[layer]!;
    if (magnitude < EK[layer]!) return x;
    if (layer === 0) return EXPONENTIAL_R - Math.log1p(-bits.nextDouble());
    if ((EF[layer - 1]! - EF[layer]!) * bits.nextDouble() + EF[layer]! < Math.exp(-x)) return x;
  }
}

/** Number of trials up to and including the first success, each with probability `p` in (0, 1]. */
export function geometric(bits: PCG64, p: number): number {
  if (p >= 1 / 3) {
    let trials = 1;
    let sum = p;
    let term = p;
    const u = bits.nextDouble();
    while (u > sum) {
      term *= 1 - p;
      sum += term;
      trials++;
    }
    return trials;
  }
  return Math.ceil(-standardExponential(bits) / Math.log1p(-p));
}
