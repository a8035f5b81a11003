import { findPython as find } from '../python.js';

/** A Python that can import an outside judge of the PDDL engine; null, with a line that says so, when none can. */
export function findPython(module: string): string | null {
  return find({
    folder: 'pddl-python',
    variable: 'PASE_PDDL_PYTHON',
    probe: `import ${module}`,
    missing: `no Python with ${module} (node scripts/pddl/setup-python.mjs installs it)`,
  });
}
