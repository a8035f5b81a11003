import { type ChildProcess, spawn } from 'node:child_process';
import { readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { temporaryFolder } from '../../temporary-folder.js';

/* The smallest real experiment: a learner and a method without learning, few calls, few incidents. */

export const SMALL = `
description: a test
env: { metaPrompts: [direct-events, diagnose-events, repair-advice] }
train: { llmCalls: 60 }
evaluate: { splits: [seen, unseen-type], incidents: 3 }
seeds: 2
methods:
  best-fixed: { policy: { kind: best-fixed } }
  runbook: { synthesizer: { kind: runbook }, verifier: { mode: none } }
`;

/** A folder with the experiment in it. */
export function smallExperiment(text = SMALL): { folder: string; config: string; root: string } {
  const folder = temporaryFolder('small');
  const config = join(folder, 'small.yaml');
  writeFileSync(config, text);
  return { folder, config, root: join(folder, 'run') };
}

export const readText = (...path: string[]): string => readFileSync(join(...path), 'utf8');

export interface Ended {
  readonly code: number | null;
  readonly stdout: string;
  readonly stderr: string;
}

const MAIN = fileURLToPath(new URL('../../../experiments/cli/main.ts', import.meta.url));
const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;

/** Starts the command line from sources. */
export function startPase(
  args: readonly string[],
  cwd: string,
): { child: ChildProcess; ended: Promise<Ended> } {
  const child = spawn(process.execPath, ['--conditions=source', '--import', TSX, MAIN, ...args], { cwd });
  let stdout = '';
  let stderr = '';
  child.stdout.setEncoding('utf8').on('data', (text: string) => {
    stdout += text;
  });
  child.stderr.setEncoding('utf8').on('data', (text: string) => {
    stderr += text;
  });
  const ended = new Promise<Ended>((resolve) => {
    child.on('close', (code) => resolve({ code, stdout, stderr }));
  });
  return { child, ended };
}

/** Runs the command line from sources to its end. */
export function pase(args: readonly string[], cwd: string): Promise<Ended> {
  return startPase(args, cwd).ended;
}
