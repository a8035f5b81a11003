const names: Record<string, true> = Object.create(null);

/**
 * Makes the engine keep one string for all equal ones, which it does for names of properties: maps then find a name by comparing
 * references instead of characters. Configurations name the same things again and again. Returns what it is given.
 */
export function intern(text: string): string {
  names[text] = true;
  return text;
}

/** {@link intern} for all strings in plain data. */
export function internAll<T>(data: T): T {
  if (typeof data === 'string') intern(data);
  else if (data !== null && typeof data === 'object') for (const part of Object.values(data)) internAll(part);
  return data;
}
