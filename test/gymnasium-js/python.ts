/** Running Python's Gymnasium for comparison. */
import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { findPython } from '../python.js';

const root = fileURLToPath(new URL('../..', import.meta.url));

/** A Python with Gymnasium 1.4.0 and NumPy; null, with a line that says so, when there is none. */
export const python = findPython({
  folder: 'gymnasium-python',
  variable: 'GYMNASIUM_PYTHON',
  probe: 'import gymnasium, numpy; assert gymnasium.__version__ == "1.4.0"',
  missing: 'no Python with gymnasium 1.4.0 (node scripts/golden/setup-python.mjs installs it)',
});

/** What a script of scripts/golden writes. */
export function regenerate(script: string, ...args: string[]): unknown {
  const folder = mkdtempSync(join(tmpdir(), 'golden-'));
  const out = join(folder, 'out.json');
  const run = spawnSync(python!, ['-W', 'ignore', join('scripts/golden', script), out, ...args], {
    cwd: root,
    encoding: 'utf8',
  });
  if (run.status !== 0) throw new Error(run.stderr);
  const made: unknown = JSON.parse(readFileSync(out, 'utf8'));
  rmSync(folder, { recursive: true });
  return made;
}
