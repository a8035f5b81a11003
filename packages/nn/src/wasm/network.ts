import { initialTensors } from '../initialize.js';
import { type NetworkPlan, planNetwork, type TensorPlan } from '../layout.js';
import { integerPower } from '../power.js';
import { checkState, DEFAULT_OPTIMIZER, momentCount } from '../state.js';
import type { ForwardOptions, Network, NetworkSpec, NetworkState, RandomSource, Tensor } from '../types.js';
import { BatchBuffers } from './batch.js';
import {
  ACTIVATION_CODE,
  GRADIENT_CODE,
  instantiateKernels,
  type KernelBuild,
  type Kernels,
} from './kernels.js';
import { Arena, padded } from './memory.js';

/** Addresses, relative to the start of a parameter block, of one layer's kernel and bias. */
interface LayerBlock {
  readonly kernel: number;
  readonly bias: number;
}

/** A network whose parameters, activations and optimiser live in one WebAssembly memory. */
export class WasmNetwork implements Network {
  readonly parameterCount: number;
  private readonly blocks: LayerBlock[][] = [];
  /** Floats of a parameter block, padding included. */
  private readonly blockSize: number;
  private readonly parameters: number;
  private readonly gradients: number;
  private readonly moments: number[] = [];
  private readonly incoming: number;
  private readonly transposed: number;
  private readonly batches: BatchBuffers;
  private steps = 0;
  private trainedRows = 0;
  private hasGradients = false;

  private constructor(
    readonly engine: string,
    readonly spec: NetworkSpec,
    private readonly plan: NetworkPlan,
    private readonly arena: Arena,
    private readonly kernels: Kernels,
  ) {
    this.parameterCount = plan.parameterCount;
    let size = 0;
    let widest = 0;
    for (const tower of plan.towers) {
      const layers: LayerBlock[] = [];
      for (const { inputs, outputs } of tower.layers) {
        const width = padded(outputs);
        layers.push({ kernel: size * 4, bias: (size + inputs * width) * 4 });
        size += (inputs + 1) * width;
        widest = Math.max(widest, padded(inputs) * width);
      }
      this.blocks.push(layers);
    }
    this.blockSize = size;
    this.parameters = arena.allocate(size);
    this.gradients = arena.allocate(size);
    for (let i = 0; i < momentCount(this.optimizer.kind); i++) this.moments.push(arena.allocate(size));
    this.incoming = arena.allocate(size);
    this.transposed = arena.allocate(widest);
    this.batches = new BatchBuffers(arena, spec, plan);
  }

  /** Throws a RangeError on an impossible spec. */
  static async create(spec: NetworkSpec, random: RandomSource, build: KernelBuild): Promise<WasmNetwork> {
    const plan = planNetwork(spec);
    const arena = new Arena();
    const kernels = await instantiateKernels(build, arena.memory);
    const name = build === 'strict' ? 'wasm' : 'wasm-relaxed';
    const network = new WasmNetwork(name, spec, plan, arena, kernels);
    const tensors = initialTensors(plan, spec.initialization ?? 'orthogonal', random);
    for (const [i, data] of tensors.entries())
      network.writeTensor(network.parameters, plan.tensors[i]!, data);
    return network;
  }

  private get optimizer() {
    return this.spec.optimizer ?? DEFAULT_OPTIMIZER;
  }

  inputBuffer(rows: number, options?: ForwardOptions): Float32Array {
    return this.batches.forRows(rows, options?.train === true).input;
  }

  forward(batch: Float32Array, options?: ForwardOptions): readonly Float32Array[] {
    const train = options?.train === true;
    const { inputs } = this.spec;
    const rows = batch.length / inputs;
    if (!Number.isInteger(rows) || rows === 0)
      throw new RangeError(
        `a batch for ${inputs} inputs has a multiple of ${inputs} values, found ${batch.length}`,
      );
    const buffers = this.batches.forRows(rows, train);
    if (batch !== buffers.input) buffers.input.set(batch);
    const { kernels } = this;
    for (const [t, tower] of this.plan.towers.entries()) {
      const addresses = buffers.towers[t]!;
      let x = buffers.inputAddress;
      let stride = inputs;
      for (let l = 0; l < tower.layers.length; l++) {
        const layer = tower.layers[l]!;
        const block = this.blocks[t]![l]!;
        const width = padded(layer.outputs);
        const y = addresses.outputs[l]!;
        kernels.denseForward(
          x,
          stride,
          this.parameters + block.kernel,
          this.parameters + block.bias,
          y,
          rows,
          layer.inputs,
          width,
          ACTIVATION_CODE[layer.activation],
        );
        x = y;
        stride = width;
      }
      for (const head of tower.heads)
        kernels.copyColumns(
          x + head.column * 4,
          stride,
          buffers.headAddresses[head.index]!,
          head.size,
          head.size,
          rows,
        );
    }
    if (train) this.trainedRows = rows;
    return buffers.heads;
  }

