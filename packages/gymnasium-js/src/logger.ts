/** Warnings to the user. Each distinct message is printed once, as Python's warning filter does. */

export type WarningSink = (message: string) => void;

const seen = new Set<string>();

function toConsole(message: string): void {
  if (seen.has(message)) return;
  seen.add(message);
  console.warn(`WARN: ${message}`);
}

let sink: WarningSink = toConsole;

export function warn(message: string): void {
  sink(message);
}

/**
 * Sends warnings elsewhere (or nowhere: `setWarningSink(() => {})`); null restores the console. Returns the sink before.
 */
export function setWarningSink(next: WarningSink | null): WarningSink {
  const before = sink;
  sink = next ?? toConsole;
  return before;
}
