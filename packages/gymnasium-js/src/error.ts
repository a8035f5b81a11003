/** The error classes of Gymnasium. All derive from `GymnasiumError`, Gymnasium's `error.Error`. */

/** Superclass of this package's own errors. Bad argument values are `RangeError` or `TypeError`, as in the language. */
export class GymnasiumError extends Error {
  override readonly name: string = this.constructor.name;
}

/** The registry has no such environment. */
export class UnregisteredEnv extends GymnasiumError {}
export class NamespaceNotFound extends UnregisteredEnv {}
export class NameNotFound extends UnregisteredEnv {}
export class VersionNotFound extends UnregisteredEnv {}

/** A version older than the latest registered one was asked for. */
export class DeprecatedEnv extends GymnasiumError {}

/** An id that contradicts the registry: versioned beside unversioned of the same name. */
export class RegistrationError extends GymnasiumError {}

/** A render mode that the environment does not have. */
export class UnsupportedMode extends GymnasiumError {}

export class InvalidMetadata extends GymnasiumError {}

/** `step` or `render` before `reset`. */
export class ResetNeeded extends GymnasiumError {}

/** An action outside the action space. */
export class InvalidAction extends GymnasiumError {}
export class MissingArgument extends GymnasiumError {}
export class InvalidProbability extends GymnasiumError {}
export class InvalidBound extends GymnasiumError {}

/** A second call of a vector environment before the first was answered. */
export class AlreadyPendingCallError extends GymnasiumError {}

/** An answer was awaited that nobody asked for. */
export class NoAsyncCallError extends GymnasiumError {}

/** Any use of a closed vector environment. */
export class ClosedEnvironmentError extends GymnasiumError {}

/** A space of a class of the user's own where only known spaces can be batched. */
export class CustomSpaceError extends GymnasiumError {}

/** A check of `checkEnv` or of the passive checker failed. Gymnasium raises `AssertionError`. */
export class CheckError extends GymnasiumError {}
