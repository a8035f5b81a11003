import { readFileSync } from 'node:fs';
import * as gymnasium from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { golden } from './golden.js';

const { modules, ids } = golden<{ modules: Record<string, string[]>; ids: Record<string, string> }>(
  'names.json',
);
const page = readFileSync(new URL('../../docs/gymnasium-js/parity.md', import.meta.url), 'utf8');

/** Every word of the page that stands in a code span. */
const words = new Set([...page.matchAll(/`([^`\n]+)`/g)].flatMap(([, code]) => code!.split(/[^\w]+/)));

describe('the parity table names every public name of Gymnasium 1.4.0', () => {
  it.each(Object.entries(modules))('%s', (_, names) => {
    expect(names.filter((name) => !words.has(name))).toEqual([]);
  });

  it('and what it says is here, is', () => {
    const env = gymnasium.make('CartPole-v1');
    const exported = new Set([...Object.keys(gymnasium), ...Object.keys(gymnasium.vectorWrappers)]);
    const spelt = (name: string) => name.replace(/_(\w)/g, (_, letter: string) => letter.toUpperCase());
    const rows = page.split('\n').filter((line) => /^\|.*\| (same|same, camelCase) \| have/.test(line));
    expect(rows.length).toBeGreaterThan(5);
    const claimed = rows.flatMap((row) =>
      [...row.split('|')[1]!.matchAll(/`([^`]+)`/g)].map(([, name]) => spelt(name!.split('.').at(-1)!)),
    );
    expect(claimed.filter((name) => !exported.has(name) && !(name in env))).toEqual([]);
  });
});

describe('every registered id', () => {
  const families: Record<string, string> = {
    box2d: 'Box2D',
    mujoco: 'MuJoCo',
    phys2d: 'phys2d',
    tabular: 'tabular',
    gym: 'GymV21Environment',
  };
  it.each(Object.entries(ids))('%s is here, or its family is left out by name', (id, family) => {
    if (family === 'classic_control' || family === 'toy_text') expect(gymnasium.registry.has(id)).toBe(true);
    else expect(page).toContain(families[family]);
  });
});
