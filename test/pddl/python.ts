import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { root } from './helpers.js';

const LOCAL = ['bin/python', 'Scripts/python.exe'].map((file) => join(root, '.pase-cache/pddl-python', file));

/**
 * A Python that can import the module: the one of PASE_PDDL_PYTHON, the one that `scripts/pddl/setup-python.mjs` made, or
 * `python3`; null, with a line that says so, when none can.
 */
export function findPython(module: string): string | null {
  const given = process.env.PASE_PDDL_PYTHON;
  const candidates = [
    ...(given === undefined ? [] : [given]),
    ...LOCAL.filter((file) => existsSync(file)),
    'python3',
  ];
  for (const python of candidates) {
    if (spawnSync(python, ['-c', `import ${module}`], { stdio: 'ignore' }).status === 0) return python;
  }
  console.log(`skipped: no Python with ${module} (node scripts/pddl/setup-python.mjs installs it)`);
  return null;
}
