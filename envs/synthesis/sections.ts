import type {
  Alert,
  ChangeRecord,
  EventRecord,
  EvidenceKind,
  Inventory,
  LogLine,
  MetricTable,
} from '../cloud/interface.js';
import type { Contents, MetricRows } from './contents.js';
import { clean, cleanLength, fixed } from './text.js';

// Each kind of line has two functions side by side: its text, and the text's length from string lengths alone. The
// constant in a length is that of the text with empty strings; a test holds every pair together.

const AGE_WIDTH = 6;
const CELL_WIDTH = 9;
const COUNT_WIDTH = 3;

function age(now: number, time: number): string {
  return `${fixed(now - time, AGE_WIDTH, 0)} s ago`;
}

function alertLine(now: number, { firedAt, rule, component, severity, value, text }: Alert): string {
  return `- ${age(now, firedAt)} ${clean(rule)} on ${clean(component)} (${severity}, ${fixed(value, CELL_WIDTH, 3)}): ${clean(text)}`;
}
function alertLength({ rule, component, severity, text }: Alert): number {
  return (
    2 +
    AGE_WIDTH +
    6 +
    1 +
    cleanLength(rule) +
    4 +
    cleanLength(component) +
    2 +
    severity.length +
    2 +
    CELL_WIDTH +
    3 +
    cleanLength(text)
  );
}

function eventLine(now: number, { time, component, reason, message, count }: EventRecord): string {
  return `- ${age(now, time)} ${clean(component)} ${clean(reason)} x${fixed(count, COUNT_WIDTH, 0)}: ${clean(message)}`;
}
function eventLength({ component, reason, message }: EventRecord): number {
  return (
    2 +
    AGE_WIDTH +
    6 +
    1 +
    cleanLength(component) +
    1 +
    cleanLength(reason) +
    2 +
    COUNT_WIDTH +
    2 +
    cleanLength(message)
  );
}

function logText(now: number, { time, component, level, message }: LogLine): string {
  return `- ${age(now, time)} ${clean(component)} ${level} ${clean(message)}`;
}
function logLength({ component, level, message }: LogLine): number {
  return 2 + AGE_WIDTH + 6 + 1 + cleanLength(component) + 1 + level.length + 1 + cleanLength(message);
}

function changeLine(now: number, { time, component, kind, summary }: ChangeRecord): string {
  return `- ${age(now, time)} ${clean(component)} ${kind}: ${clean(summary)}`;
}
function changeLength({ component, kind, summary }: ChangeRecord): number {
  return 2 + AGE_WIDTH + 6 + 1 + cleanLength(component) + 1 + kind.length + 2 + cleanLength(summary);
}

function metricHeader(table: MetricTable): string {
  return `component | ${table.metrics.join(' | ')}`;
}
function metricLine(table: MetricTable, row: number): string {
  const width = table.metrics.length;
  const cells = table.metrics.map((_, column) => {
    const at = row * width + column;
    return `${fixed(table.values[at]!, CELL_WIDTH, 3)}/${fixed(table.baseline[at]!, CELL_WIDTH, 3)}`;
  });
  return `${clean(table.components[row]!)} | ${cells.join(' | ')}`;
}
function metricsLength({ table, rows }: MetricRows): number {
  const width = table.metrics.length;
  let length = 'component'.length;
  for (const metric of table.metrics) length += 3 + metric.length;
  for (const row of rows)
    length += 1 + cleanLength(table.components[row]!) + width * (3 + 2 * CELL_WIDTH + 1);
  return length;
}

type Service = Inventory['services'][number];

/** Words that stand with a service where they hold. */
function serviceFlags({ stateful, limited, broken, rolloutPaused }: Service): string {
  return `${stateful ? ', stateful' : ''}${limited ? ', rate-limited' : ''}${broken ? ', circuit open' : ''}${rolloutPaused ? ', roll-out paused' : ''}`;
}

