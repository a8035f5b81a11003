import type { Activation, NetworkSpec } from './types.js';

/** One tensor of a network and where it sits: columns [column, column + width) of a layer of a tower. */
export interface TensorPlan {
  readonly name: string;
  readonly kind: 'kernel' | 'bias';
  readonly shape: readonly number[];
  readonly tower: number;
  readonly layer: number;
  readonly column: number;
  readonly width: number;
  /** Rows of the kernel, 1 for a bias; the fan-in is `inputs`. */
  readonly rows: number;
  readonly inputs: number;
  /** Gain of the orthogonal initialisation. */
  readonly gain: number;
}

export interface LayerPlan {
  readonly inputs: number;
  readonly outputs: number;
  readonly activation: Activation;
}

/** A stack of dense layers; the last is linear and holds its heads side by side. */
export interface TowerPlan {
  readonly layers: readonly LayerPlan[];
  readonly heads: readonly { readonly index: number; readonly column: number; readonly size: number }[];
}

export interface NetworkPlan {
  readonly towers: readonly TowerPlan[];
  readonly tensors: readonly TensorPlan[];
  readonly parameterCount: number;
}

const HIDDEN_GAIN = Math.SQRT2;

function requirePositiveInteger(value: number, what: string): void {
  if (!Number.isInteger(value) || value < 1)
    throw new RangeError(`${what} must be a positive integer, found ${value}`);
}

function checkSpec(spec: NetworkSpec): void {
  requirePositiveInteger(spec.inputs, 'inputs of a network');
  if (spec.heads.length === 0) throw new RangeError('a network needs at least one head');
  const names = new Set<string>();
  for (const head of spec.heads) {
    requirePositiveInteger(head.size, `size of head "${head.name}"`);
    if (names.has(head.name)) throw new RangeError(`two heads are called "${head.name}"`);
    names.add(head.name);
    if (head.hidden && spec.trunks !== 'separate')
      throw new RangeError(`head "${head.name}" has hidden layers of its own, which needs trunks "separate"`);
    for (const width of head.hidden ?? [])
      requirePositiveInteger(width, `hidden width of head "${head.name}"`);
  }
  for (const width of spec.hidden) requirePositiveInteger(width, 'hidden width');
}

/** Lays a network out as towers of dense layers and names its tensors. Throws a RangeError on an impossible spec. */
export function planNetwork(spec: NetworkSpec): NetworkPlan {
  checkSpec(spec);
  const separate = spec.trunks === 'separate';
  const groups = separate ? spec.heads.map((_, index) => [index]) : [spec.heads.map((_, index) => index)];
  const towers: TowerPlan[] = [];
  const tensors: TensorPlan[] = [];
  for (const [tower, headIndices] of groups.entries()) {
    const first = spec.heads[headIndices[0]!]!;
    const widths = separate ? (first.hidden ?? spec.hidden) : spec.hidden;
    const prefix = separate ? first.name : 'trunk';
    const layers: LayerPlan[] = [];
    let inputs = spec.inputs;
    const add = (name: string, layer: number, column: number, width: number, gain: number) => {
      const at = { tower, layer, column, width, inputs, gain };
      tensors.push({ name: `${name}/kernel`, kind: 'kernel', shape: [inputs, width], rows: inputs, ...at });
      tensors.push({ name: `${name}/bias`, kind: 'bias', shape: [width], rows: 1, ...at });
    };
    for (const [layer, width] of widths.entries()) {
      layers.push({ inputs, outputs: width, activation: spec.activation });
      add(`${prefix}/${layer}`, layer, 0, width, HIDDEN_GAIN);
      inputs = width;
    }
    const heads: { index: number; column: number; size: number }[] = [];
    let column = 0;
    for (const index of headIndices) {
      const head = spec.heads[index]!;
      heads.push({ index, column, size: head.size });
      add(`heads/${head.name}`, widths.length, column, head.size, head.gain ?? 1);
      column += head.size;
    }
    layers.push({ inputs, outputs: column, activation: 'linear' });
    towers.push({ layers, heads });
  }
  const parameterCount = tensors.reduce((sum, tensor) => sum + tensor.rows * tensor.width, 0);
  return { towers, tensors, parameterCount };
}
