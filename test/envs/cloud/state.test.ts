import { describe, expect, it } from 'vitest';
import { CloudState } from '../../../envs/cloud/state.js';
import { production } from './catalogue.js';

const { layout } = production();

/** A state of which no scalar is as in a new one. */
function unusual(): CloudState {
  const packed = new CloudState(layout).toJSON();
  const scalars = Object.entries(packed.scalars).map(([name, value], i) => [
    name,
    typeof value === 'boolean' ? !value : 100.5 + i,
  ]);
  return CloudState.fromJSON(layout, {
    ...packed,
    scalars: Object.fromEntries(scalars),
    violations: { 'below-baseline': 3 },
  });
}

describe('CloudState', () => {
  it('hands every scalar on to a copy and to another state', () => {
    const state = unusual();
    const fresh = new CloudState(layout).toJSON().scalars;
    for (const [name, value] of Object.entries(state.toJSON().scalars))
      expect(value, name).not.toBe(fresh[name]);
    const other = new CloudState(layout);
    other.become(state);
    expect(state.clone().toJSON()).toEqual(state.toJSON());
    expect(other.toJSON()).toEqual(state.toJSON());
  });

  it('gives a copy violations of its own', () => {
    const state = unusual();
    const copy = state.clone();
    copy.violations['below-baseline']!++;
    expect(state.violations).toEqual({ 'below-baseline': 3 });
  });
});
