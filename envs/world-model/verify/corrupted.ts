import { defaultRng, type Generator } from 'gymnasium-js';
import type { Condition } from 'pddl';
import type { Inventory, InventoryNode, InventoryService } from '../../cloud/interface.js';
import type { VerifierConstants } from '../constants.js';
import type { DomainModel } from '../domain.js';
import type { Belief, Plan, Verdict, Verifier, VerifierOptions } from '../types.js';
import { SymbolicVerifier } from './symbolic.js';

/** Draws of which preconditions a corrupted domain has lost; fixed, so that every worker meets the same domain. */
const DROPPED_SEED = 7_301;

/**
 * Mode `corrupted`: the symbolic verifier with a world model that is wrong in a share of its parts. Each part of a precondition is
 * missing with that probability, once and for all; each fact of the inventory is wrong with it, anew at every verification (its
 * draws come from the verification's own stream, so that they are the same for every method).
 */
export class CorruptedVerifier implements Verifier {
  readonly readsBelief = true;
  private readonly inner: SymbolicVerifier;

  constructor(
    options: VerifierOptions,
    domain: DomainModel,
    constants: VerifierConstants,
    private readonly share: number,
  ) {
    this.inner = new SymbolicVerifier(options, corruptDomain(domain, share), constants);
  }

  verify(plan: Plan, belief: Belief, inventory: Inventory, { rng }: { rng: Generator }): Verdict {
    return this.inner.verify(plan, belief, corruptInventory(inventory, this.share, rng));
  }
}

const corrupted = new Map<string, { readonly domain: DomainModel; readonly result: DomainModel }>();

/** The domain without a share of its preconditions' parts; made once per share, so that its tasks are shared as well. */
export function corruptDomain(domain: DomainModel, share: number): DomainModel {
  const key = `${domain.file}#corrupted-${share}`;
  const known = corrupted.get(key);
  if (known?.domain === domain) return known.result;
  const rng = defaultRng([DROPPED_SEED]);
  const actions = domain.ast.actions.map((action) => ({
    ...action,
    precondition: action.precondition && thinned(action.precondition, share, rng),
  }));
  const result: DomainModel = { ...domain, file: key, ast: { ...domain.ast, actions } };
  corrupted.set(key, { domain, result });
  return result;
}

function thinned(condition: Condition, share: number, rng: Generator): Condition {
  const parts = condition.kind === 'and' ? condition.parts : [condition];
  return { kind: 'and', parts: parts.filter(() => rng.random() >= share) };
}

/** An inventory in which each fact is wrong with the probability given: stale counts, versions, limits, cordons and quota. */
export function corruptInventory(inventory: Inventory, share: number, rng: Generator): Inventory {
  const wrong = (): boolean => rng.random() < share;
  return {
    ...inventory,
    services: inventory.services.map((service): InventoryService => {
      const [ready, desired, version, limited] = [wrong(), wrong(), wrong(), wrong()];
      return {
        ...service,
        // A stale count is that of a normal day; on a normal day, a wrong one says that nothing is ready.
        readyReplicas: !ready
          ? service.readyReplicas
          : service.readyReplicas === service.baselineReplicas
            ? 0
            : service.baselineReplicas,
        desiredReplicas: desired ? service.baselineReplicas : service.desiredReplicas,
        previousVersion: !version
          ? service.previousVersion
          : service.previousVersion === null
            ? service.version
            : null,
        limited: limited !== service.limited,
      };
    }),
    nodes: inventory.nodes.map((node): InventoryNode => {
      const [cordoned, free] = [wrong(), wrong()];
      return { ...node, cordoned: cordoned !== node.cordoned, freeSlots: free ? 0 : node.freeSlots };
    }),
    quotaLeft: !wrong() ? inventory.quotaLeft : inventory.quotaLeft < 1 ? 10 : 0,
  };
}
