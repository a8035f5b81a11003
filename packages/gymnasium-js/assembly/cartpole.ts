// The cart and pole, two environments at a time. Operations stand in the order of packages/gymnasium-js/src/envs/classic-control/cartpole.ts
// and of src/utils/small-angles.ts, so that the bits are the same.

// @ts-expect-error: decorator
@external("runtime", "sin")
declare function runtimeSin(x: f64): f64;
// @ts-expect-error: decorator
@external("runtime", "cos")
declare function runtimeCos(x: f64): f64;

/** Angles beyond this go to the runtime. */
const SMALL = 0.5;

// @ts-expect-error: decorator
@inline
function horner(z: v128, series: v128, coefficient: f64): v128 {
  return f64x2.add(f64x2.splat(coefficient), f64x2.mul(z, series));
}

// @ts-expect-error: decorator
@inline
function smallSin(x: v128, z: v128): v128 {
  let series = horner(z, f64x2.splat(-1.0 / 1307674368000.0), 1.0 / 6227020800.0);
  series = horner(z, series, -1.0 / 39916800.0);
  series = horner(z, series, 1.0 / 362880.0);
  series = horner(z, series, -1.0 / 5040.0);
  series = horner(z, series, 1.0 / 120.0);
  series = horner(z, series, -1.0 / 6.0);
  return f64x2.add(x, f64x2.mul(x, f64x2.mul(z, series)));
}

// @ts-expect-error: decorator
@inline
function smallCos(z: v128): v128 {
  let series = horner(z, f64x2.splat(-1.0 / 87178291200.0), 1.0 / 479001600.0);
  series = horner(z, series, -1.0 / 3628800.0);
  series = horner(z, series, 1.0 / 40320.0);
  series = horner(z, series, -1.0 / 720.0);
  series = horner(z, series, 1.0 / 24.0);
  const half = f64x2.mul(f64x2.splat(0.5), z);
  const one = f64x2.splat(1.0);
  const most = f64x2.sub(one, half);
  const lost = f64x2.sub(f64x2.sub(one, most), half);
  return f64x2.add(most, f64x2.add(lost, f64x2.mul(f64x2.mul(z, z), series)));
}

function largeSin(x: v128, small: v128): v128 {
  const a = f64x2.extract_lane(x, 0), b = f64x2.extract_lane(x, 1);
  let result = small;
  if (abs(a) > SMALL) result = f64x2.replace_lane(result, 0, runtimeSin(a));
  if (abs(b) > SMALL) result = f64x2.replace_lane(result, 1, runtimeSin(b));
  return result;
}

function largeCos(x: v128, small: v128): v128 {
  const a = f64x2.extract_lane(x, 0), b = f64x2.extract_lane(x, 1);
  let result = small;
  if (abs(a) > SMALL) result = f64x2.replace_lane(result, 0, runtimeCos(a));
  if (abs(b) > SMALL) result = f64x2.replace_lane(result, 1, runtimeCos(b));
  return result;
}

/**
 * One step of `count` environments. `state` has four columns of `stride` bytes (position, velocity, angle, angular velocity); `constants`
 * are those of `CARTPOLE` in the order of reading below, then the rewards of standing and of falling. Writes `rewards` (f64),
 * `terminations` (u8) and `observations` (4 x f32).
 */
export function cartPole(
  count: i32, state: usize, stride: usize, actions: usize, rewards: usize, terminations: usize, observations: usize, constants: usize,
): void {
  const gravity = v128.load64_splat(constants), massPole = v128.load64_splat(constants, 8);
  const totalMass = v128.load64_splat(constants, 16), length = v128.load64_splat(constants, 24);
  const poleMassLength = v128.load64_splat(constants, 32), force = v128.load64_splat(constants, 40);
  const tau = v128.load64_splat(constants, 48), thetaLimit = v128.load64_splat(constants, 56);
  const xLimit = v128.load64_splat(constants, 64), standing = v128.load64_splat(constants, 72);
  const fallen = v128.load64_splat(constants, 80);
  const back = f64x2.neg(force), third = f64x2.splat(4.0 / 3.0), one = f64x2.splat(1.0), small = f64x2.splat(SMALL);
  const xs = state, xDots = state + stride, thetas = xDots + stride, thetaDots = thetas + stride;
  for (let i = 0; i < count; i += 2) {
    const at = <usize>i << 3;
    const theta = v128.load(thetas + at), thetaDot = v128.load(thetaDots + at), xDot = v128.load(xDots + at);
    const z = f64x2.mul(theta, theta);
    let sin = smallSin(theta, z), cos = smallCos(z);
    if (v128.any_true(f64x2.gt(f64x2.abs(theta), small))) {
      sin = largeSin(theta, sin);
      cos = largeCos(theta, cos);
    }
    const action = f64x2.convert_low_i32x4_s(v128.load64_zero(actions + (<usize>i << 2)));
    const push = v128.bitselect(force, back, f64x2.eq(action, one));
    const swing = f64x2.mul(f64x2.mul(poleMassLength, f64x2.mul(thetaDot, thetaDot)), sin);
    const temp = f64x2.div(f64x2.add(push, swing), totalMass);
    const inertia = f64x2.mul(length, f64x2.sub(third, f64x2.div(f64x2.mul(massPole, f64x2.mul(cos, cos)), totalMass)));
    const thetaAcc = f64x2.div(f64x2.sub(f64x2.mul(gravity, sin), f64x2.mul(cos, temp)), inertia);
    const xAcc = f64x2.sub(temp, f64x2.div(f64x2.mul(f64x2.mul(poleMassLength, thetaAcc), cos), totalMass));
    const x = f64x2.add(v128.load(xs + at), f64x2.mul(tau, xDot));
    const speed = f64x2.add(xDot, f64x2.mul(tau, xAcc));
    const angle = f64x2.add(theta, f64x2.mul(tau, thetaDot));
    const spin = f64x2.add(thetaDot, f64x2.mul(tau, thetaAcc));
    v128.store(xs + at, x);
    v128.store(xDots + at, speed);
    v128.store(thetas + at, angle);
    v128.store(thetaDots + at, spin);
    const fell = v128.or(f64x2.gt(f64x2.abs(x), xLimit), f64x2.gt(f64x2.abs(angle), thetaLimit));
    v128.store(rewards + at, v128.bitselect(fallen, standing, fell));
    const bits = i64x2.bitmask(fell);
    store<u16>(terminations + i, <u16>((bits | (bits << 7)) & 0x101));
    const row = observations + (<usize>i << 4);
    const place = i32x4.shuffle(f32x4.demote_f64x2_zero(x), f32x4.demote_f64x2_zero(speed), 0, 4, 1, 5);
    const turn = i32x4.shuffle(f32x4.demote_f64x2_zero(angle), f32x4.demote_f64x2_zero(spin), 0, 4, 1, 5);
    v128.store(row, i64x2.shuffle(place, turn, 0, 2));
    v128.store(row, i64x2.shuffle(place, turn, 1, 3), 16);
  }
  // The entry that pads an odd number stands still, or its angle would grow and call the runtime.
  if (count & 1) {
    store<f64>(thetas + (<usize>count << 3), 0.0);
    store<f64>(thetaDots + (<usize>count << 3), 0.0);
  }
}
