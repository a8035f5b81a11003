import { ConfigError } from '../../envs/config/index.js';

/** A command-line option that must be a whole number. @throws ConfigError */
export function wholeNumber(option: string, text: string, least = 0): number {
  const value = Number(text);
  if (Number.isSafeInteger(value) && value >= least && text.trim() !== '') return value;
  throw new ConfigError(`--${option}: expected a whole number of at least ${least}, found "${text}"`);
}

/** Writes a line to standard output. */
export function print(line = ''): void {
  process.stdout.write(`${line}\n`);
}

/** Writes a value as indented JSON to standard output. */
export function printJson(value: unknown): void {
  print(JSON.stringify(value, null, 2));
}
