import { type IncidentKey, loadCloudModel } from '../cloud/index.js';
import { createSynthesizer, type Synthesizer } from '../synthesis/index.js';
import { createVerifier, loadDomain, perceive } from '../world-model/index.js';
import { ObservationEncoder } from './encoder.js';
import type { LoopParts } from './loop.js';
import { type HealingInput, type HealingOptions, healingOptions } from './options.js';
import { compileReward, type RewardFunction } from './reward.js';

/**
 * What all incidents of one configuration share: the cloud's model, who writes plans, who judges them, the encoder and the
 * reward. A single environment has one, a vector of them has one for all.
 */
export class HealingWorld {
  readonly options: HealingOptions;
  readonly parts: LoopParts;
  readonly encoder: ObservationEncoder;
  readonly reward: RewardFunction;
  /** Name of the surrogate's profile, or null for a real or no model. */
  readonly profile: string | null;

  /**
   * @param synthesizer instead of the one that the options name
   * @throws ConfigError, one line, for options that name nothing known
   */
  constructor(input: HealingInput, synthesizer?: Synthesizer) {
    this.options = healingOptions(input);
    const { options } = this;
    const { topology, overlay, prior, scale } = options;
    this.parts = {
      model: loadCloudModel({ topology, overlay, prior, scale }),
      synthesizer: synthesizer ?? createSynthesizer(options.synthesizer),
      verifier: createVerifier(options.verifier),
      perceive,
      limits: options.limits,
      undoBeyond: options.verifier.undo ? options.verifier.undoMargin : null,
      judgePlans: options.judgePlans,
    };
    this.reward = compileReward(options.reward);
    const model = 'of' in options.synthesizer ? options.synthesizer.of : options.synthesizer;
    this.profile = model.kind === 'surrogate' ? model.profile : null;
    this.encoder = new ObservationEncoder(loadDomain().conditions);
  }

  /** Results are promises: the synthesizer calls a real model. */
  get isAsync(): boolean {
    return this.parts.synthesizer.mode === 'async';
  }

  keyOf(index: number): IncidentKey {
    return { split: this.options.split, partition: this.options.partition, index };
  }
}
