import { COLUMNS, NODE_COLUMNS, ZONE_COLUMNS } from './columns.js';
import { SERVICE_METRICS } from './interface.js';
import type { CloudModel } from './model.js';
import { type KeyedNoise, STREAM, unitOf } from './noise.js';
import { oncePer } from './once-per.js';
import { floats } from './slab.js';
import { MAX_NODES } from './state.js';

/** Two neighbouring columns of a service's row: normals come in pairs. */
interface Pair {
  readonly place: number;
  readonly cell: number;
  readonly sigma: number;
  /** Sigma of the second column, 0 where nothing is measured there. */
  readonly nextSigma: number;
}

/** Where noise falls on the tables of a model. */
interface Places {
  /** Cells of services that have a series, and the places of the draws by which it is missing. */
  readonly cells: Int32Array;
  readonly gaps: Int32Array;
  readonly pairs: readonly Pair[];
  readonly hostSigma: number;
  readonly missing: number;
}

const placesOf = oncePer(({ baseMetrics, constants }: CloudModel): Places => {
  const { noise, missing } = constants.telemetry;
  const cells: number[] = [];
  const pairs: Pair[] = [];
  const sigmaOf = (cell: number, m: number): number =>
    m >= COLUMNS || Number.isNaN(baseMetrics[cell]!) ? 0 : (noise.values[SERVICE_METRICS[m]!] ?? 0);
  for (let cell = 0; cell < baseMetrics.length; cell++) {
    const m = cell % COLUMNS;
    if (!Number.isNaN(baseMetrics[cell]!)) cells.push(cell);
    if (m % 2 === 1) continue;
    const sigma = sigmaOf(cell, m);
    const nextSigma = sigmaOf(cell + 1, m + 1);
    if (sigma !== 0 || nextSigma !== 0) pairs.push({ place: placeOf(cell), cell, sigma, nextSigma });
  }
  return {
    cells: Int32Array.from(cells),
    gaps: Int32Array.from(cells, (cell) => 32768 + placeOf(cell)),
    pairs,
    hostSigma: noise.values.node ?? 0,
    missing: missing.value,
  };
});

/** Place of a service's cell in a row of noise, which has room for 16 columns a service. */
function placeOf(cell: number): number {
  return 16 * Math.floor(cell / COLUMNS) + (cell % COLUMNS);
}

/**
 * The noise of an incident's scrapes, as factors on the cells of the tables: log-normal on what is measured, 1 on counts, NaN where the
 * series is missing. A turn looks more than once with the same noise, so that of the latest turn is kept.
 */
export class ScrapeNoise {
  /** Cells of all services, then from `nodesAt` on of all nodes that can be, then from `zonesAt` on of all zones. */
  readonly factors: Float64Array;
  readonly nodesAt: number;
  readonly zonesAt: number;
  private readonly places: Places;
  private turn = -1;
  /** Nodes that the present turn has noise for: others may join during it. */
  private nodes = 0;

  constructor(
    model: CloudModel,
    private readonly noise: KeyedNoise,
  ) {
    this.places = placesOf(model);
    this.nodesAt = model.baseMetrics.length;
    this.zonesAt = this.nodesAt + NODE_COLUMNS * MAX_NODES;
    this.factors = floats(this.zonesAt + ZONE_COLUMNS * model.topology.zoneNames.length);
  }

  /** Makes `factors` those of a turn, for so many nodes. */
  draw(turn: number, nodes: number): void {
    if (turn !== this.turn) {
      this.turn = turn;
      this.nodes = 0;
      this.drawServices();
      this.drawZones();
    }
    for (; this.nodes < nodes; this.nodes++) {
      const cell = this.nodesAt + NODE_COLUMNS * this.nodes;
      this.drawRow(8 * this.nodes, cell, NODE_COLUMNS);
    }
  }

  private drawServices(): void {
    const { factors, noise, turn } = this;
    const { cells, gaps, pairs, missing } = this.places;
    const gapRow = noise.row(STREAM.metrics, 2 * turn + 2);
    for (let i = 0; i < cells.length; i++) {
      factors[cells[i]!] = unitOf(gapRow, gaps[i]!) < missing ? Number.NaN : 1;
    }
    const row = noise.row(STREAM.metrics, 2 * turn + 1);
    for (let i = 0; i < pairs.length; i++) {
      const { place, cell, sigma, nextSigma } = pairs[i]!;
      gaussPair(row, place, nextSigma !== 0);
      factors[cell]! *= Math.exp(sigma * gauss[0]!);
      if (nextSigma !== 0) factors[cell + 1]! *= Math.exp(nextSigma * gauss[1]!);
    }
  }

  private drawZones(): void {
    for (let cell = this.zonesAt; cell < this.factors.length; cell += ZONE_COLUMNS)
      this.drawRow(4096 + cell - this.zonesAt, cell, ZONE_COLUMNS);
  }

  /** The row of a node or zone, whose first column is exact. */
  private drawRow(place: number, cell: number, columns: number): void {
    const { factors, places } = this;
    const row = this.noise.row(STREAM.nodes, this.turn);
    factors[cell] = 1;
    for (let m = 1; m < columns; m += 2) {
      const both = m + 1 < columns;
      gaussPair(row, place + m - 1, both);
      factors[cell + m] = Math.exp(places.hostSigma * gauss[0]!);
      if (both) factors[cell + m + 1] = Math.exp(places.hostSigma * gauss[1]!);
    }
  }
}

const gauss = new Float64Array(2);

/** Two independent standard normals (Box-Muller) at a place of a row of noise; of the second only if it is wanted. */
function gaussPair(row: number, j: number, both: boolean): void {
  const radius = Math.sqrt(-2 * Math.log(1 - unitOf(row, j)));
  const angle = 2 * Math.PI * unitOf(row, j + 1);
  gauss[0] = radius * Math.cos(angle);
  if (both) gauss[1] = radius * Math.sin(angle);
}
