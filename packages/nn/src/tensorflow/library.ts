// The part of TensorFlow.js in use, typed here so that neither types nor builds need the optional dependency.

export interface TfTensor {
  readonly shape: number[];
  dataSync(): Float32Array;
  dispose(): void;
}

export interface TfSymbolicTensor {
  readonly name: string;
}

export interface TfLayer {
  apply(input: TfSymbolicTensor): TfSymbolicTensor;
  setWeights(weights: TfTensor[]): void;
}

export interface ModelArtifacts {
  readonly modelTopology?: unknown;
  readonly format?: string;
  readonly generatedBy?: string;
  readonly convertedBy?: string | null;
  readonly weightSpecs?: unknown;
  readonly weightData?: ArrayBuffer | ArrayBuffer[];
}

export interface TfModel {
  predict(input: TfTensor): TfTensor | TfTensor[];
  save(handler: unknown): Promise<unknown>;
}

export interface TensorFlow {
  readonly version: Readonly<Record<string, string>>;
  setBackend(name: string): Promise<boolean>;
  ready(): Promise<void>;
  getBackend(): string;
  tidy<T>(run: () => T): T;
  keep(tensor: TfTensor): TfTensor;
  memory(): { readonly numTensors: number };
  tensor(data: Float32Array, shape: readonly number[]): TfTensor;
  scalar(value: number): TfTensor;
  zeros(shape: readonly number[]): TfTensor;
  matMul(a: TfTensor, b: TfTensor, transposeA?: boolean, transposeB?: boolean): TfTensor;
  add(a: TfTensor, b: TfTensor): TfTensor;
  sub(a: TfTensor, b: TfTensor): TfTensor;
  mul(a: TfTensor, b: TfTensor): TfTensor;
  div(a: TfTensor, b: TfTensor): TfTensor;
  sqrt(a: TfTensor): TfTensor;
  square(a: TfTensor): TfTensor;
  tanh(a: TfTensor): TfTensor;
  relu(a: TfTensor): TfTensor;
  step(a: TfTensor): TfTensor;
  sum(a: TfTensor, axis?: number): TfTensor;
  input(config: { shape: number[]; name?: string }): TfSymbolicTensor;
  model(config: { inputs: TfSymbolicTensor; outputs: TfSymbolicTensor[] }): TfModel;
  loadLayersModel(handler: unknown): Promise<TfModel>;
  readonly layers: {
    dense(config: { units: number; activation: string; name: string }): TfLayer;
  };
  readonly io: {
    withSaveHandler(save: (artifacts: ModelArtifacts) => Promise<unknown>): unknown;
    fromMemory(artifacts: ModelArtifacts): unknown;
  };
}

let loaded: Promise<TensorFlow> | null = null;

/** Tests may not have a module; its absence is an answer, not an error. */
async function tryImport(name: string): Promise<unknown> {
  try {
    return await import(name);
  } catch {
    return null;
  }
}

function pick(module: unknown): TensorFlow {
  const { default: inner } = module as { default?: TensorFlow };
  return inner && 'matMul' in inner ? inner : (module as TensorFlow);
}

async function load(): Promise<TensorFlow> {
  const native = await tryImport('@tensorflow/tfjs-node');
  if (native) {
    const tf = pick(native);
    await tf.ready();
    return tf;
  }
  const portable = await tryImport('@tensorflow/tfjs');
  if (!portable)
    throw new Error(
      'the tensorflow engine needs @tensorflow/tfjs-node, or @tensorflow/tfjs with @tensorflow/tfjs-backend-wasm: npm install one of them, or use engine wasm',
    );
  const tf = pick(portable);
  const wasm = await tryImport('@tensorflow/tfjs-backend-wasm');
  if (!(wasm && (await tf.setBackend('wasm')))) await tf.setBackend('cpu');
  await tf.ready();
  return tf;
}

/**
 * TensorFlow.js: the native `@tensorflow/tfjs-node` where it is installed, else `@tensorflow/tfjs` on its WebAssembly
 * backend. Throws an Error that says what to install when there is neither.
 */
export function loadTensorFlow(): Promise<TensorFlow> {
  loaded ??= load();
  return loaded;
}
