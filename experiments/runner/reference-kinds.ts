/*
 * References: they see what no policy can, so they are no policies and no competitors.
 */

/** The kind that sees the true state and simulates plans on a copy of the cloud. */
export const ORACLE = 'oracle';

/** The kind that tries every meta-prompt from a saved state and keeps the best. */
export const HINDSIGHT = 'hindsight-prompt';

export const REFERENCES: readonly string[] = [ORACLE, HINDSIGHT];

/** Whether a method is a reference. */
export function isReference(kind: unknown): boolean {
  return REFERENCES.includes(String(kind));
}
