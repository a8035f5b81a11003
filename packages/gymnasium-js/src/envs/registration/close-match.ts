/** Did-you-mean: the similarity of Ratcliff and Obershelp (1988), as Python's difflib computes it. */

function longestMatch(a: string, b: string): { i: number; j: number; size: number } {
  let best = { i: 0, j: 0, size: 0 };
  let previous: number[] = [];
  for (let i = 0; i < a.length; i++) {
    const row: number[] = [];
    for (let j = 0; j < b.length; j++) {
      if (a[i] !== b[j]) continue;
      const size = (previous[j - 1] ?? 0) + 1;
      row[j] = size;
      if (size > best.size) best = { i: i - size + 1, j: j - size + 1, size };
    }
    previous = row;
  }
  return best;
}

function matched(a: string, b: string): number {
  const { i, j, size } = longestMatch(a, b);
  if (size === 0) return 0;
  return size + matched(a.slice(0, i), b.slice(0, j)) + matched(a.slice(i + size), b.slice(j + size));
}

/** The candidate most similar to `word`, if any is at least 60 % similar. */
export function closeMatch(word: string, candidates: Iterable<string>): string | null {
  let best: string | null = null;
  let bestRatio = 0.6;
  for (const candidate of candidates) {
    const ratio = (2 * matched(candidate, word)) / (candidate.length + word.length || 1);
    if (ratio > bestRatio || (ratio === bestRatio && (best === null || candidate > best))) {
      best = candidate;
      bestRatio = ratio;
    }
  }
  return best;
}
