import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { createPolicy } from '../../agents/index.js';
import { IdentityEnv } from './envs.js';

const PAGES: Record<string, readonly string[]> = {
  ppo: ['ppo'],
  a2c: ['a2c'],
  dqn: ['dqn'],
  reinforce: ['reinforce'],
  sac: ['sac'],
  bandits: ['epsilon-greedy', 'linucb', 'thompson'],
  'factored-thompson': ['factored-thompson'],
};

/** Names and defaults of a page's table of options. */
function documented(page: string): Record<string, string> {
  const text = readFileSync(new URL(`../../docs/agents/${page}.md`, import.meta.url), 'utf8');
  const rows = text.matchAll(/^\| `(\w+)` \| `([^`]+)` \|/gm);
  return Object.fromEntries(Array.from(rows, ([, name, value]) => [name!, value!]));
}

/** A default as the tables write it. */
const written = (value: unknown) => (value === 1e-8 ? '1e-8' : value === 1e-5 ? '0.00001' : String(value));

describe('docs/agents', () => {
  it.each(Object.keys(PAGES))('%s.md gives every option and its true default', (page) => {
    const actual: Record<string, string> = {};
    for (const kind of PAGES[page]!) {
      const { options } = createPolicy(kind, new IdentityEnv(3)) as unknown as {
        options: Record<string, unknown>;
      };
      for (const [name, value] of Object.entries(options)) actual[name] = written(value);
    }
    expect(documented(page)).toEqual(actual);
  });
});
