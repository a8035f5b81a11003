import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { packageRoot } from '../../../envs/config/index.js';
import { loadDomain } from '../../../envs/world-model/domain.js';
import { VERIFIER_MODES } from '../../../envs/world-model/types.js';

const page = (name: string) => readFileSync(join(packageRoot, 'docs', name), 'utf8');

describe('docs/domain.md', () => {
  const text = page('domain.md');
  const domain = loadDomain();

  it.each(domain.primitives.map((primitive) => [primitive.name, primitive] as const))(
    'describes %s as it is',
    (name, primitive) => {
      const section = text.split('\n### ').find((part) => part.startsWith(`\`${name}\``));
      expect(section, `section of ${name}`).toBeDefined();
      expect(section).toContain(primitive.doc);
      expect(section).toContain(
        primitive.precondition ? `precondition: \`${primitive.precondition}\`` : 'precondition: none',
      );
      expect(section).toContain(`duration: ${primitive.duration} s, ${primitive.durationSource}`);
      expect(section).toMatch(/- hazard: \S/);
      const effect = (primitive.effect ?? '').replace(/ ?\(increase \(total-time\) [\d.]+\)/, '');
      expect(section).toContain(effect === '' ? 'effect: none but time' : `effect: \`${effect}\``);
    },
  );

  it('lists every condition and invariant', () => {
    for (const condition of domain.conditions) expect(text).toContain(`| \`${condition}\` |`);
    for (const invariant of domain.invariants) expect(text).toContain(`| \`${invariant.text}\` |`);
  });
});

describe('docs/world-model.md', () => {
  it.each(VERIFIER_MODES)('explains mode %s', (mode) => {
    expect(page('world-model.md')).toContain(`\`${mode}\``);
  });
});
