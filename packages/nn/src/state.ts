import type { NetworkPlan } from './layout.js';
import type { NetworkSpec, NetworkState, OptimizerSpec } from './types.js';

export const DEFAULT_OPTIMIZER: OptimizerSpec = { kind: 'adam' };

export function momentCount(kind: OptimizerSpec['kind']): number {
  return kind === 'adam' ? 2 : 1;
}

/** Throws a RangeError that names the first tensor that does not fit the plan. */
export function checkState(state: NetworkState, plan: NetworkPlan, spec: NetworkSpec): void {
  if (state.tensors.length !== plan.tensors.length)
    throw new RangeError(
      `a state of ${state.tensors.length} tensors does not fit a network of ${plan.tensors.length}`,
    );
  for (const [i, expected] of plan.tensors.entries()) {
    const found = state.tensors[i]!;
    const shape = (s: readonly number[]) => `[${s.join(', ')}]`;
    const size = expected.rows * expected.width;
    if (
      found.name !== expected.name ||
      found.data.length !== size ||
      shape(found.shape) !== shape(expected.shape)
    )
      throw new RangeError(
        `expected tensor ${expected.name} of shape ${shape(expected.shape)}, found ${found.name} of shape ${shape(found.shape)}`,
      );
  }
  const kind = (spec.optimizer ?? DEFAULT_OPTIMIZER).kind;
  if (state.optimizer.kind !== kind)
    throw new RangeError(`expected the state of optimizer ${kind}, found ${state.optimizer.kind}`);
  const lengths = state.optimizer.moments.map((moment) => moment.map((part) => part.length).join());
  const expected = plan.tensors.map((tensor) => tensor.rows * tensor.width).join();
  if (lengths.length !== momentCount(kind) || lengths.some((length) => length !== expected))
    throw new RangeError(`the moments of optimizer ${kind} do not fit the network's tensors`);
}
