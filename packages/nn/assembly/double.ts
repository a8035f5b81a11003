// Elementary functions on two lanes of float64, after FreeBSD's msun (e_exp.c, e_log2.c), which V8's `Math` follows as well: the same
// operations in the same order give the same bits. Only IEEE-754 operations; nothing here calls the host's libm.

/** The words of ln 2: k * LN2_HIGH is exact for every exponent k. */
const LN2_HIGH: f64 = 6.93147180369123816490e-01;
const LN2_LOW: f64 = 1.90821492927058770002e-10;
const LN2_INVERSE: f64 = 1.44269504088896338700;
/** From here on |x| is reduced by multiples of ln 2: a little above ln 2 / 2, where the upper word tells. */
const REDUCED_FROM: u64 = 0x3fd62e4300000000;
const E: f64 = 2.718281828459045;
/** Below 2^-28 the logarithm's series says no more than 1 + x. */
const TINY: f64 = 3.725290298461914e-9;
const OVERFLOW: f64 = 7.09782712893383973096e+02;

// @ts-ignore: decorator
@inline
const SIGN: i64 = 0x8000000000000000;

/** e^x for x >= -700, all bits as those of `Math.exp`. */
// @ts-ignore: decorator
@inline
function exp2Lanes(x: v128): v128 {
  const size = f64x2.abs(x);
  const half = v128.or(v128.and(x, i64x2.splat(SIGN)), f64x2.splat(0.5));
  const steps = f64x2.trunc(f64x2.add(f64x2.mul(f64x2.splat(LN2_INVERSE), x), half));
  const k = v128.and(steps, f64x2.ge(size, f64x2.splat(reinterpret<f64>(REDUCED_FROM))));
  const high = f64x2.sub(x, f64x2.mul(k, f64x2.splat(LN2_HIGH)));
  const low = f64x2.mul(k, f64x2.splat(LN2_LOW));
  const r = f64x2.sub(high, low);
  const t = f64x2.mul(r, r);
  let p = f64x2.mul(t, f64x2.splat(4.13813679705723846039e-08));
  p = f64x2.mul(t, f64x2.add(f64x2.splat(-1.65339022054652515390e-06), p));
  p = f64x2.mul(t, f64x2.add(f64x2.splat(6.61375632143793436117e-05), p));
  p = f64x2.mul(t, f64x2.add(f64x2.splat(-2.77777777770155933842e-03), p));
  p = f64x2.mul(t, f64x2.add(f64x2.splat(1.66666666666666019037e-01), p));
  const c = f64x2.sub(r, p);
  const one = f64x2.splat(1.0);
  const quotient = f64x2.div(f64x2.mul(r, c), f64x2.sub(f64x2.splat(2.0), c));
  const y = f64x2.sub(one, f64x2.sub(f64x2.sub(low, quotient), high));
  // 2^(k - 1) twice over, since 2^1024 is no number.
  const exponent = i64x2.extend_low_i32x4_s(i32x4.add(i32x4.trunc_sat_f64x2_s_zero(k), i32x4.splat(1022)));
  const scaled = f64x2.mul(f64x2.mul(y, i64x2.shl(exponent, 52)), f64x2.splat(2.0));
  const near = v128.bitselect(f64x2.add(one, x), scaled, f64x2.lt(size, f64x2.splat(TINY)));
  const exact = v128.bitselect(f64x2.splat(E), near, f64x2.eq(x, one));
  return v128.bitselect(f64x2.splat(Infinity), exact, f64x2.gt(x, f64x2.splat(OVERFLOW)));
}

/** 1 / (1 + e^-x), all bits as with `Math.exp`. */
// @ts-ignore: decorator
@inline
export function sigmoid2(x: v128): v128 {
  const one = f64x2.splat(1.0);
  // From e^-700 on the sum is one; there the exponential would be out of its range.
  const e = exp2Lanes(f64x2.max(f64x2.neg(x), f64x2.splat(-700.0)));
  return f64x2.div(one, f64x2.add(one, e));
}

const TWO_54: f64 = 1.80143985094819840000e+16;
const SMALLEST_NORMAL: f64 = 2.2250738585072014e-308;
const LN2_INVERSE_HIGH: f64 = 1.44269504072144627571;
const LN2_INVERSE_LOW: f64 = 1.67517131648865118353e-10;

/** log2 of finite x > 0, all bits as those of `Math.log2`. */
// @ts-ignore: decorator
@inline
export function log2Lanes(value: v128): v128 {
  const subnormal = f64x2.lt(value, f64x2.splat(SMALLEST_NORMAL));
  const x = v128.bitselect(f64x2.mul(value, f64x2.splat(TWO_54)), value, subnormal);
  const words = i64x2.shr_u(x, 32);
  const mantissa = v128.and(words, i64x2.splat(0xfffff));
  const carry = v128.and(i64x2.add(mantissa, i64x2.splat(0x95f64)), i64x2.splat(0x100000));
  const lowWord = v128.and(x, i64x2.splat(0xffffffff));
  const normal = v128.or(i64x2.shl(v128.or(mantissa, v128.xor(carry, i64x2.splat(0x3ff00000))), 32), lowWord);
  const exponent = i64x2.sub(
    i64x2.add(i64x2.shr_u(words, 20), i64x2.shr_u(carry, 20)),
    i64x2.add(i64x2.splat(1023), v128.and(subnormal, i64x2.splat(54))),
  );
  const y = f64x2.convert_low_i32x4_s(i32x4.shuffle(exponent, exponent, 0, 2, 0, 2));
  const f = f64x2.sub(normal, f64x2.splat(1.0));
  const halfSquare = f64x2.mul(f64x2.mul(f64x2.splat(0.5), f), f);
  const r = log1pRest(f, halfSquare);
  const high = v128.and(f64x2.sub(f, halfSquare), i64x2.splat(0xffffffff00000000));
  const low = f64x2.add(f64x2.sub(f64x2.sub(f, high), halfSquare), r);
  const scaledHigh = f64x2.mul(high, f64x2.splat(LN2_INVERSE_HIGH));
  const scaledLow = f64x2.add(
    f64x2.mul(f64x2.add(low, high), f64x2.splat(LN2_INVERSE_LOW)),
    f64x2.mul(low, f64x2.splat(LN2_INVERSE_HIGH)),
  );
  const w = f64x2.add(y, scaledHigh);
  return f64x2.add(f64x2.add(scaledLow, f64x2.add(f64x2.sub(y, w), scaledHigh)), w);
}

/** log(1 + f) - f + f^2 / 2 by the series of s = f / (2 + f). */
// @ts-ignore: decorator
@inline
function log1pRest(f: v128, halfSquare: v128): v128 {
  const s = f64x2.div(f, f64x2.add(f64x2.splat(2.0), f));
  const z = f64x2.mul(s, s);
  const w = f64x2.mul(z, z);
  let even = f64x2.add(f64x2.splat(2.222219843214978396e-01), f64x2.mul(w, f64x2.splat(1.531383769920937332e-01)));
  even = f64x2.mul(w, f64x2.add(f64x2.splat(3.999999999940941908e-01), f64x2.mul(w, even)));
  let odd = f64x2.add(f64x2.splat(1.818357216161805012e-01), f64x2.mul(w, f64x2.splat(1.479819860511658591e-01)));
  odd = f64x2.add(f64x2.splat(2.857142874366239149e-01), f64x2.mul(w, odd));
  odd = f64x2.mul(z, f64x2.add(f64x2.splat(6.666666666666735130e-01), f64x2.mul(w, odd)));
  return f64x2.mul(s, f64x2.add(halfSquare, f64x2.add(odd, even)));
}
