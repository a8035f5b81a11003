import fc from 'fast-check';
import { defaultRng } from 'gymnasium-js';
import { describe, expect, it } from 'vitest';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import {
  loadMetaPrompts,
  loadPractice,
  loadProfile,
  PromptBuilder,
  profileNames,
  SurrogateSynthesizer,
} from '../../../envs/synthesis/index.js';
import { makeFailure, makeFeedback, makePlan, makeView, SCENES } from './support.js';

const builder = new PromptBuilder();
const operations = new Set(loadPractice().operations.keys());
const problems = new Set(loadPractice().problems.map(({ id }) => id));

/** Without the two slips whose point is a name that nobody gave: invented primitives and garbled arguments. */
const surrogates = profileNames().map((name) => {
  const profile = loadProfile(name);
  const kinds = { wrongOperation: 0.7, badStructure: 0.3, malformed: 0 };
  const slip = { ...profile.slip, hazard: 0.4, inventedWithSchema: 0, kinds };
  return new SurrogateSynthesizer({ builder, profile: { ...profile, slip } });
});

const rejected = makePlan(['rolling-restart cart'], [{ condition: 'process-stale', component: 'cart' }]);
const feedbacks = [
  null,
  makeFeedback(rejected, makeFailure({ kind: 'precondition', step: 0 })),
  makeFeedback(rejected, makeFailure({ kind: 'goal' })),
  makeFeedback(null, makeFailure({ kind: 'precondition', step: 0 })),
];

const cases = fc.record({
  surrogate: fc.constantFrom(...surrogates),
  metaPrompt: fc.constantFrom(...loadMetaPrompts()),
  evidence: fc.subarray([...EVIDENCE_KINDS]),
  schema: fc.constantFrom('none' as const, 'names' as const, 'preconditions' as const, 'invariants' as const),
  scene: fc.constantFrom(...Object.values(SCENES)),
  feedback: fc.constantFrom(...feedbacks),
  incident: fc.nat(1000),
  draw: fc.nat(1000),
});

describe('the words of a plan', () => {
  it('are words of the prompt, or, where it lists no names, of operational practice', () => {
    fc.assert(
      fc.property(cases, ({ surrogate, metaPrompt, evidence, schema, scene, feedback, incident, draw }) => {
        const asked = { ...metaPrompt, evidence, schema };
        const view = makeView(scene, { incident });
        const { system, user } = builder.render(view, asked, feedback);
        const shown = new Set(`${system}\n${user}`.toLowerCase().split(/[^a-z0-9-]+/));
        const { plan } = surrogate.synthesize(view, asked, feedback, defaultRng(draw), 0);
        for (const { condition, component } of plan?.diagnosis ?? []) {
          expect(shown).toContain(component);
          if (schema !== 'none' || !problems.has(condition)) expect(shown).toContain(condition);
        }
        for (const { name, args } of plan?.steps ?? []) {
          for (const arg of args) expect(shown).toContain(arg);
          if (schema !== 'none' || !operations.has(name)) expect(shown).toContain(name);
        }
      }),
      { numRuns: 1500 },
    );
  });
});
