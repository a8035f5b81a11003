/** CPU of this process in microseconds. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/**
 * Microseconds of CPU after which the engine has compiled what it will: before that its own work is a part of what is measured. A step of
 * healing takes 596, 152, 139, 135, 135 µs in windows of three seconds.
 */
export const WARM_UP = 9e6;
