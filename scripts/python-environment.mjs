// Makes Python environments for tests and benchmarks that compare with Python (Node only, so that it runs the same everywhere).
// They are below .pase-cache, which git ignores.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readFileSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');

/**
 * Installs the packages (with fixed versions: what Python says is compared, so it must not change from one run to the next) into
 * .pase-cache/<name>, where they are not yet, and prints the path of its Python. Exits with 1 and a line when that fails or takes longer
 * than `seconds`.
 */
export function setupPython({ name, packages, seconds, without }) {
  const folder = join(root, '.pase-cache', name);
  const python = join(folder, process.platform === 'win32' ? 'Scripts/python.exe' : 'bin/python');
  const stamp = join(folder, 'installed.txt');
  const wanted = `${packages.join('\n')}\n`;
  const deadline = Date.now() + seconds * 1000;
  const run = (command, args) => {
    const timeout = Math.max(1, deadline - Date.now());
    const { status, error } = spawnSync(command, args, { stdio: 'inherit', timeout });
    if (status === 0) return;
    const why = error?.code === 'ETIMEDOUT' ? `took longer than ${seconds} s` : 'failed';
    console.error(`setup-python: ${command} ${args.join(' ')} ${why}; ${without}`);
    process.exit(1);
  };
  if (!existsSync(stamp) || readFileSync(stamp, 'utf8') !== wanted) {
    mkdirSync(folder, { recursive: true });
    run(process.env.PYTHON ?? 'python3', ['-m', 'venv', folder]);
    run(python, ['-m', 'pip', 'install', '--quiet', '--disable-pip-version-check', ...packages]);
    writeFileSync(stamp, wanted);
  }
  console.log(python);
}
