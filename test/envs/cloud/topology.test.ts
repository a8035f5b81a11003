import { describe, expect, it } from 'vitest';
import { buildModel } from '../../../envs/cloud/build.js';
import { OVERLAYS, topologyNames } from '../../../envs/cloud/index.js';
import { cloudSchema } from '../../../envs/cloud/schemas/cloud.js';
import { type TopologyFile, topologySchema } from '../../../envs/cloud/schemas/topology.js';
import { compileTopology, loadTopology } from '../../../envs/cloud/topology.js';
import { check, findConfig, loadYaml } from '../../../envs/config/index.js';

const constants = loadYaml(findConfig('cloud.yaml'), cloudSchema);

const shop = {
  name: 'my-shop',
  source: 'mine',
  entry: 'web',
  demand: { rps: 10, source: 'mine' },
  services: [
    { id: 'web', kind: 'gateway', stateful: false, replicas: 1, version: 'v3', previous: 'v2' },
    { id: 'store', kind: 'database', stateful: true, replicas: 1 },
    { id: 'memo', kind: 'cache', stateful: true, replicas: 1, volume: null },
  ],
  calls: [
    { from: 'web', to: 'store', weight: 1 },
    { from: 'web', to: 'memo', weight: 1 },
  ],
  overlays: {
    'as-shipped': { stateless: 1, stateful: 1, nodes: 3, zones: 1 },
    production: { stateless: 2, stateful: 2, nodes: 4, zones: 2, placement: { store: ['node-4', 'node-2'] } },
  },
};
const compile = (file: object) =>
  compileTopology('my-shop.yaml', check('my-shop.yaml', file, topologySchema), 'production', constants);
const withProduction = (change: object) => ({
  ...shop,
  overlays: { ...shop.overlays, production: { ...shop.overlays.production, ...change } },
});

describe('a small topology', () => {
  const topology = compile(shop);
  const of = (id: string): number => topology.indexOf.get(id)!;

  it('gets what it does not name from the estate', () => {
    expect(topology.volumes[of('store')]).toEqual(constants.estate.volumes.values.database);
    expect([topology.volumes[of('memo')], topology.volumes[of('web')]]).toEqual([null, null]);
    expect(topology.pools[of('store')]).toBe(constants.estate.pools.values.database);
    expect(topology.secrets[of('store')]).toEqual([
      { name: 'store-auth', days: constants.estate.secretDays.value },
    ]);
    expect(topology.quota).toBe(constants.estate.quota.value);
    expect(topology.versions[of('web')]).toEqual(['v3', 'v2']);
    expect(topology.replicated).toEqual([false, true, true]);
  });

  it('keeps pods where it pins them, and spreads the others over zones', () => {
    const model = buildModel(
      { topology: 'my-shop', overlay: 'production', prior: 'uniform' },
      topology,
      constants,
    );
    const nodesOf = (id: string) =>
      [...model.basePlacement.subarray(model.podBase[of(id)]!)].slice(0, 2).map((n) => topology.nodes[n]);
    expect(nodesOf('store')).toEqual(['node-4', 'node-2']);
    expect(new Set(nodesOf('web').map((node) => topology.zones[topology.nodes.indexOf(node!)])).size).toBe(2);
  });

  it.each([
    [
      { placement: { stor: ['node-1'] } },
      'my-shop.yaml: placement: expected a service, one of web, store, memo, found "stor"; did you mean "store"?',
    ],
    [
      { placement: { store: ['node-9'] } },
      /^my-shop\.yaml: placement\.store: expected a node, one of node-1, .* found "node-9"/,
    ],
    [{ zones: 5 }, 'my-shop.yaml: overlays.production.zones: expected at most 4, one a node, found 5'],
    [{ nodes: 9 }, /expected at most 8 nodes/],
  ])('is told in one line what is wrong with %j', (change, message) => {
    expect(() => compile(withProduction(change))).toThrow(message);
  });
});

describe('shipped topologies', () => {
  it.each(topologyNames())('%s: production has a database and a queue that the entry needs', (name) => {
    const topology = loadTopology(name, 'production', constants);
    const model = buildModel(
      { topology: name, overlay: 'production', prior: 'uniform' },
      topology,
      constants,
    );
    for (const kind of ['database', 'queue']) {
      const needed = topology.kinds.some((one, s) => one === kind && model.errorReach[s]! >= 0.03);
      expect(needed, kind).toBe(true);
    }
  });

  it.each(topologyNames())('%s: every database has a volume, and two copies in production', (name) => {
    for (const overlay of OVERLAYS) {
      const { kinds, volumes, replicated, certificates, secrets } = loadTopology(name, overlay, constants);
      kinds.forEach((kind, s) => {
        expect(certificates[s]!.length).toBeGreaterThan(0);
        expect(secrets[s]!.length).toBeGreaterThan(0);
        if (kind !== 'database') return;
        expect(volumes[s]).not.toBeNull();
        expect(replicated[s]).toBe(overlay === 'production');
      });
    }
  });

  it('name a source for every file, and weights that are positive', () => {
    for (const name of topologyNames()) {
      const file: TopologyFile = loadYaml(findConfig(`topologies/${name}.yaml`), topologySchema);
      expect(file.source).toMatch(/assumption/);
      for (const { weight } of file.calls) expect(weight).toBeGreaterThan(0);
    }
  });
});
