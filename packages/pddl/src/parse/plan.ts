import type { LocatedPlanStep, Plan } from '../ast.js';
import { parseNumber } from './expression.js';
import { type ListNode, type Node, readNodes, Source } from './tokens.js';

/**
 * Parses a sequential plan: one `(action object …)` after the other, comments after `;`. Start times before steps
 * (`0.001: (move a b) [1.0]`), as some planners print them, are accepted when they grow from step to step; durations in
 * brackets are ignored. Whether the names mean anything is for the validator to say.
 * @throws PddlError on anything else.
 */
export function parsePlan(text: string | Uint8Array, file = 'plan.txt'): Plan {
  const source: Source = new Source(text, file);
  const nodes = readNodes(source);
  const steps: LocatedPlanStep[] = [];
  let previous = Number.NEGATIVE_INFINITY;
  for (let i = 0; i < nodes.length; i++) {
    let node = nodes[i]!;
    const time = startTime(node);
    if (time !== null) {
      if (!(time > previous))
        source.reject(node, 'a start time after the one before (steps may not be parallel)');
      previous = time;
      const next = nodes[++i];
      if (next === undefined) source.fail(node.end, 'a step (action object …)', 'end of file');
      node = next;
    }
    if (node.kind !== 'list') source.reject(node, 'a step (action object …)');
    steps.push(readStep(source, node));
    const after = nodes[i + 1];
    if (after?.kind === 'symbol' && /^\[[^[\]]*\]$/.test(after.name)) i++;
  }
  return { steps };
}

function startTime(node: Node): number | null {
  return node.kind === 'symbol' && node.name.endsWith(':') ? parseNumber(node.name.slice(0, -1)) : null;
}

function readStep(source: Source, node: ListNode): LocatedPlanStep {
  const [name, ...args] = node.items.map((item) => {
    if (item.kind !== 'symbol') source.reject(item, 'a name');
    return item.name;
  });
  if (name === undefined) source.reject(node, 'the name of an action');
  return { name, args, location: source.locate(node.start) };
}
