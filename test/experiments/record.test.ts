import { existsSync, mkdtempSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeAll, beforeEach, describe, expect, it, vi } from 'vitest';
import { ConfigError } from '../../envs/config/index.js';
import { createSynthesizer, loadProfile, readBank, synthesizerSchema } from '../../envs/synthesis/index.js';
import { calibrateProfileCommand } from '../../experiments/cli/calibrate-profile.js';
import { type RecordOptions, recordCommand } from '../../experiments/cli/record.js';
import { answer, ChatServer, send } from '../envs/synthesis/chat-server.js';
import { startPase } from './helpers/small-run.js';

const CONFIG = `
env: { metaPrompts: [direct-minimal, direct-logs, repair-step] }
synthesizer: { kind: surrogate, profile: weak }
methods: { any: {} }
`;
const OPTIONS = { incidents: '8', split: 'seen', partition: 'fit', repairs: '1', set: [], json: true };

const cwd = process.cwd();
const server = new ChatServer();
let baseURL: string;
beforeAll(async () => {
  baseURL = await server.start();
});
afterAll(() => server.stop());
beforeEach(() => {
  server.requests.length = 0;
  process.chdir(mkdtempSync(join(tmpdir(), 'pase-record-')));
  writeFileSync('small.yaml', CONFIG);
});
afterEach(() => process.chdir(cwd));

/** What a command prints, read as JSON. */
async function printed(run: () => unknown): Promise<Record<string, never>> {
  let text = '';
  const spy = vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  try {
    await run();
  } finally {
    spy.mockRestore();
  }
  return text === '' ? {} : JSON.parse(text);
}

const record = (out: string, options: Partial<RecordOptions> = {}) =>
  printed(() => recordCommand('small.yaml', { ...OPTIONS, out, ...options }));
const calibrate = (bank: string, options: object = {}) =>
  printed(() => calibrateProfileCommand(bank, { base: 'weak', json: true, ...options }));

