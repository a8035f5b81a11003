import { describe, expect, it } from 'vitest';
import { loadPractice, loadProfile, PromptBuilder } from '../../../envs/synthesis/index.js';
import type { CompiledSign } from '../../../envs/synthesis/surrogate/compiled-sign.js';
import { EvidenceReader } from '../../../envs/synthesis/surrogate/evidence.js';
import { Signs } from '../../../envs/synthesis/surrogate/signs.js';
import { makeMetaPrompt, makeView, type Scene } from './support.js';

const practice = loadPractice();
const builder = new PromptBuilder();
const strong = loadProfile('strong');
const attentive = { ...strong, knowHow: { common: 1, uncommon: 1, rare: 1, cap: {} } };
/** Everything is known and noticed. */
const certain = { at: () => 0 } as never;

function read(scene: Scene) {
  const contents = builder.measure(makeView(scene), makeMetaPrompt(), null);
  const reader = new EvidenceReader(practice, attentive);
  const { scores, suspicion } = reader.read(contents, { diagnosis: certain, knowledge: certain } as never);
  const { services } = contents.objects;
  const score = (problem: string, service: string) =>
    scores[
      practice.problems.findIndex(({ id }) => id === problem) * services.length + services.indexOf(service)
    ]!;
  return { score, suspicion: (service: string) => suspicion[services.indexOf(service)]! };
}

/** The problem that the evidence speaks for most at a service, and how strongly. */
function best(scene: Scene, service: string): string {
  const { score } = read(scene);
  const ranked = practice.problems.map(({ id }) => ({ id, value: score(id, service) }));
  ranked.sort((a, b) => b.value - a.value);
  return ranked[0]!.id;
}

/** Messages as the programs themselves print them, none of them from the simulated cloud. */
const LOGS: [string, string][] = [
  ['java.lang.OutOfMemoryError: Java heap space', 'memory-leak'],
  ['RSS of worker grew to 1.9 GiB, memory limit is 2 GiB', 'memory-leak'],
  ['FATAL: password authentication failed for user "app"', 'secret-out-of-date'],
  ['NOAUTH Authentication required.', 'secret-out-of-date'],
  ['pods is forbidden: User "system:serviceaccount:shop:cart" cannot list resource "pods"', 'access-revoked'],
  ['getaddrinfo ENOTFOUND payment', 'name-resolution-broken'],
  ['ERROR: deadlock detected: process 71 waits for ShareLock, blocked by process 90', 'sessions-block'],
  ['Lock wait timeout exceeded; try restarting transaction', 'sessions-block'],
  ['FATAL: the database system is in recovery mode, write-ahead log is missing', 'primary-down'],
  ["READONLY You can't write against a read only replica: not master", 'primary-down'],
  ['pwrite failed: No space left on device', 'disk-full'],
  ['ERROR: invalid page in block 7 of relation base/1/2', 'data-corrupted'],
  ['duplicate key value violates unique constraint "orders_pkey"', 'records-inconsistent'],
  ['Failed to deserialize message from partition orders-0 at offset 81', 'poison-message'],
  ['consumer lag is 120000 and grows', 'consumers-behind'],
  ['cache miss rate 0.92', 'cache-cold'],
  ['Token used before issued: clock skew of 480 s', 'clock-wrong'],
  ['Waited for 4.1s due to client-side throttling, not priority and fairness', 'control-plane-flooded'],
  ['connect: network is unreachable', 'routing-lost'],
  ['max retries exceeded with url /pay', 'retry-storm'],
  ['panic: runtime error: invalid memory address or nil pointer dereference', 'process-crashed'],
  ['flagd: error in variant of feature flag newCheckout', 'feature-flag-turned-on'],
];

/** Reason and message of Kubernetes events. */
const EVENTS: [string, string, string][] = [
  ['Failed', 'Failed to pull image "shop/cart:9": manifest unknown', 'bad-release'],
  ['FailedScheduling', '0/3 nodes are available: 3 node(s) had untolerated taint', 'cannot-be-scheduled'],
  ['FailedScheduling', '0/3 nodes are available: 3 Insufficient memory', 'request-too-large'],
  ['Preempting', 'Preempted by a pod of higher priority class', 'crowded-out'],
  ['FailedCreate', 'pods "cart-1" is forbidden: exceeded quota: team', 'quota-exhausted'],
  [
    'FailedCreate',
    'Internal error: failed calling webhook "policy": connection refused',
    'webhook-refuses-pods',
  ],
  [
    'FailedComputeMetricsReplicas',
    'horizontal pod autoscaler: unable to get metrics',
    'autoscaler-misconfigured',
  ],
  ['FailedMount', 'Multi-Attach error for volume "pvc-1"', 'volume-detached'],
  [
    'FailedCreatePodSandBox',
    'failed to allocate for range 0: no IP addresses available',
    'addresses-exhausted',
  ],
  ['Unhealthy', 'Readiness probe failed: HTTP probe failed with statuscode: 500', 'probe-misconfigured'],
  ['NodeNotReady', 'Node is not ready', 'node-down'],
];

