import { Discrete, type Mode } from 'gymnasium-js';
import type { InventoryNode, InventoryService, PrimitiveCall } from '../cloud/interface.js';
import type { MetaPrompt, SynthesisResult, Synthesizer } from '../synthesis/index.js';
import { loadDomain, type Plan } from '../world-model/index.js';
import type { ActionSet, Choice } from './actions.js';
import { HAND_OVER } from './execution.js';
import { HealingEnv } from './healing-env.js';
import type { HealingLoop } from './loop.js';
import type { HealingInput } from './options.js';
import { HealingVectorEnv, type HealingVectorInput } from './vector.js';
import { HealingWorld } from './world.js';

/** The loop asks every synthesizer with a meta-prompt; this one says nothing and costs nothing. */
const NO_PROMPT: MetaPrompt = {
  name: 'direct-action',
  strategy: 'direct',
  evidence: ['alerts', 'topology'],
  schema: 'names',
  exemplars: 'none',
  feedback: 'none',
  samples: 1,
  temperature: 0,
  effort: 'none',
};

/** Hands the loop the plan that was chosen for it, at no cost. */
class ChosenPlan implements Synthesizer<'sync'> {
  readonly kind = 'direct';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = ['alerts', 'topology'] as const;
  plan: Plan = { diagnosis: [], steps: [] };

  synthesize(): SynthesisResult {
    return {
      plan: this.plan,
      failure: null,
      raw: '',
      promptTokens: 0,
      completionTokens: 0,
      latency: 0,
      calls: 0,
    };
  }
}

/** Every primitive of the domain on every object of the topology, but `hand-over`. */
class PrimitiveActions implements ActionSet<number> {
  readonly space: Discrete;
  readonly maskSize: number;
  readonly extraSize: number;
  readonly calls: readonly PrimitiveCall[];

  constructor(
    world: HealingWorld,
    private readonly chosen: ChosenPlan,
  ) {
    const { ids, nodes, zoneNames } = world.parts.model.topology;
    this.calls = groundedCalls({ service: ids, node: nodes, zone: zoneNames });
    this.maskSize = this.calls.length;
    this.space = new Discrete(this.maskSize);
    this.extraSize = ids.length * loadDomain().conditions.length;
  }

  choose(action: number): Choice {
    const call = this.calls[action];
    if (!call)
      throw new RangeError(`DirectHealing: expected an action in 0…${this.maskSize - 1}, found ${action}`);
    this.chosen.plan = { diagnosis: [], steps: [call] };
    return { metaPrompt: NO_PROMPT, ordinal: action };
  }

  rowOf(batch: ArrayLike<number | bigint>, i: number): number {
    return Number(batch[i]);
  }

  writeMask(
    { inventory: { services, nodes, shiftedZones } }: HealingLoop,
    out: Uint8Array,
    at: number,
  ): void {
    const service = new Map(services.map((entry) => [entry.id, entry]));
    const node = new Map(nodes.map((entry) => [entry.id, entry]));
    this.calls.forEach(({ name, args: [target = ''] }, i) => {
      out[at + i] = canTake(name, service.get(target), node.get(target), shiftedZones.includes(target))
        ? 1
        : 0;
    });
  }

  writeExtra({ belief }: HealingLoop, out: Float32Array, at: number): void {
    out.set(belief.probability, at);
  }
}

/** Whether the inventory shows that a primitive would change something on its object; true where it cannot tell. */
function canTake(name: string, service?: InventoryService, node?: InventoryNode, shifted = false): boolean {
  switch (name) {
    case 'rollback-deployment':
      return service!.previousVersion !== null;
    case 'lift-limits':
      return service!.limited || service!.broken;
    case 'break-circuit':
      return !service!.broken;
    case 'pause-rollout':
      return !service!.rolloutPaused;
    case 'resume-rollout':
      return service!.rolloutPaused;
    case 'shift-zone':
      return !shifted;
    case 'return-zone':
      return shifted;
    case 'fence-primary':
    case 'promote-replica':
    case 'rebuild-replica':
      return service!.replication !== null;
    case 'verify-backup':
      return service!.backup === 'unverified';
    case 'restore-backup':
      return service!.backup !== 'none';
    case 'rate-limit':
      return !service!.limited;
    case 'scale-in':
      return service!.desiredReplicas > service!.baselineReplicas;
    case 'uncordon-node':
      return node!.cordoned;
    case 'cordon-node':
      return !node!.cordoned && node!.ready;
    default:
      return true;
  }
}

/**
 * A primitive at a time needs more of them, and shorter looks, than a plan. No verification, whatever is asked for, and nothing is
 * undone: a learner of primitives must see what each comes to.
 */
function directInput(input: HealingInput): HealingInput {
  return { limits: { executions: 12, watch: 15 }, ...input, verifier: { mode: 'none', undo: false } };
}

/**
 * ## Description
 * Primitives as actions: the baseline that learns to repair without a language model and without verification.
 *
 * ## Action space
 * `Discrete(n)`, every primitive of the domain on every object of the topology but `hand-over` (`env.calls`, in order).
 * `info.actionMask` (length n) forbids primitives whose object cannot take them as the inventory shows: rollback without a previous
 * version, lifting no limit, un-cordoning an open node, scaling in at baseline, resuming what is not paused, shifting a shifted zone,
 * promoting where there is no replication, restoring without a backup.
 *
 * ## Observation space
 * `Box(0, 1, (N + services × conditions,), float32)`: that of `pase/CloudHealing-v0`, then the belief of every service, so its
 * length depends on the topology.
 *
 * ## Step
 * One primitive, executed, then watched for 15 s.
 *
 * ## Rewards, starting state, episode end
 * As `pase/CloudHealing-v0`, with at most 12 executions.
 *
 * ## Arguments
 * As `pase/CloudHealing-v0`; `synthesizer`, `verifier`, `catalogue` and `metaPrompts` mean nothing here.
 *
 * ## Version history
 * - v0: first version.
 *
 * @throws ConfigError from the constructor for options that name nothing known
 */
export class DirectHealingEnv<M extends Mode = 'sync'> extends HealingEnv<number, M> {
  declare readonly actionSpace: Discrete;
  /** The actions, in order. */
  readonly calls: readonly PrimitiveCall[];

  constructor(input: HealingInput = {}) {
    const chosen = new ChosenPlan();
    const world = new HealingWorld(directInput(input), chosen);
    const actions = new PrimitiveActions(world, chosen);
    super(world, actions);
    this.calls = actions.calls;
  }
}

/** Many `pase/DirectHealing-v0` in one: see {@link DirectHealingEnv}. Actions are an `Int32Array(numEnvs)`. */
export class DirectHealingVectorEnv<M extends Mode = 'sync'> extends HealingVectorEnv<number, M> {
  constructor(numEnvs: number, { autoresetMode, maxEpisodeSteps, ...input }: HealingVectorInput = {}) {
    const chosen = new ChosenPlan();
    const world = new HealingWorld(directInput(input), chosen);
    super(numEnvs, world, new PrimitiveActions(world, chosen), { autoresetMode, maxEpisodeSteps });
  }
}

function groundedCalls(objects: Readonly<Record<string, readonly string[]>>): PrimitiveCall[] {
  return loadDomain().primitives.flatMap(({ name, parameters }) => {
    if (name === HAND_OVER) return [];
    let tuples: string[][] = [[]];
    for (const { type } of parameters) {
      tuples = tuples.flatMap((tuple) => (objects[type] ?? []).map((object) => [...tuple, object]));
    }
    return tuples.map((args) => ({ name, args }));
  });
}
