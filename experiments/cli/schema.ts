import { experimentJsonSchema } from '../config/index.js';
import { printJson } from './options.js';

/** `pase schema`. */
export function schemaCommand(): void {
  printJson(experimentJsonSchema());
}
