import type { Collected, SplitResults } from '../../runner/collect.js';
import { mean } from '../../statistics/index.js';
import { styleOf } from '../colours.js';
import type { Figure } from '../figure.js';

/** Incidents that one point is a mean over: the trailing window of the stream. */
const WINDOW = 50;
/** Points of a curve at most. */
const POINTS = 120;

/** Splits of a stream are called `<split>@phase-<i>`. */
export const PHASE = /^(.+)@phase-(\d+)$/;

/** Mean MTTR over a stream of incidents as each is met; null when the run has no stream. */
export function streamCurves({ index, splits }: Collected): Figure | null {
  const phases = splits.filter(({ split }) => PHASE.test(split));
  if (phases.length === 0) return null;
  const variants = [...new Set(phases.map(({ variant }) => variant))];
  const starts = startsOf(phases.filter(({ variant }) => variant === variants[0]));
  const rows: (string | number)[][] = [];
  const data = variants.map((variant) => {
    const curve = windowed(meansOf(phases.filter((entry) => entry.variant === variant)));
    for (const { incident, value } of curve) rows.push([variant, incident, value]);
    const { colour, dash } = styleOf(index.variants.findIndex(({ name }) => name === variant));
    return {
      x: curve.map(({ incident }) => incident),
      y: curve.map(({ value }) => value),
      name: variant,
      mode: 'lines',
      line: { color: colour, dash, width: 2 },
    };
  });
  return {
    id: 'stream',
    title: 'The more incidents it has met',
    caption: `Mean time to recovery over the last ${WINDOW} incidents of the stream, all training seeds, as the policy was when it met each. Dotted lines: the kind of incident changes (${starts.map(({ split }) => split).join(', ')}).`,
    data,
    layout: {
      xaxis: { title: { text: 'incidents met', standoff: 5 } },
      yaxis: { title: { text: 'MTTR, s' }, rangemode: 'tozero' },
      shapes: starts.slice(1).map(({ at }) => ({
        type: 'line',
        yref: 'paper',
        ...{ x0: at, x1: at, y0: 0, y1: 1, line: { dash: 'dot', width: 1, color: '#888888' } },
      })),
    },
    height: 420,
    table: { columns: ['method', 'incident', 'mttr_s'], rows },
  };
}

function startsOf(phases: readonly SplitResults[]): { split: string; at: number }[] {
  let at = 0;
  return phases.map(({ split, records }) => {
    const start = { split: PHASE.exec(split)![1]!, at };
    at += records[0]!.family.length;
    return start;
  });
}

/** MTTR of each incident of the stream in order, the mean over training seeds. */
function meansOf(phases: readonly SplitResults[]): number[] {
  return phases.flatMap(({ scores }) =>
    Array.from(scores.mttr_s[0]!, (_, i) => mean(scores.mttr_s.map((row) => row[i]!))),
  );
}

function windowed(values: readonly number[]): { incident: number; value: number }[] {
  const every = Math.max(1, Math.floor(values.length / POINTS));
  const points: { incident: number; value: number }[] = [];
  for (let end = Math.min(WINDOW, values.length); end <= values.length; end += every)
    points.push({ incident: end, value: mean(values.slice(Math.max(0, end - WINDOW), end)) });
  return points;
}
