import type { TurnRecord } from '../types.js';
import { alertedServices, clock, type Health, healthOf, type Scene, suspicions } from './scene.js';

/** SGR codes of terminal colours; text says the same without them. */
const COLOUR: Readonly<Record<Health, number>> = {
  healthy: 32,
  limited: 36,
  alerting: 33,
  short: 33,
  down: 31,
};
const MARK: Readonly<Record<Health, string>> = {
  healthy: ' ',
  limited: '~',
  alerting: '!',
  short: '-',
  down: 'x',
};

/** Rows of each list, so that a turn fits a screen of 40 rows. */
const ALERTS = 6;
const SUSPICIONS = 5;
const STEPS = 8;
const COLUMNS = 3;
const COLUMN_WIDTH = 32;
const BAR = 20;

const paint = (text: string, code: number): string => `\u001b[${code}m${text}\u001b[0m`;

/** One screen: the clock, the service level, the services, what fires, what is believed, and what the latest turn did. */
export function screen(scene: Scene): string {
  return [
    ...head(scene),
    '',
    ...services(scene),
    '',
    ...alerts(scene),
    ...beliefs(scene),
    '',
    ...turn(scene),
    ...ending(scene),
    '',
  ].join('\n');
}

function head({ title, incident, time, cap, turns, executions, tokens, limits, slo }: Scene): string[] {
  const full = Math.round(slo.success * BAR);
  const state = slo.healthy ? paint('within its objective', 32) : paint('below its objective', 31);
  return [
    `${title} · incident ${incident}`,
    `${clock(time)} of ${clock(cap)} · turn ${turns} · executions ${executions}/${limits.executions} · tokens ${tokens}/${limits.tokens}`,
    `success ${'█'.repeat(full)}${'·'.repeat(BAR - full)} ${(100 * slo.success).toFixed(1)} % · p99 ${slo.latencyP99Ms.toFixed(0)} ms · ${state}`,
  ];
}

function services({ inventory, telemetry }: Scene): string[] {
  const alerted = alertedServices(telemetry);
  const cells = inventory.services.map((service) => {
    const health = healthOf(service, alerted);
    const text = `${MARK[health]} ${service.id} ${service.readyReplicas}/${service.desiredReplicas}`;
    return paint(text.slice(0, COLUMN_WIDTH - 1).padEnd(COLUMN_WIDTH), COLOUR[health]);
  });
  const rows: string[] = ['services: ready/wanted; x down, - short, ! alerting, ~ limited'];
  for (let i = 0; i < cells.length; i += COLUMNS) rows.push(cells.slice(i, i + COLUMNS).join(''));
  const nodes = inventory.nodes.map(({ id, ready, cordoned }) => {
    if (!ready) return `${id} not ready`;
    return cordoned ? `${id} cordoned` : id;
  });
  return [...rows, `nodes: ${nodes.join(', ')}`];
}

function alerts({ telemetry }: Scene): string[] {
  const firing = [...telemetry.alerts].sort((a, b) => b.firedAt - a.firedAt);
  const lines = firing
    .slice(0, ALERTS)
    .map(({ rule, component, firedAt }) => `  ${clock(firedAt)} ${rule} ${component}`);
  const left = firing.length - lines.length;
  return [`alerts: ${firing.length}`, ...lines, ...(left > 0 ? [`  … ${left} more`] : [])];
}

function beliefs({ belief }: Scene): string[] {
  const lines = suspicions(belief, SUSPICIONS).map(
    ({ condition, component, probability }) =>
      `  ${(100 * probability).toFixed(0).padStart(3)} % ${condition} ${component}`,
  );
  return [`belief: (unlike training ${(100 * belief.outOfDistribution).toFixed(0)} %)`, ...lines];
}

function turn({ turn: latest }: Scene): string[] {
  if (!latest) return ['no turn taken yet'];
  const { metaPrompt, evidence, samples, plan, verdict } = latest;
  const calls = samples.reduce((sum, { calls: own }) => sum + own, 0);
  return [
    `latest turn: ${metaPrompt} · looked at ${evidence.join(', ')} · ${calls} calls · ${(latest.endedAt - latest.startedAt).toFixed(0)} s`,
    `  diagnosis: ${plan ? plan.diagnosis.map((d) => `${d.condition} ${d.component}`).join(', ') || 'none' : 'no readable plan'}`,
    ...steps(latest),
    `  verdict: ${verdict.accepted ? 'accepted' : `rejected (${verdict.failures.map(({ kind }) => kind).join(', ')})`} · feasibility ${verdict.feasibility.toFixed(2)}`,
  ];
}

function steps({ plan, outcomes }: TurnRecord): string[] {
  const all = plan?.steps ?? [];
  const lines = all.slice(0, STEPS).map(({ name, args }, i) => {
    const outcome = outcomes[i];
    return `  ${i + 1}. ${[name, ...args].join(' ')}${outcome ? ` – ${outcome.status}` : ''}`;
  });
  return all.length > STEPS ? [...lines, `  … ${all.length - STEPS} more steps`] : lines;
}

function ending({ result }: Scene): string[] {
  if (!result) return [];
  const text = result.recovered ? `recovered after ${clock(result.mttr)}` : `unresolved: ${result.ending}`;
  const harm = `${result.violations} violations${result.dataLost ? ', data lost' : ''}`;
  return [paint(`${text} · ${harm}`, result.recovered ? 32 : 31)];
}
