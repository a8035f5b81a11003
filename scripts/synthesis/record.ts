/**
 * Records completions of a language model for incidents of the simulated cloud, so that `replay` can train without calls
 * and `calibrate.ts` can fit a profile.
 *
 *     npx tsx --conditions=source scripts/synthesis/record.ts SYNTHESIZER.yaml --out BANK
 *         [--split seen] [--partition fit] [--incidents 20] [--first 0] [--meta-prompts a,b,…] [--repairs 1]
 *
 * SYNTHESIZER.yaml is what stands under `synthesizer:` in an experiment config. Each incident is played once with each
 * meta-prompt that needs no rejection; after a rejection up to `--repairs` turns with the feedback meta-prompts follow. The
 * bank is appended to: a run that was interrupted goes on with `--first`.
 */
import { resolve } from 'node:path';
import { parseArgs } from 'node:util';
import { ConfigError, loadYaml } from '../../envs/config/index.js';
import { CloudHealingEnv, type HealingInput } from '../../envs/healing/index.js';
import { loadMetaPrompts, synthesizerSchema } from '../../envs/synthesis/index.js';

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    out: { type: 'string' },
    split: { type: 'string', default: 'seen' },
    partition: { type: 'string', default: 'fit' },
    incidents: { type: 'string', default: '20' },
    first: { type: 'string', default: '0' },
    repairs: { type: 'string', default: '1' },
    'meta-prompts': { type: 'string' },
  },
});

async function main(): Promise<void> {
  const [file] = positionals;
  if (!file || !values.out) throw new ConfigError('record: expected SYNTHESIZER.yaml and --out BANK');
  const of = loadYaml(resolve(file), synthesizerSchema);
  if (of.kind !== 'surrogate' && of.kind !== 'openai' && of.kind !== 'llama') {
    throw new ConfigError(`${file}: kind: expected one of surrogate, openai, llama, found "${of.kind}"`);
  }
  const metaPrompts = loadMetaPrompts(values['meta-prompts']?.split(','));
  const fresh = metaPrompts.flatMap(({ feedback }, action) => (feedback === 'none' ? [action] : []));
  const repairing = metaPrompts.flatMap(({ feedback }, action) => (feedback === 'none' ? [] : [action]));
  const env = new CloudHealingEnv<'async'>({
    split: values.split,
    partition: values.partition,
    synthesizer: { kind: 'record', bank: values.out, of },
    verifier: { mode: 'symbolic' },
    metaPrompts: metaPrompts.map(({ name }) => name),
  } as HealingInput);
  const first = Number(values.first);
  let calls = 0;
  for (let index = first; index < first + Number(values.incidents); index++) {
    for (const action of fresh) {
      await env.reset({ seed: index, options: { index } });
      let [, , over, , info] = await env.step(action);
      calls += info.llmCalls;
      for (let repair = 0; repair < Number(values.repairs) && !over && repairing.length > 0; repair++) {
        const next = repairing[(index + repair) % repairing.length]!;
        if (!info.actionMask[next]) break;
        [, , over, , info] = await env.step(next);
        calls += info.llmCalls;
      }
    }
    process.stderr.write(`incident ${index - first + 1} of ${values.incidents}, ${calls} calls\n`);
  }
}

await main().catch((error: unknown) => {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
});
