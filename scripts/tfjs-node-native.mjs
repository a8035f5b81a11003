// Optional: builds @tensorflow/tfjs-node where its own download of libtensorflow is out of reach, from the shared library
// inside PyPI's tensorflow-cpu wheel, whose libtensorflow_cc exports the same C interface. `--help` tells the options.
// Needs npm, a C++ compiler, Python 3 with pip, and Node's headers.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, mkdtempSync, readdirSync, realpathSync, rmSync, symlinkSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { dirname, join, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

// 2.15 is the last release whose C headers the binding of tfjs-node 4.22 compiles against unchanged, as tried.
const TENSORFLOW = 'tensorflow-cpu==2.15.1';
const TFJS_NODE = '@tensorflow/tfjs-node@4.22.0';
const NAPI = 8;

const USAGE = `usage: node scripts/tfjs-node-native.mjs [--into DIR] [--wheel FILE] [--headers DIR]

Builds @tensorflow/tfjs-node against the libtensorflow inside PyPI's tensorflow-cpu wheel (Linux only).

  --into DIR      project whose node_modules gets the package (default: this one)
  --wheel FILE    a wheel of ${TENSORFLOW} at hand (default: pip downloads it, some 200 MB)
  --headers DIR   folder that holds include/node (default: the prefix node runs from)
`;

function options() {
  const text = { type: 'string' };
  try {
    const { values } = parseArgs({
      options: { into: text, wheel: text, headers: text, help: { type: 'boolean', short: 'h' } },
    });
    return values;
  } catch (error) {
    console.error(error.message.split('\n')[0]);
    console.error(USAGE.split('\n')[0]);
    process.exit(2);
  }
}

const values = options();
if (values.help) {
  process.stdout.write(USAGE);
  process.exit(0);
}
const project = resolve(values.into ?? join(dirname(fileURLToPath(import.meta.url)), '..'));
const headers = values.headers ?? resolve(dirname(realpathSync(process.execPath)), '..');

function run(command, args, cwd = project) {
  const { status, error } = spawnSync(command, args, { cwd, stdio: 'inherit' });
  if (status === 0) return;
  console.error(`${command} ${args.slice(0, 3).join(' ')} … failed${error ? `: ${error.message}` : ''}`);
  process.exit(1);
}

function findWheel(folder) {
  if (values.wheel) return resolve(values.wheel);
  const platforms = ['manylinux_2_17_x86_64', 'manylinux2014_x86_64'].flatMap((name) => ['--platform', name]);
  // Any Python's wheel will do: only the C library inside is used.
  const args = ['-m', 'pip', 'download', '--no-deps', '--only-binary=:all:', '--python-version', '310'];
  run('python3', [...args, ...platforms, TENSORFLOW, '-d', folder]);
  return join(
    folder,
    readdirSync(folder).find((name) => name.endsWith('.whl')),
  );
}

const UNPACK = `
import os, sys, zipfile
wheel, deps = sys.argv[1:]
with zipfile.ZipFile(wheel) as z:
    for name in z.namelist():
        inside = name.removeprefix('tensorflow/')
        library = inside in ('libtensorflow_cc.so.2', 'libtensorflow_framework.so.2')
        header = inside.startswith(('include/tensorflow/', 'include/tsl/')) and inside.endswith('.h')
        if not (library or header):
            continue
        path = os.path.join(deps, 'lib', inside) if library else os.path.join(deps, inside)
        os.makedirs(os.path.dirname(path), exist_ok=True)
        with open(path, 'wb') as f:
            f.write(z.read(name))
`;

const temporary = mkdtempSync(join(tmpdir(), 'tfjs-node-'));
const target = join(project, 'node_modules/@tensorflow/tfjs-node');
if (!existsSync(target)) run('npm', ['install', '--no-save', '--ignore-scripts', TFJS_NODE]);
const deps = join(target, 'deps');
mkdirSync(deps, { recursive: true });
run('python3', ['-c', UNPACK, findWheel(temporary), deps]);
for (const [link, file] of [
  ['libtensorflow.so', 'libtensorflow_cc.so.2'],
  ['libtensorflow_framework.so', 'libtensorflow_framework.so.2'],
]) {
  rmSync(join(deps, 'lib', link), { force: true });
  symlinkSync(file, join(deps, 'lib', link));
}
const npm = spawnSync('npm', ['root', '-g'], { encoding: 'utf8' }).stdout.trim();
const gyp = join(npm, 'npm/node_modules/node-gyp/bin/node-gyp.js');
const defines = [
  `module_name=tfjs_binding`,
  `module_path=${join(target, `lib/napi-v${NAPI}`)}`,
  `napi_build_version=${NAPI}`,
];
run(
  process.execPath,
  [gyp, 'rebuild', `--nodedir=${headers}`, '--', ...defines.map((name) => `-D${name}`)],
  target,
);
rmSync(temporary, { recursive: true, force: true });
run(process.execPath, ['-e', "require('@tensorflow/tfjs-node'); console.log('tfjs-node loads')"]);
