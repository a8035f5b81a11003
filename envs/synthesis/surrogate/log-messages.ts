import type { CompiledSign } from './compiled-sign.js';
import type { Signs } from './signs.js';

/** A duration in a message. */
const DURATION = /\b\d+(\.\d+)? ?m?s\b/g;
/** Distinct messages that are remembered; when there are more, it starts over. */
const MEMORY = 20_000;

/** What a log message says, whoever writes it. */
export interface LogMessage {
  readonly signs: readonly CompiledSign[];
  /** Services that an error is about, by the names in it; none when it says what is the matter with whoever writes it. */
  readonly accused: readonly number[];
}

/** Log messages as they are read, each once for as long as the services are the same. */
export class LogMessages {
  private services: ReadonlyMap<string, number> | null = null;
  private readonly memory = new Map<string, LogMessage>();

  constructor(private readonly signs: Signs) {}

  read(message: string, services: ReadonlyMap<string, number>): LogMessage {
    if (services !== this.services || this.memory.size >= MEMORY) this.memory.clear();
    this.services = services;
    const known = this.memory.get(message);
    if (known) return known;
    // How long something took is no sign, and 403 ms is no status code.
    const signs = this.signs.ofLog(message.replace(DURATION, '# ms'));
    const accuses =
      signs.some((sign) => sign.blamesOther && sign.problems.length > 0) ||
      signs.every((sign) => sign.blamesOther);
    const read = { signs, accused: accuses ? named(message, services) : [] };
    this.memory.set(message, read);
    return read;
  }
}

/** Services that a message names as whole words. */
function named(message: string, services: ReadonlyMap<string, number>): number[] {
  const words = new Set(message.toLowerCase().split(/[^a-z0-9-]+/));
  return [...services].flatMap(([name, s]) => (words.has(name) ? [s] : []));
}
