import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import type { Inventory } from '../../../envs/cloud/interface.js';
import { loadDomain } from '../../../envs/world-model/domain.js';
import type { AdviceTree, ConditionAt, PlanFailure, Verdict } from '../../../envs/world-model/types.js';
import { createVerifier } from '../../../envs/world-model/verifier.js';
import { CONSTANTS, makeBelief, makeInventory, makePlan } from './support.js';

const { conditions } = loadDomain();
const verifier = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 }, { constants: CONSTANTS });
const DATABASE = { kind: 'database', stateful: true, backup: 'unverified' } as const;
const REPLICATED = {
  ...DATABASE,
  replication: { primaryReady: false, readyReplicas: 1, lagSeconds: 0, fenced: false },
};

function judge(steps: readonly string[], wrong: readonly string[], inventory: Inventory): Verdict {
  const believed = wrong.map((text) => {
    const [condition, component] = text.split(' ') as [string, string];
    return { condition, component, probability: 0.97 } satisfies ConditionAt & { probability: number };
  });
  const belief = makeBelief(conditions, believed, 0);
  return verifier.verify(makePlan(steps), belief, inventory, { time: 60, rng: defaultRng(1) });
}

function literals(advice: AdviceTree | null): string[] {
  if (advice === null) return [];
  if (advice.op !== 'literal') return advice.children.flatMap(literals);
  return [`${advice.wanted ? '' : 'not '}${advice.literal}`];
}

interface Case {
  readonly invariant: string;
  /** What is wrong, as `condition service`. */
  readonly wrong: readonly string[];
  readonly inventory: Inventory;
  readonly unsafe: readonly string[];
  readonly kind: PlanFailure['kind'];
  /** Index of the step that fails, null for the end of the plan. */
  readonly step: number | null;
  /** A literal that the advice asks for. */
  readonly advice: string;
  /** The same purpose without breaking the invariant. */
  readonly safe: readonly string[];
}

const nodes = makeInventory().nodes;
const withNode = (id: string, change: Partial<Inventory['nodes'][number]>) =>
  nodes.map((node) => (node.id === id ? { ...node, ...change } : node));
const trio = { ...DATABASE, baselineReplicas: 3, desiredReplicas: 3, readyReplicas: 2 };

