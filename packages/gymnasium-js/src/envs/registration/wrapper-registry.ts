import type { AnyEnv } from '../../core/env.js';
import { GymnasiumError } from '../../error.js';
import { closeMatch } from './close-match.js';
import type { Kwargs, WrapperSpec } from './spec.js';

type Builder = (env: AnyEnv, kwargs: Kwargs) => AnyEnv;

const builders = new Map<string, Builder>();

/** Makes a wrapper class known by name, so that `make` can rebuild it from a spec. */
export function registerWrapper(name: string, build: Builder): void {
  builders.set(name, build);
}

/** @throws GymnasiumError when the wrapper is unknown or was built with a function */
export function buildWrapper(env: AnyEnv, { name, kwargs }: WrapperSpec): AnyEnv {
  if (kwargs === null) {
    throw new GymnasiumError(
      `${name} wrapper was not recorded with plain arguments, therefore, the wrapper cannot be recreated.`,
    );
  }
  const build = builders.get(name);
  if (build === undefined) {
    const close = closeMatch(name, builders.keys());
    const hint = close === null ? '' : ` Did you mean: \`${close}\`?`;
    throw new GymnasiumError(`Wrapper \`${name}\` is not known; use registerWrapper().${hint}`);
  }
  return build(env, kwargs);
}
