import { z } from 'zod';
import { ConfigError, displayPath, findConfig, loadYaml, unknownName } from '../../config/index.js';
import type { Plan } from '../../world-model/types.js';
import type { Feedback, IncidentView, MetaPrompt, SynthesisResult, Synthesizer } from '../types.js';
import { type Vocabulary, vocabularyOf } from '../vocabulary.js';
import { HAND_OVER, stepsKey, written } from './result.js';

const ruleSchema = z
  .strictObject({
    id: z.string(),
    alert: z.string().optional(),
    event: z.string().optional(),
    steps: z
      .array(
        z.strictObject({
          name: z.string(),
          on: z.enum(['component', 'node', 'nothing']).default('component'),
        }),
      )
      .min(1),
  })
  .refine(({ alert, event }) => (alert === undefined) !== (event === undefined), {
    message: 'expected either alert or event',
  });

const runbookSchema = z.strictObject({ rules: z.array(ruleSchema).min(1) });

interface Rule {
  readonly id: string;
  readonly over: 'alert' | 'event';
  readonly pattern: RegExp;
  readonly steps: z.infer<typeof ruleSchema>['steps'];
}

/** Rules of `configs/practice/runbook.yaml`. @throws ConfigError, also for a step that is no primitive of the domain */
export function loadRunbook(vocabulary: Vocabulary = vocabularyOf()): Rule[] {
  const file = findConfig('practice/runbook.yaml');
  const names = vocabulary.primitives.map((primitive) => primitive.name);
  return loadYaml(file, runbookSchema).rules.map(({ id, alert, event, steps }, index) => {
    const where = `${displayPath(file)}: rules[${index}]`;
    for (const [i, { name }] of steps.entries()) {
      if (!names.includes(name)) throw unknownName(`${where}.steps[${i}].name`, 'a primitive', name, names);
    }
    const over = alert === undefined ? 'event' : 'alert';
    const source = (alert ?? event)!;
    try {
      return { id, over, pattern: new RegExp(source, 'i'), steps };
    } catch {
      throw new ConfigError(`${where}.${over}: expected a regular expression, found "${source}"`);
    }
  });
}

/** Follows the runbook: the first rule whose signature shows and whose plan has not been tried in this incident. */
export class Runbook implements Synthesizer<'sync'> {
  readonly kind = 'runbook';
  readonly mode = 'sync';
  readonly prompted = false;
  readonly evidence = ['alerts', 'topology', 'events'] as const;

  constructor(private readonly rules: readonly Rule[] = loadRunbook()) {}

  synthesize(view: IncidentView, _metaPrompt: MetaPrompt, feedback: Feedback | null): SynthesisResult {
    const tried = new Set(view.executed.map(({ plan }) => stepsKey(plan)));
    // The verifier refuses the same plan again as long as nothing changes, so a refused rule is passed over as well; only
    // the last refusal is known, hence rules up to and including it count as refused.
    const refused = feedback?.plan ? stepsKey(feedback.plan) : null;
    const plans = this.plans(view);
    const after = refused === null ? 0 : plans.findIndex((plan) => stepsKey(plan) === refused) + 1;
    const next = plans.slice(after).find((plan) => !tried.has(stepsKey(plan)));
    return written(next ?? HAND_OVER);
  }

  /** Plans of all rules that match, in the order of the rules. */
  private plans(view: IncidentView): Plan[] {
    const { telemetry, inventory } = view;
    const plans: Plan[] = [];
    for (const { over, pattern, steps } of this.rules) {
      const component =
        over === 'alert'
          ? telemetry.alerts.findLast(({ rule, text }) => pattern.test(`${rule} ${text}`))?.component
          : telemetry.events.findLast(({ reason, message }) => pattern.test(`${reason}: ${message}`))
              ?.component;
      const service = inventory.services.find(({ id }) => id === component);
      if (!service) continue;
      const node = service.placement.find((place) => place !== '') ?? inventory.nodes[0]?.id ?? '';
      const args = { component: [service.id], node: [node], nothing: [] };
      plans.push({ diagnosis: [], steps: steps.map(({ name, on }) => ({ name, args: args[on] })) });
    }
    return plans;
  }
}
