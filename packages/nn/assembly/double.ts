// Elementary functions on two lanes of float64, after FreeBSD's msun (e_exp.c, e_log2.c), which V8's `Math` follows as well: the same
// operations in the same order give the same bits. Only IEEE-754 operations; nothing here calls the host's libm.

/** Vector constants come from here: V8 makes one anew wherever it is used, by three instructions, and loads one by one. */
const CONSTANTS = memory.data<f64>([
  0.5, 1.0, 2.0,
  // ln 2, upwards and in two parts: a small integer times the first is exact.
  1.44269504088896338700e+00, 6.93147180369123816490e-01, 1.90821492927058770002e-10,
  1.66666666666666019037e-01, -2.77777777770155933842e-03, 6.61375632143793436117e-05, -1.65339022054652515390e-06,
  4.13813679705723846039e-08,
  // 2^52 + 1022: added to an integer it leaves in the last bits the exponent of half that power of two.
  4503599627371518.0,
  // 2^-28, below which e^x is 1 + x; e, which the series misses by a bit.
  3.725290298461914e-9, 2.718281828459045,
  -700.0, 710.0,
  6.666666666666735130e-01, 3.999999999940941908e-01, 2.857142874366239149e-01, 2.222219843214978396e-01,
  1.818357216161805012e-01, 1.531383769920937332e-01, 1.479819860511658591e-01,
  1.44269504072144627571e+00, 1.67517131648865118353e-10,
  // 2^52, and with the bias of exponents.
  4503599627370496.0, 4503599627371519.0,
]);
const HALF = 0, ONE = 1, TWO = 2;
const LN2_INVERSE = 3, LN2_HIGH = 4, LN2_LOW = 5, P1 = 6, P2 = 7, P3 = 8, P4 = 9, P5 = 10;
const HALVED_POWER = 11, TINY = 12, E = 13, LEAST = 14, MOST = 15;
const L1 = 16, L2 = 17, L3 = 18, L4 = 19, L5 = 20, L6 = 21, L7 = 22;
const LN2_INVERSE_HIGH = 23, LN2_INVERSE_LOW = 24, TWO_52 = 25, BIASED_52 = 26;

const MASKS = memory.data<u64>([
  0x8000000000000000,
  // From here on |x| is reduced: a little above ln 2 / 2, where the upper word tells.
  0x3fd62e4300000000,
  0x000fffffffffffff,
  // Carries a mantissa above the square root of 2 into the exponent, whose last bit follows.
  0x00095f6400000000, 0x0010000000000000,
  0xffffffff00000000,
]);
const SIGN = 0, REDUCED_FROM = 1, MANTISSA = 2, CARRIED = 3, EXPONENT_BIT = 4, UPPER_WORD = 5;

// @ts-ignore: decorator
@inline
function constant(i: i32): v128 {
  return v128.load64_splat(CONSTANTS + ((<usize>i) << 3));
}

// @ts-ignore: decorator
@inline
function mask(i: i32): v128 {
  return v128.load64_splat(MASKS + ((<usize>i) << 3));
}

/** e^x for -700 <= x <= 710, all bits as those of `Math.exp`. */
// @ts-ignore: decorator
@inline
function expLanes(x: v128): v128 {
  const size = v128.andnot(x, mask(SIGN));
  const half = v128.or(v128.and(x, mask(SIGN)), constant(HALF));
  const steps = f64x2.trunc(f64x2.add(f64x2.mul(constant(LN2_INVERSE), x), half));
  const k = v128.and(steps, f64x2.ge(size, mask(REDUCED_FROM)));
  const high = f64x2.sub(x, f64x2.mul(k, constant(LN2_HIGH)));
  const low = f64x2.mul(k, constant(LN2_LOW));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let p = f64x2.mul(t, constant(P5));
  p = f64x2.mul(t, f64x2.add(constant(P4), p));
  p = f64x2.mul(t, f64x2.add(constant(P3), p));
  p = f64x2.mul(t, f64x2.add(constant(P2), p));
  p = f64x2.mul(t, f64x2.add(constant(P1), p));
  const c = f64x2.sub(r, p);
  const one = constant(ONE), two = constant(TWO);
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(two, c));
  const y = f64x2.sub(one, f64x2.sub(f64x2.sub(low, quotient), high));
  // 2^(k - 1) twice over, since 2^1024 is no number.
  const power = i64x2.shl(f64x2.add(k, constant(HALVED_POWER)), 52);
  const scaled = f64x2.mul(f64x2.mul(y, power), two);
  const near = v128.bitselect(f64x2.add(one, x), scaled, f64x2.lt(size, constant(TINY)));
  return v128.bitselect(constant(E), near, f64x2.eq(x, one));
}

/** 1 / (1 + e^-x), all bits as with `Math.exp`. */
// @ts-ignore: decorator
@inline
export function sigmoidLanes(x: v128): v128 {
  // Up to e^-700 the sum is one, and from e^710 on it is infinite.
  const e = expLanes(f64x2.pmin(f64x2.pmax(v128.xor(x, mask(SIGN)), constant(LEAST)), constant(MOST)));
  const one = constant(ONE);
  return f64x2.div(one, f64x2.add(one, e));
}

/** log2 of finite x >= 2^-1022, all bits as those of `Math.log2`. */
// @ts-ignore: decorator
@inline
export function log2Lanes(x: v128): v128 {
  const one = constant(ONE);
  const mantissa = v128.and(x, mask(MANTISSA));
  const carry = v128.and(i64x2.add(mantissa, mask(CARRIED)), mask(EXPONENT_BIT));
  const f = f64x2.sub(v128.or(mantissa, v128.xor(carry, one)), one);
  const exponent = i64x2.add(i64x2.shr_u(x, 52), i64x2.shr_u(carry, 52));
  const k = f64x2.sub(v128.or(exponent, constant(TWO_52)), constant(BIASED_52));
  const halfSquare = f64x2.mul(f64x2.mul(constant(HALF), f), f);
  const high = v128.and(f64x2.sub(f, halfSquare), mask(UPPER_WORD));
  const low = f64x2.add(f64x2.sub(f64x2.sub(f, high), halfSquare), log1pRest(f, halfSquare));
  const scaledHigh = f64x2.mul(high, constant(LN2_INVERSE_HIGH));
  const scaledLow = f64x2.add(
    f64x2.mul(f64x2.add(low, high), constant(LN2_INVERSE_LOW)),
    f64x2.mul(low, constant(LN2_INVERSE_HIGH)),
  );
  const w = f64x2.add(k, scaledHigh);
  return f64x2.add(f64x2.add(scaledLow, f64x2.add(f64x2.sub(k, w), scaledHigh)), w);
}

/** log(1 + f) - f + f^2 / 2 by the series of s = f / (2 + f). */
// @ts-ignore: decorator
@inline
function log1pRest(f: v128, halfSquare: v128): v128 {
  const s = f64x2.div(f, f64x2.add(constant(TWO), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(constant(L4), f64x2.mul(w, constant(L6)));
  even = f64x2.mul(w, f64x2.add(constant(L2), f64x2.mul(w, even)));
  let odd = f64x2.add(constant(L5), f64x2.mul(w, constant(L7)));
  odd = f64x2.add(constant(L3), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(constant(L1), f64x2.mul(w, odd)));
  return f64x2.mul(s, f64x2.add(halfSquare, f64x2.add(odd, even)));
}
