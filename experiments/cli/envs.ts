import { readFileSync } from 'node:fs';
import { registry } from 'gymnasium-js';
import { parse } from 'yaml';
import { findConfig, listConfigs } from '../../envs/config/index.js';
import { healingSchema, shippedRewards } from '../../envs/healing/index.js';
import { loadMetaPrompts } from '../../envs/synthesis/index.js';
import { print, printJson } from './options.js';

/** `pase envs`: everything that an experiment can name. */
export function envsCommand(options: { json?: boolean }): void {
  const lists: Record<string, string[]> = {
    environments: [...registry.keys()].sort(),
    topologies: stems('topologies'),
    splits: [...healingSchema.shape.split.unwrap().options],
    faults: listConfigs('faults', '.yaml').flatMap(faultsOf).sort(),
    'meta-prompts': loadMetaPrompts().map(({ name }) => name),
    profiles: stems('llm-profiles'),
    rewards: Object.keys(shippedRewards()),
    experiments: stems('experiments'),
  };
  if (options.json) printJson(lists);
  else for (const [title, names] of Object.entries(lists)) printList(title, names);
}

function printList(title: string, names: readonly string[]): void {
  print(`${title} (${names.length})`);
  for (const line of wrap(names)) print(`  ${line}`);
}

function stems(folder: string): string[] {
  return listConfigs(folder, '.yaml').map((name) => name.replace(/\.yaml$/, ''));
}

function faultsOf(file: string): string[] {
  const { faults } = parse(readFileSync(findConfig(`faults/${file}`), 'utf8')) as {
    faults: Record<string, unknown>;
  };
  return Object.keys(faults);
}

/** Names joined by commas, in lines that fit a terminal. */
function wrap(names: readonly string[], width = 96): string[] {
  const lines = [''];
  for (const [i, name] of names.entries()) {
    const text = i < names.length - 1 ? `${name}, ` : name;
    if (lines.at(-1)!.length + text.length > width) lines.push('');
    lines[lines.length - 1] += text;
  }
  return lines.map((line) => line.trimEnd());
}