  backward(outputGradients: readonly Float32Array[]): void {
    const rows = this.trainedRows;
    if (rows === 0)
      throw new Error('backward needs a training forward first: forward(batch, { train: true })');
    const buffers = this.batches.forRows(rows, true);
    this.checkOutputGradients(outputGradients, rows);
    const { kernels } = this;
    for (const [t, tower] of this.plan.towers.entries()) {
      const addresses = buffers.towers[t]!;
      const last = tower.layers.length - 1;
      const lastWidth = padded(tower.layers[last]!.outputs);
      for (const head of tower.heads) {
        buffers.headGradients[head.index]!.set(outputGradients[head.index]!);
        const from = buffers.headGradientAddresses[head.index]!;
        kernels.copyColumns(
          from,
          head.size,
          addresses.gradients[last]! + head.column * 4,
          lastWidth,
          head.size,
          rows,
        );
      }
      for (let l = last; l >= 0; l--) {
        const layer = tower.layers[l]!;
        const block = this.blocks[t]![l]!;
        const width = padded(layer.outputs);
        const dz = addresses.gradients[l]!;
        const x = l === 0 ? buffers.inputAddress : addresses.outputs[l - 1]!;
        const stride = l === 0 ? this.spec.inputs : padded(layer.inputs);
        const kernelGradient = this.gradients + block.kernel;
        kernels.denseWeightGradient(
          x,
          stride,
          dz,
          kernelGradient,
          this.gradients + block.bias,
          rows,
          layer.inputs,
          width,
        );
        if (l === 0) break;
        const mode = GRADIENT_CODE[tower.layers[l - 1]!.activation];
        kernels.denseInputGradient(
          dz,
          this.parameters + block.kernel,
          this.transposed,
          x,
          addresses.gradients[l - 1]!,
          rows,
          stride,
          width,
          layer.inputs,
          mode,
        );
      }
    }
    this.hasGradients = true;
  }

  private checkOutputGradients(gradients: readonly Float32Array[], rows: number): void {
    const { heads } = this.spec;
    for (let h = 0; h < heads.length; h++) {
      const expected = rows * heads[h]!.size;
      const found = gradients[h]?.length;
      if (found !== expected)
        throw new RangeError(
          `the gradient of head "${heads[h]!.name}" has ${expected} values for ${rows} rows, found ${found}`,
        );
    }
  }

  step(learningRate: number, maxGradientNorm = Number.POSITIVE_INFINITY): number {
    if (!this.hasGradients) throw new Error('step needs the gradients of a backward first');
    const norm = Math.sqrt(this.kernels.sumOfSquares(this.gradients, this.blockSize));
    // The 1e-6 is PyTorch's clip_grad_norm_.
    const scale = Math.min(1, maxGradientNorm / (norm + 1e-6));
    this.steps++;
    const { optimizer } = this;
    if (optimizer.kind === 'adam') {
      const { beta1 = 0.9, beta2 = 0.999, epsilon = 1e-8 } = optimizer;
      const rate = learningRate / (1 - integerPower(beta1, this.steps));
      const secondScale = 1 / Math.sqrt(1 - integerPower(beta2, this.steps));
      this.kernels.adam(
        this.parameters,
        this.gradients,
        this.moments[0]!,
        this.moments[1]!,
        this.blockSize,
        scale,
        rate,
        beta1,
        beta2,
        secondScale,
        epsilon,
      );
    } else {
      const { alpha = 0.99, epsilon = 1e-8 } = optimizer;
      const [second] = this.moments;
      this.kernels.rmsprop(
        this.parameters,
        this.gradients,
        second!,
        this.blockSize,
        scale,
        learningRate,
        alpha,
        epsilon,
      );
    }
    return norm;
  }

  copyFrom(other: Network, tau = 1): void {
    if (other instanceof WasmNetwork && other.blockSize === this.blockSize) {
      const source = other.arena.view(other.parameters, this.blockSize);
      if (tau === 1) {
        this.arena.view(this.parameters, this.blockSize).set(source);
        return;
      }
      this.arena.view(this.incoming, this.blockSize).set(source);
    } else {
      const { tensors } = other.getState();
      for (const [i, plan] of this.plan.tensors.entries())
        this.writeTensor(this.incoming, plan, tensors[i]!.data);
    }
    this.kernels.polyak(this.parameters, this.incoming, this.blockSize, tau);
  }

  getGradients(): Tensor[] {
    return this.readTensors(this.gradients);
  }

  getState(): NetworkState {
    const moments = this.moments.map((moment) => this.readTensors(moment).map((tensor) => tensor.data));
    return {
      spec: this.spec,
      tensors: this.readTensors(this.parameters),
      optimizer: { kind: this.optimizer.kind, steps: this.steps, moments },
    };
  }

  setState(state: NetworkState): void {
    checkState(state, this.plan, this.spec);
    for (const [i, plan] of this.plan.tensors.entries()) {
      this.writeTensor(this.parameters, plan, state.tensors[i]!.data);
      for (const [m, moment] of this.moments.entries())
        this.writeTensor(moment, plan, state.optimizer.moments[m]![i]!);
    }
    this.steps = state.optimizer.steps;
    this.hasGradients = false;
    this.trainedRows = 0;
  }

  dispose(): void {
    // The memory goes with the object; nothing is held outside it.
  }

  /** Address and row stride (floats) of a tensor inside the block that starts at `block`. */
  private locate(block: number, plan: TensorPlan): { view: Float32Array; start: number; stride: number } {
    const layer = this.blocks[plan.tower]![plan.layer]!;
    const stride = padded(this.plan.towers[plan.tower]!.layers[plan.layer]!.outputs);
    const start = (plan.kind === 'kernel' ? layer.kernel : layer.bias) / 4 + plan.column;
    return { view: this.arena.view(block, this.blockSize), start, stride };
  }

  private writeTensor(block: number, plan: TensorPlan, data: Float32Array): void {
    const { view, start, stride } = this.locate(block, plan);
    for (let row = 0; row < plan.rows; row++)
      view.set(data.subarray(row * plan.width, (row + 1) * plan.width), start + row * stride);
  }

  private readTensors(block: number): Tensor[] {
    return this.plan.tensors.map((plan) => {
      const { view, start, stride } = this.locate(block, plan);
      const data = new Float32Array(plan.rows * plan.width);
      for (let row = 0; row < plan.rows; row++) {
        const from = start + row * stride;
        data.set(view.subarray(from, from + plan.width), row * plan.width);
      }
      return { name: plan.name, shape: plan.shape, data };
    });
  }
}
