import { initialTensors } from '../initialize.js';
import { type NetworkPlan, planNetwork, type TensorPlan } from '../layout.js';
import { integerPower } from '../power.js';
import { checkState, DEFAULT_OPTIMIZER, momentCount } from '../state.js';
import type {
  Activation,
  ForwardOptions,
  Network,
  NetworkSpec,
  NetworkState,
  RandomSource,
  Tensor,
} from '../types.js';
import { loadTensorFlow, type TensorFlow, type TfTensor } from './library.js';

/** Indices, in the plan's tensors, of a layer's kernels and biases: one pair, or in the last layer one a head. */
interface LayerTensors {
  readonly activation: Activation;
  readonly pairs: readonly { readonly kernel: number; readonly bias: number }[];
}

/**
 * The same network from TensorFlow.js operations: for big networks, and as a second opinion on the `wasm` engine. Gradients
 * are written out, layer by layer, rather than taken from its tape, so both engines differ in arithmetic only.
 */
export class TensorFlowNetwork implements Network {
  readonly engine = 'tensorflow';
  readonly parameterCount: number;
  private readonly towers: readonly (readonly LayerTensors[])[];
  private parameters: TfTensor[] = [];
  private moments: TfTensor[][] = [];
  private gradients: TfTensor[] = [];
  /** Of the latest training forward, per tower: the input and every hidden layer's output. */
  private activations: TfTensor[][] = [];
  private trainedRows = 0;
  private steps = 0;
  private buffers = [new Float32Array(0), new Float32Array(0)];

  private constructor(
    private readonly tf: TensorFlow,
    readonly spec: NetworkSpec,
    private readonly plan: NetworkPlan,
  ) {
    this.parameterCount = plan.parameterCount;
    this.towers = plan.towers.map((tower, t) =>
      tower.layers.map(({ activation }, l) => ({
        activation,
        pairs: plan.tensors.flatMap((tensor, kernel) =>
          tensor.tower === t && tensor.layer === l && tensor.kind === 'kernel'
            ? [{ kernel, bias: kernel + 1 }]
            : [],
        ),
      })),
    );
  }

  /** Throws a RangeError on an impossible spec, an Error when TensorFlow.js is not installed. */
  static async create(spec: NetworkSpec, random: RandomSource): Promise<TensorFlowNetwork> {
    const plan = planNetwork(spec);
    const tf = await loadTensorFlow();
    const network = new TensorFlowNetwork(tf, spec, plan);
    const data = initialTensors(plan, spec.initialization ?? 'orthogonal', random);
    network.parameters = plan.tensors.map((tensor, i) => network.toTensor(tensor, data[i]!));
    for (let m = 0; m < momentCount(network.optimizer.kind); m++)
      network.moments.push(plan.tensors.map(({ shape }) => tf.zeros(shape)));
    return network;
  }

  private get optimizer() {
    return this.spec.optimizer ?? DEFAULT_OPTIMIZER;
  }

  private toTensor(plan: TensorPlan, data: Float32Array): TfTensor {
    return this.tf.tensor(data.slice(), plan.shape);
  }

  inputBuffer(rows: number, options?: ForwardOptions): Float32Array {
    const kind = options?.train ? 1 : 0;
    const length = rows * this.spec.inputs;
    if (this.buffers[kind]!.length !== length) this.buffers[kind] = new Float32Array(length);
    return this.buffers[kind]!;
  }

  forward(batch: Float32Array, options?: ForwardOptions): readonly Float32Array[] {
    const { tf, spec } = this;
    const train = options?.train === true;
    const rows = batch.length / spec.inputs;
    if (!Number.isInteger(rows) || rows === 0)
      throw new RangeError(
        `a batch for ${spec.inputs} inputs has a multiple of ${spec.inputs} values, found ${batch.length}`,
      );
    if (train) this.forget();
    const outputs: Float32Array[] = new Array(spec.heads.length);
    tf.tidy(() => {
      const input = tf.tensor(batch.slice(), [rows, spec.inputs]);
      for (const [t, layers] of this.towers.entries()) {
        const kept = [input];
        for (const layer of layers.slice(0, -1)) kept.push(this.dense(kept.at(-1)!, layer, 0));
        const { pairs } = layers.at(-1)!;
        for (let h = 0; h < pairs.length; h++)
          outputs[this.plan.towers[t]!.heads[h]!.index] = this.dense(kept.at(-1)!, layers.at(-1)!, h)
            .dataSync()
            .slice();
        if (train) this.activations.push(kept.map((tensor) => tf.keep(tensor)));
      }
    });
    if (train) this.trainedRows = rows;
    return outputs;
  }

