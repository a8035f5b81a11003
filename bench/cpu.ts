/** CPU of this process in microseconds. */
export function cpu(): number {
  const { user, system } = process.cpuUsage();
  return user + system;
}

/** Microseconds of CPU after which the engine has compiled what it will: before that its own work is a part of what is measured. */
export const WARM_UP = 3e6;