/** What the control plane shows of a data store; empty for others. */
function copies({ replication, backup, stateful }: Service): string {
  const backups = stateful ? `; backup ${backup}` : '';
  if (!replication) return backups;
  const { primaryReady, readyReplicas, lagSeconds, fenced } = replication;
  return `; primary ${primaryReady ? 'ready' : 'not ready'}${fenced ? ', fenced' : ''}, ${fixed(readyReplicas, COUNT_WIDTH, 0)} replicas ready, ${fixed(lagSeconds, CELL_WIDTH, 1)} s behind${backups}`;
}
function copiesLength({ replication, backup, stateful }: Service): number {
  const backups = stateful ? '; backup '.length + backup.length : 0;
  if (!replication) return backups;
  const { primaryReady, fenced } = replication;
  return (
    '; primary '.length +
    (primaryReady ? 'ready' : 'not ready').length +
    (fenced ? ', fenced'.length : 0) +
    2 +
    COUNT_WIDTH +
    ' replicas ready, '.length +
    CELL_WIDTH +
    ' s behind'.length +
    backups
  );
}
function serviceLine(service: Service): string {
  const { id, kind, readyReplicas, desiredReplicas, baselineReplicas, version, previousVersion, placement } =
    service;
  const replicas = `${fixed(readyReplicas, COUNT_WIDTH, 0)} ready of ${fixed(desiredReplicas, COUNT_WIDTH, 0)}, normally ${fixed(baselineReplicas, COUNT_WIDTH, 0)}`;
  const versions = `version ${clean(version)}, previous ${clean(previousVersion ?? 'none')}`;
  const pods = placement.map((node) => clean(node || 'unplaced')).join(' ');
  return `- ${id} (${kind}${serviceFlags(service)}): ${replicas}; ${versions}; pods on ${pods}${copies(service)}`;
}
function serviceLength(service: Service): number {
  const { id, kind, version, previousVersion, placement } = service;
  const replicas = 3 * COUNT_WIDTH + ' ready of '.length + ', normally '.length;
  const versions =
    'version '.length + cleanLength(version) + ', previous '.length + cleanLength(previousVersion ?? 'none');
  let pods = Math.max(0, placement.length - 1);
  for (const node of placement) pods += cleanLength(node || 'unplaced');
  const flags = serviceFlags(service).length;
  const rest = copiesLength(service);
  return (
    2 +
    id.length +
    2 +
    kind.length +
    flags +
    3 +
    replicas +
    2 +
    versions +
    2 +
    'pods on '.length +
    pods +
    rest
  );
}

type Node = Inventory['nodes'][number];

function nodeConditions({ conditions }: Node): string {
  return conditions.length === 0 ? '' : `, ${conditions.map((condition) => clean(condition)).join(' ')}`;
}
function nodeLine(node: Node): string {
  const { id, zone, ready, cordoned, freeSlots } = node;
  return `- ${id} (${zone}): ${ready ? 'ready' : 'not ready'}${cordoned ? ', cordoned' : ''}${nodeConditions(node)}, room for ${fixed(freeSlots, COUNT_WIDTH, 0)} pods`;
}
function nodeLength(node: Node): number {
  const { id, zone, ready, cordoned } = node;
  return (
    2 +
    id.length +
    2 +
    zone.length +
    3 +
    (ready ? 5 : 9) +
    (cordoned ? 10 : 0) +
    nodeConditions(node).length +
    ', room for '.length +
    COUNT_WIDTH +
    ' pods'.length
  );
}

function shiftedLines({ shiftedZones }: Inventory): string[] {
  return shiftedZones.map((zone) => `- traffic is kept off ${clean(zone)}`);
}

function quotaLine(inventory: Inventory): string {
  return `- quota: room for ${fixed(inventory.quotaLeft, COUNT_WIDTH, 0)} more pods`;
}
const QUOTA_LENGTH = '- quota: room for '.length + COUNT_WIDTH + ' more pods'.length;

type Call = Inventory['calls'][number];

