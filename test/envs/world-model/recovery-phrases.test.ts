import { existsSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../envs/config/index.js';
import { loadDomain } from '../../../envs/world-model/domain.js';
import { recoveryPhrases } from '../../../envs/world-model/recovery-phrases.js';

/** The catalogue that the table copies its phrases from; not part of the project. */
const CATALOGUE = join(packageRoot, '../shared/data/faults/merged_faults.json');

describe('the table of recovery phrases', () => {
  const { phrases, beyond, rows } = recoveryPhrases();
  const used = new Set(Object.values(rows).flat());

  it('has all 62 fault types and a primitive for every phrase of theirs', () => {
    expect(Object.keys(rows)).toHaveLength(62);
    expect([...used].sort()).toEqual(Object.keys(phrases).sort());
  });

  it('names every primitive of the domain: in a phrase, or with a reason', () => {
    const named = new Set(Object.values(phrases).flat());
    expect([...named].filter((name) => name in beyond)).toEqual([]);
    expect([...named, ...Object.keys(beyond)].sort()).toEqual([...loadDomain().byName.keys()].sort());
  });

  it('refuses a name that the domain lacks', () => {
    const domain = loadDomain();
    const byName = new Map([...domain.byName].filter(([name]) => name !== 'skip-record'));
    expect(() => recoveryPhrases({ ...domain, byName })).toThrow(
      /recovery-phrases\.yaml: phrases\["skip_or_dlq_offset"\]: expected a primitive, .*, found "skip-record"/,
    );
  });

  it.skipIf(!existsSync(CATALOGUE))('copies the phrases of the catalogue as they are', () => {
    const { faults } = JSON.parse(readFileSync(CATALOGUE, 'utf8')) as {
      faults: { id: string; recovery: string }[];
    };
    const original = faults.map(({ id, recovery }) => [
      id,
      recovery.split(/;|\|\|/).map((phrase) => phrase.trim()),
    ]);
    expect(Object.entries(rows)).toEqual(original);
  });

  it('is on the documentation page', () => {
    const page = readFileSync(join(packageRoot, 'docs/domain.md'), 'utf8');
    for (const [phrase, primitives] of Object.entries(phrases)) {
      const shown = primitives.map((name) => `\`${name}\``).join(', ');
      expect(page).toContain(`| ${phrase.replaceAll('|', '\\|')} | ${shown} |`);
    }
    for (const [name, reason] of Object.entries(beyond))
      expect(page).toContain(`| \`${name}\` | ${reason} |`);
  });
});
