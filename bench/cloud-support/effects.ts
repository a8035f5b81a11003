import { z } from 'zod';
import { type Cloud, loadCloudModel } from '../../envs/cloud/index.js';
import { SERVICE_METRICS } from '../../envs/cloud/interface.js';
import type { CloudModel } from '../../envs/cloud/model.js';
import { findConfig, loadYaml } from '../../envs/config/index.js';
import { struck } from '../../test/envs/cloud/catalogue.js';

/** Effect sizes of real injected faults beside those of the simulated cloud. */

/** The topology of each real system. */
const SYSTEMS = { OB: 'online-boutique', TT: 'train-ticket', SockShop: 'sock-shop' } as const;

const effectSchema = z.strictObject({
  source: z.string(),
  rows: z.array(
    z.strictObject({
      app: z.enum(['OB', 'TT', 'SockShop']),
      fault: z.string(),
      of: z.string(),
      type: z.string(),
      metric: z.enum([...SERVICE_METRICS, 'success', 'calls']),
      at: z.enum(['target', 'entry', 'others']),
      p10: z.number(),
      p50: z.number(),
      p90: z.number(),
      n: z.number(),
    }),
  ),
});
type EffectRow = z.infer<typeof effectSchema>['rows'][number];

/** During/before ratios of one incident: of every service and metric, the success at the entry, and the struck service. */
interface Effects {
  readonly model: CloudModel;
  readonly target: number;
  readonly success: number;
  readonly ratio: (s: number, metric: (typeof SERVICE_METRICS)[number]) => number;
}

/** What the first look after detection shows of an incident. */
function effectsOf(model: CloudModel, cloud: Cloud): Effects {
  const { values, baseline } = cloud.telemetry(['metrics'], 0).services;
  return {
    model,
    target: model.topology.indexOf.get(cloud.truth().component)!,
    success: cloud.slo().success,
    ratio: (s, metric) => {
      const at = SERVICE_METRICS.length * s + SERVICE_METRICS.indexOf(metric);
      return values[at]! / baseline[at]!;
    },
  };
}

/** Ratios of ours that stand beside a row, of one incident; several where the row is about several services. */
function ratiosFor({ metric, at }: EffectRow, { model, target, success, ratio }: Effects): number[] {
  const { topology } = model;
  if (metric === 'success') return [success];
  if (metric === 'calls') {
    const from = topology.edgeStart[target]!;
    const callees = topology.edgeTo.subarray(from, topology.edgeStart[target + 1]!);
    const slowest = Array.from(callees, (callee) => ratio(callee, 'latency_p99_ms')).filter(
      (x) => !Number.isNaN(x),
    );
    return slowest.length === 0 ? [] : [Math.max(...slowest)];
  }
  if (at === 'entry') return [ratio(topology.entry, metric)];
  if (at === 'target') return [ratio(target, metric)];
  return topology.ids.flatMap((_, s) => (s === target ? [] : [ratio(s, metric)]));
}

/** The table of `--validate`: every effect size of configs/cloud-validation.yaml, and ours over some incidents of the type. */
export function effectSizes(incidents: number): Record<string, string | number>[] {
  const { rows } = loadYaml(findConfig('cloud-validation.yaml'), effectSchema);
  const played = new Map<string, Effects[]>();
  return rows.map((row) => {
    const key = `${row.app} ${row.type}`;
    const effects = played.get(key) ?? play(row, incidents);
    played.set(key, effects);
    const ours = effects
      .flatMap((one) => ratiosFor(row, one))
      .filter((x) => Number.isFinite(x))
      .sort((a, b) => a - b);
    const q = (share: number): number =>
      Number(ours[Math.min(ours.length - 1, Math.floor(share * ours.length))]!.toFixed(2));
    return {
      system: row.app,
      fault: row.fault,
      of: row.of,
      'real p10/p50/p90': `${row.p10} / ${row.p50} / ${row.p90}`,
      n: row.n,
      'ours p10/p50/p90': ours.length === 0 ? 'none' : `${q(0.1)} / ${q(0.5)} / ${q(0.9)}`,
      within: ours.length === 0 ? '' : q(0.5) >= row.p10 && q(0.5) <= row.p90 ? 'yes' : 'no',
    };
  });
}

function play(row: EffectRow, incidents: number): Effects[] {
  const model = loadCloudModel({
    topology: SYSTEMS[row.app],
    overlay: 'production',
    prior: 'incident-statistics',
  });
  return Array.from({ length: incidents }, (_, index) => effectsOf(model, struck(model, row.type, index)));
}