function callLine({ caller, callee, critical }: Call): string {
  return `- ${caller} calls ${callee}${critical ? '' : ' (not critical)'}`;
}
function callLength({ caller, callee, critical }: Call): number {
  return 2 + caller.length + ' calls '.length + callee.length + (critical ? 0 : ' (not critical)'.length);
}

const NOTHING = '(nothing)';

function block(heading: string, lines: readonly string[]): string {
  return `## ${heading}\n${lines.length === 0 ? NOTHING : lines.join('\n')}\n`;
}
function blockLength(heading: string, count: number, characters: number): number {
  return 3 + heading.length + 1 + (count === 0 ? NOTHING.length : characters + count - 1) + 1;
}

function sum<T>(items: readonly T[], length: (item: T) => number): number {
  let total = 0;
  for (const item of items) total += length(item);
  return total;
}

/** Headings of the evidence sections. */
export type EvidenceHeadings = Readonly<Record<EvidenceKind, string>>;

/** The evidence sections as text, one block each, in a fixed order. */
export function evidenceBlocks(now: number, contents: Contents, headings: EvidenceHeadings): string[] {
  const { alerts, topology, services, nodes, zones, events, logs, changes } = contents;
  const blocks: string[] = [];
  if (alerts)
    blocks.push(
      block(
        headings.alerts,
        alerts.map((alert) => alertLine(now, alert)),
      ),
    );
  if (topology) {
    const lines = [
      ...topology.services.map(serviceLine),
      ...topology.nodes.map(nodeLine),
      quotaLine(topology),
      ...shiftedLines(topology),
      ...topology.calls.map(callLine),
    ];
    blocks.push(block(headings.topology, lines));
  }
  if (services && nodes && zones) {
    const lines = ({ table, rows }: MetricRows) => [
      metricHeader(table),
      ...rows.map((row) => metricLine(table, row)),
    ];
    blocks.push(block(headings.metrics, [...lines(services), ...lines(nodes), ...lines(zones)]));
  }
  if (events)
    blocks.push(
      block(
        headings.events,
        events.map((event) => eventLine(now, event)),
      ),
    );
  if (logs)
    blocks.push(
      block(
        headings.logs,
        logs.map((line) => logText(now, line)),
      ),
    );
  if (changes)
    blocks.push(
      block(
        headings.changes,
        changes.map((change) => changeLine(now, change)),
      ),
    );
  return blocks;
}

const callsLengths = new WeakMap<Inventory['calls'], number>();

/** Characters of the lines of all calls; the same list is met in every inventory of a topology. */
function callsLength(calls: Inventory['calls']): number {
  let length = callsLengths.get(calls);
  if (length === undefined) {
    length = sum(calls, callLength);
    callsLengths.set(calls, length);
  }
  return length;
}

function topologyLength(inventory: Inventory, heading: string): number {
  const { services, nodes, calls } = inventory;
  const shifted = shiftedLines(inventory);
  const count = services.length + nodes.length + 1 + shifted.length + calls.length;
  const characters =
    sum(services, serviceLength) +
    sum(nodes, nodeLength) +
    QUOTA_LENGTH +
    sum(shifted, (line) => line.length) +
    callsLength(calls);
  return blockLength(heading, count, characters);
}

/** Characters of {@link evidenceBlocks}, all blocks together, without building them. */
export function evidenceLength(contents: Contents, headings: EvidenceHeadings): number {
  const { alerts, topology, services, nodes, zones, events, logs, changes } = contents;
  let total = 0;
  if (alerts) total += blockLength(headings.alerts, alerts.length, sum(alerts, alertLength));
  if (topology) total += topologyLength(topology, headings.topology);
  if (services && nodes && zones) {
    const lengths = [services, nodes, zones].map(metricsLength);
    total += blockLength(
      headings.metrics,
      lengths.length,
      lengths.reduce((all, length) => all + length, 0),
    );
  }
  if (events) total += blockLength(headings.events, events.length, sum(events, eventLength));
  if (logs) total += blockLength(headings.logs, logs.length, sum(logs, logLength));
  if (changes) total += blockLength(headings.changes, changes.length, sum(changes, changeLength));
  return total;
}
