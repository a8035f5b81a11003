import { describe, expect, it } from 'vitest';
import { lasts } from '../../../envs/cloud/lasting.js';
import { production } from './catalogue.js';
import { activateAt, steady } from './steady.js';

const model = production();
const at = (id: string): number => model.topology.ids.indexOf(id);

/** Whether a cloud with an attribute at a service is certain to stay broken. */
function lastsUnder(attribute: string, service: string, severity = 1): boolean {
  const sim = steady(model, 1);
  activateAt(sim, at(service), attribute, severity);
  return lasts(sim);
}

describe('trouble that lasts', () => {
  it('is none on a normal day, nor what does not break the objective', () => {
    expect(lasts(steady(model, 1))).toBe(false);
    expect(lastsUnder('route-wrong.selector', 'adservice')).toBe(false);
    expect(lastsUnder('config-bad.configmap', 'cartservice')).toBe(false);
  });

  it('is a way into, out of or through a critical service that fails', () => {
    expect(lastsUnder('route-wrong.selector', 'currencyservice')).toBe(true);
    expect(lastsUnder('path-blocked.policy', 'cartservice')).toBe(true);
    expect(lastsUnder('state-residue.orphans', 'redis-cart')).toBe(true);
    expect(lastsUnder('config-bad.probe', 'productcatalogservice')).toBe(true);
  });

  it('is not what ends with a session, a process or a level', () => {
    expect(lastsUnder('head-blocked.lock', 'order-db')).toBe(false);
    expect(lastsUnder('work-backlogged.work', 'cartservice')).toBe(false);
  });

  it('is a bad release only once every pod carries it', () => {
    const sim = steady(model, 1);
    const s = at('currencyservice');
    const { bit } = model.table.byName.get('artifact-bad.code')!;
    const from = model.podBase[s]!;
    sim.state.podLoad[from] = bit;
    sim.state.podLoad[from + 1] = bit;
    activateAt(sim, s, 'artifact-bad.code', 1);
    expect(sim.state.sloHealthy).toBe(false);
    expect(lasts(sim)).toBe(false);
    sim.state.podLoad[from + 2] = bit;
    expect(lasts(sim)).toBe(true);
  });

  it('is not the past: nothing is told after the cap', () => {
    const sim = steady(model, 1);
    activateAt(sim, at('currencyservice'), 'route-wrong.selector', 1);
    sim.state.time = model.constants.horizon.cap.value;
    expect(lasts(sim)).toBe(false);
  });
});