describe('signs', () => {
  it.each(LOGS)('read the log line %s as %s', (message, problem) => {
    expect(best({ logs: [['cart', 'ERROR', message]] }, 'cart')).toBe(problem);
  });

  it.each(EVENTS)('read the event %s, %s as %s', (reason, message, problem) => {
    expect(best({ events: [['cart', reason, message]] }, 'cart')).toBe(problem);
  });

  it('count the views of one symptom once', () => {
    const alert: Scene = { alerts: [['cart', 'PodCrashLooping']] };
    const both: Scene = { ...alert, metrics: { cart: { restarts: 6 } } };
    const all: Scene = { ...both, events: [['cart', 'BackOff', 'Back-off restarting failed container']] };
    const at = (scene: Scene) => read(scene).score('bad-release', 'cart');
    expect(at(both)).toBe(at(alert));
    expect(at(all)).toBeLessThan(at(alert) + 1);
    expect(at(all)).toBeGreaterThan(at(alert));
  });

  it('read what the history does not show', () => {
    const without = read({ changes: [] }).score('bad-release', 'cart');
    const withOne = read({ changes: [['cart', 'deploy', 'deploy cart v2']] }).score('bad-release', 'cart');
    expect(without).toBeLessThan(0);
    expect(withOne).toBeGreaterThan(0);
  });

  it('accuse whom callers complain of, the more the more callers do, and excuse who complains', () => {
    const line = (caller: string) => [caller, 'ERROR', 'call to payment failed for some reason'] as const;
    const one = read({ logs: [[...line('cart')]], metrics: { cart: { error_ratio: 0.5 } } });
    const two = read({
      logs: [[...line('cart')], [...line('web')]],
      metrics: { cart: { error_ratio: 0.5 } },
    });
    expect(one.suspicion('payment')).toBeGreaterThan(one.suspicion('cart'));
    expect(two.suspicion('payment')).toBeGreaterThan(one.suspicion('payment'));
  });

  it('do not accuse another when the message says what ails the one that writes it', () => {
    const { suspicion } = read({ logs: [['cart', 'ERROR', 'call to payment failed: 401 unauthenticated']] });
    expect(suspicion('payment')).toBeLessThan(suspicion('cart'));
  });

  it('find the same in an alert whatever was read before', () => {
    const alerts: [string, string, string][] = [
      ['CPUThrottling', 'cart', 'cart: cpu is throttled (cpu_ratio 0.95)'],
      ['CPUThrottling', 'cart', 'cart: cpu is throttled (cpu_ratio 1200)'],
      ['CPUThrottling', 'cart', 'cart: cpu is throttled (cpu_ratio no data)'],
      ['CPUThrottling', 'cart', 'cart: cpu is throttled (cpu_ratio 1.3e-7)'],
      ['CPUThrottling', 'cart', 'cart: all is well (cpu_ratio 0.95)'],
      ['Other', 'cart', 'cart: no trouble (x 0.5)'],
      ['Other', 'cart', 'cart: quota (x 0.5)'],
    ];
    const used = new Signs(practice, attentive);
    const indices = (signs: readonly CompiledSign[]) => signs.map(({ index }) => index);
    for (const alert of [...alerts, ...alerts.toReversed()])
      expect(indices(used.ofAlert(...alert))).toEqual(
        indices(new Signs(practice, attentive).ofAlert(...alert)),
      );
    const numbers = practice.signs.map((sign) => (sign.alert ? { ...sign, alert: '0.5' } : sign));
    const seeing = new Signs({ ...practice, signs: numbers }, attentive);
    expect(seeing.ofAlert('Other', 'cart', 'cart: quota (x 0.5)').length).toBeGreaterThan(0);
    expect(seeing.ofAlert('Other', 'cart', 'cart: quota (x 0.6)')).toEqual([]);
  });
});
