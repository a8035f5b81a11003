import { spawnSync } from 'node:child_process';
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { ground, parsePlan, validate } from 'pddl';
import { describe, expect, it } from 'vitest';
import { temporaryFolder } from '../temporary-folder.js';
import { here, loadDomain, loadProblem, root } from './helpers.js';

const main = join(root, 'experiments/cli/main.ts');
const folder = temporaryFolder('pddl');
const domain = join(here, 'domains/courier.pddl');
const problem = join(here, 'domains/courier-1.pddl');

function pase(...args: string[]): { status: number | null; out: string; error: string } {
  const node = ['--import', 'tsx', '--conditions=source', main, ...args];
  const { status, stdout, stderr } = spawnSync(process.execPath, node, { cwd: root, encoding: 'utf8' });
  return { status, out: stdout, error: stderr };
}

function file(name: string, text: string): string {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
}

describe('pase plan and pase verify', () => {
  it('plan, and accept what was planned', () => {
    const planned = pase('plan', domain, problem);
    expect(planned.status).toBe(0);
    expect(planned.out).toMatch(/^; cost = 12 \(metric\), optimal, \d+ nodes expanded, \d+ evaluated$/m);
    const verified = pase('verify', domain, problem, file('good.plan', planned.out));
    expect(verified).toEqual({ status: 0, out: 'valid: 7 steps, metric 12\n', error: '' });
  });

  it('report an invalid plan with exit code 1, as text and as the result of the validator', () => {
    const text = '(load card bicycle north)\n(drive lorry hub nroth)\n(fly card)';
    const plan = file('bad.plan', text);
    const { status, out } = pase('verify', domain, problem, plan);
    expect(status).toBe(1);
    expect(out).toBe(
      'invalid\n  unknown-object at step 2 (drive lorry hub nroth)\n    found    nroth\n    nearest  north\n',
    );
    const json = pase('verify', domain, problem, plan, '--json', '--all');
    const parsed = loadDomain('courier');
    const task = ground(parsed, loadProblem('courier-1', parsed));
    expect(json.status).toBe(1);
    expect(JSON.parse(json.out)).toEqual(
      JSON.parse(JSON.stringify(validate(task, parsePlan(text), { all: true }))),
    );
  });

  it('say why there is no plan with exit code 1', () => {
    const { status, out } = pase('plan', domain, problem, '--max-nodes', '1');
    expect(status).toBe(1);
    expect(out).toMatch(/^; no plan: node-limit, 1 nodes expanded/);
  });

  it.each([
    [
      ['verify', domain, problem, file('broken.plan', '(load card')],
      /^pase: .*broken\.plan:1:11: expected "\)"/,
    ],
    [
      ['verify', domain, domain, file('any.plan', '')],
      /^pase: .*courier\.pddl:2:9: expected \(problem NAME\)/,
    ],
    [
      ['plan', domain, join(folder, 'missing.pddl')],
      /^pase: .*missing\.pddl: expected a file that can be read/,
    ],
    [['plan', domain, problem, '--heuristic', 'hmx'], /^pase: --heuristic: expected a heuristic/],
  ])('refuse bad input with one line and exit code 2 (%#)', (args, expected) => {
    const { status, out, error } = pase(...args);
    expect(status).toBe(2);
    expect(out).toBe('');
    expect(error).toMatch(expected);
    expect(error.trimEnd()).not.toMatch(/\n/);
  });

  it('export an incident that can be planned and verified', () => {
    const recovery = join(root, 'configs/domains/cloud-healing.pddl');
    const incident = file('incident.pddl', pase('export-pddl', '--seed', '7').out);
    const planned = pase('plan', recovery, incident, '--greedy');
    expect(planned.status).toBe(0);
    expect(pase('verify', recovery, incident, file('incident.plan', planned.out)).out).toMatch(
      /^valid: \d+ step/,
    );
  });
});
