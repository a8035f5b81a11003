import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { z } from 'zod';
import {
  ConfigError,
  check,
  findConfig,
  loadYaml,
  nearestName,
  unknownName,
} from '../../../envs/config/index.js';
import { temporaryFolder } from '../../temporary-folder.js';

const schema = z.strictObject({
  name: z.string(),
  policy: z.strictObject({ kind: z.enum(['ppo', 'dqn']), learningRate: z.number().optional() }),
  list: z.array(z.strictObject({ size: z.int() })).default([]),
});

function failure(value: unknown): string {
  try {
    check('exp.yaml', value, schema);
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message;
  }
  throw new Error('accepted');
}

function file(text: string): string {
  const path = join(temporaryFolder('load'), 'x.yaml');
  writeFileSync(path, text);
  return path;
}

describe('check', () => {
  it('names path, expectation, found value and the nearest valid key', () => {
    expect(failure({ name: 'a', policy: { kind: 'ppo', learningrate: 1 } })).toBe(
      'exp.yaml: policy.learningrate: expected one of kind, learningRate, found "learningrate"; did you mean "learningRate"?',
    );
  });
  it('names the keys of the chosen kind only', () => {
    const planner = z.strictObject({ kind: z.literal('planner') });
    const surrogate = z.strictObject({ kind: z.literal('surrogate'), profile: z.string().default('mid') });
    const union = z.strictObject({ by: z.discriminatedUnion('kind', [planner, surrogate]).optional() });
    const message = (by: unknown) => {
      try {
        check('exp.yaml', { by }, union);
      } catch (error) {
        return (error as Error).message;
      }
      return 'accepted';
    };
    expect(message({ kind: 'planner', profile: 'mid' })).toBe(
      'exp.yaml: by.profile: expected one of kind, found "profile"',
    );
    expect(message({ kind: 'surrogate', profil: 'mid' })).toBe(
      'exp.yaml: by.profil: expected one of kind, profile, found "profil"; did you mean "profile"?',
    );
    expect(message({ kind: 'surrogat' })).toMatch(/^exp\.yaml: by\.kind: /);
  });
  it('names the nearest valid value', () => {
    expect(failure({ name: 'a', policy: { kind: 'pppo' } })).toBe(
      'exp.yaml: policy.kind: expected one of ppo, dqn, found "pppo"; did you mean "ppo"?',
    );
  });
  it('tells a wrong type and a missing key', () => {
    expect(failure({ name: 7, policy: { kind: 'ppo' } })).toBe('exp.yaml: name: expected string, found 7');
    expect(failure({ policy: { kind: 'ppo' } })).toBe('exp.yaml: name: expected string, found nothing');
  });
  it('shows the place in a list', () => {
    expect(failure({ name: 'a', policy: { kind: 'ppo' }, list: [{ size: 1 }, { size: 'x' }] })).toBe(
      'exp.yaml: list[1].size: expected number, found "x"',
    );
  });
});

describe('loadYaml', () => {
  it('gives line and column of a syntax error in one line', () => {
    const path = file('name: a\npolicy: {kind: ppo\n');
    expect(() => loadYaml(path, schema)).toThrow(ConfigError);
    try {
      loadYaml(path, schema);
    } catch (error) {
      expect((error as Error).message).toMatch(/x\.yaml:3:1: /);
      expect((error as Error).message).not.toContain('\n');
    }
  });
  it('says that a file is missing', () => {
    expect(() => loadYaml('nowhere.yaml', schema)).toThrow('nowhere.yaml: no such file');
    expect(() => findConfig('reward.yaml')).toThrow(
      'configs/reward.yaml: no such file; did you mean "rewards.yaml"?',
    );
  });
});

describe('nearest names', () => {
  it('finds a name a few edits away and nothing when all are far', () => {
    expect(nearestName('quickstrat', ['quickstart', 'ablation'])).toBe('quickstart');
    expect(nearestName('zzz', ['quickstart', 'ablation'])).toBeUndefined();
  });
  it('makes one line', () => {
    expect(
      unknownName('x.yaml: fault', 'a fault type', 'dns_failur', ['dns_failure', 'rbac_revoked']).message,
    ).toBe(
      'x.yaml: fault: expected a fault type, one of dns_failure, rbac_revoked, found "dns_failur"; did you mean "dns_failure"?',
    );
  });
});
