import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

/** The Python of a benchmark's peer: of the environment variable, of the folder below .pase-cache that a setup script makes, or `python3`. */
export function peerPython(folder: string, variable: string): string {
  const local = fileURLToPath(new URL(`../../.pase-cache/${folder}/bin/python`, import.meta.url));
  return process.env[variable] ?? (existsSync(local) ? local : 'python3');
}
