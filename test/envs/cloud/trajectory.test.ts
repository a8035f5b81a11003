import { describe, expect, it } from 'vitest';
import { trajectory } from '../../../envs/cloud/index.js';
import { production } from './catalogue.js';

const model = production();
const key = { split: 'seen', partition: 'test', index: 7 } as const;
const bytes = (options: Parameters<typeof trajectory>[2]) =>
  [...trajectory(model, key, options)].map((line) => JSON.stringify(line)).join('\n');

describe('trajectory', () => {
  it('writes the same bytes for the same key', () => {
    const options = { fault: 'scaled_to_zero', calls: [{ name: 'scale-out', args: ['cartservice'] }] };
    expect(bytes(options)).toBe(bytes(options));
  });

  it('shows the hidden cause go, the pods come back and the service level with them', () => {
    const lines = [
      ...trajectory(model, key, {
        fault: 'scaled_to_zero',
        component: 'cartservice',
        calls: [{ name: 'scale-out', args: ['cartservice'] }],
      }),
    ];
    expect(lines[0]).toMatchObject({
      kind: 'incident',
      truth: { faultType: 'scaled_to_zero', component: 'cartservice' },
    });
    const states = lines.filter((line) => line.kind === 'state') as unknown as {
      time: number;
      slo: { healthy: boolean };
      services: { id: string; ready: number; conditions: object[]; pods: { phase: string }[] }[];
    }[];
    const victim = (i: number) => states.at(i)!.services.find(({ id }) => id === 'cartservice')!;
    expect(victim(0)).toMatchObject({
      ready: 0,
      pods: [],
      conditions: [{ condition: 'capacity-short', attribute: 'scaled' }],
    });
    expect(states[0]!.slo.healthy).toBe(false);
    expect(victim(-1)).toMatchObject({ ready: 3, conditions: [] });
    expect(victim(-1).pods.map(({ phase }) => phase)).toEqual(['ready', 'ready', 'ready']);
    expect(states.at(-1)!.slo.healthy).toBe(true);
    expect(lines.at(-1)).toMatchObject({ kind: 'result', violations: 0 });
  });

  it('keeps missing series as null, so that every line is JSON and nothing is lost', () => {
    for (const line of trajectory(model, key, {})) expect(JSON.parse(JSON.stringify(line))).toEqual(line);
  });
});
