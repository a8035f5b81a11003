import { existsSync, readFileSync } from 'node:fs';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { ground, parseDomain, parsePlan, parseProblem, validate } from 'pddl';
import { describe, expect, it } from 'vitest';

interface Case {
  readonly id: string;
  readonly domain: string;
  readonly problem: string;
  readonly plan: string;
  readonly expected: 'valid' | 'invalid';
  readonly reason?: string;
  readonly step?: number;
}

const folder = join(dirname(fileURLToPath(import.meta.url)), '../../../shared/data/plan-cases');
const index = join(folder, 'index.json');
const present = existsSync(index);
const cases = present ? (JSON.parse(readFileSync(index, 'utf8')) as Case[]) : [];
if (!present) console.log(`plan cases skipped: no ${index}`);

describe.skipIf(!present)('outside plan cases', () => {
  it('are all there', () => {
    expect(cases).toHaveLength(44);
  });

  it.each(cases)('$id', (entry) => {
    const read = (file: string) => readFileSync(join(folder, file));
    const domain = parseDomain(read(entry.domain), entry.domain);
    const problem = parseProblem(read(entry.problem), domain, entry.problem);
    const plan = parsePlan(read(entry.plan), entry.plan);
    // Both ways of making actions must judge alike.
    for (const actions of ['on-demand', 'all'] as const) {
      const result = validate(ground(domain, problem, { actions }), plan);
      expect(result.valid).toBe(entry.expected === 'valid');
      expect(result.kind).toBe(entry.reason ?? null);
      if (entry.step !== undefined) expect(result.step).toBe(entry.step);
    }
  });
});
