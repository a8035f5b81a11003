/** Finding a Python that a test compares with. */
import { spawnSync } from 'node:child_process';
import { existsSync } from 'node:fs';
import { fileURLToPath } from 'node:url';

export interface PythonWanted {
  /** Folder below .pase-cache that the setup script makes. */
  readonly folder: string;
  /** Environment variable that may name another one. */
  readonly variable: string;
  /** Fails where something is missing. */
  readonly probe: string;
  /** What is missing then, and how to get it. */
  readonly missing: string;
}

/** The Python of the variable, the one that was set up, or `python3`; null, with a line that says so, when none can run the probe. */
export function findPython({ folder, variable, probe, missing }: PythonWanted): string | null {
  const given = process.env[variable];
  const local = ['bin/python', 'Scripts/python.exe'].map((file) =>
    fileURLToPath(new URL(`../.pase-cache/${folder}/${file}`, import.meta.url)),
  );
  const candidates = [...(given === undefined ? [] : [given]), ...local.filter(existsSync), 'python3'];
  for (const python of candidates) {
    if (spawnSync(python, ['-c', probe], { stdio: 'ignore' }).status === 0) return python;
  }
  console.log(`skipped: ${missing}`);
  return null;
}
