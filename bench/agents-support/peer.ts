import { spawnSync } from 'node:child_process';
import { existsSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { parseArgs } from 'node:util';

/** One comparison, both in the same unit. */
export interface Row {
  readonly name: string;
  readonly ours: number;
  readonly peer: number | null;
  readonly ratio: number | null;
}

/** Python with the peers: `--python`, `PEERS_PYTHON`, or the venv that bench/peers/sb3.py tells how to make. */
export function peerPython(given: string | undefined): string | null {
  const venv = fileURLToPath(new URL('../../.peers/venv/bin/python', import.meta.url));
  const python = given ?? process.env.PEERS_PYTHON ?? (existsSync(venv) ? venv : null);
  if (!python) {
    console.log('peers skipped: no Python with PyTorch; bench/peers/sb3.py says how to make one');
    return null;
  }
  const check = spawnSync(python, ['-c', 'import torch, gymnasium, stable_baselines3'], { encoding: 'utf8' });
  if (check.status === 0) return python;
  console.log(`peers skipped: ${python} cannot import torch, gymnasium and stable_baselines3`);
  return null;
}

/** The last line a peer script prints, as JSON; null when there is no Python. Throws when the script fails. */
export function runPeer<T>(python: string | null, script: string, args: readonly string[]): T | null {
  if (!python) return null;
  const path = fileURLToPath(new URL(`../peers/${script}`, import.meta.url));
  const env = { ...process.env, OPENBLAS_NUM_THREADS: '1', OMP_NUM_THREADS: '1' };
  const result = spawnSync(python, [path, ...args], { encoding: 'utf8', env });
  if (result.status !== 0) throw new Error(`${script} ${args.join(' ')} failed:\n${result.stderr}`);
  return JSON.parse(result.stdout.trim().split('\n').at(-1)!) as T;
}

export function options<T extends string>(
  names: readonly T[],
): Partial<Record<T | 'json' | 'python', string>> {
  const all = [...names, 'json', 'python'];
  const { values } = parseArgs({
    options: Object.fromEntries(all.map((name) => [name, { type: 'string' as const }])),
  });
  return values as Partial<Record<T | 'json' | 'python', string>>;
}

export function median(values: readonly number[]): number {
  const sorted = [...values].sort((a, b) => a - b);
  const middle = sorted.length >> 1;
  return sorted.length % 2 === 1 ? sorted[middle]! : (sorted[middle - 1]! + sorted[middle]!) / 2;
}

export function writeRows(file: string | undefined, rows: unknown): void {
  if (file) writeFileSync(file, `${JSON.stringify(rows, null, 2)}\n`);
}
