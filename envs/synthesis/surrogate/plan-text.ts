import type { Plan } from '../../world-model/types.js';

/** Names whose JSON is remembered: far more than plans of a few topologies have. When it is full, it starts over. */
const MEMORY = 4096;
const quoted = new Map<string, string>();

function quote(name: string): string {
  let text = quoted.get(name);
  if (text === undefined) {
    if (quoted.size >= MEMORY) quoted.clear();
    text = JSON.stringify(name);
    quoted.set(name, text);
  }
  return text;
}

/** What `JSON.stringify` makes of a plan, put together from names that recur from plan to plan. */
export function planText({ diagnosis, steps }: Plan): string {
  let text = '{"diagnosis":[';
  for (let i = 0; i < diagnosis.length; i++) {
    const { condition, component } = diagnosis[i]!;
    text += `${i > 0 ? ',' : ''}{"condition":${quote(condition)},"component":${quote(component)}}`;
  }
  text += '],"steps":[';
  for (let i = 0; i < steps.length; i++) {
    const { name, args } = steps[i]!;
    text += `${i > 0 ? ',' : ''}{"name":${quote(name)},"args":[`;
    for (let k = 0; k < args.length; k++) text += k > 0 ? `,${quote(args[k]!)}` : quote(args[k]!);
    text += ']}';
  }
  return `${text}]}`;
}
