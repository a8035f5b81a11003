import { z } from 'zod';
import { displayPath, findConfig, loadYaml, unknownName } from '../config/index.js';
import { type DomainModel, loadDomain } from './domain.js';

const schema = z.strictObject({
  /** Primitives that carry out each phrase. */
  phrases: z.record(z.string(), z.array(z.string()).min(1)),
  /** Primitives that no phrase names, with the reason for having them. */
  beyond: z.record(z.string(), z.string().min(1)),
  /** Phrases of each fault type of the catalogue, in its order. */
  rows: z.record(z.string(), z.array(z.string()).min(1)),
});

export type RecoveryPhrases = z.infer<typeof schema>;

const PATH = 'domains/recovery-phrases.yaml';

/**
 * The table from the recovery phrases of the fault catalogue to primitives.
 * @throws ConfigError when a name is no primitive of the domain, or a row has a phrase that the table lacks
 */
export function recoveryPhrases(domain: DomainModel = loadDomain()): RecoveryPhrases {
  const file = findConfig(PATH);
  const table = loadYaml(file, schema);
  const where = displayPath(file);
  const names = [...domain.byName.keys()];
  const known = (at: string, name: string): void => {
    if (!domain.byName.has(name)) throw unknownName(`${where}: ${at}`, 'a primitive', name, names);
  };
  for (const [phrase, primitives] of Object.entries(table.phrases)) {
    for (const name of primitives) known(`phrases["${phrase}"]`, name);
  }
  for (const name of Object.keys(table.beyond)) known('beyond', name);
  for (const [row, phrases] of Object.entries(table.rows)) {
    for (const phrase of phrases) {
      if (!(phrase in table.phrases))
        throw unknownName(
          `${where}: rows.${row}`,
          'a phrase of the table',
          phrase,
          Object.keys(table.phrases),
        );
    }
  }
  return table;
}
