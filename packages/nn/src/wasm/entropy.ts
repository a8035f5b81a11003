import { strictKernels } from './kernels.js';
import { Arena } from './memory.js';

/** Room for one list of numbers that grows with the longest. */
class Scratch {
  private readonly arena = new Arena();
  readonly kernels = strictKernels(this.arena.memory);
  readonly address = this.arena.allocateDoubles(0);
  private view: Float64Array = new Float64Array(0);

  take(numbers: Float64Array): void {
    if (numbers.length > this.view.length) {
      this.arena.release(this.address);
      this.arena.allocateDoubles(numbers.length);
      this.view = this.arena.doubles(this.address, numbers.length);
    }
    this.view.set(numbers);
  }
}

let scratch: Scratch | null = null;

/** Sum of the binary entropies of probabilities in bits, first to last: -(p log2 p + (1 - p) log2(1 - p)), 0 at 0 and 1. */
export function totalBinaryEntropy(probabilities: Float64Array): number {
  scratch ??= new Scratch();
  scratch.take(probabilities);
  return scratch.kernels.entropies(scratch.address, probabilities.length);
}
