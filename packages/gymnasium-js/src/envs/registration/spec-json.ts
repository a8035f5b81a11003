/** Specs as JSON text and back, and as text for people. */
import { GymnasiumError } from '../../error.js';
import { registry } from './registry.js';
import { createSpec, type EnvSpec, type WrapperSpec } from './spec.js';

type Plain = Omit<EnvSpec, 'entryPoint' | 'vectorEntryPoint' | 'namespace' | 'name' | 'version'>;

function findFunction(value: unknown, path: string): string | null {
  if (typeof value === 'function') return path;
  if (typeof value !== 'object' || value === null) return null;
  for (const [key, part] of Object.entries(value)) {
    const found = findFunction(part, path === '' ? key : `${path}.${key}`);
    if (found !== null) return found;
  }
  return null;
}

/**
 * A spec as JSON. The entry points are functions and stay out; {@link specFromJson} takes them from the registry by id.
 *
 * @throws GymnasiumError when an argument is a function
 */
export function specToJson(spec: EnvSpec): string {
  const { entryPoint: _, vectorEntryPoint: __, namespace: ___, name: ____, version: _____, ...plain } = spec;
  const path = findFunction(plain, '');
  if (path !== null) {
    throw new GymnasiumError(
      `Function found in ${spec.id} for ${path}: functions cannot be part of a spec's JSON.`,
    );
  }
  return JSON.stringify(plain);
}

function isWrapper(value: unknown): value is WrapperSpec {
  return (
    typeof value === 'object' && value !== null && typeof (value as { name?: unknown }).name === 'string'
  );
}

/**
 * The spec of a JSON text, with the entry points that its id has in the registry.
 *
 * @throws GymnasiumError when the text is no spec or the id is not registered
 */
export function specFromJson(text: string): EnvSpec {
  const data: unknown = JSON.parse(text);
  const plain = data as Partial<Plain>;
  if (typeof data !== 'object' || data === null || typeof plain.id !== 'string') {
    throw new GymnasiumError(`An issue occurred when trying to make ${text} an EnvSpec`);
  }
  for (const wrapper of plain.additionalWrappers ?? []) {
    if (!isWrapper(wrapper)) {
      throw new GymnasiumError(
        `An issue occurred when trying to make ${JSON.stringify(wrapper)} a WrapperSpec`,
      );
    }
  }
  const known = registry.get(plain.id);
  if (known === undefined) {
    throw new GymnasiumError(
      `${plain.id} is not registered: import the package that registers it before reading its spec.`,
    );
  }
  const { entryPoint, vectorEntryPoint } = known;
  return createSpec({ ...(plain as Plain), entryPoint, vectorEntryPoint });
}

/** A spec for people: what differs from the defaults, or everything with `all`. */
export function formatSpec(spec: EnvSpec, { all = false }: { readonly all?: boolean } = {}): string {
  const defaults = createSpec({ id: spec.id });
  const fields = [
    'rewardThreshold',
    'nondeterministic',
    'maxEpisodeSteps',
    'orderEnforce',
    'disableEnvChecker',
  ] as const;
  const lines = [`id=${spec.id}`];
  for (const field of fields) {
    if (all || spec[field] !== defaults[field]) lines.push(`${field}=${spec[field]}`);
  }
  if (all || spec.additionalWrappers.length > 0) {
    const wrappers = spec.additionalWrappers.map(
      ({ name, kwargs }) => `\n\tname=${name}, kwargs=${JSON.stringify(kwargs)}`,
    );
    lines.push(`additionalWrappers=[${wrappers.join(',')}${wrappers.length > 0 ? '\n' : ''}]`);
  }
  return lines.join('\n');
}

/** All registered ids in columns, by namespace (Gymnasium's `pprint_registry`). */
export function formatRegistry({ columns = 3 }: { readonly columns?: number } = {}): string {
  const groups = new Map<string, string[]>();
  for (const { id, namespace } of registry.values()) {
    const group = namespace ?? 'gymnasium-js';
    groups.set(group, [...(groups.get(group) ?? []), id]);
  }
  const width = Math.max(0, ...[...registry.keys()].map((id) => id.length));
  return [...groups]
    .map(([group, ids]) => {
      const sorted = [...ids].sort();
      const rows: string[] = [];
      for (let i = 0; i < sorted.length; i += columns) {
        rows.push(
          sorted
            .slice(i, i + columns)
            .map((id) => id.padEnd(width))
            .join(' ')
            .trimEnd(),
        );
      }
      return `===== ${group} =====\n${rows.join('\n')}`;
    })
    .join('\n');
}
