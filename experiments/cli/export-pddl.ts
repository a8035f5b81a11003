import { CloudHealingEnv, type HealingInfo, type HealingInput } from '../../envs/healing/index.js';
import { loadDomain, problemText } from '../../envs/world-model/index.js';
import { print, wholeNumber } from './options.js';

export interface ExportOptions {
  readonly seed: string;
  readonly split: string;
  readonly partition: string;
  readonly topology: string;
}

/**
 * `pase export-pddl`: the problem of one incident at its detection, with the inventory as the control plane shows it and the
 * conditions that truly hold (analysis only: no policy sees them), for `pase plan`, `pase verify` and other planners.
 */
export async function exportPddlCommand(options: ExportOptions): Promise<void> {
  const index = wholeNumber('seed', options.seed);
  const { split, partition, topology } = options;
  const env = new CloudHealingEnv({ split, partition, topology } as HealingInput);
  const [, info] = (await env.reset({ seed: index, options: { index } })) as [Float32Array, HealingInfo];
  const { inventory } = env.incident;
  const { conditions } = info.truth;
  const domain = loadDomain();
  print(problemText(domain, inventory, conditions, `incident-${index}`).trimEnd());
}
