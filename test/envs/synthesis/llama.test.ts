import { existsSync, mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { defaultRng } from 'gymnasium-js';
import { afterAll, describe, expect, it } from 'vitest';
import { CloudHealingEnv, type HealingInput } from '../../../envs/healing/index.js';
import {
  createSynthesizer,
  type Synthesizer,
  synthesizerSchema,
  vocabularyOf,
} from '../../../envs/synthesis/index.js';
import { makeMetaPrompt, makeView, SCENES } from './support.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-llama-'));
afterAll(() => rmSync(folder, { recursive: true, force: true }));
/** Where scripts/synthesis/setup-llama.mjs puts the package and a small model. */
const setUp = join(process.cwd(), '.pase-cache', 'llama');
const installed = [process.cwd(), setUp].some((place) =>
  existsSync(join(place, 'node_modules', 'node-llama-cpp')),
);
const small = join(setUp, 'smollm2-135m-instruct.gguf');
/** A GGUF file to try for real. */
const model = process.env.PASE_LLAMA_MODEL ?? (existsSync(small) ? small : undefined);
const real = installed && model !== undefined;
if (!real) console.log('llama: no real model here (node scripts/synthesis/setup-llama.mjs): skipped');
/** The machine may be busy with other tests; on an idle core both tests together take half a minute. */
const PATIENCE = 400_000;

const make = (options: object) =>
  createSynthesizer(
    synthesizerSchema.parse({ kind: 'llama', cache: null, ...options }),
  ) as Synthesizer<'async'>;
const shortPrompt = makeMetaPrompt({ schema: 'names', evidence: ['alerts', 'events'] });
/** No list of primitives: a tenth of the tokens. */
const barePrompt = makeMetaPrompt({ schema: 'none', evidence: ['alerts'] });

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

  it.skipIf(!real)(
    'answers in the words of the schema, the same each time',
    async () => {
      const synthesizer = make({ model, maxTokens: 48, threads: 1, context: 4096 });
      const ask = (draw: number) =>
        synthesizer.synthesize(makeView(SCENES.image), barePrompt, null, defaultRng(draw), 0);
      const result = await ask(0);
      expect(result.promptTokens).toBeGreaterThan(200);
      expect(result.latency).toBeGreaterThan(0);
      // A tiny model may list on until its tokens end; until then the grammar holds it to the plan's form.
      expect(result.raw).toMatch(/^\{\s*"diagnosis"/);
      if (result.plan) {
        const { primitives, conditions } = vocabularyOf();
        for (const { condition } of result.plan.diagnosis) expect(conditions).toContain(condition);
        for (const { name } of result.plan.steps) expect(primitives.map((one) => one.name)).toContain(name);
      } else expect(result.failure!.kind).toBe('not-json');
      expect((await ask(1)).raw).toBe(result.raw);
    },
    PATIENCE,
  );

  it.skipIf(!real)(
    'takes a turn of an incident in the loop',
    async () => {
      const env = new CloudHealingEnv<'async'>({
        partition: 'fit',
        synthesizer: { kind: 'llama', model: model!, cache: null, context: 8192, maxTokens: 96, threads: 1 },
        metaPrompts: ['direct-minimal'],
        // One turn spends them.
        limits: { tokens: 1000 },
      } as HealingInput);
      await env.reset({ seed: 0, options: { index: 0 } });
      const [, , over, , info] = await env.step(0);
      expect(over).toBe(true);
      const [sample] = info.turn!.samples;
      expect(sample!.plan !== null || sample!.failure !== null).toBe(true);
      expect(info.result!.llmCalls).toBe(1);
      expect(info.result!.tokens).toBeGreaterThan(1000);
      expect(info.result!.time.synthesis).toBeGreaterThan(0);
    },
    PATIENCE,
  );
});
