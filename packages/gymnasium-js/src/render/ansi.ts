/** Terminal colours as Gymnasium's text rendering uses them. */
const COLOURS = {
  gray: 30,
  red: 31,
  green: 32,
  yellow: 33,
  blue: 34,
  magenta: 35,
  cyan: 36,
  white: 37,
  crimson: 38,
} as const;

export type Colour = keyof typeof COLOURS;

/** Surrounds text with the codes of a colour; `highlight` colours the ground instead of the letters. */
export function colorize(text: string, colour: Colour, { bold = false, highlight = false } = {}): string {
  const code = COLOURS[colour] + (highlight ? 10 : 0);
  return `\u001b[${code}${bold ? ';1' : ''}m${text}\u001b[0m`;
}
