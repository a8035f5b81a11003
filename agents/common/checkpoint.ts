import { createHash } from 'node:crypto';
import { mkdir, open, readdir, readFile, rename, rm } from 'node:fs/promises';
import { join } from 'node:path';

const TYPES = { Float32Array, Float64Array, Int32Array, Uint8Array, Uint32Array } as const;
type TypeName = keyof typeof TYPES;

/** A folder that is not a checkpoint, or not one that fits what is asked of it; its message is one line. */
export class CheckpointError extends Error {
  override readonly name = 'CheckpointError';
}

export type CheckpointArray = Float32Array | Float64Array | Int32Array | Uint8Array | Uint32Array;

/** What an agent saves: plain JSON, and named arrays. Numbers of the JSON must be finite. */
export interface Checkpoint {
  readonly meta: Record<string, unknown>;
  readonly arrays: Readonly<Record<string, CheckpointArray>>;
}

interface ArrayEntry {
  readonly name: string;
  readonly type: TypeName;
  readonly length: number;
  readonly offset: number;
}

const META_FILE = 'agent.json';
const ALIGNMENT = 8;

async function writeWhole(path: string, content: Uint8Array | string): Promise<void> {
  const temporary = `${path}.tmp-${process.pid}`;
  const file = await open(temporary, 'w');
  try {
    await file.writeFile(content);
    await file.sync();
  } finally {
    await file.close();
  }
  await rename(temporary, path);
}

/**
 * Writes `agent.json` and the arrays file it names. The arrays go to a file named by their content first; renaming
 * `agent.json` into place is the one moment the checkpoint changes, so a crash leaves the old one or the new one whole.
 * Arrays are little-endian.
 */
export async function writeCheckpoint(directory: string, checkpoint: Checkpoint): Promise<void> {
  await mkdir(directory, { recursive: true });
  const entries: ArrayEntry[] = [];
  let size = 0;
  for (const [name, array] of Object.entries(checkpoint.arrays)) {
    entries.push({ name, type: array.constructor.name as TypeName, length: array.length, offset: size });
    size += Math.ceil(array.byteLength / ALIGNMENT) * ALIGNMENT;
  }
  const bytes = new Uint8Array(size);
  for (const [i, array] of Object.values(checkpoint.arrays).entries())
    bytes.set(new Uint8Array(array.buffer, array.byteOffset, array.byteLength), entries[i]!.offset);
  const digest = createHash('sha256').update(bytes).digest('hex');
  const arraysFile = `arrays-${digest.slice(0, 16)}.bin`;
  await writeWhole(join(directory, arraysFile), bytes);
  const meta = { ...checkpoint.meta, arrays: { file: arraysFile, sha256: digest, entries } };
  await writeWhole(join(directory, META_FILE), `${JSON.stringify(meta, null, 2)}\n`);
  for (const name of await readdir(directory))
    if (/^arrays-.*\.bin$|\.tmp-\d+$/.test(name) && name !== arraysFile)
      await rm(join(directory, name), { force: true });
}

type Index = { readonly file: string; readonly sha256: string; readonly entries: readonly ArrayEntry[] };

async function readMeta(directory: string): Promise<Record<string, unknown> & { arrays: Index }> {
  let text: string;
  try {
    text = await readFile(join(directory, META_FILE), 'utf8');
  } catch {
    throw new CheckpointError(`no checkpoint in ${directory}: expected a file ${META_FILE}`);
  }
  try {
    return JSON.parse(text) as Record<string, unknown> & { arrays: Index };
  } catch {
    throw new CheckpointError(`the checkpoint in ${directory} is damaged: ${META_FILE} is not JSON`);
  }
}

async function readArrays(directory: string, { file, sha256 }: Index): Promise<Uint8Array> {
  let bytes: Uint8Array;
  try {
    bytes = new Uint8Array(await readFile(join(directory, file)));
  } catch {
    throw new CheckpointError(`the checkpoint in ${directory} is damaged: ${file} is missing`);
  }
  if (createHash('sha256').update(bytes).digest('hex') === sha256) return bytes;
  throw new CheckpointError(`the checkpoint in ${directory} is damaged: ${file} does not match its checksum`);
}

/** Reads a checkpoint back. Throws a CheckpointError with one line when it is missing or damaged. */
export async function readCheckpoint(directory: string): Promise<Checkpoint> {
  const { arrays: index, ...meta } = await readMeta(directory);
  const bytes = await readArrays(directory, index);
  const arrays: Record<string, CheckpointArray> = {};
  for (const { name, type, length, offset } of index.entries) {
    const Type = TYPES[type];
    arrays[name] = new Type(bytes.slice(offset, offset + length * Type.BYTES_PER_ELEMENT).buffer);
  }
  return { meta, arrays };
}

/** The arrays whose name starts with `prefix/`, without it. */
export function arraysUnder(arrays: Checkpoint['arrays'], prefix: string): Record<string, CheckpointArray> {
  const found: Record<string, CheckpointArray> = {};
  for (const [name, array] of Object.entries(arrays))
    if (name.startsWith(`${prefix}/`)) found[name.slice(prefix.length + 1)] = array;
  return found;
}

/** The opposite: the same arrays with `prefix/` before every name. */
export function prefixed(prefix: string, arrays: Checkpoint['arrays']): Record<string, CheckpointArray> {
  return Object.fromEntries(Object.entries(arrays).map(([name, array]) => [`${prefix}/${name}`, array]));
}
