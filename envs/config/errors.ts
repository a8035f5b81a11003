/**
 * A mistake of the user's in a file, an option or an argument. Its message is one line: where, what was expected,
 * what was found, and the nearest valid name where there is one. The CLI prints it and exits with 2.
 */
export class ConfigError extends Error {
  override readonly name = 'ConfigError';
}

/** Number of single-character edits between two names (Levenshtein distance). */
function editDistance(a: string, b: string): number {
  let previous = Array.from({ length: b.length + 1 }, (_, j) => j);
  for (let i = 1; i <= a.length; i++) {
    const current = [i];
    for (let j = 1; j <= b.length; j++) {
      const substitution = previous[j - 1]! + (a[i - 1] === b[j - 1] ? 0 : 1);
      current.push(Math.min(substitution, previous[j]! + 1, current[j - 1]! + 1));
    }
    previous = current;
  }
  return previous[b.length]!;
}

/** The valid name nearest to a wrong one, or undefined when none is near enough to be what was meant. */
export function nearestName(wrong: string, valid: Iterable<string>): string | undefined {
  let best: string | undefined;
  let bestDistance = Math.max(2, Math.floor(wrong.length / 2)) + 1;
  for (const name of valid) {
    const distance = editDistance(wrong.toLowerCase(), name.toLowerCase());
    if (distance < bestDistance) {
      best = name;
      bestDistance = distance;
    }
  }
  return best;
}

/** `"; did you mean \"x\"?"`, or nothing. */
export function didYouMean(wrong: string, valid: Iterable<string>): string {
  const nearest = nearestName(wrong, valid);
  return nearest === undefined ? '' : `; did you mean "${nearest}"?`;
}

/** The error for a name that is not in a list: one line with the nearest valid name. */
export function unknownName(
  where: string,
  what: string,
  wrong: string,
  valid: readonly string[],
): ConfigError {
  const known = valid.length <= 12 ? `one of ${valid.join(', ')}` : `one of ${valid.length} known ones`;
  return new ConfigError(`${where}: expected ${what}, ${known}, found "${wrong}"${didYouMean(wrong, valid)}`);
}
