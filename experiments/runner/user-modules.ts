import { pathToFileURL } from 'node:url';
import { ConfigError, displayPath } from '../../envs/config/index.js';

/**
 * Loads a researcher's own modules, which register agents, synthesizers or environments as they are loaded.
 * @param paths absolute. @throws ConfigError when one cannot be loaded.
 */
export async function loadUserModules(paths: readonly string[]): Promise<void> {
  for (const path of paths) {
    try {
      await import(pathToFileURL(path).href);
    } catch (error) {
      const reason = error instanceof Error ? error.message.split('\n')[0] : String(error);
      throw new ConfigError(`imports: expected a module that loads, found ${displayPath(path)}: ${reason}`);
    }
  }
}
