import { expandVariants, type LoadedExperiment, type Variant } from '../config/index.js';
import { checkVariants } from '../runner/check.js';

/**
 * What all methods of an experiment share, as a variant of its own: for commands that play incidents without comparing methods.
 *
 * @throws ConfigError for the first mistake in what is shared
 */
export async function sharedVariant(loaded: LoadedExperiment, name: string): Promise<Variant> {
  const { grid: _grid, ...experiment } = loaded.experiment;
  const bare = { ...loaded, experiment: { ...experiment, methods: { [name]: {} } } };
  const variants = expandVariants(bare);
  await checkVariants(bare, variants);
  return variants[0]!;
}
