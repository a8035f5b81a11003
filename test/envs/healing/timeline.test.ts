import { describe, expect, it } from 'vitest';
import { Timeline } from '../../../envs/healing/timeline.js';

describe('Timeline', () => {
  it('books seconds without gaps and cuts them at the MTTR', () => {
    const timeline = new Timeline();
    timeline.book('detection', 40);
    timeline.book('evidence', 45);
    timeline.book('evidence', 45);
    timeline.book('synthesis', 50);
    timeline.book('execution', 110);
    timeline.book('settling', 170);
    expect(timeline.shares(95)).toEqual({
      detection: 40,
      evidence: 5,
      synthesis: 5,
      verification: 0,
      execution: 45,
      settling: 0,
    });
  });
  it('books what nothing covers to settling', () => {
    const timeline = new Timeline();
    timeline.book('detection', 100);
    const shares = timeline.shares(1800);
    expect(shares.settling).toBe(1700);
    expect(Object.values(shares).reduce((a, b) => a + b)).toBe(1800);
  });
  it('continues from a saved state', () => {
    const timeline = new Timeline();
    timeline.book('detection', 40);
    const copy = new Timeline();
    copy.setState(timeline.getState());
    copy.book('execution', 60);
    timeline.book('execution', 60);
    expect(copy.shares(60)).toEqual(timeline.shares(60));
  });
});
