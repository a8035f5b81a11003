/** The candidate closest in edit distance to a misspelt name, or null when none is close enough to be meant. */
export function nearestName(name: string, candidates: Iterable<string>): string | null {
  // Beyond a third of the letters, or in names this short, a suggestion is more likely noise than help.
  if (name.length < 3) return null;
  let best: string | null = null;
  let bestDistance = Math.floor(name.length / 3) + 1;
  for (const candidate of candidates) {
    if (Math.abs(candidate.length - name.length) >= bestDistance) continue;
    const distance = editDistance(name, candidate);
    if (distance < bestDistance) {
      best = candidate;
      bestDistance = distance;
    }
  }
  return best;
}

/** Misspelt names whose nearest names are remembered; when there are more, it starts over. */
const MEMORY = 1000;

/** The nearest among the keys of a map that does not change any more; those who plan misspell the same names again and again. */
export class NearestNames {
  private readonly known = new Map<string, string | null>();

  constructor(private readonly candidates: ReadonlyMap<string, unknown>) {}

  of(name: string): string | null {
    let nearest = this.known.get(name);
    if (nearest === undefined) {
      if (this.known.size >= MEMORY) this.known.clear();
      nearest = nearestName(name, this.candidates.keys());
      this.known.set(name, nearest);
    }
    return nearest;
  }
}

/** Edits (insert, delete, replace, swap two neighbours) between two words: optimal string alignment. */
function editDistance(a: string, b: string): number {
  let beforeLast: number[] = [];
  let last = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const row = [i];
    for (let j = 1; j <= b.length; j++) {
      const same = a[i - 1] === b[j - 1];
      let best = Math.min(last[j]! + 1, row[j - 1]! + 1, last[j - 1]! + (same ? 0 : 1));
      const swapped = i > 1 && j > 1 && a[i - 1] === b[j - 2] && a[i - 2] === b[j - 1];
      if (swapped) best = Math.min(best, beforeLast[j - 2]! + 1);
      row.push(best);
    }
    beforeLast = last;
    last = row;
  }
  return last[b.length]!;
}
