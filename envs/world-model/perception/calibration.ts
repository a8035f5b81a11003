import type { Dataset } from './dataset.js';

/** Slope and offset per condition: calibrated logit = slope * logit + offset. */
export interface PlattScaling {
  readonly slope: number[];
  readonly offset: number[];
}

const NEWTON_STEPS = 30;
/** Strength of the pull to slope 1 and offset 0, in pseudo-rows: conditions with few positives stay as the network has them. */
const PULL = 2;

/** Fits Platt scaling per condition on held-out rows (Newton's method on the cross-entropy, with a pull to the identity). */
export function plattScaling(logits: Float32Array, rows: Int32Array, data: Dataset): PlattScaling {
  const c = data.conditions.length;
  const slope: number[] = [];
  const offset: number[] = [];
  for (let j = 0; j < c; j++) {
    const x = Float64Array.from(rows, (_, i) => logits[i * c + j]!);
    const y = Uint8Array.from(rows, (row) => data.labels[row * c + j]!);
    const [a, b] = fitPlatt(x, y);
    slope.push(a);
    offset.push(b);
  }
  return { slope, offset };
}

/** Slope and offset that make `slope * x + offset` the log odds of `y`. */
export function fitPlatt(x: Float64Array, y: Uint8Array): [slope: number, offset: number] {
  let a = 1;
  let b = 0;
  for (let step = 0; step < NEWTON_STEPS; step++) {
    let ga = PULL * (a - 1);
    let gb = PULL * b;
    let haa = PULL;
    let hab = 0;
    let hbb = PULL;
    for (let i = 0; i < x.length; i++) {
      const p = 1 / (1 + Math.exp(-(a * x[i]! + b)));
      const error = p - y[i]!;
      const weight = p * (1 - p);
      ga += error * x[i]!;
      gb += error;
      haa += weight * x[i]! * x[i]!;
      hab += weight * x[i]!;
      hbb += weight;
    }
    const determinant = haa * hbb - hab * hab;
    const da = (hbb * ga - hab * gb) / determinant;
    const db = (haa * gb - hab * ga) / determinant;
    // A slope at or below zero would turn evidence around: damp the step instead.
    const damp = a - da > 0.05 ? 1 : 0.5;
    a = Math.max(0.05, a - damp * da);
    b -= damp * db;
    if (Math.abs(da) + Math.abs(db) < 1e-9) break;
  }
  return [a, b];
}
