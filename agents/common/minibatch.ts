/** A permutation of 0 … n-1 in a reused array: Fisher and Yates, one uniform draw an element. */
export class Permutation {
  private readonly indices: Int32Array;

  constructor(capacity: number) {
    this.indices = new Int32Array(capacity);
  }

  draw(n: number, random: { random(): number }): Int32Array {
    const { indices } = this;
    for (let i = 0; i < n; i++) indices[i] = i;
    for (let i = n - 1; i > 0; i--) {
      const j = Math.floor(random.random() * (i + 1));
      const kept = indices[i]!;
      indices[i] = indices[j]!;
      indices[j] = kept;
    }
    return indices;
  }
}

/** An array of room for a biggest batch, and its prefixes as views made once a length. */
export class Scratch {
  readonly whole: Float32Array;
  private readonly views = new Map<number, Float32Array>();

  constructor(capacity: number) {
    this.whole = new Float32Array(capacity);
  }

  first(length: number): Float32Array {
    let view = this.views.get(length);
    if (!view) {
      view = this.whole.subarray(0, length);
      this.views.set(length, view);
    }
    return view;
  }
}

/** out[k] = row rows[from + k] of `source`, for k < count; rows are `width` wide. */
export function gatherRows(
  source: Float32Array,
  width: number,
  rows: Int32Array,
  from: number,
  count: number,
  out: Float32Array,
): void {
  let to = 0;
  for (let k = 0; k < count; k++) {
    const at = rows[from + k]! * width;
    for (let j = 0; j < width; j++) out[to++] = source[at + j]!;
  }
}
