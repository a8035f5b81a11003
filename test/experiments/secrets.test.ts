import { mkdtempSync, readdirSync, readFileSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, it } from 'vitest';
import { answer, ChatServer, send } from '../envs/synthesis/chat-server.js';
import { pase } from './helpers/small-run.js';

const SECRET = 'sk-test-0123456789-never-to-be-seen';

it('an API key is in no file that a run leaves and in nothing that it prints, though the server echoes it', async () => {
  const server = new ChatServer();
  const baseURL = await server.start();
  server.behaviour = ({ headers }, response, ordinal) => {
    if (ordinal % 3 === 0) send(response, 401, { error: { message: `bad key ${headers.authorization}` } });
    else answer(response, '{"diagnosis": [], "steps": [{"name": "hand-over", "args": []}]}');
  };
  const folder = mkdtempSync(join(tmpdir(), 'pase-secret-'));
  writeFileSync(
    join(folder, 'live.yaml'),
    `env: { metaPrompts: [direct-minimal, direct-logs] }
synthesizer: { kind: openai, model: made-up, baseURL: '${baseURL}', apiKeyVariable: PASE_SECRET_KEY, cache: cache }
evaluate: { splits: [seen], incidents: 3 }
seeds: 1
methods: { fixed: { policy: { kind: fixed } } }
`,
  );
  process.env.PASE_SECRET_KEY = SECRET;
  const { code, stdout, stderr } = await pase(['run', 'live.yaml', '--out', 'run', '--workers', '1'], folder);
  delete process.env.PASE_SECRET_KEY;
  await server.stop();
  expect({ code, stderr }).toEqual({ code: 0, stderr: '' });
  expect(server.requests.length).toBeGreaterThan(2);
  expect(server.requests[0]!.headers.authorization).toBe(`Bearer ${SECRET}`);
  expect(stdout + stderr).not.toContain(SECRET);
  const files = readdirSync(folder, { recursive: true, withFileTypes: true }).filter((entry) =>
    entry.isFile(),
  );
  expect(files.map(({ name }) => name)).toEqual(
    expect.arrayContaining(['config.yaml', 'episodes.jsonl', 'report.html']),
  );
  expect(files.some(({ parentPath }) => parentPath.includes('cache'))).toBe(true);
  for (const { parentPath, name } of files)
    expect(readFileSync(join(parentPath, name), 'utf8').includes(SECRET), name).toBe(false);
});
