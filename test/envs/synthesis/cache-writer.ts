/** A process of its own for the test of the shared cache: asks 60 questions, again and again, in the order of its first argument. */
import { CachedSource } from '../../../envs/synthesis/models/cache.js';
import { QUESTIONS, question } from './cache-question.js';

const [folder, step] = process.argv.slice(2) as [string, string];
const cached = new CachedSource(
  {
    identity: { source: 'made-up' },
    complete: async ({ user, sample }) => ({
      text: `${user} ${sample} `.repeat(40_000),
      refused: false,
      promptTokens: 1,
      completionTokens: 1,
      seconds: 1,
    }),
  },
  folder,
);

for (let i = 0; i < QUESTIONS; i++) {
  await cached.complete(question((i * Number(step)) % QUESTIONS));
  process.stdout.write('.');
}
