import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from 'gymnasium-js';
import { afterAll, describe, expect, it } from 'vitest';
import { createSynthesizer, type Synthesizer, synthesizerSchema } from '../../../envs/synthesis/index.js';
import { makeMetaPrompt, makeView, SCENES } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-llama-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
const installed = existsSync(join(process.cwd(), 'node_modules', 'node-llama-cpp'));
/** A GGUF file to try for real: docs/real-models.md says how to get a small one. */
const model = process.env.PASE_LLAMA_MODEL;

const make = (options: object) =>
  createSynthesizer(
    synthesizerSchema.parse({ kind: 'llama', cache: null, ...options }),
  ) as Synthesizer<'async'>;
const shortPrompt = makeMetaPrompt({ schema: 'names', evidence: ['alerts', 'events'] });

describe('llama', () => {
  it('needs a model file', () => {
    expect(() => make({ model: 'no/such.gguf' })).toThrow(
      'synthesizer.model: expected a GGUF file, found none at no/such.gguf',
    );
  });

  it('types what is missing, and says how to install it', async () => {
    const broken = join(folder, 'broken.gguf');
    writeFileSync(broken, 'not a model');
    const { plan, failure } = await make({ model: broken }).synthesize(
      makeView(SCENES.image),
      shortPrompt,
      null,
      defaultRng(0),
      0,
    );
    expect(plan).toBeNull();
    expect(failure!.kind).toBe('transport');
    expect(failure!.message).toMatch(
      installed
        ? /cannot be loaded/
        : /^node-llama-cpp is not installed: run npm i node-llama-cpp@3 in your project/,
    );
  });

  it.skipIf(!installed || !model)(
    'answers in the words of the schema, the same each time (set PASE_LLAMA_MODEL and install node-llama-cpp)',
    async () => {
      const synthesizer = make({ model, maxTokens: 256 });
      const result = await synthesizer.synthesize(
        makeView(SCENES.image),
        shortPrompt,
        null,
        defaultRng(0),
        0,
      );
      expect(result.promptTokens).toBeGreaterThan(300);
      expect(result.latency).toBeGreaterThan(0);
      // A tiny model may list on until its tokens end; until then the grammar holds it to the plan's form.
      expect(result.raw).toMatch(/^\{\s*"diagnosis"/);
      expect(result.failure === null || result.failure.kind === 'not-json').toBe(true);
      const again = await synthesizer.synthesize(makeView(SCENES.image), shortPrompt, null, defaultRng(1), 0);
      expect(again.raw).toBe(result.raw);
    },
  );
});
