// Elementary functions on four lanes of float32. Only IEEE-754 operations in a fixed order, so that every machine gives
// the same bits; nothing here calls the host's libm.

const LN2_INVERSE: f32 = 1.4426950408889634;
// ln 2 in two parts: the first has few enough bits that k * LN2_HIGH is exact for |k| < 2^9 (Cody and Waite 1980).
const LN2_HIGH: f32 = 0.693359375;
const LN2_LOW: f32 = -2.12194440e-4;

/** a * b + c; one rounding in the relaxed build, two in the strict one. */
// @ts-ignore: decorator
@inline
export function multiplyAdd(a: v128, b: v128, c: v128): v128 {
  if (ASC_FEATURE_RELAXED_SIMD) return f32x4.relaxed_madd(a, b, c);
  return f32x4.add(f32x4.mul(a, b), c);
}

/** exp(r) - 1 for |r| <= ln 2 / 2: the Taylor series to degree 7 (remainder below 6e-9). */
// @ts-ignore: decorator
@inline
function expm1Reduced(r: v128): v128 {
  let p = f32x4.splat(1.0 / 5040.0);
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 720.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 120.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 24.0));
  p = multiplyAdd(p, r, f32x4.splat(1.0 / 6.0));
  p = multiplyAdd(p, r, f32x4.splat(0.5));
  p = multiplyAdd(p, r, f32x4.splat(1.0));
  return f32x4.mul(p, r);
}

/**
 * tanh x = e / (e + 2) with e = exp(2|x|) - 1, sign restored. Working with exp - 1 keeps the relative error of small
 * arguments at a few units in the last place. Beyond |x| = 9.1 the result is 1 in float32.
 */
// @ts-ignore: decorator
@inline
export function tanh4(x: v128): v128 {
  const sign = v128.and(x, i32x4.splat(0x80000000));
  const y = f32x4.mul(f32x4.pmin(f32x4.abs(x), f32x4.splat(9.1)), f32x4.splat(2.0));
  const k = f32x4.nearest(f32x4.mul(y, f32x4.splat(LN2_INVERSE)));
  let r = f32x4.sub(y, f32x4.mul(k, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(LN2_LOW)));
  const power = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  const e = f32x4.add(f32x4.mul(power, expm1Reduced(r)), f32x4.sub(power, f32x4.splat(1.0)));
  return v128.or(f32x4.div(e, f32x4.add(e, f32x4.splat(2.0))), sign);
}

/**
 * Writes tanh of two vectors to `to` and `to + 16`, as `tanh4` would: the steps alternate, because one chain of dependent
 * operations leaves most of a core idle.
 */
// @ts-ignore: decorator
@inline
export function storeTanhPair(x: v128, u: v128, to: usize): void {
  const signs = i32x4.splat(0x80000000);
  const y = f32x4.mul(f32x4.pmin(f32x4.abs(x), f32x4.splat(9.1)), f32x4.splat(2.0));
  const v = f32x4.mul(f32x4.pmin(f32x4.abs(u), f32x4.splat(9.1)), f32x4.splat(2.0));
  const k = f32x4.nearest(f32x4.mul(y, f32x4.splat(LN2_INVERSE)));
  const l = f32x4.nearest(f32x4.mul(v, f32x4.splat(LN2_INVERSE)));
  let r = f32x4.sub(y, f32x4.mul(k, f32x4.splat(LN2_HIGH)));
  let s = f32x4.sub(v, f32x4.mul(l, f32x4.splat(LN2_HIGH)));
  r = f32x4.sub(r, f32x4.mul(k, f32x4.splat(LN2_LOW)));
  s = f32x4.sub(s, f32x4.mul(l, f32x4.splat(LN2_LOW)));
  let p = f32x4.splat(1.0 / 5040.0);
  let q = p;
  let c = f32x4.splat(1.0 / 720.0);
  p = multiplyAdd(p, r, c);
  q = multiplyAdd(q, s, c);
  c = f32x4.splat(1.0 / 120.0);
  p = multiplyAdd(p, r, c);
  q = multiplyAdd(q, s, c);
  c = f32x4.splat(1.0 / 24.0);
  p = multiplyAdd(p, r, c);
  q = multiplyAdd(q, s, c);
  c = f32x4.splat(1.0 / 6.0);
  p = multiplyAdd(p, r, c);
  q = multiplyAdd(q, s, c);
  c = f32x4.splat(0.5);
  p = multiplyAdd(p, r, c);
  q = multiplyAdd(q, s, c);
  c = f32x4.splat(1.0);
  p = f32x4.mul(multiplyAdd(p, r, c), r);
  q = f32x4.mul(multiplyAdd(q, s, c), s);
  const a = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(k), i32x4.splat(127)), 23);
  const b = i32x4.shl(i32x4.add(i32x4.trunc_sat_f32x4_s(l), i32x4.splat(127)), 23);
  const d = f32x4.add(f32x4.mul(a, p), f32x4.sub(a, c));
  const e = f32x4.add(f32x4.mul(b, q), f32x4.sub(b, c));
  const two = f32x4.splat(2.0);
  v128.store(to, v128.or(f32x4.div(d, f32x4.add(d, two)), v128.and(x, signs)));
  v128.store(to, v128.or(f32x4.div(e, f32x4.add(e, two)), v128.and(u, signs)), 16);
}
