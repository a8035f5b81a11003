import {
  collect,
  loadDomain,
  Perceiver,
  type PerceptionArm,
  trainPerception,
} from '../../envs/world-model/index.js';
import { fitExamples, type PerceptionConfig } from './perception-config.js';

/** A perception that never met some fault types, and which those are. */
export interface UnfamiliarPerceiver {
  readonly perceiver: Perceiver;
  readonly neverMet: (faultType: string) => boolean;
}

/**
 * Perceptions that stand for one whom something new strikes: fault types of `seen` are divided into folds by name, and for each
 * fold a perception is trained on the types of the others.
 */
export async function* unfamiliarPerceivers(
  settings: PerceptionConfig,
  arm: PerceptionArm,
): AsyncGenerator<UnfamiliarPerceiver> {
  const { folds, incidents } = settings.unfamiliar;
  for (let fold = 0; fold < folds; fold++) {
    const neverMet = (type: string): boolean => foldOf(type, folds) === fold;
    const examples = fitExamples(settings, incidents, { types: (type) => !neverMet(type) });
    const data = collect(examples, loadDomain().conditions, arm);
    const { weights } = await trainPerception(data, { ...settings, arm, command: `fold ${fold}` });
    yield { perceiver: new Perceiver(weights), neverMet };
  }
}

/** Fold of a fault type by its name alone, so that a new type moves no other. */
function foldOf(type: string, folds: number): number {
  let hash = 0;
  for (let i = 0; i < type.length; i++) hash = (Math.imul(hash, 31) + type.charCodeAt(i)) >>> 0;
  return hash % folds;
}
