import type { IncidentView } from '../types.js';
import { serviceIds } from '../vocabulary.js';

/**
 * Services by how suspicious monitoring makes them, most first: pods not ready, then own errors, restarts, latency and
 * alerts, a caller less than what it calls. The plain rule of an auto-restart operator.
 */
export function suspects({ telemetry, inventory }: IncidentView): string[] {
  const { components, metrics, values, baseline } = telemetry.services;
  const column = (name: string) => metrics.indexOf(name);
  const cell = (table: Float64Array, row: number, name: string) => {
    const value = row < 0 ? Number.NaN : table[row * metrics.length + column(name)]!;
    return Number.isNaN(value) ? null : value;
  };
  const score = new Map<string, number>();
  for (const id of serviceIds(inventory)) {
    const row = components.indexOf(id);
    const service = inventory.services.find((one) => one.id === id)!;
    const ready = service.readyReplicas / Math.max(1, service.desiredReplicas, service.baselineReplicas);
    const errors = cell(values, row, 'error_ratio') ?? 0;
    const restarts = (cell(values, row, 'restarts') ?? 0) - (cell(baseline, row, 'restarts') ?? 0);
    const latency =
      (cell(values, row, 'latency_p99_ms') ?? 0) / Math.max(1, cell(baseline, row, 'latency_p99_ms') ?? 1);
    const alerts = telemetry.alerts.filter((alert) => alert.component === id).length;
    score.set(
      id,
      4 * (1 - Math.min(1, ready)) +
        2 * Math.min(1, errors) +
        Math.min(1, Math.max(0, restarts) / 3) +
        Math.min(1, Math.max(0, latency - 1) / 4) +
        Math.min(1, alerts / 2),
    );
  }
  // A caller suffers from what it calls: half of the worst callee's suspicion is taken off.
  const own = (id: string) => {
    const callees = inventory.calls
      .filter((call) => call.caller === id && call.critical)
      .map((call) => score.get(call.callee) ?? 0);
    return score.get(id)! - 0.5 * Math.max(0, ...callees);
  };
  return [...score.keys()].sort((a, b) => own(b) - own(a));
}
