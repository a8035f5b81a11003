import { describe, expect, it } from 'vitest';
import { loadDomain, readDomain } from '../../../envs/world-model/domain.js';
import { actionText } from '../../../envs/world-model/domain-text.js';
import { CONDITIONS } from '../../conditions.js';

const ON_SERVICE = [
  'rollback-deployment',
  'set-image',
  'restore-config',
  'disable-flag',
  'rolling-restart',
  'recreate-pods',
  'scale-out',
  'scale-in',
  'set-resources',
  'fix-placement',
  'reschedule',
  'fix-route',
  'fix-policy',
  'grant-role',
  'sync-secret',
  'renew-certificate',
  'suspend-actor',
  'rate-limit',
  'lift-limits',
  'inspect',
  'wait-ready',
  'restore-controller',
  'break-circuit',
  'fence-primary',
  'promote-replica',
  'repoint-clients',
  'rebuild-replica',
  'verify-backup',
  'restore-backup',
  'reattach-volume',
  'expand-volume',
  'kill-session',
  'skip-record',
  'drain-queue',
  'warm-cache',
  'reconcile-state',
  'pause-rollout',
  'resume-rollout',
]; // prettier-ignore
const ON_NODE = ['cordon-node', 'uncordon-node', 'drain-node', 'restart-agent', 'sync-time', 'replace-node']; // prettier-ignore
const ON_ZONE = ['shift-zone', 'return-zone'];
const GLOBAL = [
  'add-node',
  'raise-quota',
  'fix-admission',
  'fix-dns',
  'expand-ip-pool',
  'restore-route',
  'hand-over',
];

describe('the recovery domain', () => {
  const domain = loadDomain();

  it('has exactly the conditions of the vocabulary', () => {
    expect([...domain.conditions]).toEqual(CONDITIONS);
  });

  it('has exactly the primitives of the vocabulary, with their parameters', () => {
    const signature = (types: string) =>
      domain.primitives
        .filter(({ parameters }) => parameters.map(({ type }) => type).join(' ') === types)
        .map(({ name }) => name)
        .sort();
    expect(signature('service')).toEqual([...ON_SERVICE].sort());
    expect(signature('node')).toEqual([...ON_NODE].sort());
    expect(signature('')).toEqual([...GLOBAL].sort());
    expect(signature('zone')).toEqual([...ON_ZONE].sort());
    expect(domain.primitives).toHaveLength(53);
  });

  it('documents every primitive, with a duration and its source', () => {
    for (const { name, doc, duration, durationSource } of domain.primitives) {
      expect(doc.length, `doc of ${name}`).toBeGreaterThan(20);
      expect(duration, `duration of ${name}`).toBeGreaterThan(0);
      expect(durationSource, `source of the duration of ${name}`).toMatch(/^\[\w+\]/);
    }
  });

  it('reads doc, precondition and effect from the file', () => {
    expect(domain.byName.get('scale-in')).toMatchObject({
      parameters: [{ name: 's', type: 'service' }],
      duration: 35,
      doc: 'Return the replicas of a service to its baseline.',
      precondition: '(> (desired ?s) (baseline ?s))',
      durationSource: '[apply] + [grace]',
    });
    expect(domain.byName.get('hand-over')?.precondition).toBeNull();
  });

  it('has safety invariants with a comment each', () => {
    expect(domain.invariants).toHaveLength(12);
    for (const { doc, text } of domain.invariants) {
      expect(doc).not.toBe('');
      expect(text).toMatch(/^\((always|at end) /);
    }
  });

  it('is read once', () => {
    expect(loadDomain()).toBe(domain);
  });
});

describe('readDomain', () => {
  it('says where a domain is wrong', () => {
    expect(() => readDomain('(define (domain x) (:predicates (p ?x - thing)))', 'mine.pddl')).toThrow(
      /^mine\.pddl:1:\d+: /,
    );
  });

  it('refuses a domain without the types of inventory', () => {
    const text =
      '(define (domain x) (:requirements :typing) (:types service node) (:predicates (p ?s - service)))';
    expect(() => readDomain(text, 'mine.pddl')).toThrow(
      'mine.pddl: types: expected a type "zone", found object, service, node',
    );
  });

  it('takes a new predicate over a service as a condition', () => {
    const text = `(define (domain x) (:requirements :typing) (:types service node zone)
      (:predicates (broken ?s - service) (serving ?s - service) (near ?n - node)))`;
    expect(readDomain(text, 'mine.pddl').conditions).toEqual(['broken']);
  });
});

describe('actionText', () => {
  it('does not take an action for one whose name starts alike', () => {
    const text = '; first\n(:action scale-in-all :effect (a))\n; second\n(:action scale-in :effect (b))';
    expect(actionText(text, 'scale-in')).toMatchObject({ doc: 'second', effect: '(b)' });
  });

  it('is not confused by brackets in comments', () => {
    const text = '(:action a ; :-( (((\n :precondition (and (p) ; )\n (q))\n :effect (r))';
    expect(actionText(text, 'a').precondition).toBe('(and (p) (q))');
  });
});
