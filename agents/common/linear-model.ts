/**
 * Ridge regression of a reward on a context, updated one observation at a time: the inverse of A = lambda I + sum x x' by
 * Sherman and Morrison's formula, b = sum r x, and theta = A^-1 b. All float64, row-major.
 */
export class LinearModel {
  readonly inverse: Float64Array;
  readonly b: Float64Array;
  readonly theta: Float64Array;
  private readonly product: Float64Array;

  constructor(
    readonly size: number,
    lambda: number,
  ) {
    this.inverse = new Float64Array(size * size);
    for (let i = 0; i < size; i++) this.inverse[i * size + i] = 1 / lambda;
    this.b = new Float64Array(size);
    this.theta = new Float64Array(size);
    this.product = new Float64Array(size);
  }

  predict(x: Float64Array): number {
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += this.theta[i]! * x[i]!;
    return sum;
  }

  /** x' A^-1 x: the variance of the prediction in units of the noise's. */
  variance(x: Float64Array): number {
    this.multiply(x);
    let sum = 0;
    for (let i = 0; i < this.size; i++) sum += this.product[i]! * x[i]!;
    return Math.max(0, sum);
  }

  update(x: Float64Array, reward: number): void {
    const { size, inverse, product } = this;
    this.multiply(x);
    let below = 1;
    for (let i = 0; i < size; i++) below += product[i]! * x[i]!;
    for (let i = 0; i < size; i++)
      for (let j = 0; j < size; j++) inverse[i * size + j]! -= (product[i]! * product[j]!) / below;
    for (let i = 0; i < size; i++) this.b[i]! += reward * x[i]!;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += inverse[i * size + j]! * this.b[j]!;
      this.theta[i] = sum;
    }
  }

  /** A draw of theta' x for theta ~ N(theta, scale^2 A^-1): one number, since only the product is needed. */
  drawPrediction(x: Float64Array, scale: number, random: { standardNormal(): number }): number {
    return this.predict(x) + scale * Math.sqrt(this.variance(x)) * random.standardNormal();
  }

  private multiply(x: Float64Array): void {
    const { size, inverse, product } = this;
    for (let i = 0; i < size; i++) {
      let sum = 0;
      for (let j = 0; j < size; j++) sum += inverse[i * size + j]! * x[j]!;
      product[i] = sum;
    }
  }
}
