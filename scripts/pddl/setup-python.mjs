// Makes a Python environment with the outside judges of the PDDL engine, for the differential tests and peer
// benchmarks: `node scripts/pddl/setup-python.mjs` (Node only, so that it runs the same everywhere). The folder is below
// .pase-cache, which git ignores. Tests find it there, or through PASE_PDDL_PYTHON, or use `python3`.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Fixed versions: what the judges say is compared, so it must not change from one run to the next.
const PACKAGES = ['unified-planning==1.3.0', 'up-fast-downward==1.0.0'];

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, '.pase-cache/pddl-python');
const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
const stamp = join(folder, 'installed.txt');

function run(command, args) {
  const result = spawnSync(command, args, { stdio: 'inherit' });
  if (result.status !== 0) {
    console.error(
      `setup-python: ${command} ${args.join(' ')} failed; tests against outside judges will be skipped`,
    );
    process.exit(1);
  }
}

if (!existsSync(stamp)) {
  mkdirSync(folder, { recursive: true });
  run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
  run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...PACKAGES]);
  writeFileSync(stamp, `${PACKAGES.join('\n')}\n`);
}
console.log(python);
