/**
 * How fast the cloud runs, and how near it is to what was measured on real systems.
 *
 *     npm run bench -- dist/bench/cloud.js [--json FILE] [--seconds N]
 *     npx tsx --conditions=source bench/cloud.ts --validate [--json FILE] [--incidents N]
 *
 * - incidents per second and microseconds of CPU per incident by topology: drawing, running to detection, one look at all
 *   evidence, one execution with its watch, the result
 * - microseconds of CPU per instant (events at one time and all that follows from them)
 * - growth with services: Train Ticket, doubled up to 1,024 services
 * - `--validate`: effect sizes beside the real ones, recovery by the catalogue's steps and time to recover, by type and family;
 *   every type on every topology with 20 seeds
 */
import { execFileSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';
import { buildModel } from '../envs/cloud/build.js';
import { runNext, scheduleDeath, settle } from '../envs/cloud/dynamics.js';
import { healthy } from '../envs/cloud/healthy.js';
import { Incident } from '../envs/cloud/incident.js';
import {
  Cloud,
  faultTypes,
  loadCloudModel,
  OVERLAYS,
  type OverlayName,
  topologyNames,
} from '../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../envs/cloud/interface.js';
import type { CloudModel } from '../envs/cloud/model.js';
import { inject } from '../envs/cloud/onset.js';
import { type TopologyFile, topologySchema } from '../envs/cloud/schemas/topology.js';
import { CloudState } from '../envs/cloud/state.js';
import { compileTopology } from '../envs/cloud/topology.js';
import { findConfig, loadYaml } from '../envs/config/index.js';
import { CATALOGUE, run, struck } from '../test/envs/cloud/catalogue.js';
import { effectSizes } from './cloud-support/effects.js';
import { cpu, WARM_UP } from './cpu.js';

const { values: options } = parseArgs({
  options: {
    json: { type: 'string' },
    seconds: { type: 'string', default: '1' },
    validate: { type: 'boolean', default: false },
    incidents: { type: 'string', default: '100' },
    /** What a child process measures. */
    topology: { type: 'string' },
  },
});

type Row = Record<string, string | number>;

const production = (topology: string): CloudModel =>
  loadCloudModel({ topology, overlay: 'production', prior: 'incident-statistics' });

function playIncident(model: CloudModel, index: number): void {
  const cloud = new Cloud(model, { split: 'seen', partition: 'train', index });
  cloud.telemetry(EVIDENCE_KINDS, 0);
  cloud.execute({ name: 'rollback-deployment', args: [cloud.truth().component] });
  cloud.watch(60);
  cloud.result();
  cloud.release();
}

/** Repeats `work` for about the asked time after a warm-up. Returns microseconds of CPU per call. */
function timed(work: (i: number) => void): number {
  const budget = Number(options.seconds) * 1e6;
  let i = 0;
  for (const end = cpu() + WARM_UP; cpu() < end; ) work(i++);
  const start = cpu();
  let calls = 0;
  while (cpu() - start < budget) {
    for (let k = 0; k < 20; k++) work(i++);
    calls += 20;
  }
  return (cpu() - start) / calls;
}

/** Runs an incident that nobody acts on to the cap. Returns the number of instants. */
function runAlone(model: CloudModel, index: number): number {
  const incident = new Incident(model, { split: 'seen', partition: 'train', index });
  const sim = { model, incident, state: new CloudState(model.layout) };
  healthy(sim);
  scheduleDeath(sim);
  incident.injections.forEach((injection, ordinal) => {
    inject(sim, injection, ordinal);
  });
  settle(sim);
  let instants = 0;
  for (; sim.state.queue.nextTime < 1800; instants++) runNext(sim);
  return instants;
}

/** Microseconds of CPU per instant of incidents that nobody acts on. */
function perInstant(model: CloudModel): number {
  const sims = 200;
  let instants = 0;
  for (let index = 0; index < sims; index++) instants += runAlone(model, index);
  return (timed((i) => void runAlone(model, i % sims)) * sims) / instants;
}

/** A topology with twice the services: a copy of everything beside it, each entry edge shared between the two. */
function doubled(file: TopologyFile, round: number): TopologyFile {
  const name = (id: string): string => (id === file.entry ? id : `${id}-${round}`);
  const copies = file.services.filter((s) => s.id !== file.entry).map((s) => ({ ...s, id: name(s.id) }));
  const filler = { ...file.services.find((s) => s.id === file.entry)!, id: `${file.entry}-${round}` };
  const halves = file.calls.map((call) =>
    call.from === file.entry ? { ...call, weight: call.weight / 2 } : call,
  );
  const others = halves.map((call) => ({ ...call, from: name(call.from), to: name(call.to) }));
  return { ...file, services: [...file.services, ...copies, filler], calls: [...halves, ...others] };
}

function growth(): Row[] {
  const base = production('train-ticket');
  let file = loadYaml(findConfig('topologies/train-ticket.yaml'), topologySchema);
  const rows: Row[] = [];
  for (let round = 1; round <= 5; round++) {
    const topology = compileTopology('train-ticket, doubled', file, 'production', base.constants);
    const model = buildModel(base.options, topology, base.constants);
    const us = perInstant(model);
    rows.push({
      services: topology.ids.length,
      edges: topology.edgeTo.length,
      'us per instant': round2(us),
      'us per instant and edge': round2(us / topology.edgeTo.length, 4),
    });
    file = doubled(file, round);
  }
  return rows;
}

const round2 = (value: number, digits = 2): number => Number(value.toFixed(digits));

/** What one topology costs. */
function costs(topology: string): Row {
  const model = production(topology);
  const us = timed((i) => playIncident(model, i % 1000));
  return {
    topology,
    services: model.topology.ids.length,
    edges: model.topology.edgeTo.length,
    'incidents per second': Math.round(1e6 / us),
    'us per incident': round2(us, 1),
    'us per instant': round2(perInstant(model)),
  };
}

/** Each topology in a process of its own, as a run has one: code that has met others is compiled for all of them. */
function speed(): Record<string, Row[]> {
  const incidents = topologyNames().map((topology): Row => {
    const child = [fileURLToPath(import.meta.url), '--topology', topology, '--seconds', options.seconds];
    return JSON.parse(
      execFileSync(process.execPath, [...process.execArgv, ...child], { encoding: 'utf8' }),
    ) as Row;
  });
  return { incidents, growth: growth() };
}

/** Recovery by the catalogue's first list of steps, begun at detection: share, and time from onset. */
function recoveries(incidents: number): { types: Row[]; families: Row[] } {
  const model = production('online-boutique');
  const byFamily = new Map<string, number[]>();
  const types = CATALOGUE.map((entry): Row => {
    const fault = faultTypes(model).find(({ id }) => id === entry.id)!;
    const times: number[] = [];
    const detected: number[] = [];
    for (let index = 0; index < incidents; index++) {
      const cloud = struck(model, entry.id, index);
      detected.push(cloud.detectedAt);
      run(cloud, entry.recoveries[0]!);
      const { recoveredAt } = cloud.result();
      if (recoveredAt !== null) times.push(recoveredAt);
    }
    byFamily.set(fault.family, [...(byFamily.get(fault.family) ?? []), ...times]);
    return {
      row: fault.row,
      type: entry.id,
      recovered: `${times.length}/${incidents}`,
      'detected p50': p(detected, 0.5),
      ...quantiles(times),
    };
  });
  const families = [...byFamily]
    .sort()
    .map(([family, times]) => ({ family, n: times.length, ...quantiles(times) }));
  return { types: types.sort((a, b) => Number(a.row) - Number(b.row)), families };
}

const p = (values: number[], share: number): number =>
  Math.round(
    [...values].sort((a, b) => a - b)[Math.min(values.length - 1, Math.floor(share * values.length))] ??
      Number.NaN,
  );
const quantiles = (values: number[]): Row => ({
  p10: p(values, 0.1),
  p50: p(values, 0.5),
  p90: p(values, 0.9),
});

/** Every type on every topology with 20 seeds: played, or not applicable. Throws for a value out of range. */
function sweep(): Row[] {
  return topologyNames().flatMap((topology) => OVERLAYS.map((overlay) => sweepOf(topology, overlay)));
}

function sweepOf(topology: string, overlay: OverlayName): Row {
  const model = loadCloudModel({ topology, overlay, prior: 'uniform' });
  const notApplicable: string[] = [];
  let played = 0;
  for (const type of faultTypes(model)) {
    if (type.components.length === 0) {
      notApplicable.push(type.id);
      continue;
    }
    for (let index = 0; index < 20; index++) {
      const cloud = struck(model, type.id, index);
      cloud.telemetry(EVIDENCE_KINDS, 0);
      cloud.execute({ name: 'rolling-restart', args: [cloud.truth().component] });
      const { success, latencyP99Ms } = cloud.slo();
      const { recoveredAt } = cloud.result();
      const sane =
        success >= 0 &&
        success <= 1 + 1e-12 &&
        latencyP99Ms >= 0 &&
        (recoveredAt === null || recoveredAt >= 0);
      if (!sane) throw new Error(`${topology} ${type.id} ${index}: out of range`);
      played++;
    }
  }
  return {
    topology,
    overlay,
    types: model.faults.length,
    'incidents played': played,
    'not applicable': notApplicable.length,
    which: notApplicable.join(' '),
  };
}

function validation(): Record<string, Row[]> {
  const incidents = Number(options.incidents);
  const { types, families } = recoveries(incidents);
  return { effects: effectSizes(incidents), types, families, sweep: sweep() };
}

function report(tables: Record<string, Row[]>): void {
  for (const [name, rows] of Object.entries(tables)) {
    console.log(`\n${name}`);
    console.table(rows);
  }
  if (options.json) writeFileSync(options.json, `${JSON.stringify(tables, null, 2)}\n`);
}

if (options.topology) console.log(JSON.stringify(costs(options.topology)));
else report(options.validate ? validation() : speed());
