import { describe, expect, it, vi } from 'vitest';
import { Cloud, loadCloudModel } from '../../../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../../../envs/cloud/interface.js';
import { Look } from '../../../envs/healing/look.js';
import { NO_BELIEF } from '../../../envs/world-model/index.js';

const MODEL = loadCloudModel({
  topology: 'online-boutique',
  overlay: 'production',
  prior: 'incident-statistics',
});

function detected(index: number): Cloud {
  const cloud = new Cloud(MODEL, { split: 'seen', partition: 'train', index });
  cloud.advanceTo(cloud.detectedAt);
  return cloud;
}

describe('a look', () => {
  it('that is kept shows what was there when the cloud has moved on', () => {
    const cloud = detected(3);
    const [telemetry, inventory] = [cloud.telemetry(EVIDENCE_KINDS, 2), cloud.inventory()];
    const look = new Look(cloud, 2, () => NO_BELIEF);
    look.keep();
    cloud.advanceTo(cloud.time + 200);
    expect(look.telemetry).toEqual(telemetry);
    expect(look.inventory).toEqual(inventory);
    expect(cloud.telemetry(EVIDENCE_KINDS, 2)).not.toEqual(telemetry);
  });

  it('works each part out once, and copies the cloud once and only where something is not known yet', () => {
    const cloud = detected(4);
    const copy = vi.spyOn(cloud, 'copy');
    const perceive = vi.fn(() => NO_BELIEF);
    const look = new Look(cloud, 0, perceive);
    expect(look.belief).toBe(look.belief);
    expect(perceive).toHaveBeenCalledTimes(1);
    expect(look.telemetry).toBe(look.telemetry);
    look.keep();
    expect(copy).not.toHaveBeenCalled();

    const other = new Look(cloud, 0, perceive);
    other.keep();
    other.keep();
    expect(copy).toHaveBeenCalledTimes(1);
  });

  it('that is dropped still tells what was asked before, and nothing else', () => {
    const cloud = detected(5);
    const look = new Look(cloud, 0, () => NO_BELIEF);
    look.keep();
    const { inventory } = look;
    look.drop();
    expect(look.inventory).toBe(inventory);
    expect(() => look.telemetry).toThrow(TypeError);
    // The memory serves the next copy, which is its own.
    const copy = cloud.copy();
    cloud.advanceTo(cloud.time + 100);
    expect(copy.time).toBeLessThan(cloud.time);
  });
});
