import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import type { Collected } from '../../runner/collect.js';
import { seedFolder } from '../../runner/folder.js';
import type { CurvePoint } from '../../runner/training-log.js';
import { mean, percentileInterval, Resampler } from '../../statistics/index.js';
import { styleOf, translucent } from '../colours.js';
import type { Figure } from '../figure.js';

/** Points of a curve that are averaged: the point itself and those before it. */
const WINDOW = 5;

/** One point of a curve over training seeds. */
interface BandPoint {
  readonly llmCalls: number;
  readonly steps: number;
  readonly wallSeconds: number;
  readonly mean: number;
  readonly low: number;
  readonly high: number;
}

/** Lines of a seed-run's `metrics.jsonl`; none for a method without training. A line cut off by a crash is left out. */
export function readCurve(folder: string): CurvePoint[] {
  let text: string;
  try {
    text = readFileSync(join(folder, 'metrics.jsonl'), 'utf8');
  } catch {
    return [];
  }
  return text.split('\n').flatMap((line) => {
    try {
      return [JSON.parse(line) as CurvePoint];
    } catch {
      return [];
    }
  });
}

/** Trailing mean of `value` over the points of one seed; null before the first number. */
export function smooth(values: readonly (number | null)[], window = WINDOW): (number | null)[] {
  return values.map((_, i) => {
    const inside = values.slice(Math.max(0, i - window + 1), i + 1).filter((value) => value !== null);
    return inside.length === 0 ? null : mean(inside);
  });
}

function band(curves: readonly (readonly CurvePoint[])[]): BandPoint[] {
  const length = Math.min(...curves.map((curve) => curve.length));
  const smoothed = curves.map((curve) => smooth(curve.map((point) => point.mttr_s)));
  const points: BandPoint[] = [];
  for (let k = 0; k < length; k++) {
    const values = smoothed.map((curve) => curve[k]!).filter((value) => value !== null);
    if (values.length === 0) continue;
    const one = values.map((value) => Float64Array.of(value));
    const { low, high } = percentileInterval(new Resampler(1, 1000).means(one, 0));
    const across = (get: (point: CurvePoint) => number): number =>
      mean(curves.map((curve) => get(curve[k]!)));
    points.push({
      llmCalls: across((point) => point.llmCalls),
      steps: across((point) => point.step),
      wallSeconds: across((point) => point.wallSeconds),
      mean: mean(values),
      low,
      high,
    });
  }
  return points;
}

/** MTTR during training against language-model calls, a line and a band a learner; null when nothing learned. */
export function learningCurves(root: string, { index, variants }: Collected): Figure | null {
  const data: Record<string, unknown>[] = [];
  const rows: (string | number)[][] = [];
  variants.forEach(({ variant, runs }, position) => {
    const curves = runs
      .filter((run) => run.training)
      .map((run) => readCurve(seedFolder(root, variant, run.seed)));
    if (curves.length === 0 || curves.some((curve) => curve.length === 0)) return;
    const points = band(curves);
    const { colour, dash } = styleOf(position);
    const axes = {
      llmCalls: points.map((p) => p.llmCalls),
      steps: points.map((p) => p.steps),
      wallSeconds: points.map((p) => p.wallSeconds),
    };
    const x = axes.llmCalls;
    const shared = { x, meta: axes, legendgroup: variant, mode: 'lines', hoverinfo: 'skip' };
    data.push(
      { ...shared, y: points.map((p) => p.low), line: { width: 0 }, showlegend: false },
      {
        ...shared,
        y: points.map((p) => p.high),
        line: { width: 0 },
        showlegend: false,
        fill: 'tonexty',
        fillcolor: translucent(colour, 0.18),
      },
      {
        ...shared,
        y: points.map((p) => p.mean),
        name: variant,
        line: { color: colour, dash, width: 2.2 },
        hoverinfo: 'all',
      },
    );
    for (const p of points) rows.push([variant, p.llmCalls, p.steps, p.wallSeconds, p.mean, p.low, p.high]);
  });
  if (data.length === 0) return null;
  return {
    id: 'learning-curves',
    title: 'Learning curves',
    caption: `MTTR of training incidents while learning (exploration included; running mean of ${WINDOW} points). Line: mean over ${index.seeds} training seeds; band: 95 % bootstrap interval over them.`,
    data,
    layout: {
      xaxis: { title: { text: 'language-model calls', standoff: 5 }, rangemode: 'tozero' },
      yaxis: { title: { text: 'MTTR, s' } },
      updatemenus: [axisMenu(data)],
    },
    height: 440,
    table: { columns: ['method', 'llm_calls', 'steps', 'wall_seconds', 'mttr_s', 'low', 'high'], rows },
  };
}

/** Buttons that change what the x axis counts. */
function axisMenu(data: readonly Record<string, unknown>[]): object {
  const button = (key: keyof BandPoint, label: string) => ({
    label,
    method: 'update',
    args: [
      { x: data.map((trace) => (trace.meta as Record<string, number[]>)[key]) },
      { 'xaxis.title.text': label },
    ],
  });
  const buttons = [
    button('llmCalls', 'language-model calls'),
    button('steps', 'environment steps'),
    button('wallSeconds', 'wall time, s'),
  ];
  return {
    type: 'buttons',
    showactive: false,
    direction: 'right',
    x: 0,
    y: 1.16,
    xanchor: 'left',
    pad: { t: 0 },
    buttons,
  };
}