const CASES: readonly Case[] = [
  {
    invariant: '1 what was serving keeps a ready pod',
    wrong: ['process-stale cartservice'],
    inventory: makeInventory(),
    unsafe: ['recreate-pods cartservice'],
    kind: 'constraint',
    step: 0,
    advice: '(serving cartservice)',
    safe: ['rolling-restart cartservice'],
  },
  {
    invariant: '2 a group that had a quorum keeps its majority',
    wrong: ['state-residue redis-cart', 'storage-unavailable redis-cart'],
    inventory: makeInventory({
      'redis-cart': { ...trio, replication: REPLICATED.replication, backup: 'verified' },
    }),
    unsafe: ['rebuild-replica redis-cart'],
    kind: 'constraint',
    step: 0,
    advice: '(> (* 2 (ready redis-cart)) (baseline redis-cart))',
    safe: ['restore-backup redis-cart'],
  },
  {
    invariant: '3 a group has one writer at most',
    wrong: ['primary-down redis-cart'],
    inventory: makeInventory({ 'redis-cart': REPLICATED }),
    unsafe: ['promote-replica redis-cart'],
    kind: 'constraint',
    step: 0,
    advice: '(<= (writers redis-cart) 1)',
    safe: ['fence-primary redis-cart', 'promote-replica redis-cart'],
  },
  {
    invariant: '4 a replica is promoted only when its lag is within bound',
    wrong: ['primary-down redis-cart'],
    inventory: makeInventory({
      'redis-cart': {
        ...REPLICATED,
        replication: { ...REPLICATED.replication, lagSeconds: 45, fenced: true },
      },
    }),
    unsafe: ['promote-replica redis-cart'],
    kind: 'precondition',
    step: 0,
    advice: '(<= (replica-lag redis-cart) (lag-bound))',
    safe: [],
  },
  {
    invariant: '5 a destructive step needs a verified backup',
    wrong: ['state-residue redis-cart', 'storage-unavailable redis-cart'],
    inventory: makeInventory({ 'redis-cart': DATABASE }),
    unsafe: ['restore-backup redis-cart'],
    kind: 'precondition',
    step: 0,
    advice: '(backup-verified redis-cart)',
    safe: ['verify-backup redis-cart', 'restore-backup redis-cart'],
  },
  {
    invariant: '6 zones keep their load within bound',
    wrong: ['node-bad frontend'],
    inventory: makeInventory({}, { nodes: withNode('node-1', { conditions: ['DiskPressure'] }) }),
    unsafe: ['shift-zone zone-a', 'restart-agent node-1', 'return-zone zone-a'],
    kind: 'constraint',
    step: 0,
    advice: '(<= (zone-load zone-b) (* 0.85 (zone-capacity zone-b)))',
    safe: ['restart-agent node-1'],
  },
  {
    invariant: '7 services disrupted at once stay within the blast limit',
    wrong: ['process-stale cartservice'],
    inventory: makeInventory(),
    unsafe: ['frontend', 'cartservice', 'currencyservice', 'redis-cart'].map((id) => `rolling-restart ${id}`),
    kind: 'constraint',
    step: 3,
    advice: '(<= (rollouts) (blast-limit))',
    safe: ['rolling-restart frontend', 'rolling-restart cartservice', 'rolling-restart currencyservice'],
  },
  {
    invariant: '8 a restart needs configuration, secret, quota and admission in order',
    wrong: ['credential-bad cartservice', 'process-stale cartservice'],
    inventory: makeInventory(),
    unsafe: ['rolling-restart cartservice', 'sync-secret cartservice'],
    kind: 'precondition',
    step: 0,
    advice: 'not (credential-bad cartservice)',
    safe: ['sync-secret cartservice', 'rolling-restart cartservice'],
  },
  {
    invariant: '9 a stateful pod moves only when its old place cannot write',
    wrong: ['node-bad redis-cart'],
    inventory: makeInventory(
      { 'redis-cart': { ...REPLICATED, placement: ['node-4', 'node-1'] } },
      { nodes: withNode('node-4', { ready: false, conditions: ['NotReady'] }) },
    ),
    unsafe: ['drain-node node-4', 'replace-node node-4'],
    kind: 'precondition',
    step: 0,
    advice: '(fenced redis-cart)',
    safe: ['replace-node node-4'],
  },
  ...(
    [
      ['a limit', 'rate-limit frontend', 'lift-limits frontend', '(limited frontend)'],
      ['an open circuit', 'break-circuit frontend', 'lift-limits frontend', '(circuit-open frontend)'],
      ['a pause', 'pause-rollout frontend', 'resume-rollout frontend', '(paused frontend)'],
      ['a cordon', 'cordon-node node-1', 'uncordon-node node-1', '(cordoned node-1)'],
    ] as const
  ).map(
    ([what, close, open, fact]): Case => ({
      invariant: `10 ${what} that the plan set does not stay`,
      wrong: ['artifact-bad cartservice'],
      inventory: makeInventory(),
      unsafe: [close, 'rollback-deployment cartservice'],
      kind: 'constraint',
      step: null,
      advice: `not ${fact}`,
      safe: [close, 'rollback-deployment cartservice', open],
    }),
  ),
  {
    invariant: '10 a zone that the plan shifted does not stay so',
    wrong: ['node-bad frontend'],
    inventory: makeInventory(
      {
        frontend: { baselineReplicas: 1 },
        cartservice: { baselineReplicas: 1 },
        currencyservice: { baselineReplicas: 1 },
      },
      { nodes: withNode('node-1', { conditions: ['DiskPressure'] }) },
    ),
    unsafe: ['shift-zone zone-a', 'restart-agent node-1'],
    kind: 'constraint',
    step: null,
    advice: 'not (shifted zone-a)',
    safe: ['shift-zone zone-a', 'restart-agent node-1', 'return-zone zone-a'],
  },
];

describe('invariants', () => {
  it.each(CASES.map((item) => [item.invariant, item] as const))('%s', (_, item) => {
    const { wrong, inventory } = item;
    const verdict = judge(item.unsafe, wrong, inventory);
    expect(verdict.accepted).toBe(false);
    expect(verdict.failures[0]).toMatchObject({ layer: 'symbolic', kind: item.kind, step: item.step });
    expect(literals(verdict.failures[0]!.advice)).toContain(item.advice);
    if (item.safe.length > 0)
      expect(judge(item.safe, wrong, inventory)).toMatchObject({ accepted: true, failures: [] });
  });

  it('a zone that is out stays shifted', () => {
    const out = nodes.map((node) => (node.zone === 'zone-b' ? { ...node, ready: false } : node));
    const inventory = makeInventory({}, { nodes: out });
    expect(judge(['shift-zone zone-b'], ['node-bad frontend'], inventory).accepted).toBe(true);
  });
});
