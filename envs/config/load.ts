import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { dirname, join, relative, resolve } from 'node:path';
import { fileURLToPath } from 'node:url';
import { LineCounter, parseDocument } from 'yaml';
import type { z } from 'zod';
import { ConfigError, didYouMean } from './errors.js';
import { internAll } from './intern.js';

/** Folder of the package that holds `configs/` (the same from sources and from `dist/`). */
export const packageRoot = findPackageRoot(dirname(fileURLToPath(import.meta.url)));

function findPackageRoot(start: string): string {
  for (let folder = start; ; folder = dirname(folder)) {
    if (existsSync(join(folder, 'package.json')) && existsSync(join(folder, 'configs'))) return folder;
    if (folder === dirname(folder)) throw new Error(`no package root with configs/ above ${start}`);
  }
}

/** Folders that hold configs, first match wins: the user's working folder, then the package. */
export function configFolders(): string[] {
  const user = resolve('configs');
  const shipped = join(packageRoot, 'configs');
  return user === shipped || !existsSync(user) ? [shipped] : [user, shipped];
}

/** Absolute path of `configs/<path>`, the user's before the package's. @throws ConfigError when in neither. */
export function findConfig(path: string): string {
  for (const folder of configFolders()) {
    const candidate = join(folder, path);
    if (existsSync(candidate)) return candidate;
  }
  const folder = dirname(path);
  throw new ConfigError(
    `configs/${path}: no such file${didYouMean(
      path,
      listConfigs(folder).map((name) => join(folder, name)),
    )}`,
  );
}

/** Names of the files in `configs/<folder>`, of the user and the package together, sorted. */
export function listConfigs(folder: string, extension = ''): string[] {
  const names = new Set<string>();
  for (const base of configFolders()) {
    const path = join(base, folder);
    if (!existsSync(path)) continue;
    for (const name of readdirSync(path)) if (name.endsWith(extension)) names.add(name);
  }
  return [...names].sort();
}

/** A path as a person wants to see it: relative to the working folder when inside it. */
export function displayPath(file: string): string {
  const short = relative(process.cwd(), file);
  return short.startsWith('..') ? file : short || '.';
}

/** Parsed YAML of a file. @throws ConfigError with file, line and column for a syntax error or a missing file. */
export function readYaml(file: string): unknown {
  let text: string;
  try {
    text = readFileSync(file, 'utf8');
  } catch {
    throw new ConfigError(`${displayPath(file)}: no such file`);
  }
  const lineCounter = new LineCounter();
  const document = parseDocument(text, { lineCounter, prettyErrors: false });
  const problem = document.errors[0];
  if (problem) {
    const { line, col } = lineCounter.linePos(problem.pos[0]);
    throw new ConfigError(`${displayPath(file)}:${line}:${col}: ${problem.message.split('\n')[0]}`);
  }
  return internAll(document.toJS() as unknown);
}

/** YAML of `file` checked against `schema`. @throws ConfigError, one line, for the first mistake. */
export function loadYaml<Schema extends z.ZodType>(file: string, schema: Schema): z.infer<Schema> {
  return check(displayPath(file), readYaml(file), schema);
}

/** `value` checked against `schema`. @param where names the value's origin in the error. @throws ConfigError */
export function check<Schema extends z.ZodType>(
  where: string,
  value: unknown,
  schema: Schema,
): z.infer<Schema> {
  const result = schema.safeParse(value);
  if (result.success) return result.data;
  throw new ConfigError(`${where}: ${describeIssue(result.error.issues[0]!, value, schema)}`);
}

type Issue = z.core.$ZodIssue;

function at(value: unknown, path: readonly PropertyKey[]): unknown {
  let found = value;
  for (const key of path) found = (found as Record<PropertyKey, unknown> | null | undefined)?.[key];
  return found;
}

function pathText(path: readonly PropertyKey[]): string {
  return path.length === 0
    ? '(top)'
    : path
        .map((key) => (typeof key === 'number' ? `[${key}]` : String(key)))
        .join('.')
        .replaceAll('.[', '[');
}

