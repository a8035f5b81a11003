import { existsSync } from 'node:fs';
import { basename, dirname, join, resolve } from 'node:path';
import { parse } from 'yaml';
import {
  ConfigError,
  check,
  configFolders,
  didYouMean,
  displayPath,
  listConfigs,
  readYaml,
} from '../../envs/config/index.js';
import { isMapping, type Mapping, merge, setPath } from './merge.js';
import { type Experiment, experimentSchema } from './schema.js';

/** Options of the command line that change what a file says. */
export interface LoadOptions {
  /** Lay the file's `quick` over it. */
  readonly quick?: boolean;
  /** `path=value` each, the value in YAML; laid over everything else, in order. */
  readonly set?: readonly string[];
}

/** What `--quick` does where a file does not say: a run to see that everything works, no result. */
const DEFAULT_QUICK: Mapping = {
  seeds: 2,
  train: { llmCalls: 600 },
  evaluate: { incidents: 20 },
};

/** An experiment file as loaded, and the absolute path that its relative paths refer to. */
export interface LoadedExperiment {
  readonly experiment: Experiment;
  readonly file: string;
}

/**
 * Reads an experiment file: what it extends, then itself, then `quick`, then `--set`.
 *
 * @param path of the file; a bare name is looked up in `configs/experiments`.
 * @throws ConfigError, one line with file and path, for the first mistake.
 */
export function loadExperiment(path: string, options: LoadOptions = {}): LoadedExperiment {
  const file = locate(path);
  let value = readWithParents(file, []);
  if (options.quick) value = merge(value, merge(DEFAULT_QUICK, value.quick ?? {})) as Mapping;
  for (const assignment of options.set ?? []) value = assign(value, assignment);
  refuseEnvironmentVariables(displayPath(file), value, '');
  const experiment = check(displayPath(file), { name: stem(file), ...value }, experimentSchema);
  return { experiment, file };
}

/** Absolute path of an experiment file given by path, by name, or by path inside a config folder. */
function locate(path: string): string {
  const names = path.endsWith('.yaml') ? [path] : [path, `${path}.yaml`];
  const folders = [process.cwd(), ...configFolders().flatMap((f) => [join(f, 'experiments'), join(f, '..')])];
  for (const folder of folders) {
    for (const name of names) {
      const candidate = resolve(folder, name);
      if (candidate.endsWith('.yaml') && existsSync(candidate)) return candidate;
    }
  }
  const known = listConfigs('experiments', '.yaml');
  throw new ConfigError(`${path}: no such experiment file${didYouMean(stem(path), known.map(stem))}`);
}

function stem(file: string): string {
  return basename(file).replace(/\.ya?ml$/, '');
}

function readWithParents(file: string, children: readonly string[]): Mapping {
  if (children.includes(file)) {
    throw new ConfigError(
      `${displayPath(file)}: extends: expected no cycle, found ${[...children, file].map(displayPath).join(' → ')}`,
    );
  }
  const value = readYaml(file);
  if (!isMapping(value))
    throw new ConfigError(`${displayPath(file)}: (top): expected a mapping, found ${JSON.stringify(value)}`);
  const { extends: parent, ...own } = value;
  if (parent === undefined) return own;
  if (typeof parent !== 'string') {
    throw new ConfigError(`${displayPath(file)}: extends: expected a path, found ${JSON.stringify(parent)}`);
  }
  const parentFile = resolve(dirname(file), parent);
  if (!existsSync(parentFile)) {
    throw new ConfigError(`${displayPath(file)}: extends: expected an existing file, found "${parent}"`);
  }
  const {
    name: _parentName,
    description: _parentDescription,
    ...inherited
  } = readWithParents(parentFile, [...children, file]);
  return merge(inherited, own) as Mapping;
}

function assign(value: Mapping, assignment: string): Mapping {
  const equals = assignment.indexOf('=');
  if (equals < 1) throw new ConfigError(`--set ${assignment}: expected path=value, found no "="`);
  let parsed: unknown;
  try {
    parsed = parse(assignment.slice(equals + 1));
  } catch {
    throw new ConfigError(
      `--set ${assignment}: expected a YAML value, found "${assignment.slice(equals + 1)}"`,
    );
  }
  return setPath(value, assignment.slice(0, equals).split('.'), parsed) as Mapping;
}

/** A config must mean the same on every machine, so nothing is filled in from the environment. */
function refuseEnvironmentVariables(where: string, value: unknown, path: string): void {
  if (typeof value === 'string' && /\$\{[^}]*\}|^\$[A-Z_]+$/.test(value)) {
    throw new ConfigError(
      `${where}: ${path}: expected a literal value, found the environment variable "${value}"`,
    );
  }
  if (Array.isArray(value))
    for (const [i, item] of value.entries()) refuseEnvironmentVariables(where, item, `${path}[${i}]`);
  else if (isMapping(value)) {
    for (const [key, item] of Object.entries(value))
      refuseEnvironmentVariables(where, item, path ? `${path}.${key}` : key);
  }
}
