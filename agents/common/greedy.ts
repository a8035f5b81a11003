/** The valid action of the largest value in row `row`, the first of equals; throws when none is valid. */
export function greedyAction(
  values: ArrayLike<number>,
  masks: Uint8Array | null,
  row: number,
  n: number,
): number {
  const base = row * n;
  // One row of values may be given with many rows of masks.
  const from = values.length === n ? 0 : base;
  let best = -1;
  for (let j = 0; j < n; j++) {
    if (masks !== null && masks[base + j] === 0) continue;
    if (best < 0 || values[from + j]! > values[from + best]!) best = j;
  }
  if (best < 0) throw new Error(`an action mask of ${n} actions allows none`);
  return best;
}

/** A uniform draw among the valid actions of row `row`; throws when none is valid. One draw of the stream. */
export function uniformAction(
  masks: Uint8Array | null,
  row: number,
  n: number,
  random: { random(): number },
): number {
  const u = random.random();
  if (masks === null) return Math.floor(u * n);
  const base = row * n;
  let valid = 0;
  for (let j = 0; j < n; j++) if (masks[base + j] !== 0) valid++;
  if (valid === 0) throw new Error(`an action mask of ${n} actions allows none`);
  let rank = Math.floor(u * valid);
  for (let j = 0; j < n; j++) if (masks[base + j] !== 0 && rank-- === 0) return j;
  throw new Error('unreachable: a valid action was counted but not found');
}
