import { spawnSync } from 'node:child_process';
import { readFileSync, rmSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { here, root } from './helpers.js';

it('the example of the README prints what it says', () => {
  const readme = readFileSync(join(root, 'packages/pddl/README.md'), 'utf8');
  const [, code] = /```ts\n([\s\S]*?)```/.exec(readme)!;
  const [, output] = /```text\n([\s\S]*?)```/.exec(readme)!;
  // Below the repository, where the package is found by its name.
  const file = join(here, `.readme-${process.pid}.ts`);
  writeFileSync(file, code!);
  try {
    const node = ['--import', 'tsx', '--conditions=source', file];
    const { stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
    expect(stderr).toBe('');
    expect(stdout).toBe(output);
  } finally {
    rmSync(file);
  }
});