describe('pase record and pase calibrate', () => {
  it('record a bank that a profile is fitted to, both ready for use by name', async () => {
    const said = await record('bank.jsonl', { incidents: '60' });
    const { header, records } = readBank('bank.jsonl');
    expect(said).toMatchObject({
      file: 'bank.jsonl',
      answers: records.length,
      added: records.length,
      incidents: 60,
    });
    expect(header).toEqual({
      bank: 1,
      model: 'surrogate weak',
      topology: 'online-boutique',
      overlay: 'production',
      prior: 'incident-statistics',
    });
    const fit = await calibrate('bank.jsonl', { name: 'mine' });
    expect(fit).toMatchObject({
      file: 'configs/llm-profiles/mine.yaml',
      completions: records.length,
      strange: 0,
    });
    const { wrongOperation, badStructure, malformed } = fit.kinds as unknown as Record<string, number>;
    expect(wrongOperation! + badStructure! + malformed!).toBeCloseTo(1, 9);
    expect(fit.error).toBeGreaterThan(0);
    const { slip, repair } = loadProfile('mine');
    expect(slip.hazard).toBeCloseTo(fit.hazard!, 3);
    expect(slip.goalMiss).toBeCloseTo(fit.goalMiss!, 3);
    expect(repair.oddsRatio).toBeCloseTo(fit.repairOddsRatio!, 2);
    for (const config of [
      { kind: 'surrogate', profile: 'mine' },
      { kind: 'replay', bank: 'bank.jsonl' },
    ])
      expect(createSynthesizer(synthesizerSchema.parse(config)).mode).toBe('sync');
  });

  it('goes on where it was interrupted, to the same bank as without', async () => {
    await record('whole.jsonl');
    const whole = readFileSync('whole.jsonl', 'utf8');
    // What a killed process leaves: some whole lines and a part of one.
    writeFileSync('cut.jsonl', whole.slice(0, Math.floor(whole.length * 0.6)));
    await record('cut.jsonl');
    expect(readFileSync('cut.jsonl', 'utf8')).toBe(whole);
    expect(await record('whole.jsonl')).toMatchObject({ added: 0 });
    expect(readFileSync('whole.jsonl', 'utf8')).toBe(whole);
  });

  it('asks no question twice though it was killed in the middle', async () => {
    server.behaviour = (_, response) =>
      void setTimeout(() => answer(response, '{"diagnosis": [], "steps": []}'), 50);
    writeFileSync(
      'small.yaml',
      `env: { metaPrompts: [direct-minimal, direct-logs] }
synthesizer: { kind: openai, model: made-up, baseURL: '${baseURL}', concurrency: 2, cache: null }
methods: { any: {} }
`,
    );
    const args = ['record', 'small.yaml', '--out', 'bank.jsonl', '--incidents', '12'];
    const { child, ended } = startPase(args, process.cwd());
    while (server.requests.length < 8 && child.exitCode === null)
      await new Promise((wake) => setTimeout(wake, 5));
    child.kill('SIGKILL');
    expect((await ended).code).toBeNull();
    const kept = readBank('bank.jsonl').records.length;
    expect(kept).toBeGreaterThan(0);
    server.requests.length = 0;
    expect(await record('bank.jsonl', { incidents: '12' })).toMatchObject({ answers: 24, added: 24 - kept });
    expect(server.requests).toHaveLength(24 - kept);
  });

  it('stops when the model is gone or the money is spent, and says how to go on', async () => {
    const synthesizer = `kind: openai, model: made-up, baseURL: '${baseURL}', retries: 0, cache: null`;
    writeFileSync('small.yaml', CONFIG.replace('kind: surrogate, profile: weak', synthesizer));
    server.behaviour = (_, response) => send(response, 404, { error: { message: 'no such model' } });
    await expect(record('gone.jsonl')).rejects.toThrow(
      'the server answered 404: 404 no such model; the same command goes on from what is recorded',
    );
    server.behaviour = (_, response) =>
      answer(response, 'no plan', { prompt_tokens: 4000, completion_tokens: 50 });
    const set = ['synthesizer.spendLimit.tokens=30000', 'synthesizer.concurrency=1'];
    await expect(record('spent.jsonl', { set })).rejects.toThrow(
      /^spend limit of 30000 tokens: the next request could pass it .*recorded$/,
    );
    const answers = readBank('spent.jsonl').records.length;
    expect(answers).toBeGreaterThan(0);
    expect(answers * 4050).toBeLessThanOrEqual(30_000);
  });

  it('refuse what they cannot use with one line, and write nothing', async () => {
    await record('bank.jsonl', { incidents: '2' });
    const before = readFileSync('bank.jsonl', 'utf8');
    writeFileSync('letter.txt', 'Dear reader');
    writeFileSync('empty.jsonl', `${before.split('\n')[0]}\n`);
    writeFileSync('spoilt.jsonl', `${before}x\n`);
    const refused: [() => Promise<unknown>, RegExp][] = [
      [
        () => record('new', { partition: 'fot' }),
        /^record: partition: expected one of .*did you mean "fit"\?$/,
      ],
      [
        () => record('new', { incidents: '0' }),
        /^--incidents: expected a whole number of at least 1, found "0"$/,
      ],
      [
        () => record('new', { set: ['synthesizer.kind=planner', 'synthesizer.profile=weak'] }),
        /small\.yaml: synthesizer/,
      ],
      [() => record('letter.txt'), /^letter\.txt:1: expected a line of JSON, found "Dear reader"$/],
      [
        () => record('bank.jsonl', { set: ['synthesizer.profile=mid'] }),
        /^bank\.jsonl: expected a bank of surrogate mid on .*, found surrogate weak on .*; name another --out$/,
      ],
      [() => record('new', { set: ['env.id=pase/DirectHealing-v0'] }), /expected pase\/CloudHealing-v0/],
      [() => calibrate('new'), /^new: no such bank of completions$/],
      [() => calibrate('spoilt.jsonl'), /^spoilt\.jsonl:\d+: expected a line of JSON, found "x"$/],
      [
        () => calibrate('empty.jsonl'),
        /^empty\.jsonl: expected at least one first plan for a known incident/,
      ],
      [() => calibrate('bank.jsonl', { name: 'mid' }), /^--name: expected a name of its own, found "mid"/],
      [() => calibrate('bank.jsonl', { name: '../new' }), /^--name: expected a name of letters, digits/],
      [() => calibrate('bank.jsonl', { base: 'mit' }), /expected a language-model profile, .*"mid"\?$/],
    ];
    for (const [run, message] of refused) {
      const error = await run().then(
        () => null,
        (thrown: unknown) => thrown,
      );
      expect(error).toBeInstanceOf(ConfigError);
      expect((error as Error).message).toMatch(message);
      expect((error as Error).message).not.toContain('\n');
    }
    expect([existsSync('new'), existsSync('configs')]).toEqual([false, false]);
    expect(readFileSync('letter.txt', 'utf8')).toBe('Dear reader');
    expect(readFileSync('bank.jsonl', 'utf8')).toBe(before);
  });
});
