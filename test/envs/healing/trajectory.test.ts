import { describe, expect, it } from 'vitest';
import {
  CloudHealingEnv,
  canHost,
  type HealingInfo,
  incidentTrajectory,
  type TurnRecord,
} from '../../../envs/healing/index.js';

const cloud = { topology: 'online-boutique', overlay: 'production', prior: 'incident-statistics' } as const;

describe('incidentTrajectory', () => {
  it('runs the cloud again as the loop played it: the same outcomes at the same times, the same result', () => {
    let executed = 0;
    for (let index = 0; index < 6; index++) {
      const env = new CloudHealingEnv({ split: 'seen', partition: 'test' });
      let [, info] = env.reset({ options: { index } }) as unknown as [Float32Array, HealingInfo];
      const turns: TurnRecord[] = [];
      while (!info.result) {
        info = env.step(info.actionMask.indexOf(1))[4] as HealingInfo;
        turns.push(info.turn!);
      }
      const key = { split: 'seen', partition: 'test', index } as const;
      const lines = [...incidentTrajectory({ cloud, key }, turns, info.result)];
      const outcomes = turns.flatMap((turn) => turn.outcomes);
      expect(lines.filter(({ kind }) => kind === 'action').map((line) => line.outcome)).toEqual(outcomes);
      expect(lines.filter(({ kind }) => kind === 'turn').map((line) => line.endedAt)).toEqual(
        turns.map((turn) => turn.endedAt),
      );
      const result = lines.find(({ kind }) => kind === 'result')!;
      expect(result.violationKinds).toBeDefined();
      if (info.result.recovered) expect(result.recoveredAt).toBe(info.result.mttr);
      executed += outcomes.length;
    }
    expect(executed).toBeGreaterThan(5);
  });

  it('knows what a cloud can host', () => {
    expect(canHost(cloud, 'hpa_broken')).toBe(true);
    expect(canHost({ ...cloud, overlay: 'as-shipped' }, 'hpa_broken')).toBe(false);
  });
});
