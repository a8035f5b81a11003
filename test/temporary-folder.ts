import { mkdtempSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll } from 'vitest';

const folders: string[] = [];

/** A new empty folder that is taken away when the importing test file has ended. */
export function temporaryFolder(name = 'test'): string {
  const folder = mkdtempSync(join(tmpdir(), `pase-${name}-`));
  folders.push(folder);
  return folder;
}

// Each test file has modules of its own, so this hook belongs to the file that imports it.
afterAll(() => {
  for (const folder of folders) rmSync(folder, { recursive: true, force: true });
});
