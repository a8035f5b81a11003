import { describe, expect, it } from 'vitest';
import { planJsonSchema, vocabularyOf } from '../../../envs/synthesis/index.js';
import { makeInventory } from './support.js';

interface Node {
  readonly type?: string;
  readonly properties?: Readonly<Record<string, Node>>;
  readonly required?: readonly string[];
  readonly additionalProperties?: boolean;
  readonly items?: Node;
  readonly enum?: readonly string[];
  readonly anyOf?: readonly Node[];
  readonly minItems?: number;
  readonly maxItems?: number;
}

function* objects(node: Node): Generator<Node> {
  if (node.type === 'object') yield node;
  for (const child of [
    ...Object.values(node.properties ?? {}),
    ...(node.items ? [node.items] : []),
    ...(node.anyOf ?? []),
  ])
    yield* objects(child);
}

describe('planJsonSchema', () => {
  const schema = planJsonSchema(vocabularyOf(), makeInventory()) as Node;
  const branches = schema.properties!.steps!.items!.anyOf!;

  it('has every primitive once, with the arity and the objects of its types', () => {
    const names = branches.flatMap((branch) => branch.properties!.name!.enum!);
    expect([...names].sort()).toEqual(
      vocabularyOf()
        .primitives.map(({ name }) => name)
        .sort(),
    );
    for (const { name, parameters } of vocabularyOf().primitives) {
      const { args } = branches.find((branch) => branch.properties!.name!.enum!.includes(name))!.properties!;
      expect(args!.minItems).toBe(parameters.length);
      expect(args!.maxItems).toBe(parameters.length);
      if (parameters[0]?.type === 'node') expect(args!.items!.enum).toContain('node-1');
      if (parameters[0]?.type === 'service') expect(args!.items!.enum).toContain('orders-db');
    }
  });

  it('lets a diagnosis name the conditions of the domain at services, not at load generators', () => {
    const { condition, component } = schema.properties!.diagnosis!.items!.properties!;
    expect(condition!.enum).toEqual(vocabularyOf().conditions);
    expect(component!.enum).toHaveLength(10);
    expect(component!.enum).not.toContain('visitors');
  });

  it('is strict, as structured output demands: every object closed and every property required', () => {
    for (const node of objects(schema)) {
      expect(node.additionalProperties).toBe(false);
      expect(node.required).toEqual(Object.keys(node.properties!));
    }
  });

  it('keeps the names to itself when the prompt does', () => {
    const text = JSON.stringify(planJsonSchema(vocabularyOf(), makeInventory(), { names: false }));
    expect(text).not.toContain('rolling-restart');
    expect(text).not.toContain('config-bad');
    expect(text).toContain('orders-db');
  });
});
