/** The sizes a policy needs of an environment's spaces. */
export interface SpaceLayout {
  /** Length of the flattened observation. */
  readonly observationSize: number;
  /** Number of choices of each action component; one component for Discrete. */
  readonly nvec: readonly number[];
  /** Discrete actions are plain numbers, MultiDiscrete ones arrays. */
  readonly discrete: boolean;
}

/** Number of mask bytes (and of logits): the sum of nvec. */
export function totalActions(layout: SpaceLayout): number {
  return layout.nvec.reduce((sum, n) => sum + n, 0);
}

/** Throws a RangeError when two layouts differ, saying how. */
export function requireSameLayout(expected: SpaceLayout, found: SpaceLayout): void {
  const text = (layout: SpaceLayout) =>
    `${layout.observationSize} observations and ${layout.discrete ? 'Discrete' : 'MultiDiscrete'}(${layout.nvec.join(', ')})`;
  if (text(expected) !== text(found))
    throw new RangeError(`expected an environment of ${text(expected)}, found ${text(found)}`);
}

/** A plain number for Discrete, a copy of the components for MultiDiscrete: `A` is whichever the spaces make it. */
export function actionOf<A>(layout: SpaceLayout, components: Int32Array): A {
  return (layout.discrete ? components[0]! : components.slice()) as A;
}

/** One choice a component, each with its own part of the mask. */
export function perComponent(
  nvec: readonly number[],
  mask: Uint8Array | null,
  choose: (n: number, mask: Uint8Array | null, component: number) => number,
): Int32Array {
  let at = 0;
  return Int32Array.from(nvec, (n, component) => {
    const own = mask?.subarray(at, at + n) ?? null;
    at += n;
    return choose(n, own, component);
  });
}
