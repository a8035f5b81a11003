import { closeSync, fsyncSync, mkdirSync, openSync, renameSync, rmSync, writeSync } from 'node:fs';
import { dirname } from 'node:path';

/**
 * Writes a file so that a reader, or a run started after a crash, finds either the whole text or what was there before:
 * a temporary neighbour is written, flushed to disk, and renamed over the target.
 */
export function writeAtomic(file: string, text: string): void {
  mkdirSync(dirname(file), { recursive: true });
  const temporary = `${file}.${process.pid}.tmp`;
  const handle = openSync(temporary, 'w');
  try {
    writeSync(handle, text);
    fsyncSync(handle);
  } finally {
    closeSync(handle);
  }
  renameSync(temporary, file);
}

/** JSON of `value`, indented, as {@link writeAtomic} writes. */
export function writeJson(file: string, value: unknown): void {
  writeAtomic(file, `${JSON.stringify(value, null, 2)}\n`);
}

/**
 * Fills a folder out of sight and puts it in place when it is complete.
 * @param fill writes into the folder it is given.
 */
export async function writeFolderAtomic(
  folder: string,
  fill: (temporary: string) => void | Promise<void>,
): Promise<void> {
  const temporary = `${folder}.${process.pid}.tmp`;
  rmSync(temporary, { recursive: true, force: true });
  mkdirSync(temporary, { recursive: true });
  await fill(temporary);
  rmSync(folder, { recursive: true, force: true });
  renameSync(temporary, folder);
}

/** Lines of JSON appended to a file, written in blocks. */
export class JsonLines {
  private readonly handle: number;
  private pending: string[] = [];

  constructor(file: string) {
    mkdirSync(dirname(file), { recursive: true });
    this.handle = openSync(file, 'w');
  }

  append(record: unknown): void {
    this.pending.push(`${JSON.stringify(record)}\n`);
    if (this.pending.length >= 256) this.flush();
  }

  flush(): void {
    if (this.pending.length > 0) writeSync(this.handle, this.pending.join(''));
    this.pending = [];
  }

  close(): void {
    this.flush();
    closeSync(this.handle);
  }
}
