/** Units of a layer taken at a time. */
const LANES = 4;

/** Number of units filled up to whole lanes. */
export function padded(units: number): number {
  return Math.ceil(units / LANES) * LANES;
}

/** Rows of `columns` numbers as rows of {@link padded} many, filled up with zeros: units that are always silent. */
export function padColumns(numbers: readonly number[], columns: number): Float64Array {
  const width = padded(columns);
  const out = new Float64Array((numbers.length / columns) * width);
  numbers.forEach((x, index) => {
    out[Math.floor(index / columns) * width + (index % columns)] = x;
  });
  return out;
}

/** Inputs of a layer that are not zero, most being zero: the first weight of each, and its value. */
export class PresentInputs {
  private readonly at: Int32Array;
  private readonly values: Float64Array;
  private count = 0;

  constructor(most: number) {
    this.at = new Int32Array(most);
    this.values = new Float64Array(most);
  }

  /** Takes columns of the row of `x` that starts at `from`. @param units padded width of the layer */
  takeColumns(x: Float32Array, from: number, columns: Int32Array, units: number): void {
    const { at, values } = this;
    let count = 0;
    for (let i = 0; i < columns.length; i++) {
      const column = columns[i]!;
      const value = x[from + column]!;
      if (value === 0) continue;
      at[count] = column * units;
      values[count++] = value;
    }
    this.count = count;
  }

  /** Takes the inputs `from` to `until` of `x`. */
  takeRange(x: Float64Array, from: number, until: number, units: number): void {
    const { at, values } = this;
    let count = 0;
    for (let i = from; i < until; i++) {
      const value = x[i]!;
      if (value === 0) continue;
      at[count] = i * units;
      values[count++] = value;
    }
    this.count = count;
  }

  /** Takes the hidden units that are rectified to something. */
  takeRectified(hidden: Float64Array, units: number): void {
    const { at, values } = this;
    let count = 0;
    for (let i = 0; i < hidden.length; i++) {
      const value = hidden[i]!;
      if (value <= 0) continue;
      at[count] = i * units;
      values[count++] = value;
    }
    this.count = count;
  }

  /**
   * Adds up a layer: `start` plus the inputs times their weights, in the order in which they were added. Four units are taken at a time,
   * whose sums stay in registers, which is three times as fast as the plain double loop. All lengths are padded.
   */
  sum(out: Float64Array, start: Float64Array, kernel: Float64Array): void {
    const { at, values, count } = this;
    for (let u = 0; u < out.length; u += LANES) {
      let a = start[u]!;
      let b = start[u + 1]!;
      let c = start[u + 2]!;
      let d = start[u + 3]!;
      for (let i = 0; i < count; i++) {
        const k = at[i]! + u;
        const x = values[i]!;
        a += x * kernel[k]!;
        b += x * kernel[k + 1]!;
        c += x * kernel[k + 2]!;
        d += x * kernel[k + 3]!;
      }
      out[u] = a;
      out[u + 1] = b;
      out[u + 2] = c;
      out[u + 3] = d;
    }
  }
}
