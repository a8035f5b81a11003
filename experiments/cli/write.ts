import { mkdirSync, renameSync, writeFileSync } from 'node:fs';
import { dirname, join } from 'node:path';

/** Writes a file so that readers see the old one or the new one, never a part. */
export function writeAtomically(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  writeFileSync(`${file}.part`, text);
  renameSync(`${file}.part`, file);
}

/** Writes files by name into a folder. */
export function writeAll(folder: string, files: ReadonlyMap<string, string>): void {
  for (const [name, text] of files) writeAtomically(join(folder, name), text);
}
