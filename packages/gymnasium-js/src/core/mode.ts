/**
 * Synchronous and asynchronous environments share one API: the same results, or promises of them.
 *
 * A simulated environment stays synchronous and destructurable; one that calls a remote model is asynchronous. Wrappers are
 * written once, with {@link after}.
 */
export type Mode = 'sync' | 'async';

/** `T` for a synchronous environment, a promise of it for an asynchronous one, either when the mode is open. */
export type InMode<T, M extends Mode> = M extends 'sync' ? T : Promise<T>;

export type MaybePromise<T> = T | Promise<T>;

/**
 * Applies `then` to a result now, or when it arrives.
 *
 * The mode is carried by the types only: the caller promises that `value` is of mode `M`.
 */
export function after<T, U, M extends Mode>(value: InMode<T, M>, then: (value: T) => U): InMode<U, M> {
  const given = value as MaybePromise<T>;
  return (given instanceof Promise ? given.then(then) : then(given)) as InMode<U, M>;
}

/** Like {@link after} where the continuation itself calls an environment. */
export function afterCall<T, U, M extends Mode>(
  value: InMode<T, M>,
  then: (value: T) => InMode<U, M>,
): InMode<U, M> {
  const given = value as MaybePromise<T>;
  return (given instanceof Promise ? given.then(then) : then(given)) as InMode<U, M>;
}

/** A result that is known now, in the mode of `like`. */
export function sameMode<T, M extends Mode>(like: InMode<unknown, M>, value: T): InMode<T, M> {
  return ((like as unknown) instanceof Promise ? Promise.resolve(value) : value) as InMode<T, M>;
}
