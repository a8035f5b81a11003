import { describe, expect, it } from 'vitest';
import { faultTypes } from '../../../envs/cloud/index.js';
import { CATALOGUE, production, run, struck } from './catalogue.js';

const model = production();
const INCIDENTS = 25;
const clouds = (id: string) => Array.from({ length: INCIDENTS }, (_, index) => struck(model, id, index));

describe('the fault catalogue', () => {
  it('has a row here for every type in configs/faults', () => {
    expect(CATALOGUE.map((row) => row.id).sort()).toEqual(
      faultTypes(model)
        .map((type) => type.id)
        .sort(),
    );
  });
});

describe.each(CATALOGUE)('$id', (row) => {
  it('shows within its detection time: an alert fires or users report', () => {
    for (const cloud of clouds(row.id)) {
      const { alerts } = cloud.telemetry(['alerts'], 0);
      expect(cloud.detectedAt).toBeGreaterThan(0);
      expect(cloud.detectedAt).toBeLessThan(900);
      expect(alerts.some((alert) => alert.severity === 'page' && alert.firedAt <= cloud.time)).toBe(true);
    }
  });

  it('does not recover when nothing is done', () => {
    const recovered = clouds(row.id).filter((cloud) => cloud.result().recoveredAt !== null);
    expect(recovered.map((cloud) => cloud.key.index)).toEqual([]);
  });

  it.each(row.recoveries.map((steps) => [steps.join(' ; '), steps] as const))(
    'recovers by %s',
    (_, steps) => {
      const failed = clouds(row.id).filter((cloud) => {
        run(cloud, steps);
        const { recoveredAt, dataLost } = cloud.result();
        return recoveredAt === null || recoveredAt > cloud.cap || dataLost;
      });
      expect(failed.map((cloud) => cloud.key.index)).toEqual([]);
    },
  );

  if (row.restart !== 'sometimes') {
    it('is not recovered by a bare restart', () => {
      const recovered = clouds(row.id).filter((cloud) => {
        run(cloud, ['rolling-restart ?s']);
        return cloud.result().recoveredAt !== null;
      });
      expect(recovered.map((cloud) => cloud.key.index)).toEqual([]);
    });
  }
});
