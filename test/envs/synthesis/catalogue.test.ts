import { describe, expect, it } from 'vitest';
import { loadMetaPrompts, maskFor, metaPromptSchema } from '../../../envs/synthesis/index.js';
import { makeMetaPrompt } from './support.js';

describe('the catalogue of meta-prompts', () => {
  it('ships 24 with distinct names, in the order of the file', () => {
    const names = loadMetaPrompts().map((metaPrompt) => metaPrompt.name);
    expect(names).toHaveLength(24);
    expect(new Set(names).size).toBe(24);
    expect(names.slice(0, 3)).toEqual(['direct-minimal', 'direct-metrics', 'direct-events']);
    expect(names.at(-1)).toBe('repair-careful');
  });

  it('varies every factor', () => {
    const all = loadMetaPrompts();
    const values = (key: keyof (typeof all)[number]) =>
      new Set(all.map((metaPrompt) => JSON.stringify(metaPrompt[key]))).size;
    expect(values('strategy')).toBe(5);
    expect(values('schema')).toBe(3);
    expect(values('exemplars')).toBe(3);
    expect(values('feedback')).toBe(4);
    expect(values('effort')).toBe(4);
    expect(values('samples')).toBe(3);
    expect(values('evidence')).toBeGreaterThanOrEqual(8);
    expect(values('temperature')).toBeGreaterThanOrEqual(3);
  });

  it('gives a chosen list in its own order', () => {
    expect(loadMetaPrompts(['diagnose-full', 'direct-minimal']).map(({ name }) => name)).toEqual([
      'diagnose-full',
      'direct-minimal',
    ]);
  });

  it('says which name is unknown and which is near', () => {
    expect(() => loadMetaPrompts(['direct-minimall'])).toThrow(
      'metaPrompts[0]: expected a meta-prompt, one of 24 known ones, found "direct-minimall"; did you mean "direct-minimal"?',
    );
    expect(() => loadMetaPrompts(undefined, 'defaul')).toThrow('did you mean "meta-prompts/default.yaml"?');
  });

  it('refuses a kind of evidence named twice', () => {
    const twice = { ...makeMetaPrompt(), evidence: ['alerts', 'alerts'] };
    expect(metaPromptSchema.safeParse(twice).success).toBe(false);
  });
});

describe('maskFor', () => {
  it('opens meta-prompts with feedback only after a rejection', () => {
    const all = [
      makeMetaPrompt(),
      makeMetaPrompt({ feedback: 'step' }),
      makeMetaPrompt({ feedback: 'advice-and-plan' }),
    ];
    expect([...maskFor(all, false)]).toEqual([1, 0, 0]);
    expect([...maskFor(all, true)]).toEqual([1, 1, 1]);
  });

  it('leaves something to choose in the shipped catalogue', () => {
    const mask = maskFor(loadMetaPrompts(), false);
    expect(mask.reduce((sum, one) => sum + one, 0)).toBe(18);
  });
});
