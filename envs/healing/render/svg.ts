import type { InventoryService } from '../../cloud/interface.js';
import { layered, type Place } from './layout.js';
import { alertedServices, clock, type Health, healthOf, type Scene, suspicions } from './scene.js';

/** Colours after Okabe and Ito, which people with any colour vision tell apart; the mark says the same without colour. */
const FILL: Readonly<Record<Health, string>> = {
  healthy: '#56b4e9',
  limited: '#cc79a7',
  alerting: '#f0e442',
  short: '#e69f00',
  down: '#d55e00',
};
const MARK: Readonly<Record<Health, string>> = {
  healthy: '',
  limited: ' ~',
  alerting: ' !',
  short: ' −',
  down: ' ×',
};

/** Pixels. */
const BOX = { width: 132, height: 34, gapX: 14, gapY: 46 } as const;
const MARGIN = 16;
const HEAD = 76;
const FOOT = 34;
/** Letters of a name that fit a box. */
const LETTERS = 20;
/** Suspicions that are ringed: those of at least this probability. */
const SUSPECT = 0.3;

interface Point {
  readonly x: number;
  readonly y: number;
}

/** The topology as an SVG document: a box a service, coloured by its health as monitoring shows it, calls as lines, suspects ringed. */
export function drawing(scene: Scene): string {
  const { inventory } = scene;
  const ids = inventory.services.map(({ id }) => id);
  const places = layered(ids, inventory.calls, inventory.entry);
  const widest = Math.max(...countByLayer(places).values());
  const layers = Math.max(...[...places.values()].map(({ layer }) => layer)) + 1;
  const width = Math.max(640, 2 * MARGIN + widest * (BOX.width + BOX.gapX) - BOX.gapX);
  const height = HEAD + layers * (BOX.height + BOX.gapY) - BOX.gapY + FOOT + MARGIN;
  const centres = centresOf(places, width);
  const alerted = alertedServices(scene.telemetry);
  const parts = [
    `<rect width="${width}" height="${height}" fill="#ffffff"/>`,
    ...heading(scene),
    ...inventory.calls.map(({ caller, callee, critical }) =>
      call(centres.get(caller), centres.get(callee), critical),
    ),
    ...rings(scene, centres),
    ...inventory.services.map((service) =>
      box(service, healthOf(service, alerted), centres.get(service.id)!),
    ),
    ...legend(height),
  ];
  return `<svg xmlns="http://www.w3.org/2000/svg" viewBox="0 0 ${width} ${height}" width="${width}" height="${height}" font-family="sans-serif" font-size="11" role="img" aria-label="${escapeXml(`${scene.incident} at ${clock(scene.time)}`)}">${parts.join('')}</svg>`;
}

function countByLayer(places: ReadonlyMap<string, Place>): Map<number, number> {
  const counts = new Map<number, number>();
  for (const { layer } of places.values()) counts.set(layer, (counts.get(layer) ?? 0) + 1);
  return counts;
}

function centresOf(places: ReadonlyMap<string, Place>, width: number): Map<string, Point> {
  const counts = countByLayer(places);
  const centres = new Map<string, Point>();
  for (const [id, { layer, position }] of places) {
    const row = counts.get(layer)! * (BOX.width + BOX.gapX) - BOX.gapX;
    centres.set(id, {
      x: (width - row) / 2 + position * (BOX.width + BOX.gapX) + BOX.width / 2,
      y: HEAD + layer * (BOX.height + BOX.gapY) + BOX.height / 2,
    });
  }
  return centres;
}

