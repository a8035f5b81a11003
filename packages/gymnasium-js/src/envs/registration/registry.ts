import {
  DeprecatedEnv,
  GymnasiumError,
  NameNotFound,
  NamespaceNotFound,
  RegistrationError,
  VersionNotFound,
} from '../../error.js';
import { warn } from '../../logger.js';
import { closeMatch } from './close-match.js';
import { getEnvId, parseEnvId } from './env-id.js';
import { createSpec, type EnvSpec, type SpecInit } from './spec.js';

/** All registered environments by id. Filled by {@link register}. */
export const registry = new Map<string, EnvSpec>();

let currentNamespace: string | null = null;

/** Registers everything that `body` registers under a namespace. */
export function namespace<T>(name: string, body: () => T): T {
  const before = currentNamespace;
  currentNamespace = name;
  try {
    return body();
  } finally {
    currentNamespace = before;
  }
}

function siblings(ns: string | null, name: string): EnvSpec[] {
  return [...registry.values()].filter((spec) => spec.namespace === ns && spec.name === name);
}

function latest(specs: readonly EnvSpec[]): EnvSpec | null {
  let best: EnvSpec | null = null;
  for (const spec of specs) {
    if (spec.version !== null && (best === null || spec.version > best.version!)) best = spec;
  }
  return best;
}

/** The highest registered version of an environment; null when there is none. */
export function findHighestVersion(ns: string | null, name: string): number | null {
  return latest(siblings(ns, name))?.version ?? null;
}

function checkRegistrable(spec: EnvSpec): void {
  const same = siblings(spec.namespace, spec.name);
  const unversioned = same.find(({ version }) => version === null);
  const versioned = latest(same);
  if (unversioned !== undefined && spec.version !== null) {
    throw new RegistrationError(
      `Can't register the versioned environment \`${spec.id}\` when the unversioned environment \`${unversioned.id}\` of the same name already exists.`,
    );
  }
  if (versioned !== null && spec.version === null) {
    throw new RegistrationError(
      `Can't register the unversioned environment \`${spec.id}\` when the versioned environment \`${versioned.id}\` of the same name already exists. Note: the default behavior is that \`make\` with the unversioned environment will return the latest versioned environment`,
    );
  }
}

/**
 * Makes an environment known to {@link make} under `[namespace/]name[-v(version)]`.
 *
 * @throws RangeError when there is nothing to create it with
 * @throws RegistrationError when a versioned and an unversioned id of one name would stand side by side
 */
export function register(init: SpecInit): void {
  if (!init.entryPoint && !init.vectorEntryPoint) {
    throw new RangeError('Either `entryPoint` or `vectorEntryPoint` (or both) must be provided');
  }
  const parsed = parseEnvId(init.id);
  const id = getEnvId({ ...parsed, namespace: currentNamespace ?? parsed.namespace });
  const spec = createSpec({ ...init, id });
  checkRegistrable(spec);
  if (registry.has(id)) warn(`Overriding environment ${id} already in registry.`);
  registry.set(id, spec);
}

function checkNamespace(ns: string | null): void {
  if (ns === null) return;
  const known = new Set([...registry.values()].map((spec) => spec.namespace).filter((name) => name !== null));
  if (known.has(ns)) return;
  const close = closeMatch(ns, known);
  const hint =
    close === null ? `Have you installed the proper package for ${ns}?` : `Did you mean: \`${close}\`?`;
  throw new NamespaceNotFound(`Namespace ${ns} not found. ${hint}`);
}

function checkName(ns: string | null, name: string): void {
  checkNamespace(ns);
  const names = new Set(
    [...registry.values()].filter((spec) => spec.namespace === ns).map((spec) => spec.name),
  );
  if (names.has(name)) return;
  const close = closeMatch(name, names);
  const where = ns === null ? '' : ` in namespace ${ns}`;
  const hint = close === null ? '' : ` Did you mean: \`${close}\`?`;
  throw new NameNotFound(`Environment \`${name}\` doesn't exist${where}.${hint}`);
}

/** Throws the most helpful error for an id that the registry does not have. */
function explainMissing(id: string): never {
  const { namespace: ns, name, version } = parseEnvId(id);
  checkName(ns, name);
  const bare = getEnvId({ namespace: ns, name, version: null });
  if (version !== null) {
    const specs = siblings(ns, name).sort((a, b) => (a.version ?? -1) - (b.version ?? -1));
    const unversioned = specs.find((spec) => spec.version === null);
    let message = `Environment version \`v${version}\` for environment \`${bare}\` doesn't exist.`;
    if (unversioned !== undefined) {
      message += ` It provides the default version \`${unversioned.id}\`.`;
      throw new DeprecatedEnv(message);
    }
    const newest = latest(specs)!;
    if (version > newest.version!) {
      const versions = specs.map((spec) => `\`v${spec.version}\``).join(', ');
      throw new VersionNotFound(`${message} It provides versioned environments: [ ${versions} ].`);
    }
    throw new DeprecatedEnv(
      `Environment version v${version} for \`${bare}\` is deprecated. Please use \`${newest.id}\` instead.`,
    );
  }
  throw new GymnasiumError(`No registered env with id: ${id}`);
}

/**
 * The spec of an id, exactly.
 *
 * @throws NamespaceNotFound, NameNotFound, VersionNotFound or DeprecatedEnv, with the nearest known name
 */
export function spec(id: string): EnvSpec {
  const found = registry.get(id);
  return found ?? explainMissing(id);
}

/** The spec that {@link make} uses: an id without a version means the latest, an outdated version warns. */
export function findSpec(id: string): EnvSpec {
  const { namespace: ns, name, version } = parseEnvId(id);
  const newest = findHighestVersion(ns, name);
  if (version === null && newest !== null) {
    const fullId = getEnvId({ namespace: ns, name, version: newest });
    warn(
      `Using the latest versioned environment \`${fullId}\` instead of the unversioned environment \`${id}\`.`,
    );
    return spec(fullId);
  }
  if (version !== null && newest !== null && newest > version && registry.has(id)) {
    warn(`The environment ${id} is out of date. You should consider upgrading to version \`v${newest}\`.`);
  }
  return spec(id);
}
