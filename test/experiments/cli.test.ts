import { existsSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { pase, SMALL, smallExperiment } from './helpers/small-run.js';

const folder = temporaryFolder('cli');

describe('the command line', () => {
  it.concurrent('says what would run and writes nothing', async () => {
    const { config, root } = smallExperiment();
    const { code, stdout } = await pase(['run', config, '--out', root, '--dry-run'], folder);
    expect(code).toBe(0);
    expect(stdout).toMatch(/4 runs \(2 variants × 2 seeds\)/);
    expect(stdout).toMatch(/best-fixed +60 training, about \d+ testing calls/);
    expect(existsSync(root)).toBe(false);
  });

  it.concurrent('refuses a mistake in the experiment with one line and code 2, and writes nothing', async () => {
    const { config, root } = smallExperiment(SMALL.replace('seeds: 2', 'sedes: 2'));
    const { code, stdout, stderr } = await pase(['run', config, '--out', root], folder);
    expect(stderr).toMatch(
      /^pase: .*small\.yaml: sedes: expected one of .*, found "sedes"; did you mean "seeds"\?\n$/,
    );
    expect({ code, stdout, wrote: existsSync(root) }).toEqual({ code: 2, stdout: '', wrote: false });
  });

  it.concurrent('refuses bad options with one line and code 2', async () => {
    const { config } = smallExperiment();
    const ended = await pase(['run', config, '--workers', 'many'], folder);
    expect(ended).toMatchObject({
      code: 2,
      stderr: 'pase: --workers: expected a whole number of at least 1, found "many"\n',
    });
    const unknown = await pase(['run', config, '--wrokers', '2'], folder);
    expect(unknown.code).toBe(2);
    expect(unknown.stderr.trimEnd().split('\n')).toHaveLength(1);
  });

  it.concurrent('plays an incident, the same each time', async () => {
    const args = ['incident', '--seed', '7', '--fault', 'rbac_revoked'];
    const [first, second] = await Promise.all([pase(args, folder), pase(args, folder)]);
    expect(first!.code).toBe(0);
    expect(first!.stdout).toBe(second!.stdout);
    for (const part of [
      'DETECTED',
      'BELIEF',
      'TURN 1: meta-prompt',
      'PLAN, because',
      'VERDICT',
      'truth: rbac_revoked',
    ]) {
      expect(first!.stdout).toContain(part);
    }
    expect(first!.stdout).toMatch(/RECOVERED \d+ s after onset|UNRESOLVED/);
    expect(first!.stdout.split('\n').length).toBeLessThan(120);
  });

  it.concurrent('refuses a fault that does not exist', async () => {
    const { code, stderr } = await pase(['incident', '--seed', '7', '--fault', 'rbac_revokd'], folder);
    expect(code).toBe(2);
    expect(stderr).toMatch(/rbac_revokd.*did you mean "rbac_revoked"\?\n$/);
  });

  it.concurrent('lists what can be named, and finds itself in order', async () => {
    const envs = JSON.parse((await pase(['envs', '--json'], folder)).stdout);
    expect(envs.environments).toContain('pase/CloudHealing-v0');
    expect(envs.splits).toEqual(expect.arrayContaining(['seen', 'unseen-type']));
    expect(envs.faults.length).toBeGreaterThanOrEqual(16);
    const doctor = await pase(['doctor', '--json'], folder);
    expect(doctor.code).toBe(0);
    expect(JSON.parse(doctor.stdout).using).toMatchObject({ engine: 'wasm' });
  });

  it.concurrent('reports and evaluates a run folder', async () => {
    const { config, root } = smallExperiment(SMALL.replace('seeds: 2', 'seeds: 1'));
    const run = await pase(['run', config, '--out', root, '--json'], folder);
    expect(run.code).toBe(0);
    const report = await pase(['report', root, '--json'], folder);
    expect(report.stdout).toBe(run.stdout);
    const args = ['evaluate', join(root, 'best-fixed/seed-0'), '--incidents', '3', '--json'];
    const evaluated = JSON.parse((await pase(args, folder)).stdout) as { metric: string; mean: number }[];
    const summary = JSON.parse(run.stdout) as {
      variant: string;
      split: string;
      metric: string;
      mean: number;
    }[];
    const expected = summary.find(
      (row) => row.variant === 'best-fixed' && row.split === 'seen' && row.metric === 'mttr_s',
    )!;
    expect(evaluated.find((row) => row.metric === 'mttr_s')!.mean).toBeCloseTo(expected.mean, 9);
    const nothing = await pase(['report', folder], folder);
    expect(nothing).toMatchObject({ code: 2 });
  });
});
