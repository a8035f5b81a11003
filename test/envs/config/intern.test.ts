import { describe, expect, it } from 'vitest';
import { intern, internAll } from '../../../envs/config/intern.js';

describe('intern', () => {
  it('gives back what it is given, whatever the text', () => {
    for (const text of ['', 'cart', '__proto__', '401', 'two words']) expect(intern(text)).toBe(text);
  });

  it('goes through plain data and leaves it as it is', () => {
    const data = { name: 'cart', list: ['a', { b: 'c' }, null, 1, true], none: null };
    expect(internAll(data)).toBe(data);
    expect(data).toEqual({ name: 'cart', list: ['a', { b: 'c' }, null, 1, true], none: null });
  });
});
