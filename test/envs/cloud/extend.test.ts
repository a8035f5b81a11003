import { spawnSync } from 'node:child_process';
import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { afterEach, beforeEach, describe, expect, it } from 'vitest';
import { packageRoot } from '../../../envs/config/index.js';

const cloudModule = pathToFileURL(join(packageRoot, 'envs/cloud/index.ts')).href;
let folder = '';

beforeEach(() => {
  folder = mkdtempSync(join(tmpdir(), 'cloud-'));
  for (const name of ['faults', 'primitives', 'topologies'])
    mkdirSync(join(folder, 'configs', name), { recursive: true });
});
afterEach(() => rmSync(folder, { recursive: true }));

/** Runs a script against the cloud in a working folder with configs of its own. */
function runIn(script: string): { out: string; error: string } {
  const tsx = import.meta.resolve('tsx');
  const { stdout, stderr } = spawnSync(
    process.execPath,
    ['--import', tsx, '--conditions=source', '--input-type=module', '-e', script],
    { cwd: folder, encoding: 'utf8' },
  );
  return { out: stdout.trim(), error: stderr };
}

const fault = `
family: X of my own
faults:
  probe_and_policy:
    row: 63
    about: a bad probe behind a bad policy
    trigger: config-push
    targets: { kinds: [service], reach: errors }
    variants:
      - weight: 1
        conditions:
          - { condition: config-bad, attribute: probe }
          - { condition: path-blocked, attribute: policy }
`;
const primitive = `
primitives:
  undo-everything:
    parameters: [service]
    duration: { median: 3, sigma: 0.1, source: "mine" }
    failure: 0
    effects: [{ clear: config-bad }, { clear: path-blocked }, { wait: rollout }]
`;
const topology = `
name: my-shop
source: mine
entry: web
demand: { rps: 10, source: mine }
services:
  - { id: web, kind: gateway, stateful: false, replicas: 1 }
  - { id: api, kind: service, stateful: false, replicas: 1 }
  - { id: store, kind: database, stateful: true, replicas: 1 }
calls:
  - { from: web, to: api, weight: 1 }
  - { from: api, to: store, weight: 2 }
overlays:
  as-shipped: { stateless: 1, stateful: 1, nodes: 3, zones: 1 }
  production: { stateless: 3, stateful: 2, nodes: 4, zones: 2 }
`;
const play = `
  import { Cloud, loadCloudModel } from ${JSON.stringify(cloudModule)};
  const model = loadCloudModel({ topology: 'my-shop', overlay: 'production', prior: 'uniform' });
  const cloud = new Cloud(model, { split: 'seen', partition: 'train', index: 1 }, { fault: 'probe_and_policy' });
  const before = cloud.slo().healthy;
  cloud.execute({ name: 'undo-everything', args: ['api'] });
  console.log(JSON.stringify([cloud.truth().component, before, cloud.slo().healthy, cloud.result().recoveredAt !== null]));
`;

describe("a researcher's own configs", () => {
  it('add a topology, a fault and a primitive without TypeScript', () => {
    writeFileSync(join(folder, 'configs/faults/mine.yaml'), fault);
    writeFileSync(join(folder, 'configs/primitives/mine.yaml'), primitive);
    writeFileSync(join(folder, 'configs/topologies/my-shop.yaml'), topology);
    expect(JSON.parse(runIn(play).out)).toEqual(['api', false, true, true]);
  });

  it('are told in one line where a name is wrong, and what was meant', () => {
    writeFileSync(
      join(folder, 'configs/faults/mine.yaml'),
      fault.replace('attribute: probe', 'attribute: prob'),
    );
    writeFileSync(join(folder, 'configs/topologies/my-shop.yaml'), topology);
    expect(runIn(play).error).toContain(
      'configs/faults/mine.yaml: faults.probe_and_policy.variants[0]: expected a condition and attribute',
    );
    expect(runIn(play).error).toContain('found "config-bad.prob"; did you mean "config-bad.probe"?');
  });
});
