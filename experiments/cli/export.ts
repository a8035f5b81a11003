import { existsSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { CheckpointError, exportCheckpoint } from '../../agents/index.js';
import { ConfigError, displayPath, unknownName } from '../../envs/config/index.js';
import { print } from './options.js';

export interface ExportOptions {
  readonly format: string;
  readonly out?: string;
}

const FORMATS = ['tfjs-layers'];

/** `pase export`: a checkpoint's network as a model that `tf.loadLayersModel` reads. */
export async function exportCommand(path: string, { format, out }: ExportOptions): Promise<void> {
  if (!FORMATS.includes(format)) throw unknownName('--format', 'a format', format, FORMATS);
  const checkpoint = checkpointIn(resolve(path));
  const folder = out === undefined ? `${checkpoint}-${format}` : resolve(out);
  try {
    await exportCheckpoint(checkpoint, folder);
  } catch (error) {
    if (error instanceof CheckpointError)
      throw new ConfigError(`${displayPath(checkpoint)}: ${error.message}`);
    throw error;
  }
  print(`wrote ${displayPath(join(folder, 'model.json'))}`);
}

/** The folder itself, or the checkpoint of the seed-run that it is. */
function checkpointIn(folder: string): string {
  for (const candidate of [folder, join(folder, 'checkpoint')])
    if (existsSync(join(candidate, 'agent.json'))) return candidate;
  throw new ConfigError(
    `${displayPath(folder)}: expected a checkpoint or the folder of a seed-run, found no agent.json in it`,
  );
}
