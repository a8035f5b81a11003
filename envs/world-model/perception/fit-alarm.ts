import { lusolve } from 'mathjs';
import { type AlarmEvidence, type AlarmFit, sigmoid } from './alarm.js';
import { bestThreshold } from './scores.js';

const NEWTON_STEPS = 50;
/** Strength of the pull to zero, in pseudo-looks: keeps the fit finite when the looks are separable. */
const RIDGE = 0.1;

/**
 * Fits the alarm by Newton's method on the cross-entropy with a small ridge.
 *
 * @throws RangeError when all looks are of one kind
 */
export function fitAlarm(
  looks: readonly { readonly evidence: AlarmEvidence; readonly wrong: boolean }[],
): AlarmFit {
  const wrong = looks.filter((look) => look.wrong).length;
  if (wrong === 0 || wrong === looks.length)
    throw new RangeError(
      `fit of the alarm: expected faulty and healthy looks, found ${wrong} faulty of ${looks.length}`,
    );
  const x = looks.map(({ evidence }) => [evidence.named, evidence.deviation, 1]);
  const w = [0, 0, 0];
  for (let step = 0; step < NEWTON_STEPS; step++) {
    const gradient = w.map((weight) => RIDGE * weight);
    const hessian = w.map((_, i) => w.map((_, j) => (i === j ? RIDGE : 0)));
    looks.forEach((look, n) => {
      const row = x[n]!;
      const p = sigmoid(dot(w, row));
      for (let i = 0; i < 3; i++) {
        gradient[i]! += (p - Number(look.wrong)) * row[i]!;
        for (let j = 0; j < 3; j++) hessian[i]![j]! += p * (1 - p) * row[i]! * row[j]!;
      }
    });
    const by = solve(hessian, gradient);
    by.forEach((delta, i) => {
      w[i]! -= delta;
    });
    if (Math.max(...by.map(Math.abs)) < 1e-9) break;
  }
  const threshold = bestThreshold(looks.map((look, n) => [sigmoid(dot(w, x[n]!)), look.wrong]));
  return { named: w[0]!, deviation: w[1]!, offset: w[2]!, threshold };
}

const dot = (a: readonly number[], b: readonly number[]): number =>
  a.reduce((sum, value, i) => sum + value * b[i]!, 0);

/** Solution of a small positive definite system. */
function solve(matrix: number[][], right: readonly number[]): number[] {
  return (lusolve(matrix, [...right]) as number[][]).map(([value]) => value!);
}
