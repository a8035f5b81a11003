/**
 * How often and how far Pendulum's values differ from Python's, by test/golden/trajectories.json, and how often this runtime's `sin`
 * differs from a correctly rounded one.
 *
 *     npx tsx --conditions=source scripts/golden/compare.ts
 */
import { createHash } from 'node:crypto';
import { readFileSync } from 'node:fs';
import { type AnyEnv, make, type ResetResult, type StepResult } from 'gymnasium-js';

interface Run {
  seed: number;
  sha256: string;
  data?: string;
}
const { cases, steps } = JSON.parse(
  readFileSync(new URL('../../test/golden/trajectories.json', import.meta.url), 'utf8'),
) as { steps: number; cases: { id: string; kwargs: Record<string, unknown>; runs: Run[] }[] };

for (const { id, kwargs, runs } of cases.filter(({ id }) => id === 'Pendulum-v1')) {
  let equalRuns = 0;
  let values = 0;
  let different = 0;
  let worst = 0;
  let observations = 0;
  for (const { seed, sha256, data } of runs) {
    const env = make(id, kwargs) as AnyEnv;
    env.actionSpace.seed(seed);
    const out: number[] = [...((env.reset({ seed }) as ResetResult<Float32Array>)[0] as Float32Array)];
    const observed = new Set(out.keys());
    for (let i = 0; i < steps; i++) {
      const action = env.actionSpace.sample() as Float32Array;
      const [obs, reward, terminated, truncated] = env.step(action) as StepResult<Float32Array>;
      out.push(...action);
      for (const x of obs) observed.add(out.push(x) - 1);
      out.push(reward, Number(terminated), Number(truncated));
      if (!truncated) continue;
      for (const x of (env.reset() as ResetResult<Float32Array>)[0]) observed.add(out.push(x) - 1);
    }
    const bytes = new Uint8Array(Float64Array.from(out).buffer);
    if (createHash('sha256').update(bytes).digest('hex') === sha256) equalRuns++;
    if (data === undefined) continue;
    const expected = new Float64Array(new Uint8Array(Buffer.from(data, 'base64')).buffer);
    out.forEach((x, i) => {
      values++;
      const gap = Math.abs(x - expected[i]!);
      if (gap === 0) return;
      different++;
      if (observed.has(i)) observations++;
      worst = Math.max(worst, gap);
    });
  }
  console.log(
    `${id} ${JSON.stringify(kwargs)}: ${equalRuns} of ${runs.length} runs equal to the last bit; of ${values} values kept whole ${different} differ (${observations} of them float32 observations), at most by ${worst}`,
  );
}
