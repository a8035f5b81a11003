import type { Inventory } from '../cloud/interface.js';
import { zoneIds } from '../world-model/index.js';
import { nodeIds, serviceIds, type Vocabulary } from './vocabulary.js';

/** Bounds of a plan that parses: far above any sensible plan, low enough that a runaway completion costs nothing. */
export const PLAN_LIMITS = { diagnosis: 32, steps: 64, args: 8, name: 128 } as const;

type JsonSchema = { readonly [key: string]: unknown };

function objectOf(properties: { readonly [key: string]: JsonSchema }): JsonSchema {
  return { type: 'object', properties, required: Object.keys(properties), additionalProperties: false };
}

function oneOf(values: readonly string[]): JsonSchema {
  return { type: 'string', enum: [...values] };
}

/** Objects of the incident by PDDL type. */
function objectsByType(inventory: Inventory): Map<string, readonly string[]> {
  return new Map([
    ['service', serviceIds(inventory)],
    ['node', nodeIds(inventory)],
    ['zone', zoneIds(inventory)],
  ]);
}

/** Primitives that take the same types share one branch, so that the schema stays small. */
function stepBranches(vocabulary: Vocabulary, inventory: Inventory): JsonSchema[] {
  const objects = objectsByType(inventory);
  const bySignature = new Map<string, { names: string[]; types: string[] }>();
  for (const { name, parameters } of vocabulary.primitives) {
    const types = parameters.map((parameter) => parameter.type);
    const key = types.join(' ');
    const branch = bySignature.get(key) ?? { names: [], types };
    branch.names.push(name);
    bySignature.set(key, branch);
  }
  return [...bySignature.values()].map(({ names, types }) => {
    const allowed = [...new Set(types.flatMap((type) => objects.get(type) ?? []))];
    const items: JsonSchema = allowed.length > 0 ? oneOf(allowed) : { type: 'string' };
    return objectOf({
      name: oneOf(names),
      args: { type: 'array', items, minItems: types.length, maxItems: types.length },
    });
  });
}

/**
 * JSON schema of a plan for one incident, for structured output: primitives and conditions from the planning domain,
 * objects from the inventory. With `names: false` primitives and conditions are free strings (a prompt without schema
 * must not tell them by the back door).
 */
export function planJsonSchema(
  vocabulary: Vocabulary,
  inventory: Inventory,
  options: { names: boolean } = { names: true },
): JsonSchema {
  const free: JsonSchema = { type: 'string' };
  const condition = options.names ? oneOf(vocabulary.conditions) : free;
  const step = options.names
    ? { anyOf: stepBranches(vocabulary, inventory) }
    : objectOf({ name: free, args: { type: 'array', items: free } });
  return objectOf({
    diagnosis: { type: 'array', items: objectOf({ condition, component: oneOf(serviceIds(inventory)) }) },
    steps: { type: 'array', items: step },
  });
}
