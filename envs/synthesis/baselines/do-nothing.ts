import type { SynthesisResult, Synthesizer } from '../types.js';
import { HAND_OVER, written } from './result.js';

/** Waits: the empty plan. Shows what recovers by itself. */
export class DoNothing implements Synthesizer<'sync'> {
  readonly kind = 'do-nothing';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = [] as const;

  synthesize(): SynthesisResult {
    return written({ diagnosis: [], steps: [] });
  }
}

/** Hands every incident to a human at once. */
export class HandOver implements Synthesizer<'sync'> {
  readonly kind = 'hand-over';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = [] as const;

  synthesize(): SynthesisResult {
    return written(HAND_OVER);
  }
}
