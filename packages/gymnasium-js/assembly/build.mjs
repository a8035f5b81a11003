// Compiles the kernels of this folder and writes them, base64, into src/vector/native-kernels.wasm.ts: part of the sources, so that
// the package needs no build step of its own and runs in browsers. A test compares.
//
//     node packages/gymnasium-js/assembly/build.mjs [OUT]
import { writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import asc from 'assemblyscript/asc';

const here = dirname(fileURLToPath(import.meta.url));
const out = process.argv[2] ?? join(here, '../src/vector/native-kernels.wasm.ts');
let binary = null;
const { error, stderr } = await asc.main(
  [
    ...['index.ts', '--baseDir', here, '--outFile', 'kernels.wasm'],
    ...['-O3', '--noAssert', '--runtime', 'stub', '--importMemory', '--enable', 'simd'],
  ],
  {
    writeFile: (_name, contents) => {
      binary = contents;
    },
  },
);
if (error !== null) throw new Error(stderr.toString());
const lines = Buffer.from(binary)
  .toString('base64')
  .match(/.{1,100}/g)
  .map((line) => `  '${line}'`);
writeFileSync(
  out,
  `// Made by assembly/build.mjs from the sources beside it; do not edit.\nexport const KERNELS_WASM =\n${lines.join(' +\n')};\n`,
);
