import { mkdtempSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { pase } from './helpers/small-run.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-incident-'));

interface Line {
  readonly kind: string;
  readonly time: number;
  readonly [key: string]: unknown;
}
const linesOf = (stdout: string): Line[] =>
  stdout
    .trimEnd()
    .split('\n')
    .map((line) => JSON.parse(line) as Line);

describe('pase incident --json', () => {
  it.concurrent('writes the whole trajectory as JSON lines, the same bytes each time', async () => {
    const args = [
      'incident',
      '--seed',
      '7',
      '--fault',
      'scaled_to_zero',
      '--topology',
      'sock-shop',
      '--json',
    ];
    const [first, second] = await Promise.all([pase(args, folder), pase(args, folder)]);
    expect(first!.code).toBe(0);
    expect(first!.stdout).toBe(second!.stdout);
    const lines = linesOf(first!.stdout);
    expect(lines[0]).toMatchObject({
      kind: 'incident',
      topology: 'sock-shop',
      truth: { faultType: 'scaled_to_zero' },
    });
    expect(lines.slice(-2).map(({ kind }) => kind)).toEqual(['result', 'episode']);
    const count = (kind: string) => lines.filter((line) => line.kind === kind).length;
    expect(count('state')).toBeGreaterThan(20);
    expect(count('telemetry')).toBe(count('state'));
    const { result } = lines.at(-1) as unknown as { result: { turns: number; executions: number } };
    expect(count('turn')).toBe(result.turns);
    expect(count('action')).toBeGreaterThanOrEqual(result.executions);
    const state = lines.find(({ kind }) => kind === 'state')!;
    expect(state).toHaveProperty('slo.success');
    expect(state).toHaveProperty('services');
    for (let i = 1; i < lines.length - 1; i++) {
      if (lines[i]!.kind !== 'turn') expect(lines[i]!.time).toBeGreaterThanOrEqual(0);
    }
  });

  it.concurrent('answers not-applicable in one line and code 0 where no service can be struck', async () => {
    const args = ['incident', '--fault', 'hpa_broken', '--overlay', 'as-shipped'];
    const [json, text] = await Promise.all([pase([...args, '--json'], folder), pase(args, folder)]);
    expect(json).toMatchObject({ code: 0, stderr: '' });
    expect(linesOf(json!.stdout)).toEqual([
      {
        kind: 'not-applicable',
        time: 0,
        fault: 'hpa_broken',
        topology: 'online-boutique',
        overlay: 'as-shipped',
      },
    ]);
    expect(text).toMatchObject({
      code: 0,
      stdout: 'not applicable: online-boutique (as-shipped) has no service that hpa_broken can strike\n',
    });
  });
});
