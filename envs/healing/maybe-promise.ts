export type MaybePromise<T> = T | Promise<T>;

/** Applies `next` to a value now, or to a promised value when it arrives: one body for both modes of an environment. */
export function after<T, U>(value: MaybePromise<T>, next: (value: T) => MaybePromise<U>): MaybePromise<U> {
  return value instanceof Promise ? value.then(next) : next(value);
}
