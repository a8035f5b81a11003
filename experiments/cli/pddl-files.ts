import { readFileSync } from 'node:fs';
import { type Domain, PddlError, type Plan, type Problem, parseDomain, parsePlan, parseProblem } from 'pddl';
import { ConfigError } from '../../envs/config/index.js';

/** Reads and parses a file; what is wrong with it is a mistake of the user's, in one line. @throws ConfigError */
function load<T>(file: string, parse: (bytes: Uint8Array, file: string) => T): T {
  let bytes: Uint8Array;
  try {
    bytes = readFileSync(file);
  } catch (error) {
    const { code } = error as NodeJS.ErrnoException;
    throw new ConfigError(`${file}: expected a file that can be read, found ${code ?? String(error)}`);
  }
  try {
    return parse(bytes, file);
  } catch (error) {
    if (error instanceof PddlError) throw new ConfigError(error.message);
    throw error;
  }
}

/** @throws ConfigError */
export function loadTaskFiles(domainFile: string, problemFile: string): { domain: Domain; problem: Problem } {
  const domain = load(domainFile, parseDomain);
  const problem = load(problemFile, (bytes, file) => parseProblem(bytes, domain, file));
  return { domain, problem };
}

/** @throws ConfigError */
export function loadPlanFile(file: string): Plan {
  return load(file, parsePlan);
}
