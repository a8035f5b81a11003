import { describe, expect, it } from 'vitest';
import { EVENT, EventQueue, toBase64 } from '../../../envs/cloud/queue.js';

function filled(count: number): EventQueue {
  const queue = new EventQueue();
  for (let i = 0; i < count; i++) queue.push((i * 37) % 11, EVENT.pod, i, i + 1, i + 2);
  return queue;
}

/** Everything that comes out of a queue, in order. */
function drained(queue: EventQueue): number[][] {
  const out = new Int32Array(4);
  const events: number[][] = [];
  while (queue.size > 0) events.push([queue.pop(out), ...out]);
  return events;
}

describe('EventQueue', () => {
  it('gives events by time, equal times in order of insertion', () => {
    const events = drained(filled(200));
    expect(events).toHaveLength(200);
    for (let i = 1; i < events.length; i++) {
      const [before, after] = [events[i - 1]!, events[i]!];
      expect(before[0]! < after[0]! || (before[0] === after[0] && before[2]! < after[2]!)).toBe(true);
    }
  });

  it.each([0, 3, 64, 200])(
    'with %i events becomes the same through a copy, another queue and JSON',
    (count) => {
      const expected = drained(filled(count));
      const former = filled(500);
      former.become(filled(count));
      const young = new EventQueue();
      young.become(filled(count));
      const packed = JSON.parse(JSON.stringify(filled(count)));
      for (const queue of [filled(count).clone(), former, young, EventQueue.fromJSON(packed)])
        expect(drained(queue)).toEqual(expected);
      expect(JSON.stringify(EventQueue.fromJSON(packed))).toBe(JSON.stringify(packed));
    },
  );

  it('goes on after being read from JSON as if it had not been', () => {
    const [plain, read] = [filled(64), EventQueue.fromJSON(JSON.parse(JSON.stringify(filled(64))))];
    for (const queue of [plain, read]) queue.push(4, EVENT.death);
    expect(drained(read)).toEqual(drained(plain));
  });

  it('reads arrays that have more room than events', () => {
    const packed = JSON.parse(JSON.stringify(filled(2)));
    const roomy = { ...packed, times: toBase64(new Float64Array(128)), ranks: toBase64(new Int32Array(128)), data: toBase64(new Int32Array(512)) }; // biome-ignore format: one packed queue
    expect(EventQueue.fromJSON(roomy).size).toBe(2);
  });
});
