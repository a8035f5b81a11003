import { GymnasiumError } from '../../error.js';

export interface EnvId {
  readonly namespace: string | null;
  readonly name: string;
  readonly version: number | null;
}

const PATTERN = /^(?:(?<namespace>[\w:-]+)\/)?(?<name>[\w:.-]+?)(?:-v(?<version>\d+))?$/;

/** Takes `[namespace/](env-name)[-v(version)]` apart. @throws GymnasiumError when the id is malformed */
export function parseEnvId(id: string): EnvId {
  const match = PATTERN.exec(id);
  if (match === null) {
    throw new GymnasiumError(
      `Malformed environment ID: ${id}. (Currently all IDs must be of the form [namespace/](env-name)-v(version). (namespace is optional))`,
    );
  }
  const { namespace, name, version } = match.groups as { namespace?: string; name: string; version?: string };
  return {
    namespace: namespace ?? null,
    name,
    version: version === undefined ? null : Number(version),
  };
}

/** Inverse of {@link parseEnvId}. */
export function getEnvId({ namespace, name, version }: EnvId): string {
  const versioned = version === null ? name : `${name}-v${version}`;
  return namespace === null ? versioned : `${namespace}/${versioned}`;
}
