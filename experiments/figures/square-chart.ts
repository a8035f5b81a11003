import { styleOf } from '../report/colours.js';

/** A point with what is uncertain about it; all in [0, 1]. */
export interface ChartPoint {
  readonly x: number;
  readonly y: number;
  readonly xRange?: readonly [low: number, high: number];
  readonly yRange?: readonly [low: number, high: number];
}

export interface ChartSeries {
  readonly name: string;
  readonly points: readonly ChartPoint[];
  /** Join the points. */
  readonly line?: boolean;
}

export interface SquareChart {
  readonly title: string;
  readonly x: string;
  readonly y: string;
  /** Draw the diagonal that says: as it should be. */
  readonly diagonal?: boolean;
  readonly series: readonly ChartSeries[];
}

const SIDE = 320;
const MARGIN = { left: 62, top: 34, bottom: 48 } as const;
const LEGEND = 210;
const TICKS = [0, 0.2, 0.4, 0.6, 0.8, 1] as const;
const INK = '#333333';

const escaped = (text: string): string =>
  text.replace(/[&<>"]/g, (c) => ({ '&': '&amp;', '<': '&lt;', '>': '&gt;', '"': '&quot;' })[c]!);
const px = (x: number): string => (MARGIN.left + SIDE * x).toFixed(1);
const py = (y: number): string => (MARGIN.top + SIDE * (1 - y)).toFixed(1);

/** A chart over the unit square as a self-contained SVG; equal input gives equal bytes. */
export function squareChart({ title, x, y, diagonal = false, series }: SquareChart): string {
  const width = MARGIN.left + SIDE + LEGEND;
  const height = MARGIN.top + SIDE + MARGIN.bottom;
  return [
    `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="12" fill="${INK}" role="img">`,
    `<title>${escaped(title)}</title>`,
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    `<text x="${MARGIN.left}" y="20" font-size="14" font-weight="bold">${escaped(title)}</text>`,
    ...frame(x, y),
    ...(diagonal ? [line(0, 0, 1, 1, '#999999', '4 4')] : []),
    ...series.flatMap(drawn),
    ...series.flatMap(({ name }, i) => legend(name, i)),
    '</svg>',
    '',
  ].join('\n');
}

function line(x1: number, y1: number, x2: number, y2: number, colour: string, dash = ''): string {
  const dashes = dash === '' ? '' : ` stroke-dasharray="${dash}"`;
  return `<line x1="${px(x1)}" y1="${py(y1)}" x2="${px(x2)}" y2="${py(y2)}" stroke="${colour}"${dashes}/>`;
}

function frame(x: string, y: string): string[] {
  const middle = MARGIN.top + SIDE / 2;
  return [
    ...TICKS.flatMap((tick) => [
      line(tick, 0, tick, 1, '#e5e5e5'),
      line(0, tick, 1, tick, '#e5e5e5'),
      `<text x="${px(tick)}" y="${MARGIN.top + SIDE + 16}" text-anchor="middle">${tick}</text>`,
      `<text x="${MARGIN.left - 8}" y="${py(tick)}" dy="4" text-anchor="end">${tick}</text>`,
    ]),
    `<text x="${MARGIN.left + SIDE / 2}" y="${MARGIN.top + SIDE + 38}" text-anchor="middle">${escaped(x)}</text>`,
    `<text x="16" y="${middle}" text-anchor="middle" transform="rotate(-90 16 ${middle})">${escaped(y)}</text>`,
  ];
}

function drawn({ points, line: joined = false }: ChartSeries, index: number): string[] {
  const { colour } = styleOf(index);
  const path = points.map(({ x, y }) => `${px(x)},${py(y)}`).join(' ');
  return [
    ...(joined ? [`<polyline points="${path}" fill="none" stroke="${colour}" stroke-width="1.5"/>`] : []),
    ...points.flatMap(({ x, y, xRange, yRange }) => [
      ...(xRange ? [line(xRange[0], y, xRange[1], y, colour)] : []),
      ...(yRange ? [line(x, yRange[0], x, yRange[1], colour)] : []),
      mark(x, y, index),
    ]),
  ];
}

/** Series beyond the palette's seven colours are told apart by a square. */
function mark(x: number, y: number, index: number): string {
  const { colour, marker } = styleOf(index);
  if (marker === 'circle') return `<circle cx="${px(x)}" cy="${py(y)}" r="4" fill="${colour}"/>`;
  const [left, top] = [Number(px(x)) - 4, Number(py(y)) - 4];
  return `<rect x="${left.toFixed(1)}" y="${top.toFixed(1)}" width="8" height="8" fill="${colour}"/>`;
}

function legend(name: string, index: number): string[] {
  const at = MARGIN.top + 14 + 20 * index;
  const left = MARGIN.left + SIDE + 16;
  const { colour, marker } = styleOf(index);
  const rounding = marker === 'circle' ? ' rx="4"' : '';
  return [
    `<rect x="${left}" y="${at - 8}" width="8" height="8"${rounding} fill="${colour}"/>`,
    `<text x="${left + 14}" y="${at}">${escaped(name)}</text>`,
  ];
}