function show(value: unknown): string {
  if (value === undefined) return 'nothing';
  const text = JSON.stringify(value) ?? String(value);
  return text.length > 60 ? `${text.slice(0, 57)}...` : text;
}

/** What is read of a zod schema's definition; the fields depend on its kind. */
interface Definition {
  readonly type: string;
  readonly shape?: Record<string, z.core.$ZodType>;
  readonly innerType?: z.core.$ZodType;
  readonly element?: z.core.$ZodType;
  readonly valueType?: z.core.$ZodType;
  readonly in?: z.core.$ZodType;
  readonly options?: z.core.$ZodType[];
  readonly discriminator?: string;
  readonly values?: readonly unknown[];
}

function definitionOf(schema: z.core.$ZodType): Definition {
  return (schema as z.ZodType)._zod.def as unknown as Definition;
}

/** Branches of a union that a value can mean: the one that its discriminator chooses, else all. */
function branchesFor(
  { options = [], discriminator }: Definition,
  value: unknown,
): readonly z.core.$ZodType[] {
  if (discriminator === undefined) return options;
  const kind = (value as Record<string, unknown> | null | undefined)?.[discriminator];
  const chosen = options.filter((option) => {
    const tag = definitionOf(option).shape?.[discriminator];
    return tag !== undefined && definitionOf(tag).values?.includes(kind);
  });
  return chosen.length > 0 ? chosen : options;
}

/** Keys that the schema knows at a path into `value`, for the nearest valid name of an unknown key. */
function keysAt(schema: z.core.$ZodType, path: readonly PropertyKey[], value: unknown): string[] {
  const def = definitionOf(schema);
  if (def.innerType) return keysAt(def.innerType, path, value);
  if (def.in) return keysAt(def.in, path, value);
  if (def.options)
    return [...new Set(branchesFor(def, value).flatMap((option) => keysAt(option, path, value)))];
  const [key, ...rest] = path;
  if (key === undefined) return def.shape ? Object.keys(def.shape) : [];
  const next = def.shape?.[String(key)] ?? def.element ?? def.valueType;
  return next ? keysAt(next, rest, at(value, [key])) : [];
}

/** One issue of zod as `path: expected X, found Y; did you mean "Z"?`. */
function describeIssue(issue: Issue, root: unknown, schema: z.core.$ZodType): string {
  const found = at(root, issue.path);
  const where = pathText(issue.path);
  switch (issue.code) {
    case 'unrecognized_keys': {
      const key = issue.keys[0]!;
      const known = keysAt(schema, issue.path, root);
      return `${pathText([...issue.path, key])}: expected one of ${known.join(', ')}, found "${key}"${didYouMean(key, known)}`;
    }
    case 'invalid_value': {
      const values = issue.values.map(String);
      const nearest = typeof found === 'string' ? didYouMean(found, values) : '';
      return `${where}: expected one of ${values.join(', ')}, found ${show(found)}${nearest}`;
    }
    case 'invalid_type':
      return `${where}: expected ${issue.expected}, found ${show(found)}`;
    case 'invalid_union':
      return describeUnion(issue, root, schema);
    default:
      return `${where}: ${issue.message}, found ${show(found)}`;
  }
}

/** Of a union's branches, the one that got deepest into the value says best what is wrong. */
function describeUnion(
  issue: Extract<Issue, { code: 'invalid_union' }>,
  root: unknown,
  schema: z.core.$ZodType,
): string {
  const firsts = issue.errors.map((issues) => issues[0]).filter((first) => first !== undefined);
  if (firsts.length === 0)
    return `${pathText(issue.path)}: ${issue.message}, found ${show(at(root, issue.path))}`;
  const deepest = firsts.reduce((best, next) => (next.path.length > best.path.length ? next : best));
  return describeIssue({ ...deepest, path: [...issue.path, ...deepest.path] } as Issue, root, schema);
}
