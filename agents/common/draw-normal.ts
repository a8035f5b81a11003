/**
 * A draw from N(mean, scale² · covariance), by the Cholesky factor of the covariance: row-major, symmetric and positive definite.
 * A pivot that rounding has made negative counts as zero: that direction is known.
 */
export function drawNormal(
  mean: Float64Array,
  covariance: Float64Array,
  scale: number,
  random: { standardNormal(): number },
): Float64Array {
  const n = mean.length;
  const factor = cholesky(covariance, n);
  const normals = Float64Array.from({ length: n }, () => random.standardNormal());
  return mean.map((center, i) => {
    let sum = 0;
    for (let j = 0; j <= i; j++) sum += factor[i * n + j]! * normals[j]!;
    return center + scale * sum;
  });
}

/** Lower triangular L with L L' = A, row by row (Golub and Van Loan, section 4.2). */
function cholesky(a: Float64Array, n: number): Float64Array {
  const l = new Float64Array(n * n);
  for (let i = 0; i < n; i++) {
    for (let j = 0; j <= i; j++) {
      let sum = a[i * n + j]!;
      for (let k = 0; k < j; k++) sum -= l[i * n + k]! * l[j * n + k]!;
      if (i === j) l[i * n + i] = Math.sqrt(Math.max(0, sum));
      else l[i * n + j] = l[j * n + j] === 0 ? 0 : sum / l[j * n + j]!;
    }
  }
  return l;
}
