import { registry } from 'gymnasium-js';
import { z } from 'zod';
import { ConfigError, check, displayPath, unknownName } from '../../envs/config/index.js';
import { compileReward, healingSchema } from '../../envs/healing/index.js';
import type { LoadedExperiment } from '../config/load.js';
import type { Variant } from '../config/variants.js';
import { userModules } from './jobs.js';
import { checkPolicy } from './policies.js';
import { isReference } from './reference-kinds.js';
import { loadUserModules } from './user-modules.js';
import { makeWorld, testWorlds } from './worlds.js';

/**
 * Checks everything that the other rooms know, for every variant, before anything runs or is written: names of
 * environments, topologies, meta-prompts, profiles and splits, options of policies and synthesizers, and the reward.
 *
 * @throws ConfigError naming the file and the path in it.
 */
export async function checkVariants(loaded: LoadedExperiment, variants: readonly Variant[]): Promise<void> {
  await loadUserModules(userModules(loaded));
  for (const variant of variants) checkVariant(loaded, variant);
}

function checkVariant({ experiment, file }: LoadedExperiment, { method, config }: Variant): void {
  const where = displayPath(file);
  const overrides: Record<string, unknown> = experiment.methods[method]!;
  // A mistake is reported where it was written: at the method's override, or at the top where all methods share it.
  const path = (key: string): string[] => (overrides[key] === undefined ? [key] : ['methods', method, key]);
  const { synthesizer, verifier, split } = healingSchema.shape;
  checkAt(where, path('synthesizer'), config.synthesizer, synthesizer);
  checkAt(where, path('verifier'), config.verifier, verifier);
  checkAt(where, ['train', 'split'], config.train.split, split);
  checkAt(where, ['evaluate', 'splits'], config.evaluate.splits, z.array(split));
  const { stream } = config.evaluate;
  if (stream) {
    checkAt(where, ['evaluate', 'stream'], stream, z.array(z.looseObject({ split })));
    if (isReference(config.policy.kind))
      throw new ConfigError(
        `${where}: ${path('policy').join('.')}.kind: expected a policy, which meets a stream incident by incident, found "${String(config.policy.kind)}"`,
      );
  }
  compileReward(config.reward, `${where}: ${path('reward').join('.')}`);
  if (!registry.has(config.env.id)) {
    const known = [...registry.keys()].filter((id) => id.startsWith('pase/'));
    throw unknownName(
      `${where}: ${path('env').join('.')}.id`,
      'a registered environment',
      config.env.id,
      known,
    );
  }
  for (const world of testWorlds(config)) {
    try {
      const env = makeWorld(world);
      checkPolicy(config.policy, env, `${where}: ${path('policy').join('.')}`);
    } catch (error) {
      if (!(error instanceof ConfigError) || error.message.startsWith(where)) throw error;
      throw new ConfigError(`${where}: ${path('env').join('.')}: ${error.message}`);
    }
  }
}

/** Checks a value that stands at a path of the file, so that the error names the whole path. */
function checkAt(where: string, path: readonly string[], value: unknown, schema: z.ZodType): void {
  let nestedValue = value;
  let nestedSchema = schema;
  for (const key of path.toReversed()) {
    nestedValue = { [key]: nestedValue };
    nestedSchema = z.object({ [key]: nestedSchema });
  }
  check(where, nestedValue, nestedSchema);
}
