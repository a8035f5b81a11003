import { ConfigError, displayPath, findConfig, listConfigs, loadYaml, unknownName } from '../config/index.js';
import type { ConditionTable } from './conditions.js';
import type { PrimitiveCall } from './interface.js';
import { type EffectFile, type PrimitiveFile, primitivesSchema } from './schemas/primitives.js';

/** One effect of a primitive on hidden state, from the fixed vocabulary. */
export type Effect =
  | { readonly kind: 'clear'; readonly attributes: readonly number[]; readonly anywhere: boolean }
  | { readonly kind: 'version'; readonly to: 'previous' | 'known-good' }
  | { readonly kind: 'roll'; readonly mode: 'rolling' | 'at-once' | 'move' }
  | { readonly kind: 'scale'; readonly to: 'double' | 'down' }
  | { readonly kind: 'resources' }
  | { readonly kind: 'limit'; readonly set: boolean }
  | { readonly kind: 'circuit' }
  | { readonly kind: 'rollout'; readonly pause: boolean }
  | { readonly kind: 'work' }
  | { readonly kind: 'cache' }
  | { readonly kind: 'wait' }
  | { readonly kind: 'node'; readonly act: Extract<EffectFile, { node: string }>['node'] }
  | { readonly kind: 'zone'; readonly shift: boolean }
  | { readonly kind: 'route' }
  | {
      readonly kind: 'data';
      readonly act: Extract<EffectFile, { data: string }>['data'];
      readonly seconds: { readonly median: number; readonly sigma: number } | null;
    }
  | { readonly kind: 'hand-over' };

/** A primitive with its true effects, in the order in which they happen. */
export interface Primitive {
  readonly index: number;
  readonly name: string;
  readonly parameters: readonly ('service' | 'node' | 'zone')[];
  readonly needsPreviousVersion: boolean;
  readonly duration: { readonly median: number; readonly sigma: number };
  readonly failure: number;
  readonly effects: readonly Effect[];
  /** Name of the primitive that takes this one back, on the same objects. */
  readonly undo?: string | undefined;
}

/** All primitives of `configs/primitives/*.yaml`. @throws ConfigError */
export function loadPrimitives(table: ConditionTable): Map<string, Primitive> {
  const primitives = new Map<string, Primitive>();
  for (const name of listConfigs('primitives', '.yaml')) {
    const path = findConfig(`primitives/${name}`);
    const file = loadYaml(path, primitivesSchema);
    for (const [id, spec] of Object.entries(file.primitives)) {
      const where = `${displayPath(path)}: primitives.${id}`;
      if (primitives.has(id)) throw new ConfigError(`${where}: expected a new name, found it twice`);
      primitives.set(id, compilePrimitive(where, primitives.size, id, spec, table));
    }
  }
  checkInverses(primitives);
  return primitives;
}

/** @throws ConfigError for an inverse that is no primitive of the same parameters */
function checkInverses(primitives: ReadonlyMap<string, Primitive>): void {
  for (const { name, undo, parameters } of primitives.values()) {
    if (undo === undefined) continue;
    const where = `configs/primitives: ${name}.undo`;
    const inverse = primitives.get(undo);
    if (!inverse) throw unknownName(where, 'a primitive', undo, [...primitives.keys()]);
    if (inverse.parameters.join() !== parameters.join())
      throw new ConfigError(
        `${where}: expected a primitive of (${parameters.join(', ')}), found ${undo} of (${inverse.parameters.join(', ')})`,
      );
  }
}

/** The call that takes a call back, or null when its primitive has no inverse or is unknown. */
export function inverseOf(
  primitives: ReadonlyMap<string, Primitive>,
  { name, args }: PrimitiveCall,
): PrimitiveCall | null {
  const undo = primitives.get(name.toLowerCase())?.undo;
  return undo === undefined ? null : { name: undo, args };
}

function compilePrimitive(
  where: string,
  index: number,
  name: string,
  spec: PrimitiveFile,
  table: ConditionTable,
): Primitive {
  return {
    index,
    name,
    parameters: spec.parameters,
    needsPreviousVersion: spec.requires.includes('previous-version'),
    duration: spec.duration,
    failure: spec.failure,
    undo: spec.undo,
    effects: spec.effects.map((effect, i) => compileEffect(`${where}.effects[${i}]`, effect, table)),
  };
}

function compileEffect(where: string, effect: EffectFile, table: ConditionTable): Effect {
  if ('clear' in effect) return compileClear(where, effect, table);
  if ('version' in effect) return { kind: 'version', to: effect.version };
  if ('roll' in effect) return { kind: 'roll', mode: effect.roll };
  if ('scale' in effect) return { kind: 'scale', to: effect.scale };
  if ('resources' in effect) return { kind: 'resources' };
  if ('limit' in effect) return { kind: 'limit', set: effect.limit === 'set' };
  if ('circuit' in effect) return { kind: 'circuit' };
  if ('rollout' in effect) return { kind: 'rollout', pause: effect.rollout === 'pause' };
  if ('cache' in effect) return { kind: 'cache' };
  if ('work' in effect) return { kind: 'work' };
  if ('wait' in effect) return { kind: 'wait' };
  if ('node' in effect) return { kind: 'node', act: effect.node };
  if ('zone' in effect) return { kind: 'zone', shift: effect.zone === 'shift' };
  if ('route' in effect) return { kind: 'route' };
  if ('data' in effect) return { kind: 'data', act: effect.data, seconds: effect.seconds ?? null };
  return { kind: 'hand-over' };
}

function compileClear(
  where: string,
  effect: Extract<EffectFile, { clear: string }>,
  table: ConditionTable,
): Effect {
  if (!table.conditions.includes(effect.clear)) {
    throw unknownName(`${where}.clear`, 'a condition', effect.clear, table.conditions);
  }
  const own = table.attributes.filter((attribute) => attribute.condition === effect.clear);
  for (const name of effect.attributes ?? []) {
    const known = own.map((attribute) => attribute.name);
    if (!known.includes(name))
      throw unknownName(`${where}.attributes`, `an attribute of ${effect.clear}`, name, known);
  }
  const wanted = effect.attributes ? own.filter((a) => effect.attributes!.includes(a.name)) : own;
  return { kind: 'clear', attributes: wanted.map((a) => a.index), anywhere: effect.anywhere ?? false };
}
