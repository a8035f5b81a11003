import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';

const page = readFileSync(new URL('../../docs/gymnasium-js/behaviours.md', import.meta.url), 'utf8');
const rows = [...page.matchAll(/^\| (\d+) \| (.+) \| `([^`]+)`: `([^`]+)` \|$/gm)];

it('the page lists 49 behaviours', () => {
  expect(rows.map(([, number]) => Number(number))).toEqual(Array.from({ length: 49 }, (_, i) => i + 1));
});

it.each(rows.map(([, , behaviour, file, title]) => [behaviour!, file!, title!] as const))(
  '%s',
  (_, file, title) => {
    expect(readFileSync(new URL(file, import.meta.url), 'utf8')).toContain(title);
  },
);
