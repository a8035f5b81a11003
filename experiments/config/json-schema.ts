import { z } from 'zod';
import { experimentSchema } from './schema.js';

/** JSON schema of an experiment file, for editors; from the same source as the checks. */
export function experimentJsonSchema(): object {
  const schema = z.toJSONSchema(experimentSchema, { io: 'input', unrepresentable: 'any' }) as {
    required?: string[];
  };
  // The file's name stands in for `name`, and a file that extends another may leave its methods to it.
  const required = (schema.required ?? []).filter((key) => key !== 'name' && key !== 'methods');
  return { title: 'pase-gym experiment', ...schema, required };
}
