import { spawnSync } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { defaultRng } from 'gymnasium-js';
import { expect, it } from 'vitest';
import { NativeMemory, padded } from '../../../packages/gymnasium-js/src/vector/native-kernels.js';

const root = fileURLToPath(new URL('../../..', import.meta.url));

it('the kernels in the sources are what their AssemblyScript compiles to', () => {
  const folder = mkdtempSync(join(tmpdir(), 'kernels-'));
  const out = join(folder, 'made.ts');
  const { status, stderr } = spawnSync(
    process.execPath,
    [join(root, 'packages/gymnasium-js/assembly/build.mjs'), out],
    { encoding: 'utf8' },
  );
  expect([status, stderr]).toEqual([0, '']);
  const kept = join(root, 'packages/gymnasium-js/src/vector/native-kernels.wasm.ts');
  expect(readFileSync(out, 'utf8')).toBe(readFileSync(kept, 'utf8'));
  rmSync(folder, { recursive: true });
}, 60_000);

it.each([1, 15, 16, 17, 40])('starts of %d environments are the draws of the generator', (n) => {
  const memory = new NativeMemory(padded(n) * 40);
  const state = [memory.float64(n, padded(n)), memory.float64(n, padded(n))];
  const [steps, list, ended] = [memory.int32(n), memory.int32(n), memory.uint8(n)];
  const [bounds, words] = [memory.float64(4), memory.int32(8)];
  const listed = Array.from({ length: n }, (_, i) => i).filter((i) => i % 3 !== 1);
  list.set(listed);
  bounds.set([-2, 3, 0.5, 0.5]);
  steps.fill(9);
  ended.fill(1);
  const [drawn, expected] = [defaultRng([5, n]), defaultRng([5, n])];
  drawn.bitGenerator.writeWords(words);
  memory.kernels.restart(
    ...([listed.length, list.byteOffset, 2, state[0]!.byteOffset, 8 * padded(n)] as const),
    ...([bounds.byteOffset, words.byteOffset, steps.byteOffset, ended.byteOffset] as const),
  );
  drawn.bitGenerator.readWords(words);
  expect(listed.map((i) => state[0]![i])).toEqual([...expected.uniform(-2, 3, listed.length)]);
  expect(listed.map((i) => state[1]![i])).toEqual([...expected.uniform(0.5, 0.5, listed.length)]);
  expect(drawn.random()).toBe(expected.random());
  expect([...steps]).toEqual(Array.from(steps.keys(), (i) => (listed.includes(i) ? 0 : 9)));
  expect([...ended]).toEqual(Array.from(ended.keys(), (i) => (listed.includes(i) ? 0 : 1)));
});
