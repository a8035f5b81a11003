// Builds everything that `npm ci` promises: the WebAssembly kernels and the JavaScript of packages and rooms.
// Node only, so that it runs the same on Windows, macOS and Linux.
import { spawnSync } from 'node:child_process';
import { createHash } from 'node:crypto';
import { existsSync, mkdirSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

const root = join(dirname(fileURLToPath(import.meta.url)), '..');
const require = createRequire(import.meta.url);

function run(script, args) {
  const result = spawnSync(process.execPath, [script, ...args], { cwd: root, stdio: 'inherit' });
  if (result.status !== 0) process.exit(result.status ?? 1);
}

/** Path of a command's script inside an installed package, found without relying on `.bin` links. */
function command(packageName, name) {
  const manifestPath = join(root, 'node_modules', packageName, 'package.json');
  const { bin } = JSON.parse(readFileSync(manifestPath, 'utf8'));
  return join(dirname(manifestPath), typeof bin === 'string' ? bin : bin[name]);
}

function buildKernels() {
  const assembly = join(root, 'packages/nn/assembly');
  if (!existsSync(join(assembly, 'index.ts'))) return;
  const out = join(root, 'packages/nn/build');
  const hash = createHash('sha256');
  for (const file of readdirSync(assembly).sort()) hash.update(readFileSync(join(assembly, file)));
  hash.update(readFileSync(join(root, 'node_modules/assemblyscript/package.json')));
  hash.update(readFileSync(fileURLToPath(import.meta.url)));
  const digest = hash.digest('hex');
  const stamp = join(out, 'kernels.sha256');
  if (existsSync(stamp) && readFileSync(stamp, 'utf8') === digest) return;
  mkdirSync(out, { recursive: true });
  // The strict build gives the same bits on every machine; the relaxed one may fuse multiply and add, host-dependent.
  for (const [file, features] of [
    ['kernels.wasm', ['--enable', 'simd']],
    ['kernels-relaxed.wasm', ['--enable', 'simd', '--enable', 'relaxed-simd']],
  ]) {
    // Constants stand below where an arena begins to give out addresses.
    run(command('assemblyscript', 'asc'), [
      join('packages/nn/assembly', 'index.ts'),
      ...['--outFile', join('packages/nn/build', file)],
      ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--memoryBase', '16', ...features],
    ]);
  }
  writeFileSync(stamp, digest);
}

buildKernels();
run(require.resolve('typescript/lib/tsc.js'), ['-b', 'tsconfig.build.json']);
