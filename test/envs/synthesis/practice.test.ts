import { mkdirSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterEach, describe, expect, it } from 'vitest';
import {
  loadExemplars,
  loadPractice,
  loadProfile,
  profileNames,
  vocabularyOf,
} from '../../../envs/synthesis/index.js';

const cwd = process.cwd();
afterEach(() => process.chdir(cwd));

describe('the practice is independent of the planning domain', () => {
  const practice = loadPractice();
  const primitives = new Set(vocabularyOf().primitives.map(({ name }) => name));
  const steps = practice.problems.flatMap(({ remedies }) => remedies.flatMap((remedy) => remedy.steps));
  const used = new Set(
    [...steps, ...Object.values(practice.habits).flatMap(({ first, last }) => [...first, ...last])].map(
      (step) => step.do,
    ),
  );
  const primitiveOf = (operation: string) =>
    practice.operations.get(operation)!.names.find((name) => primitives.has(name));

  it('names steps that the domain does not have', () => {
    const missing = [...used].filter((operation) => primitiveOf(operation) === undefined);
    expect(missing.length).toBeGreaterThanOrEqual(4);
    expect(missing).toContain('flush-dns-cache');
    expect(missing).toContain('delete-old-files');
  });

  it('misses steps that the domain has', () => {
    const reached = new Set([...used].map(primitiveOf));
    const unreached = [...primitives].filter((name) => !reached.has(name));
    expect(unreached).toContain('scale-in');
    expect(unreached.length).toBeGreaterThanOrEqual(2);
  });

  it('can say every condition of the domain, and reaches almost every primitive by a remedy or a mix-up', () => {
    const { conditions } = vocabularyOf();
    const said = new Set(practice.problems.flatMap(({ says }) => says.flat()));
    expect(conditions.filter((condition) => !said.has(condition))).toEqual([]);
    const named = new Set([...practice.operations.values()].flatMap(({ names }) => names));
    expect([...primitives].filter((name) => !named.has(name))).toEqual(['scale-in']);
  });

  it('says how every problem is seen and what one does about it', () => {
    for (const { id, remedies } of practice.problems) {
      expect(remedies.length).toBeGreaterThan(0);
      expect(practice.signs.some((sign) => id in sign.speaks)).toBe(true);
    }
    const shares = practice.problems.reduce((sum, problem) => sum + problem.share, 0);
    expect(Math.abs(shares - 1)).toBeLessThan(0.01);
  });
});

describe('mistakes in config files', () => {
  const inFolder = (files: Record<string, string>) => {
    const folder = mkdtempSync(join(tmpdir(), 'pase-practice-'));
    for (const [path, text] of Object.entries(files)) {
      mkdirSync(join(folder, 'configs', path, '..'), { recursive: true });
      writeFileSync(join(folder, 'configs', path), text);
    }
    process.chdir(folder);
    return () => rmSync(folder, { recursive: true, force: true });
  };

  it('an unknown operation is named with its place and its neighbour', () => {
    const clean = inFolder({
      'practice/problems.yaml': `
problems: { p: { area: a, share: 1, says: [[x]], remedies: [{ weight: 1, known: common, fits: [], steps: [{ do: restart-servise }] }] } }
habits: { direct: &h { first: [], last: [] }, diagnose-first: *h, contain-first: *h, rollback-first: *h, least-risk: *h }
padding: [look-closer]
`,
    });
    expect(loadPractice).toThrow(
      /^configs\/practice\/problems\.yaml: problems\.p\.remedies\[0\]\.steps\[0\]\.do: expected an operation, .*found "restart-servise"; did you mean "restart-service"\?$/,
    );
    clean();
  });

  it('a sign needs exactly one kind of evidence, and a regular expression', () => {
    const suspicion =
      'suspicion: { errors: 1, latency: 1, unready: 1, accused: 1, alerted: 1, eventful: 1, noisyLog: 1, changed: 1, excusedShare: 1 }\nrecentChange: 60\n';
    const clean = inFolder({
      'practice/signs.yaml': `signs: [{ id: s, event: x, log: y, speaks: { bad-release: 1 }, known: common }]\n${suspicion}`,
    });
    expect(loadPractice).toThrow(
      'signs[0]: expected exactly one of alert, event, log, change, metric, node, zone, nodeCondition, replication',
    );
    clean();
    const again = inFolder({
      'practice/signs.yaml': `signs: [{ id: s, event: '(', speaks: { bad-release: 1 }, known: common }]\n${suspicion}`,
    });
    expect(loadPractice).toThrow(
      'configs/practice/signs.yaml: signs[0].event: expected a regular expression, found "("',
    );
    again();
  });

  it('an unknown profile is named with its neighbour', () => {
    expect(() => loadProfile('midd')).toThrow(
      'synthesizer.profile: expected a language-model profile, one of mid, reasoning, strong, weak, found "midd"; did you mean "mid"?',
    );
    expect(profileNames()).toEqual(['mid', 'reasoning', 'strong', 'weak']);
  });

  it("a user's own meta-prompts, profile or practice comes before the shipped ones", () => {
    const clean = inFolder({ 'exemplars/default.yaml': 'name: mine\nexemplars: []\n' });
    expect(loadExemplars()).toEqual([]);
    clean();
  });
});
