import { Discrete, type Mode } from 'gymnasium-js';
import type { PrimitiveCall } from '../cloud/interface.js';
import type { MetaPrompt, SynthesisResult, Synthesizer } from '../synthesis/index.js';
import { loadDomain, type Plan } from '../world-model/index.js';
import { HAND_OVER } from './execution.js';
import { type Choice, HealingEnv } from './healing-env.js';
import type { HealingInput } from './options.js';

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

/**
 * Primitives as actions: the baseline that learns to repair without a language model and without verification.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(n)`, every primitive of the domain on every object of the topology but `hand-over` (`env.calls` lists them); masked are primitives whose object cannot take them as the inventory shows (rollback without a previous version, lifting no limit, un-cordoning an open node, scaling in at baseline, resuming what is not paused, shifting a shifted zone, promoting where there is no replication, restoring without a backup) |
 * | Observation | `Box(0, 1, (N + services × conditions,), float32)`: that of `pase/CloudHealing-v0`, then the belief of every service, so its length depends on the topology |
 * | Reward, start, end | as `pase/CloudHealing-v0`, with at most 12 executions |
 * | Step | one primitive, executed, then watched for 15 s |
 *
 * Version history: v0, first version.
 */
export class DirectHealingEnv<M extends Mode = 'sync'> extends HealingEnv<number, M> {
  override readonly actionSpace: Discrete;
  /** The actions, in order. */
  readonly calls: readonly PrimitiveCall[];
  private readonly chosen: ChosenPlan;

  constructor(input: HealingInput = {}) {
    const chosen = new ChosenPlan();
    super({ limits: { executions: 12, watch: 15 }, ...input, verifier: { mode: 'none' } }, chosen);
    this.chosen = chosen;
    this.calls = groundedCalls({ service: this.services, node: this.nodes, zone: this.zones });
    this.actionSpace = new Discrete(this.calls.length);
  }

  protected override get extraSize(): number {
    return this.services.length * loadDomain().conditions.length;
  }

  protected override observe(): Float32Array {
    const out = new Float32Array(this.observationSpace.shape[0]!);
    const base = super.observe();
    out.set(base);
    out.set(this.incident.belief.probability, base.length);
    return out;
  }

  protected override choose(action: number): Choice {
    const call = this.calls[action];
    if (!call)
      throw new RangeError(
        `DirectHealing: expected an action in 0…${this.calls.length - 1}, found ${action}`,
      );
    this.chosen.plan = { diagnosis: [], steps: [call] };
    return { metaPrompt: NO_PROMPT, ordinal: action };
  }

  protected override mask(): Uint8Array {
    const { services, nodes, shiftedZones } = this.incident.inventory;
    const service = new Map(services.map((entry) => [entry.id, entry]));
    const node = new Map(nodes.map((entry) => [entry.id, entry]));
    return Uint8Array.from(this.calls, ({ name, args: [target = ''] }) => {
      switch (name) {
        case 'rollback-deployment':
          return service.get(target)!.previousVersion === null ? 0 : 1;
        case 'lift-limits':
          return service.get(target)!.limited || service.get(target)!.broken ? 1 : 0;
        case 'break-circuit':
          return service.get(target)!.broken ? 0 : 1;
        case 'pause-rollout':
          return service.get(target)!.rolloutPaused ? 0 : 1;
        case 'resume-rollout':
          return service.get(target)!.rolloutPaused ? 1 : 0;
        case 'shift-zone':
          return shiftedZones.includes(target) ? 0 : 1;
        case 'return-zone':
          return shiftedZones.includes(target) ? 1 : 0;
        case 'fence-primary':
        case 'promote-replica':
        case 'rebuild-replica':
          return service.get(target)!.replication === null ? 0 : 1;
        case 'verify-backup':
          return service.get(target)!.backup === 'unverified' ? 1 : 0;
        case 'restore-backup':
          return service.get(target)!.backup === 'none' ? 0 : 1;
        case 'rate-limit':
          return service.get(target)!.limited ? 0 : 1;
        case 'scale-in':
          return service.get(target)!.desiredReplicas > service.get(target)!.baselineReplicas ? 1 : 0;
        case 'uncordon-node':
          return node.get(target)!.cordoned ? 1 : 0;
        case 'cordon-node':
          return node.get(target)!.cordoned || !node.get(target)!.ready ? 0 : 1;
        default:
          return 1;
      }
    });
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
