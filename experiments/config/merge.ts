/** A YAML mapping. */
export type Mapping = { [key: string]: unknown };

export function isMapping(value: unknown): value is Mapping {
  return typeof value === 'object' && value !== null && !Array.isArray(value);
}

/**
 * `override` laid over `base`, both left alone. Mappings are merged key by key, everything else is replaced; `null`
 * takes a key away. A mapping whose `kind` differs from the base's replaces it whole, since the options of one kind
 * mean nothing to another.
 */
export function merge(base: unknown, override: unknown): unknown {
  if (!isMapping(base) || !isMapping(override)) return override;
  if ('kind' in override && override.kind !== base.kind) return override;
  const merged: Mapping = { ...base };
  for (const [key, value] of Object.entries(override)) {
    if (value === null) delete merged[key];
    else merged[key] = merge(base[key], value);
  }
  return merged;
}

/** A copy of `target` with `value` at a dotted path; mappings on the way are made. */
export function setPath(target: unknown, path: readonly string[], value: unknown): unknown {
  const [key, ...rest] = path;
  if (key === undefined) return merge(target, value);
  const mapping = isMapping(target) ? target : {};
  if (rest.length === 0 && value === null) {
    const { [key]: _removed, ...others } = mapping;
    return others;
  }
  return { ...mapping, [key]: setPath(mapping[key], rest, value) };
}
