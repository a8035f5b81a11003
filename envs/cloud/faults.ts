import { ConfigError, displayPath, findConfig, listConfigs, loadYaml, unknownName } from '../config/index.js';
import type { Attribute, ConditionTable } from './conditions.js';
import { type FaultFile, faultsSchema, type OnsetFile, type VariantFile } from './schemas/faults.js';

/** A condition that a fault brings about at its target. */
export interface FaultCondition {
  readonly condition: string;
  /** Null for a condition that only names what the others do. */
  readonly attribute: Attribute | null;
  readonly severity: readonly [number, number];
  readonly pods: readonly [number, number] | null;
  readonly later: readonly [number, number] | null;
}

export interface FaultVariant {
  readonly weight: number;
  readonly conditions: readonly FaultCondition[];
  readonly onset: readonly OnsetFile[];
  readonly replay: readonly OnsetFile[];
  readonly actor: {
    readonly period: readonly [number, number];
    readonly applies: readonly Attribute[];
    readonly acts: readonly OnsetFile[];
  } | null;
}

/** A named combination of conditions with their onset; it says nothing of how it is recovered from. */
export interface FaultType {
  readonly id: string;
  readonly index: number;
  readonly row: number;
  readonly family: string;
  readonly trigger: string;
  readonly selfHealing: boolean;
  readonly targets: FaultFile['targets'];
  readonly variants: readonly FaultVariant[];
}

/** All fault types of `configs/faults/*.yaml`, by row of the catalogue. @throws ConfigError */
export function loadFaults(table: ConditionTable): FaultType[] {
  const found: Omit<FaultType, 'index'>[] = [];
  for (const name of listConfigs('faults', '.yaml')) {
    const path = findConfig(`faults/${name}`);
    const file = loadYaml(path, faultsSchema);
    for (const [id, fault] of Object.entries(file.faults)) {
      const where = `${displayPath(path)}: faults.${id}`;
      if (found.some((other) => other.id === id))
        throw new ConfigError(`${where}: expected a new id, found it twice`);
      found.push({
        id,
        row: fault.row,
        family: file.family,
        trigger: fault.trigger,
        selfHealing: fault.selfHealing,
        targets: fault.targets,
        variants: fault.variants.map((variant, i) =>
          compileVariant(`${where}.variants[${i}]`, variant, table),
        ),
      });
    }
  }
  found.sort((a, b) => a.row - b.row || a.id.localeCompare(b.id));
  return found.map((fault, index) => ({ ...fault, index }));
}

function compileVariant(where: string, variant: VariantFile, table: ConditionTable): FaultVariant {
  const attributeOf = (condition: string, name: string): Attribute => {
    const attribute = table.byName.get(`${condition}.${name}`);
    if (!attribute)
      throw unknownName(where, 'a condition and attribute', `${condition}.${name}`, [...table.byName.keys()]);
    return attribute;
  };
  return {
    weight: variant.weight,
    conditions: variant.conditions.map((entry) => {
      if (!table.conditions.includes(entry.condition)) {
        throw unknownName(`${where}.conditions`, 'a condition', entry.condition, table.conditions);
      }
      return {
        condition: entry.condition,
        attribute: entry.attribute === undefined ? null : attributeOf(entry.condition, entry.attribute),
        severity: entry.severity ?? [0, 1],
        pods: entry.pods ?? null,
        later: entry.later ?? null,
      };
    }),
    onset: variant.onset,
    replay: variant.replay,
    actor: variant.actor
      ? {
          period: variant.actor.period,
          applies: variant.actor.applies.map((entry) => attributeOf(entry.condition, entry.attribute)),
          acts: variant.actor.acts,
        }
      : null,
  };
}
