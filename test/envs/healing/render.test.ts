import '../../../envs/healing/index.js';
import { make } from 'gymnasium-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cloud } from '../../../envs/cloud/index.js';
import type { CallEdge } from '../../../envs/cloud/interface.js';
import { CloudHealingEnv } from '../../../envs/healing/index.js';
import { layered } from '../../../envs/healing/render/layout.js';

const edge = (caller: string, callee: string): CallEdge => ({ caller, callee, weight: 1, critical: true });

function started(renderMode: 'ansi' | 'svg', topology = 'online-boutique'): CloudHealingEnv {
  const env = new CloudHealingEnv({ renderMode, topology });
  env.reset({ options: { index: 5 } });
  return env;
}

afterEach(() => vi.restoreAllMocks());

describe('the layered layout', () => {
  it('puts every service below all that call it', () => {
    const calls = [edge('a', 'b'), edge('a', 'c'), edge('b', 'd'), edge('c', 'b')];
    const places = layered(['a', 'b', 'c', 'd'], calls, 'a');
    expect([...places].map(([id, { layer }]) => `${id}${layer}`)).toEqual(['a0', 'c1', 'b2', 'd3']);
  });

  it('leaves out calls that close a cycle, and places what nobody calls on top', () => {
    const places = layered(
      ['entry', 'x', 'y', 'alone'],
      [edge('entry', 'x'), edge('x', 'y'), edge('y', 'x')],
      'entry',
    );
    expect(places.get('y')!.layer).toBe(2);
    expect(places.get('alone')!.layer).toBe(0);
  });

  it('orders layers so that calls cross less', () => {
    const calls = [edge('a', 'l'), edge('a', 'r'), edge('l', 'left'), edge('r', 'right')];
    const places = layered(['a', 'l', 'r', 'right', 'left'], calls, 'a');
    expect(places.get('left')!.position).toBeLessThan(places.get('right')!.position);
  });
});

describe('render', () => {
  it('gives nothing without a render mode', () => {
    const env = new CloudHealingEnv();
    env.reset({ options: { index: 5 } });
    expect(env.render()).toBeNull();
  });

  it('ansi: one screen a turn, with what monitoring shows and what the turn did', () => {
    const env = started('ansi');
    expect(env.render()).toContain('no turn taken yet');
    const [, , , , info] = env.step(4);
    const frame = env.render() as string;
    const lines = frame.split('\n');
    expect(lines.length).toBeLessThanOrEqual(40);
    expect(frame).toContain('incident 5 of seen/train on online-boutique');
    expect(frame).toContain(`latest turn: ${info.turn!.metaPrompt}`);
    for (const { name } of info.turn!.plan!.steps) expect(frame).toContain(name);
    for (const { id, readyReplicas, desiredReplicas } of env.incident.inventory.services)
      expect(frame).toContain(`${id} ${readyReplicas}/${desiredReplicas}`);
  });

  it('ansi: says how the incident ended', () => {
    const env = new CloudHealingEnv({ renderMode: 'ansi', synthesizer: { kind: 'hand-over' } });
    env.reset({ options: { index: 5 } });
    env.step(0);
    expect(env.render()).toContain('unresolved: handed-over · 0 violations');
  });

  it.each(['online-boutique', 'train-ticket'])(
    'svg: every service of %s once, coloured by its health',
    (topology) => {
      const env = started('svg', topology);
      const frame = env.render() as string;
      const { services } = env.incident.inventory;
      for (const { id } of services) expect(frame.split(`<title>${id}: `)).toHaveLength(2);
      const boxes = [
        ...frame.matchAll(/<g><title>[^<]*: (\w+)<\/title><rect x="([^"]*)" y="([^"]*)"[^>]*fill="([^"]*)"/g),
      ];
      expect(boxes).toHaveLength(services.length);
      const places = new Set(boxes.map(([, , x, y]) => `${x} ${y}`));
      expect(places.size).toBe(services.length);
      const fills = new Map(boxes.map(([, health, , , fill]) => [health, fill]));
      expect(fills.get('healthy')).toBe('#56b4e9');
      expect(fills.size).toBeGreaterThan(1);
      expect(new Set(fills.values()).size).toBe(fills.size);
    },
  );

  it('is the same every time and after a restored state', () => {
    const env = started('svg');
    env.step(4);
    const copy = new CloudHealingEnv({ renderMode: 'svg' });
    copy.setState(JSON.parse(JSON.stringify(env.getState())));
    expect(copy.render()).toBe(env.render());
  });

  it('shows nothing of the hidden truth', () => {
    const honest = started('ansi').render();
    vi.spyOn(Cloud.prototype, 'truth').mockReturnValue({
      faultType: 'nonsense',
      family: 'Z',
      component: 'nowhere',
      conditions: [],
      nodes: [],
      zone: null,
    });
    expect(started('ansi').render()).toBe(honest);
  });

  it('is offered by make, a list of frames included', () => {
    const env = make('pase/CloudHealing-v0', { renderMode: 'ansi_list' });
    env.reset({ seed: 1 });
    env.step(0);
    expect(env.render()).toHaveLength(2);
  });
});
