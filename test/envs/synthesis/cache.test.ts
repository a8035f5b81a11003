import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath, pathToFileURL } from 'node:url';
import { afterAll, describe, expect, it } from 'vitest';
import { CachedSource } from '../../../envs/synthesis/models/cache.js';
import { QUESTIONS, question } from './cache-question.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-cache-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));

const TSX = pathToFileURL(createRequire(import.meta.url).resolve('tsx')).href;
const WRITER = fileURLToPath(new URL('./cache-writer.ts', import.meta.url));

function startWriter(step: number): { child: ChildProcess; ended: Promise<void>; began: Promise<void> } {
  const child = spawn(
    process.execPath,
    ['--conditions=source', '--import', TSX, WRITER, folder, String(step)],
    {
      stdio: ['ignore', 'pipe', 'inherit'],
    },
  );
  const ended = new Promise<void>((resolve) => child.on('close', () => resolve()));
  const began = new Promise<void>((resolve) => child.stdout!.once('data', () => resolve()));
  return { child, ended, began };
}

describe('a cache that processes share', () => {
  it('holds whole answers only, though two write at once and one is killed while it writes', async () => {
    const writers = [startWriter(1), startWriter(7)];
    const [killed, other] = writers as [(typeof writers)[0], (typeof writers)[0]];
    await killed.began;
    killed.child.kill('SIGKILL');
    await Promise.all([killed.ended, other.ended]);
    expect(killed.child.signalCode).toBe('SIGKILL');

    const files = readdirSync(folder, { recursive: true, encoding: 'utf8' }).filter((file) =>
      file.endsWith('.json'),
    );
    expect(files).toHaveLength(60);
    for (const file of files) {
      const { text } = JSON.parse(readFileSync(join(folder, file), 'utf8')) as { text: string };
      expect(text).toMatch(/^why \d+ /);
      expect(text.length % 40_000).toBe(0);
    }
    const asked = new CachedSource(
      {
        identity: { source: 'made-up' },
        complete: () => Promise.reject(new Error('expected no call')),
      },
      folder,
    );
    for (let sample = 0; sample < QUESTIONS; sample++) {
      expect((await asked.complete(question(sample))).text.startsWith(`why ${sample} `)).toBe(true);
    }
    expect(asked.hits).toBe(QUESTIONS);
  });
});