  private dense(input: TfTensor, layer: LayerTensors, pair: number): TfTensor {
    const { kernel, bias } = layer.pairs[pair]!;
    const { tf, parameters } = this;
    const sum = tf.add(tf.matMul(input, parameters[kernel]!), parameters[bias]!);
    if (layer.activation === 'tanh') return tf.tanh(sum);
    return layer.activation === 'relu' ? tf.relu(sum) : sum;
  }

  backward(outputGradients: readonly Float32Array[]): void {
    const { tf, plan, spec, trainedRows: rows } = this;
    if (rows === 0)
      throw new Error('backward needs a training forward first: forward(batch, { train: true })');
    for (const [h, head] of spec.heads.entries()) {
      const expected = rows * head.size;
      const found = outputGradients[h]?.length;
      if (found !== expected)
        throw new RangeError(
          `the gradient of head "${head.name}" has ${expected} values for ${rows} rows, found ${found}`,
        );
    }
    for (const gradient of this.gradients) gradient.dispose();
    this.gradients = new Array<TfTensor>(plan.tensors.length);
    tf.tidy(() => {
      for (const [t, layers] of this.towers.entries()) {
        let dz = plan.towers[t]!.heads.map(({ index, size }) =>
          tf.tensor(outputGradients[index]!.slice(), [rows, size]),
        );
        for (let l = layers.length - 1; l >= 0; l--) {
          const input = this.activations[t]![l]!;
          const { pairs } = layers[l]!;
          for (const [p, { kernel, bias }] of pairs.entries()) {
            this.gradients[kernel] = tf.keep(tf.matMul(input, dz[p]!, true, false));
            this.gradients[bias] = tf.keep(tf.sum(dz[p]!, 0));
          }
          if (l === 0) break;
          const parts = pairs.map(({ kernel }, p) =>
            tf.matMul(dz[p]!, this.parameters[kernel]!, false, true),
          );
          const dInput = parts.reduce((sum, part) => tf.add(sum, part));
          dz = [this.activationGradient(dInput, input, layers[l - 1]!.activation)];
        }
      }
    });
  }

  private activationGradient(gradient: TfTensor, output: TfTensor, activation: Activation): TfTensor {
    const { tf } = this;
    if (activation === 'tanh') return tf.mul(gradient, tf.sub(tf.scalar(1), tf.square(output)));
    return activation === 'relu' ? tf.mul(gradient, tf.step(output)) : gradient;
  }

  step(learningRate: number, maxGradientNorm = Number.POSITIVE_INFINITY): number {
    const { tf, optimizer, gradients } = this;
    if (gradients.length === 0) throw new Error('step needs the gradients of a backward first');
    const squares = gradients.map((gradient) => tf.tidy(() => tf.sum(tf.square(gradient)).dataSync()[0]!));
    const norm = Math.sqrt(squares.reduce((sum, value) => sum + value, 0));
    const scale = Math.min(1, maxGradientNorm / (norm + 1e-6));
    this.steps++;
    for (let i = 0; i < gradients.length; i++) {
      const old = [this.parameters[i]!, ...this.moments.map((moment) => moment[i]!)];
      const fresh = tf.tidy(() => {
        const gradient = tf.mul(gradients[i]!, tf.scalar(scale));
        const next =
          optimizer.kind === 'adam'
            ? this.adam(i, gradient, learningRate)
            : this.rmsprop(i, gradient, learningRate);
        return next.map((tensor) => tf.keep(tensor));
      });
      this.parameters[i] = fresh[0]!;
      for (let m = 0; m < this.moments.length; m++) this.moments[m]![i] = fresh[m + 1]!;
      for (const tensor of old) tensor.dispose();
    }
    return norm;
  }

