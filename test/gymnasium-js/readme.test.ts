import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { blocks, run, typeErrors } from '../readme.js';

const README = 'packages/gymnasium-js/README.md';
const examples = blocks(README, 'ts');

/** What shows that an example did what it says, in the order of the README. */
const outcomes = [
  ['a loop of CartPole', 'console.log(observation.length, info);', '4 {}\n'],
  [
    'an environment of one’s own',
    "console.log(String(make('mine/Walk-v0')));",
    '<TimeLimit<OrderEnforcing<PassiveEnvChecker<Walk<mine/Walk-v0>>>>>\n',
  ],
  [
    'a vector',
    'console.log(observations.length, infos.actionMask?.length, next.length, rewards.length, stepInfos.actionMask?.length);',
    '8 48 8 8 48\n',
  ],
] as const;

it('every example has an outcome below', () => {
  expect(examples).toHaveLength(outcomes.length);
});

it.each(outcomes.map((outcome, i) => [...outcome, i] as const))('%s', (_name, print, expected, i) => {
  const code = `${examples[i]}\n${print}\nexport {};\n`;
  expect(typeErrors(code)).toEqual([]);
  expect(run(code)).toEqual({ stdout: expected, stderr: '' });
});

it('the column of TypeScript beside Python runs', () => {
  const text = readFileSync(new URL(`../../${README}`, import.meta.url), 'utf8');
  const rows = [...text.matchAll(/^\| (`.*`) \| (`.*`) \|$/gm)];
  const cells = rows.flatMap(([, , cell]) => [...cell!.matchAll(/`([^`]+)`/g)].map(([, code]) => code!));
  expect(cells.length).toBeGreaterThanOrEqual(rows.length);
  expect(rows.length).toBeGreaterThan(5);
  const code = `
    import { Box, defaultRng, make, makeVec } from 'gymnasium-js';
    const env = make('CartPole-v1');
    const space = env.observationSpace;
    const [a, b, x] = [space, space, space.sample()];
    const mask = Uint8Array.of(1, 0);
    ${cells.map((cell) => `{ ${cell}; }`).join('\n')}
    console.log('done');`;
  expect(typeErrors(code)).toEqual([]);
  expect(run(code)).toEqual({ stdout: 'done\n', stderr: '' });
});
