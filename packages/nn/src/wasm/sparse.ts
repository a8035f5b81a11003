import { type Kernels, strictKernels } from './kernels.js';
import { Arena, padded } from './memory.js';

/** Weights of a network with one hidden layer of rectified units; kernels are row-major `inputs × units`. */
export interface HiddenLayerWeights {
  readonly kernel1: ArrayLike<number>;
  readonly bias1: ArrayLike<number>;
  readonly kernel2: ArrayLike<number>;
  readonly bias2: ArrayLike<number>;
}

/** The WebAssembly memory of {@link SparseNetwork}s that are used together. */
export class SparseMemory {
  readonly arena = new Arena();
  readonly kernels: Kernels = strictKernels(this.arena.memory);

  /** Address of numbers in rows of `columns`, each row filled up with zeros to {@link padded} many. */
  storeRows(numbers: ArrayLike<number>, columns: number): number {
    const width = padded(columns);
    const rows = numbers.length / columns;
    const address = this.arena.allocateDoubles(rows * width);
    const out = this.arena.doubles(address, rows * width);
    for (let i = 0; i < numbers.length; i++)
      out[Math.floor(i / columns) * width + (i % columns)] = numbers[i]!;
    return address;
  }
}

/** Bytes of an input that is not zero, with where its weights start. */
const ENTRY = 16;
/** Bytes of a column: where the input is in its row, where its weights start. */
const COLUMN = 8;
/** The last row's outputs are written in whole vectors. */
const SLACK = 4;

/** Where the parts of a network are. */
interface Addresses {
  readonly kernel1: number;
  readonly bias1: number;
  readonly kernel2: number;
  readonly bias2: number;
  readonly entries: number;
  readonly room: number;
}

/**
 * Inference of a network with one hidden layer of rectified units, in float64, skipping inputs that are zero. Sums are in the order of
 * the inputs, so the bits are those of the plain loop, on every machine and however many rows are asked for at once.
 */
abstract class SparseNetwork {
  readonly inputs: number;
  readonly outputs: number;
  protected readonly hidden: number;
  protected readonly at: Addresses;

  constructor(
    protected readonly memory: SparseMemory,
    { kernel1, bias1, kernel2, bias2 }: HiddenLayerWeights,
  ) {
    this.inputs = kernel1.length / bias1.length;
    this.hidden = padded(bias1.length);
    this.outputs = bias2.length;
    this.at = {
      kernel1: memory.storeRows(kernel1, bias1.length),
      bias1: memory.storeRows(bias1, bias1.length),
      kernel2: memory.storeRows(kernel2, this.outputs),
      bias2: memory.storeRows(bias2, this.outputs),
      entries: memory.arena.allocateDoubles(2 * (this.inputs + 1)),
      room: memory.arena.allocateDoubles(3 * this.hidden + 2),
    };
  }
}

/** A {@link SparseNetwork} asked for many rows of float32 at once. */
export class SparseRows extends SparseNetwork {
  private readonly columns: number;
  private readonly columnsEnd: number;
  private capacity = 0;
  private x = 0;
  private out = 0;
  private rows = 0;
  private generation = -1;
  private input: Float32Array = new Float32Array(0);
  private output: Float64Array = new Float64Array(0);

  /** @param columns inputs in the order in which they are summed; others are not looked at */
  constructor(memory: SparseMemory, weights: HiddenLayerWeights, columns: readonly number[]) {
    super(memory, weights);
    const { arena } = memory;
    this.columns = arena.allocateDoubles(columns.length);
    this.columnsEnd = this.columns + columns.length * COLUMN;
    const words = new Uint32Array(arena.memory.buffer, this.columns, 2 * columns.length);
    columns.forEach((column, i) => {
      words[2 * i] = column * 4;
      words[2 * i + 1] = column * this.hidden * 8;
    });
  }

  /** Room for `rows` rows of inputs, to be filled before {@link forward}; valid until the next call. */
  inputBuffer(rows: number): Float32Array {
    if (rows !== this.rows || this.generation !== this.memory.arena.generation) this.makeViews(rows);
    return this.input;
  }

  /** Outputs of the rows in the input buffer, row-major; overwritten by the next call. */
  forward(): Float64Array {
    const { at } = this;
    this.memory.kernels.sparseForwardRows(
      this.x,
      this.inputs,
      this.rows,
      this.columns,
      this.columnsEnd,
      at.entries,
      at.kernel1,
      at.bias1,
      this.hidden,
      at.room,
      at.kernel2,
      at.bias2,
      padded(this.outputs),
      this.out,
      this.outputs,
    );
    return this.output;
  }

  /** 1 / (1 + e^-x) of the outputs of {@link forward}. */
  probabilities(): Float64Array {
    const out = this.forward();
    this.memory.kernels.sigmoids(this.out, out.length);
    return out;
  }

  private makeViews(rows: number): void {
    const { arena } = this.memory;
    if (rows > this.capacity) {
      this.capacity = rows;
      this.x = arena.allocate(rows * this.inputs);
      this.out = arena.allocateDoubles(rows * this.outputs + SLACK);
    }
    this.rows = rows;
    this.generation = arena.generation;
    this.input = arena.view(this.x, rows * this.inputs);
    this.output = arena.doubles(this.out, rows * this.outputs);
  }
}

/** A {@link SparseNetwork} asked for one input at a time. */
export class SparseSingle extends SparseNetwork {
  private readonly out: number;
  private generation = -1;
  private output: Float64Array = new Float64Array(0);
  /** Of each entry, four and two numbers apart. */
  private starts: Uint32Array = new Uint32Array(0);
  private values: Float64Array = new Float64Array(0);
  /** Inputs that {@link begin} has taken, and how many of them are entries. */
  private begun = 0;
  private kept = 0;

  constructor(memory: SparseMemory, weights: HiddenLayerWeights) {
    super(memory, weights);
    this.out = memory.arena.allocateDoubles(padded(this.outputs));
  }

  /** Takes the first `count` inputs of `x`, which following calls of {@link forward} have in common. */
  begin(x: Float64Array, count: number): void {
    this.kept = this.take(x, 0, count, 0);
    this.begun = count;
  }

  /** Outputs for `x`; overwritten by the next call. */
  forward(x: Float64Array): Float64Array {
    const { at } = this;
    const entries = this.take(x, this.begun, x.length, this.kept);
    this.memory.kernels.sparseForward(
      at.entries,
      at.entries + entries * ENTRY,
      at.kernel1,
      at.bias1,
      this.hidden,
      at.room,
      at.kernel2,
      at.bias2,
      padded(this.outputs),
      this.out,
    );
    return this.output;
  }

  /** Makes entries of the inputs `from` to `until` that are not zero, and returns how many there are then. */
  private take(x: Float64Array, from: number, until: number, before: number): number {
    if (this.generation !== this.memory.arena.generation) this.makeViews();
    const { starts, values } = this;
    const bytes = this.hidden * 8;
    let count = before;
    for (let i = from; i < until; i++) {
      const value = x[i]!;
      if (value === 0) continue;
      starts[4 * count] = i * bytes;
      values[2 * count + 1] = value;
      count++;
    }
    return count;
  }

  private makeViews(): void {
    const { arena } = this.memory;
    this.generation = arena.generation;
    this.output = arena.doubles(this.out, this.outputs);
    this.values = arena.doubles(this.at.entries, 2 * this.inputs);
    this.starts = new Uint32Array(arena.memory.buffer, this.at.entries, 4 * this.inputs);
  }
}
