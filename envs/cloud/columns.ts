import { NODE_METRICS, SERVICE_METRICS, type ServiceMetric, ZONE_METRICS } from './interface.js';

/** Width of a row of service metrics, in the state as on the wire. */
export const COLUMNS = SERVICE_METRICS.length;
export const NODE_COLUMNS = NODE_METRICS.length;
export const ZONE_COLUMNS = ZONE_METRICS.length;

/** Index of each service metric in a row. */
export const COLUMN = Object.fromEntries(SERVICE_METRICS.map((metric, m) => [metric, m])) as Readonly<
  Record<ServiceMetric, number>
>;
