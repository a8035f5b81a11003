/**
 * Okabe and Ito's eight colours, told apart by all common kinds of colour blindness ("Color Universal Design", 2008); the
 * yellow is darkened to be seen on white. Black is left out for the dark theme. Beyond seven the next dash and marker is
 * taken.
 */
const PALETTE = ['#0072B2', '#E69F00', '#009E73', '#CC79A7', '#56B4E9', '#D55E00', '#B5A300'] as const;
const DASHES = ['solid', 'dash', 'dot', 'dashdot'] as const;
const MARKERS = ['circle', 'square', 'diamond', 'cross'] as const;

/** How a method is drawn, the same in all figures. */
export interface Style {
  readonly colour: string;
  readonly dash: (typeof DASHES)[number];
  readonly marker: (typeof MARKERS)[number];
}

/** Style of the method at `index` of the experiment's list. */
export function styleOf(index: number): Style {
  const round = Math.floor(index / PALETTE.length);
  return {
    colour: PALETTE[index % PALETTE.length]!,
    dash: DASHES[round % DASHES.length]!,
    marker: MARKERS[round % MARKERS.length]!,
  };
}

/** `#rrggbb` with an opacity. */
export function translucent(colour: string, opacity: number): string {
  const part = (from: number): number => Number.parseInt(colour.slice(from, from + 2), 16);
  return `rgba(${part(1)}, ${part(3)}, ${part(5)}, ${opacity})`;
}

/** Colours of categories (time, failure kinds), in another order than methods have. */
export function categoryColour(index: number): string {
  return [...PALETTE.slice(3), ...PALETTE.slice(0, 3), '#999999'][index % (PALETTE.length + 1)]!;
}
