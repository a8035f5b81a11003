/*
 * Writes a catalogue of meta-prompts drawn from the factored space (configs/meta-prompts/factors.yaml), for asking how many
 * meta-prompts a policy should have to choose from:
 *
 *   npx tsx --conditions=source scripts/meta-prompt-catalogue.ts 64 > configs/meta-prompts/drawn-64.yaml
 *
 * Levels of each factor are balanced: the catalogue is dealt from shuffled copies of each factor's levels, so that every level
 * comes up about equally often. A quarter speaks of a rejected plan. The first 4, 8, … of a catalogue are smaller catalogues.
 */
import { defaultRng } from 'gymnasium-js';
import { EVIDENCE_KINDS } from '../envs/cloud/interface.js';
import { findConfig, loadYaml } from '../envs/config/index.js';
import { type Factors, factorsSchema } from '../envs/healing/factors.js';

/** One catalogue for everybody; another seed is another catalogue. */
const SEED = 64;
/** Every fourth meta-prompt speaks of a rejected plan. */
const FEEDBACK_EVERY = 4;

const size = Number(process.argv[2] ?? 64);
const rng = defaultRng(SEED);
const factors: Factors = loadYaml(findConfig('meta-prompts/factors.yaml'), factorsSchema);

/** `size` levels in which each comes up about equally often. */
function dealt<T>(levels: readonly T[]): T[] {
  const deck: T[] = [];
  while (deck.length < size) {
    const copy = [...levels];
    for (let i = copy.length - 1; i > 0; i--) {
      const j = Number(rng.integers(0, i + 1));
      [copy[i], copy[j]] = [copy[j]!, copy[i]!];
    }
    deck.push(...copy);
  }
  return deck.slice(0, size);
}

const styles = dealt(factors.feedback.filter((style) => style !== 'none'));
const columns = {
  strategy: dealt(factors.strategy),
  evidence: Object.fromEntries(
    (['metrics', 'events', 'logs', 'changes'] as const).map((kind) => [kind, dealt(factors[kind])]),
  ) as Record<string, boolean[]>,
  schema: dealt(factors.schema),
  exemplars: dealt(factors.exemplars),
  samples: dealt(factors.samples),
  temperature: dealt(factors.temperature),
  effort: dealt(factors.effort),
};

const lines = Array.from({ length: size }, (_, i) => {
  const evidence = EVIDENCE_KINDS.filter((kind) => columns.evidence[kind]?.[i] ?? true);
  const feedback = i % FEEDBACK_EVERY === FEEDBACK_EVERY - 1 ? styles[i]! : 'none';
  const values = [
    `name: drawn-${i + 1}`,
    `strategy: ${columns.strategy[i]}`,
    `evidence: [${evidence.join(', ')}]`,
    `schema: ${columns.schema[i]}`,
    `exemplars: ${columns.exemplars[i]}`,
    `feedback: ${feedback}`,
    `samples: ${columns.samples[i]}`,
    `temperature: ${columns.temperature[i]}`,
    `effort: ${columns.effort[i]}`,
  ];
  return `  - { ${values.join(', ')} }`;
});

process.stdout.write(
  `# ${size} meta-prompts drawn from the factored space; written by scripts/meta-prompt-catalogue.ts ${size}, not by hand.\nname: drawn-${size}\nmetaPrompts:\n${lines.join('\n')}\n`,
);
