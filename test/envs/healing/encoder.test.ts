import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { describe, expect, it } from 'vitest';
import { ObservationEncoder } from '../../../envs/healing/encoder.js';
import { loadDomain } from '../../../envs/world-model/index.js';

const encoder = new ObservationEncoder(loadDomain().conditions);

describe('the observation table', () => {
  it('stands in docs/environments.md as the encoder writes it', () => {
    const docs = readFileSync(join(import.meta.dirname, '../../../docs/environments.md'), 'utf8');
    let at = 0;
    for (const { name, size, unit, meaning } of encoder.table) {
      const place = size === 1 ? `${at}` : `${at}–${at + size - 1}`;
      expect(docs).toContain(`| ${place} | ${name} | ${unit} | ${meaning} |`);
      at += size;
    }
    expect(at).toBe(encoder.size);
    expect(docs).toContain(`Box(0, 1, (${encoder.size},), float32)`);
  });
});
