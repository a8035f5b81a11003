import { execFileSync } from 'node:child_process';
import { readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { playIncidents } from '../../experiments/runner/evaluate.js';
import { makePolicy } from '../../experiments/runner/policies.js';
import { HINDSIGHT } from '../../experiments/runner/reference-kinds.js';
import { playReference } from '../../experiments/runner/references.js';
import { makeWorld, type World } from '../../experiments/runner/worlds.js';

const PROMPTS = ['direct-minimal', 'diagnose-logs', 'sample-three-events', 'repair-advice'];

const world: World = {
  name: 'seen',
  incidents: 'seen train',
  id: 'pase/CloudHealing-v0',
  options: { split: 'seen', partition: 'train', metaPrompts: PROMPTS, reward: 'mttr' },
};
const INCIDENTS = 12;

describe('hindsight-prompt', () => {
  it('does at least as well on every incident as every fixed meta-prompt', async () => {
    const hindsight = await playReference(HINDSIGHT, world, INCIDENTS);
    let better = 0;
    for (let action = 0; action < PROMPTS.length; action++) {
      const config = { policy: { kind: 'fixed', action }, engine: 'wasm' as const };
      const policy = await makePolicy(config, () => makeWorld(world), 0);
      const fixed = await playIncidents(policy, world, INCIDENTS);
      fixed.forEach(({ result }, i) => {
        expect(hindsight[i]!.result.episodeReturn).toBeGreaterThanOrEqual(result.episodeReturn - 1e-12);
        if (hindsight[i]!.result.mttr < result.mttr - 1) better++;
      });
    }
    expect(better).toBeGreaterThan(0);
  });

  it('counts only what it keeps, and is the same every time', async () => {
    const [first] = await playReference(HINDSIGHT, world, 1);
    expect(first!.result.turns).toBe(first!.metaPrompts.length);
    expect(first!.course).toHaveLength(first!.result.turns);
    expect((await playReference(HINDSIGHT, world, 1))[0]).toEqual(first);
  });
});

describe('a policy per group of the observation', () => {
  it('finds the group by its name, wherever the encoder puts it', async () => {
    const config = { policy: { kind: 'best-per-context', contextGroup: 'alerts' }, engine: 'wasm' as const };
    const policy = await makePolicy(config, () => makeWorld(world), 0);
    const { table } = makeWorld(world).encoder;
    const at = table.findIndex(({ name }) => name === 'alerts');
    expect((policy as unknown as { options: object }).options).toMatchObject({
      contextFrom: table.slice(0, at).reduce((sum, { size }) => sum + size, 0),
      contextSize: table[at]!.size,
    });
  });

  it('says which groups there are', async () => {
    const config = { policy: { kind: 'best-per-context', contextGroup: 'alarms' }, engine: 'wasm' as const };
    await expect(makePolicy(config, () => makeWorld(world), 0)).rejects.toThrow(
      /contextGroup: expected a group of the observation, .*found "alarms"; did you mean "alerts"\?/,
    );
  });
});

describe('the drawn catalogue', () => {
  it('is what its script writes', () => {
    const written = execFileSync('npx', [
      'tsx',
      '--conditions=source',
      'scripts/meta-prompt-catalogue.ts',
      '64',
    ]);
    expect(written.toString()).toBe(readFileSync('configs/meta-prompts/drawn-64.yaml', 'utf8'));
  });

  it('has every level of every factor about equally often', () => {
    const text = readFileSync('configs/meta-prompts/drawn-64.yaml', 'utf8');
    const count = (level: string): number => text.split(level).length - 1;
    expect(count('name: drawn-')).toBe(65);
    for (const strategy of ['direct', 'diagnose-first', 'contain-first', 'rollback-first', 'least-risk'])
      expect(Math.abs(count(`strategy: ${strategy},`) - 64 / 5)).toBeLessThanOrEqual(1);
    expect(count('feedback: none')).toBe(48);
  });
});
