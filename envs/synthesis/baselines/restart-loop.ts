import type { IncidentView, SynthesisResult, Synthesizer } from '../types.js';
import { written } from './result.js';
import { suspects } from './suspects.js';

/** Restarts the most suspicious service, again and again: what a watchdog does (44 % of ITBench's mitigations restart). */
export class RestartLoop implements Synthesizer<'sync'> {
  readonly kind = 'restart-loop';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = ['alerts', 'topology', 'metrics'] as const;

  synthesize(view: IncidentView): SynthesisResult {
    const service = suspects(view)[0];
    return written({
      diagnosis: [],
      steps: service === undefined ? [] : [{ name: 'rolling-restart', args: [service] }],
    });
  }
}