  /** New parameter, first and second moment. */
  private adam(i: number, gradient: TfTensor, learningRate: number): TfTensor[] {
    const { tf, optimizer, steps } = this;
    const {
      beta1 = 0.9,
      beta2 = 0.999,
      epsilon = 1e-8,
    } = optimizer as { beta1?: number; beta2?: number; epsilon?: number };
    const rate = learningRate / (1 - integerPower(beta1, steps));
    const secondScale = 1 / Math.sqrt(1 - integerPower(beta2, steps));
    const first = this.mix(this.moments[0]![i]!, gradient, beta1);
    const second = this.mix(this.moments[1]![i]!, tf.square(gradient), beta2);
    const below = tf.add(tf.mul(tf.sqrt(second), tf.scalar(secondScale)), tf.scalar(epsilon));
    return [tf.sub(this.parameters[i]!, tf.div(tf.mul(first, tf.scalar(rate)), below)), first, second];
  }

  /** New parameter and second moment. */
  private rmsprop(i: number, gradient: TfTensor, learningRate: number): TfTensor[] {
    const { tf, optimizer } = this;
    const { alpha = 0.99, epsilon = 1e-8 } = optimizer as { alpha?: number; epsilon?: number };
    const second = this.mix(this.moments[0]![i]!, tf.square(gradient), alpha);
    const below = tf.add(tf.sqrt(second), tf.scalar(epsilon));
    return [tf.sub(this.parameters[i]!, tf.div(tf.mul(gradient, tf.scalar(learningRate)), below)), second];
  }

  /** keep * a + (1 - keep) * b. */
  private mix(a: TfTensor, b: TfTensor, keep: number): TfTensor {
    const { tf } = this;
    return tf.add(tf.mul(a, tf.scalar(keep)), tf.mul(b, tf.scalar(1 - keep)));
  }

  copyFrom(other: Network, tau = 1): void {
    const { tensors } = other.getState();
    for (const [i, plan] of this.plan.tensors.entries()) {
      const old = this.parameters[i]!;
      this.parameters[i] = this.tf.tidy(() =>
        this.tf.keep(this.mix(old, this.toTensor(plan, tensors[i]!.data), 1 - tau)),
      );
      old.dispose();
    }
  }

  getGradients(): Tensor[] {
    return this.read(this.gradients);
  }

  private read(tensors: readonly TfTensor[]): Tensor[] {
    return this.plan.tensors.map(({ name, shape }, i) => ({
      name,
      shape,
      data: tensors[i]!.dataSync().slice(),
    }));
  }

  getState(): NetworkState {
    const moments = this.moments.map((moment) => this.read(moment).map(({ data }) => data));
    const { kind } = this.optimizer;
    return {
      spec: this.spec,
      tensors: this.read(this.parameters),
      optimizer: { kind, steps: this.steps, moments },
    };
  }

  setState(state: NetworkState): void {
    checkState(state, this.plan, this.spec);
    this.release();
    this.parameters = this.plan.tensors.map((plan, i) => this.toTensor(plan, state.tensors[i]!.data));
    this.moments = state.optimizer.moments.map((moment) =>
      this.plan.tensors.map((plan, i) => this.toTensor(plan, moment[i]!)),
    );
    this.steps = state.optimizer.steps;
  }

  /** Frees the activations of the latest training forward. */
  private forget(): void {
    // Towers share their input, which may be disposed of once only.
    for (const tensor of new Set(this.activations.flat())) tensor.dispose();
    this.activations = [];
    this.trainedRows = 0;
  }

  private release(): void {
    this.forget();
    for (const tensor of [...this.parameters, ...this.moments.flat(), ...this.gradients]) tensor.dispose();
    this.parameters = [];
    this.moments = [];
    this.gradients = [];
  }

  /** Frees the tensors, which the garbage collector would not; the network must not be used any more. */
  dispose(): void {
    this.release();
  }
}
