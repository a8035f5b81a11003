import fc from 'fast-check';
import { describe, expect, it } from 'vitest';
import { parsePlan } from '../../../envs/synthesis/index.js';
import { makePlan } from './support.js';

const plan = makePlan(
  ['restore-config cart', 'rolling-restart cart'],
  [{ condition: 'config-bad', component: 'cart' }],
);
const json = JSON.stringify(plan);

describe('parsePlan', () => {
  it.each([
    ['bare', json],
    ['fenced', `\`\`\`json\n${JSON.stringify(plan, null, 2)}\n\`\`\``],
    ['with prose around', `Thinking about {services} first.\n${json}\nThat should do.`],
    ['after an unclosed bracket', `A { begins here. ${json}`],
    ['after another object', `{"thought": "config"} ${json}`],
    ['in capitals', json.replace('restore-config', ' Restore-Config ')],
    ['with extra keys', JSON.stringify({ ...plan, confidence: 0.9 })],
    ['with a __proto__ key', json.replace('{', '{"__proto__": {"steps": []}, ')],
    [
      'with braces in strings',
      `{"note": "a } b \\" {", "diagnosis": ${JSON.stringify(plan.diagnosis)}, "steps": ${JSON.stringify(plan.steps)}}`,
    ],
    [
      'with steps as text',
      JSON.stringify({ ...plan, steps: ['(restore-config cart)', 'rolling-restart(cart)'] }),
    ],
  ])('reads a plan %s', (_, text) => {
    expect(parsePlan(text)).toEqual({ plan, failure: null });
  });

  it('leaves unknown names to the verifier', () => {
    const odd = makePlan(
      ['reboot-the-moon ../../etc/passwd'],
      [{ condition: 'gremlins', component: 'nowhere' }],
    );
    expect(parsePlan(JSON.stringify(odd)).plan).toEqual(odd);
  });

  it.each([
    ['empty', '', 'empty', 'expected a JSON object, found an empty completion'],
    ['blank', ' \n\t ', 'empty', 'expected a JSON object, found an empty completion'],
    [
      'prose',
      'Restart the cart service.',
      'not-json',
      'expected a JSON object, found "Restart the cart service."',
    ],
    ['refusal', "I'm sorry, but I can't help with that.", 'refusal', 'the model declined to answer'],
    ['truncated', json.slice(0, -3), 'not-json', `expected a JSON object, found "${json.slice(0, 60)}..."`],
    ['array', '[1, 2]', 'not-json', 'expected a JSON object, found "[1, 2]"'],
    ['no steps', '{"diagnosis": []}', 'schema', 'steps: expected an array, found nothing'],
    [
      'inherited steps',
      '{"diagnosis": [], "__proto__": {"steps": []}}',
      'schema',
      'steps: expected an array, found nothing',
    ],
    [
      'steps of the wrong type',
      '{"diagnosis": [], "steps": "none"}',
      'schema',
      'steps: expected an array, found a string',
    ],
    [
      'step of the wrong type',
      '{"diagnosis": [], "steps": [7]}',
      'schema',
      'steps[0]: expected an object, found a number',
    ],
    [
      'nameless step',
      '{"diagnosis": [], "steps": [{"args": []}]}',
      'schema',
      'steps[0].name: expected a string, found nothing',
    ],
    [
      'blank name',
      '{"diagnosis": [], "steps": [{"name": " ", "args": []}]}',
      'schema',
      'steps[0].name: expected a name, found an empty string',
    ],
    [
      'argument of the wrong type',
      '{"diagnosis": [], "steps": [{"name": "inspect", "args": [{}]}]}',
      'schema',
      'steps[0].args[0]: expected a string, found an object',
    ],
    [
      'control code',
      '{"diagnosis": [], "steps": [{"name": "in\\u0007spect", "args": []}]}',
      'schema',
      'steps[0].name: expected printable characters, found a control code',
    ],
    [
      'long name',
      `{"diagnosis": [], "steps": [{"name": "${'a'.repeat(200)}", "args": []}]}`,
      'schema',
      'steps[0].name: expected at most 128 characters, found 200',
    ],
    [
      'too many steps',
      JSON.stringify({ diagnosis: [], steps: Array(65).fill({ name: 'inspect', args: ['cart'] }) }),
      'schema',
      'steps: expected at most 64 items, found 65',
    ],
    [
      'diagnosis of the wrong type',
      '{"diagnosis": null, "steps": []}',
      'schema',
      'diagnosis: expected an array, found null',
    ],
    [
      'component missing',
      '{"diagnosis": [{"condition": "config-bad"}], "steps": []}',
      'schema',
      'diagnosis[0].component: expected a string, found nothing',
    ],
    ['huge', 'x'.repeat(10_000_000), 'not-json', 'expected at most 200000 characters, found 10000000'],
    [
      'deep',
      `{"steps": ${'['.repeat(5_000)}${']'.repeat(5_000)}, "diagnosis": []}`,
      'not-json',
      `expected a JSON object, found "{"steps": ${'['.repeat(50)}..."`,
    ],
  ] as const)('types what is no plan: %s', (_, text, kind, message) => {
    expect(parsePlan(text)).toEqual({ plan: null, failure: { kind, message } });
  });

  it('never throws and gives back what it was given', () => {
    fc.assert(
      fc.property(
        fc.oneof(
          fc.string(),
          fc.json(),
          fc.string().map((tail) => `${json.slice(0, 40)}${tail}`),
        ),
        (text) => {
          const result = parsePlan(text);
          expect((result.plan === null) !== (result.failure === null)).toBe(true);
        },
      ),
      { numRuns: 500, seed: 7 },
    );
    fc.assert(
      fc.property(fc.string(), fc.string(), (before, after) => {
        const result = parsePlan(`${before.replace(/[{"]/g, '')}${json}${after}`);
        expect(result.plan).toEqual(plan);
      }),
      { numRuns: 200, seed: 8 },
    );
  });

  it('leaves no mark on the prototype', () => {
    parsePlan(
      '{"__proto__": {"polluted": 1}, "steps": [], "diagnosis": [], "constructor": {"prototype": {"polluted": 1}}}',
    );
    expect(({} as Record<string, unknown>).polluted).toBeUndefined();
  });
});
