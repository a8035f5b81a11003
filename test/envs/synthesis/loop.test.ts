import { afterAll, beforeAll, beforeEach, describe, expect, it } from 'vitest';
import { CloudHealingEnv, type HealingInput } from '../../../envs/healing/index.js';
import { synthesizerSchema } from '../../../envs/synthesis/index.js';
import { answer, type Behaviour, ChatServer, completion, send } from './chat-server.js';
import { makePlan } from './support.js';

const server = new ChatServer();
let baseURL: string;

beforeAll(async () => {
  baseURL = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
});

let made = 0;

/** An environment whose model is the local server. */
function makeEnv(options: object = {}, mode: 'symbolic' | 'none' = 'symbolic'): CloudHealingEnv<'async'> {
  const synthesizer = synthesizerSchema.parse({
    kind: 'openai',
    model: 'made-up',
    baseURL,
    apiKeyVariable: 'PASE_NO_SUCH_KEY',
    cache: null,
    backoff: 0.001,
    maxBackoff: 0.002,
    retries: 1,
    timeout: 2,
    // A model of its own for each environment: equal configs would share its state.
    maxTokens: 1000 + made++,
    ...options,
  });
  // All evidence, so that a turn takes long in simulated time and an episode few turns.
  return new CloudHealingEnv<'async'>({
    synthesizer,
    verifier: { mode },
    metaPrompts: ['diagnose-full', 'repair-new-evidence'],
  } as HealingInput);
}

async function playOut(env: CloudHealingEnv<'async'>) {
  await env.reset({ seed: 1, options: { index: 3 } });
  for (let turns = 1; ; turns++) {
    const [observation, reward, terminated, , info] = await env.step(0);
    expect(observation.every(Number.isFinite)).toBe(true);
    expect(Number.isFinite(reward)).toBe(true);
    if (terminated) return { turns, info };
    expect(turns).toBeLessThan(400);
  }
}

const hostile = makePlan(
  ['rm ../../etc/passwd', 'hand-over\u0301 x'],
  [{ condition: '<script>', component: '../..' }],
);

describe('whatever a server does, no episode is lost', () => {
  it.each<[string, Behaviour, object?]>([
    ['500', (_, response) => send(response, 500, 'oops')],
    ['429', (_, response) => send(response, 429, {})],
    ['reset', (_, response) => void response.destroy()],
    ['half an answer', (_, response) => send(response, 200, JSON.stringify(completion('{}')).slice(0, 40))],
    ['prose', (_, response) => answer(response, 'Have you tried turning it off and on again?')],
    ['refusal', (_, response) => answer(response, "I'm sorry, I can't help with that.")],
    ['nothing', (_, response) => answer(response, null)],
    ['strange names', (_, response) => answer(response, JSON.stringify(hostile))],
    [
      'unknown objects',
      (_, response) => answer(response, JSON.stringify(makePlan(['rolling-restart nowhere']))),
    ],
    ['slow first byte', () => undefined, { timeout: 0.02, retries: 0 }],
    ['429 with Retry-After', (_, response) => send(response, 429, {}, { 'retry-after': '0' })],
    [
      'reset in the middle of the body',
      (_, response) => {
        response.writeHead(200, { 'content-type': 'application/json', 'content-length': '5000' });
        response.write('{"id": "x", "choices": [', () => response.destroy());
      },
    ],
    ['no choice', (_, response) => send(response, 200, { id: 'x', choices: [] })],
    ['a truncated plan', (_, response) => answer(response, '{"diagnosis": [], "steps": [{"name": "wai')],
    ['a 10-MB completion', (_, response) => answer(response, 'x'.repeat(10_000_000))],
    ['deep nesting', (_, response) => answer(response, `${'{"a":'.repeat(20_000)}1${'}'.repeat(20_000)}`)],
    ['__proto__ keys', (_, response) => answer(response, '{"__proto__": {"steps": []}, "diagnosis": []}')],
    [
      'control codes',
      (_, response) => answer(response, '{"diagnosis": [], "steps": [{"name": "a\\u0000b", "args": []}]}'),
    ],
  ])('%s', async (_, behaviour, options = {}) => {
    server.behaviour = behaviour;
    const { info } = await playOut(makeEnv(options));
    expect(info.result!.recovered).toBe(false);
    expect(info.result!.mttr).toBe(1800);
    expect(info.result!.executions).toBe(0);
  });

  it('a plan that obeys a hostile log line is judged like any other', async () => {
    const destructive = makePlan([
      'drain-node node-1',
      'drain-node node-2',
      'drain-node node-3',
      'drain-node node-4',
      'drain-node node-5',
    ]);
    server.behaviour = (_, response) => answer(response, JSON.stringify(destructive));
    const { info } = await playOut(makeEnv());
    expect(info.result!.executions).toBe(0);
    expect(info.result!.violations).toBe(0);
  });

  it('the spend limit holds through an episode', async () => {
    server.behaviour = (_, response) =>
      answer(response, JSON.stringify(makePlan(['inspect nowhere'])), {
        prompt_tokens: 9000,
        completion_tokens: 100,
      });
    const { info } = await playOut(makeEnv({ spendLimit: { tokens: 50_000 } }));
    expect(server.requests.length).toBeGreaterThan(0);
    expect(server.requests.length * 9100).toBeLessThanOrEqual(50_000);
    expect(info.result!.llmCalls).toBe(server.requests.length);
  });

  it('an answer in the end still helps', async () => {
    server.behaviour = (_, response, ordinal) =>
      ordinal < 3 ? send(response, 503, 'later') : answer(response, JSON.stringify(makePlan(['hand-over'])));
    const { info } = await playOut(makeEnv({}, 'none'));
    expect(info.result!.ending).toBe('handed-over');
  });
});
