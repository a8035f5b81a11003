import { describe, expect, it } from 'vitest';
import { Cloud } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { production, run } from './catalogue.js';

const model = production();
const keyOf = (index: number) => ({ split: 'seen', partition: 'train', index }) as const;

/** Everything of an incident that is acted on, down to the bits of its state. */
function story(cloud: Cloud): string {
  run(cloud, ['rolling-restart ?s', 'scale-out ?s']);
  cloud.watch(60);
  const { state } = cloud.save();
  return JSON.stringify([cloud.telemetry(EVIDENCE_KINDS, 3), cloud.inventory(), cloud.result(), state]);
}

describe('a released cloud', () => {
  it('leaves nothing behind in the clouds that get its memory', () => {
    const fresh = [3, 4, 5].map((index) => story(new Cloud(model, keyOf(index))));
    for (let index = 20; index < 40; index++) {
      const cloud = new Cloud(model, keyOf(index));
      story(cloud);
      cloud.release();
    }
    expect([3, 4, 5].map((index) => story(new Cloud(model, keyOf(index))))).toEqual(fresh);
  });

  it('can be asked nothing any more, and what it said stays', () => {
    const cloud = new Cloud(model, keyOf(1));
    const said = cloud.telemetry(EVIDENCE_KINDS, 0);
    const before = JSON.stringify(said);
    cloud.release();
    story(new Cloud(model, keyOf(2)));
    expect(JSON.stringify(said)).toBe(before);
    expect(() => cloud.slo()).toThrow(TypeError);
    expect(() => cloud.release()).toThrow(TypeError);
  });
});

describe('a copy of a cloud', () => {
  it('goes its own way from where the cloud stands', () => {
    const cloud = new Cloud(model, keyOf(6));
    const copy = cloud.copy();
    const before = JSON.stringify(cloud.save().state);
    expect(JSON.stringify(copy.save().state)).toBe(before);
    run(copy, ['rolling-restart ?s']);
    expect(JSON.stringify(cloud.save().state)).toBe(before);
    expect(JSON.stringify(copy.save().state)).not.toBe(before);
    expect(copy.detectedAt).toBe(cloud.detectedAt);
  });
});
