/** What an engine needs of a random generator; `Generator` of gymnasium-js fits. */
export interface RandomSource {
  /** Uniform in [0, 1). */
  random(): number;
  standardNormal(): number;
}

export type Activation = 'tanh' | 'relu' | 'linear';

/** One linear output of a network. */
export interface HeadSpec {
  readonly name: string;
  readonly size: number;
  /** Gain of the orthogonal initialisation; default 1. */
  readonly gain?: number;
  /** Widths of this head's own hidden layers; only with separate trunks, default `hidden` of the network. */
  readonly hidden?: readonly number[];
}

/** Adam (Kingma and Ba 2015) as PyTorch computes it. Defaults: beta1 0.9, beta2 0.999, epsilon 1e-8. */
export interface AdamSpec {
  readonly kind: 'adam';
  readonly beta1?: number;
  readonly beta2?: number;
  readonly epsilon?: number;
}

/** RMSprop as PyTorch computes it. Defaults: alpha 0.99, epsilon 1e-8. */
export interface RmspropSpec {
  readonly kind: 'rmsprop';
  readonly alpha?: number;
  readonly epsilon?: number;
}

export type OptimizerSpec = AdamSpec | RmspropSpec;

/**
 * `orthogonal`: orthogonal kernels with gain sqrt(2) in hidden layers and the head's own gain, zero biases (Saxe et al.
 * 2014; the choice of PPO implementations). `kaiming-uniform`: kernels and biases uniform within 1 / sqrt(inputs), the
 * default of PyTorch's linear layer.
 */
export type Initialization = 'orthogonal' | 'kaiming-uniform';

/** A multilayer perceptron: dense hidden layers, then one linear layer per head. */
export interface NetworkSpec {
  readonly inputs: number;
  readonly hidden: readonly number[];
  readonly activation: Activation;
  readonly heads: readonly HeadSpec[];
  /** `shared` (default): all heads on one stack of hidden layers; `separate`: every head has its own stack. */
  readonly trunks?: 'shared' | 'separate';
  readonly initialization?: Initialization;
  readonly optimizer?: OptimizerSpec;
}

export interface ForwardOptions {
  /** Keep what `backward` needs. Default false. */
  readonly train?: boolean;
}

/** A named array of a network; kernels are [inputs, outputs] row-major, biases [outputs]. */
export interface Tensor {
  readonly name: string;
  readonly shape: readonly number[];
  readonly data: Float32Array;
}

/** Everything that training goes on from; the same for every engine. */
export interface NetworkState {
  readonly spec: NetworkSpec;
  readonly tensors: readonly Tensor[];
  /** `moments`: Adam's first and second, RMSprop's second; each in the order of `tensors`. */
  readonly optimizer: {
    readonly kind: OptimizerSpec['kind'];
    readonly steps: number;
    readonly moments: readonly (readonly Float32Array[])[];
  };
}

/**
 * A network with its optimiser. Batches are row-major float32; the number of rows is `length / inputs`.
 * Arrays that a network hands out are its own buffers: read them before the next call, do not keep them.
 */
export interface Network {
  readonly engine: string;
  readonly spec: NetworkSpec;
  /** Number of trainable scalars. */
  readonly parameterCount: number;
  /**
   * A buffer of `rows * inputs` floats to write a batch into; handing it to `forward` with the same `train` saves a copy.
   * Valid until the next call for another number of rows.
   */
  inputBuffer(rows: number, options?: ForwardOptions): Float32Array;
  /** Outputs per head, each `rows * size`. */
  forward(batch: Float32Array, options?: ForwardOptions): readonly Float32Array[];
  /**
   * Gradients of a loss from its gradient with respect to each head's output of the latest training forward; overwrites the
   * previous gradients. Throws if there was no training forward or sizes differ.
   */
  backward(outputGradients: readonly Float32Array[]): void;
  /**
   * One optimiser step on the gradients of the latest `backward`, scaled down to a global norm of `maxGradientNorm` when
   * larger (Infinity: never). Returns the norm before clipping.
   */
  step(learningRate: number, maxGradientNorm?: number): number;
  /** parameters = (1 - tau) * parameters + tau * other's; tau defaults to 1 (a copy). Optimisers are not touched. */
  copyFrom(other: Network, tau?: number): void;
  /** Gradients of the latest `backward`, as copies, in the order of the state's tensors. */
  getGradients(): Tensor[];
  /** A deep copy of parameters and optimiser. */
  getState(): NetworkState;
  /** Throws when the state belongs to a network of another shape. */
  setState(state: NetworkState): void;
  dispose(): void;
}

export type EngineName = 'wasm' | 'wasm-relaxed' | 'tensorflow';
