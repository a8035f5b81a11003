import { createHash, randomUUID } from 'node:crypto';
import { mkdir, readFile, rename, rm, writeFile } from 'node:fs/promises';
import { dirname, join } from 'node:path';
import { z } from 'zod';
import type { Completion, CompletionRequest, CompletionSource } from './completion.js';

const completionSchema = z.object({
  text: z.string(),
  refused: z.boolean(),
  promptTokens: z.number(),
  completionTokens: z.number(),
  seconds: z.number(),
});

/** JSON with sorted keys, so that equal questions have equal text. */
function canonical(value: unknown): string {
  if (Array.isArray(value)) return `[${value.map(canonical).join(',')}]`;
  if (typeof value !== 'object' || value === null) return JSON.stringify(value) ?? 'null';
  const entries = Object.entries(value).filter(([, item]) => item !== undefined);
  entries.sort(([a], [b]) => (a < b ? -1 : 1));
  return `{${entries.map(([key, item]) => `${JSON.stringify(key)}:${canonical(item)}`).join(',')}}`;
}

/** Address of a completion: a hash of the model, the server and the whole question. */
export function completionKey(
  identity: Readonly<Record<string, unknown>>,
  request: CompletionRequest,
): string {
  return createHash('sha256').update(canonical({ identity, request })).digest('hex');
}

/**
 * Remembers completions in a folder, one file each, named by content. A question is asked once per process even when it
 * is asked again while under way; several processes may share the folder: a file appears whole or not at all (written
 * aside and renamed), and one that cannot be read counts as missing. What failed is not remembered. Hits give the
 * seconds that the model took when it was asked.
 */
export class CachedSource implements CompletionSource {
  readonly identity: CompletionSource['identity'];
  private readonly underway = new Map<string, Promise<Completion>>();
  private hitCount = 0;

  constructor(
    private readonly source: CompletionSource,
    private readonly folder: string,
  ) {
    this.identity = source.identity;
  }

  /** Completions that needed no call. */
  get hits(): number {
    return this.hitCount;
  }

  complete(request: CompletionRequest): Promise<Completion> {
    const key = completionKey(this.identity, request);
    const running = this.underway.get(key);
    if (running) {
      this.hitCount++;
      return running;
    }
    const promise = this.lookUp(key, request).finally(() => this.underway.delete(key));
    this.underway.set(key, promise);
    return promise;
  }

  private async lookUp(key: string, request: CompletionRequest): Promise<Completion> {
    const file = join(this.folder, key.slice(0, 2), `${key}.json`);
    const known = await read(file);
    if (known) {
      this.hitCount++;
      return known;
    }
    const completion = await this.source.complete(request);
    await write(file, completion);
    return completion;
  }
}

async function read(file: string): Promise<Completion | null> {
  try {
    const parsed = completionSchema.safeParse(JSON.parse(await readFile(file, 'utf8')));
    return parsed.success ? parsed.data : null;
  } catch {
    return null;
  }
}

/** A cache that cannot be written costs a call next time, not the run. */
async function write(file: string, completion: Completion): Promise<void> {
  const aside = `${file}.${process.pid}.${randomUUID()}.tmp`;
  try {
    await mkdir(dirname(file), { recursive: true });
    await writeFile(aside, JSON.stringify(completion));
    await rename(aside, file);
  } catch {
    await rm(aside, { force: true }).catch(() => undefined);
  }
}