function heading({ title, incident, time, cap, slo, turn, result }: Scene): string[] {
  const state = slo.healthy ? 'within its objective' : 'below its objective';
  const done = result
    ? result.recovered
      ? ` · recovered after ${clock(result.mttr)}`
      : ` · unresolved: ${result.ending}`
    : '';
  const latest = turn
    ? `${turn.metaPrompt}: ${turn.plan?.steps.map(({ name, args }) => [name, ...args].join(' ')).join(' → ') ?? 'no readable plan'} (${turn.executed ? 'executed' : 'not executed'})`
    : 'no turn taken yet';
  return [
    text(MARGIN, 22, `${title} · incident ${incident}`, 'font-weight="bold" font-size="13"'),
    text(
      MARGIN,
      40,
      `${clock(time)} of ${clock(cap)} · success ${(100 * slo.success).toFixed(1)} %, p99 ${slo.latencyP99Ms.toFixed(0)} ms, ${state}${done}`,
    ),
    text(MARGIN, 57, latest),
  ];
}

function call(from: Point | undefined, to: Point | undefined, critical: boolean): string {
  if (!from || !to) return '';
  const down = to.y > from.y;
  const [y1, y2] = [from.y + (down ? 1 : -1) * (BOX.height / 2), to.y + (down ? -1 : 1) * (BOX.height / 2)];
  const bend = (y2 - y1) / 2;
  return `<path d="M${pixel(from.x)} ${pixel(y1)}C${pixel(from.x)} ${pixel(y1 + bend)} ${pixel(to.x)} ${pixel(y2 - bend)} ${pixel(to.x)} ${pixel(y2)}" fill="none" stroke="#999999"${critical ? '' : ' stroke-dasharray="4 3"'}/>`;
}

function rings({ belief }: Scene, centres: ReadonlyMap<string, Point>): string[] {
  const likely = suspicions(belief, belief.probability.length).filter(
    ({ probability }) => probability >= SUSPECT,
  );
  return [...new Set(likely.map(({ component }) => component))].flatMap((id) => {
    const centre = centres.get(id);
    if (!centre) return [];
    const [x, y] = [centre.x - BOX.width / 2 - 4, centre.y - BOX.height / 2 - 4];
    return `<rect x="${pixel(x)}" y="${pixel(y)}" width="${BOX.width + 8}" height="${BOX.height + 8}" rx="9" fill="none" stroke="#000000" stroke-width="2" stroke-dasharray="6 3"/>`;
  });
}

function box(service: InventoryService, health: Health, { x, y }: Point): string {
  const { id, readyReplicas, desiredReplicas, stateful } = service;
  const name = id.length > LETTERS ? `${id.slice(0, LETTERS - 1)}…` : id;
  const rect = `<rect x="${pixel(x - BOX.width / 2)}" y="${pixel(y - BOX.height / 2)}" width="${BOX.width}" height="${BOX.height}" rx="${stateful ? 14 : 5}" fill="${FILL[health]}" stroke="#333333"/>`;
  return [
    `<g><title>${escapeXml(`${id}: ${health}`)}</title>${rect}`,
    text(x, y - 2, name, 'text-anchor="middle"'),
    text(
      x,
      y + 11,
      `${readyReplicas}/${desiredReplicas}${MARK[health]}`,
      'text-anchor="middle" font-weight="bold"',
    ),
    '</g>',
  ].join('');
}

function legend(height: number): string[] {
  const names = Object.keys(FILL) as Health[];
  const y = height - FOOT / 2;
  const items = names.map((health, i) => {
    const x = MARGIN + i * 92;
    return `<rect x="${x}" y="${y - 9}" width="12" height="12" fill="${FILL[health]}" stroke="#333333"/>${text(x + 17, y + 1, `${health}${MARK[health]}`)}`;
  });
  return [...items, text(MARGIN + names.length * 92, y + 1, 'dashed ring: suspected')];
}

function text(x: number, y: number, content: string, attributes = ''): string {
  return `<text x="${pixel(x)}" y="${pixel(y)}" fill="#000000"${attributes ? ` ${attributes}` : ''}>${escapeXml(content)}</text>`;
}

/** Coordinates to a tenth of a pixel. */
function pixel(value: number): string {
  return String(Math.round(value * 10) / 10);
}

function escapeXml(value: string): string {
  return value
    .replaceAll('&', '&amp;')
    .replaceAll('<', '&lt;')
    .replaceAll('>', '&gt;')
    .replaceAll('"', '&quot;');
}
