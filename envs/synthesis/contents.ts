import type {
  Alert,
  ChangeRecord,
  EventRecord,
  EvidenceKind,
  Inventory,
  LogLine,
  MetricTable,
} from '../cloud/interface.js';
import type { IncidentView, MetaPrompt } from './types.js';

/** Most rows that a section shows; what is left out is the least telling (quiet services, old or INFO lines). */
export const SECTION_LIMITS = {
  alerts: 20,
  services: 16,
  nodes: 12,
  zones: 6,
  events: 20,
  logs: 24,
  infoLogs: 6,
  changes: 12,
} as const;

/** Rows of a metric table that are shown. */
export interface MetricRows {
  readonly table: MetricTable;
  readonly rows: readonly number[];
}

/**
 * What of the view a prompt contains. The renderer prints exactly this and the surrogate reads exactly this; nobody
 * reads the view's telemetry past it. Null: the section is not in the prompt.
 */
export interface Contents {
  readonly alerts: readonly Alert[] | null;
  readonly topology: Inventory | null;
  readonly services: MetricRows | null;
  readonly nodes: MetricRows | null;
  readonly zones: MetricRows | null;
  readonly events: readonly EventRecord[] | null;
  readonly logs: readonly LogLine[] | null;
  readonly changes: readonly ChangeRecord[] | null;
}

/** The last `limit` items, oldest first. */
function latest<T>(items: readonly T[], limit: number): readonly T[] {
  return items.length <= limit ? items : items.slice(items.length - limit);
}

/** The latest warnings and errors, and a few INFO lines for contrast, in their order. */
function tellingLogs(logs: readonly LogLine[]): readonly LogLine[] {
  const chosen: LogLine[] = [];
  let quiet = 0;
  for (let i = logs.length - 1; i >= 0 && chosen.length < SECTION_LIMITS.logs; i--) {
    const line = logs[i]!;
    if (line.level === 'INFO' && quiet++ >= SECTION_LIMITS.infoLogs) continue;
    chosen.push(line);
  }
  return chosen.reverse();
}

/** How far a row of metrics is from its normal values: the largest relative deviation of a cell. */
function deviation(table: MetricTable, row: number): number {
  const width = table.metrics.length;
  let largest = 0;
  for (let column = 0; column < width; column++) {
    const value = table.values[row * width + column]!;
    const normal = table.baseline[row * width + column]!;
    const relative = Math.abs(value - normal) / (Math.abs(normal) + 0.05);
    if (relative > largest) largest = relative;
  }
  return largest;
}

/** 0 … n - 1, one list for every n that tables have. */
const firstRows: (readonly number[] | undefined)[] = [];

/** Rows shown, in the table's order: all when they fit, else those that deviate most. */
function tellingRows(table: MetricTable, limit: number): MetricRows {
  const count = table.components.length;
  firstRows[count] ??= Array.from({ length: count }, (_, row) => row);
  const rows = firstRows[count];
  if (count <= limit) return { table, rows };
  const ranked = rows.map((row) => ({ row, size: deviation(table, row) }));
  ranked.sort((a, b) => b.size - a.size || a.row - b.row);
  return {
    table,
    rows: ranked
      .slice(0, limit)
      .map(({ row }) => row)
      .sort((a, b) => a - b),
  };
}

/** What `metaPrompt` shows of `view`: a section needs both to be asked for and to have been fetched. */
export function contentsOf(view: IncidentView, metaPrompt: MetaPrompt): Contents {
  const shown = (kind: EvidenceKind) => metaPrompt.evidence.includes(kind) && view.evidence.includes(kind);
  const { telemetry } = view;
  const metrics = shown('metrics');
  return {
    alerts: shown('alerts') ? latest(telemetry.alerts, SECTION_LIMITS.alerts) : null,
    topology: shown('topology') ? view.inventory : null,
    services: metrics ? tellingRows(telemetry.services, SECTION_LIMITS.services) : null,
    nodes: metrics ? tellingRows(telemetry.nodes, SECTION_LIMITS.nodes) : null,
    zones: metrics ? tellingRows(telemetry.zones, SECTION_LIMITS.zones) : null,
    events: shown('events') ? latest(telemetry.events, SECTION_LIMITS.events) : null,
    logs: shown('logs') ? tellingLogs(telemetry.logs) : null,
    changes: shown('changes') ? latest(telemetry.changes, SECTION_LIMITS.changes) : null,
  };
}
