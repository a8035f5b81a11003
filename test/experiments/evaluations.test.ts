import { mkdtempSync, readdirSync, readFileSync, rmSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, describe, expect, it, vi } from 'vitest';
import { evaluatePerceptionCommand, type PerceptionRow } from '../../experiments/cli/evaluate-perception.js';
import { evaluateVerifierCommand, type VerifierRow } from '../../experiments/cli/evaluate-verifier.js';
import { squareChart } from '../../experiments/figures/square-chart.js';

const folder = mkdtempSync(join(tmpdir(), 'pase-evaluations-'));
afterAll(() => rmSync(folder, { recursive: true }));
afterEach(() => vi.restoreAllMocks());

/** What a command prints as JSON. */
function printed<Row>(run: () => void): Row[] {
  let text = '';
  vi.spyOn(process.stdout, 'write').mockImplementation((chunk) => {
    text += String(chunk);
    return true;
  });
  run();
  return JSON.parse(text) as Row[];
}

const figure = (name: string): string => readFileSync(join(folder, name), 'utf8');

describe('pase evaluate-verifier', () => {
  const options = {
    splits: 'seen',
    profiles: 'mid',
    topology: 'online-boutique',
    incidents: '12',
    alpha: '0.1',
    json: true,
  };

  it.each(['family', 'length'])('tells plans apart by %s, and the parts make the whole', (by) => {
    const rows = printed<VerifierRow>(() => evaluateVerifierCommand({ ...options, by, figures: folder }));
    const symbolic = rows.filter(({ verifier }) => verifier === 'symbolic');
    const [all, ...parts] = symbolic;
    expect(all!.group).toBe('all');
    expect(parts.length).toBeGreaterThan(1);
    expect(new Set(parts.map(({ group }) => group)).size).toBe(parts.length);
    for (const count of [
      (row: VerifierRow) => row.plans,
      (row: VerifierRow) => row.falseAccepts.of,
      (row: VerifierRow) => Math.round(row.falseRejects.share * row.falseRejects.of),
    ])
      expect(parts.reduce((sum, row) => sum + count(row), 0)).toBe(count(all!));
    // Nobody rejects a right plan by accepting everything.
    const none = rows.find(({ verifier }) => verifier === 'none')!;
    expect([none.falseAccepts.share, none.falseRejects.share]).toEqual([1, 0]);
    expect(figure('verifier-errors-seen.svg').match(/<circle|<rect [^>]*width="8"/g)!.length).toBeGreaterThan(
      10,
    );
    expect(figure('verifier-reliability-seen.svg')).toContain('<polyline');
  });

  it('refuses a grouping that does not exist', () => {
    expect(() => evaluateVerifierCommand({ ...options, incidents: '1', by: 'familiy' })).toThrow(
      '--by: expected a grouping, one of family, length, found "familiy"; did you mean "family"?',
    );
  });
});

describe('pase evaluate-perception', () => {
  it('says how soon, how surely and where each method sees a fault, and draws its reliability', () => {
    const rows = printed<PerceptionRow>(() =>
      evaluatePerceptionCommand({
        topologies: 'online-boutique',
        splits: 'seen',
        incidents: '8',
        figures: folder,
        json: true,
      }),
    );
    expect(new Set(rows.map(({ method }) => method)).size).toBe(6);
    for (const { precision, recall, detectionF1, timeToDetect } of rows) {
      if (recall > 0) expect(detectionF1).toBeCloseTo((2 * precision * recall) / (precision + recall), 9);
      // Looks are a scrape apart, up to five minutes.
      if (timeToDetect !== null) expect([timeToDetect % 15, timeToDetect <= 300]).toEqual([0, true]);
    }
    // An operator's rules wait for alerts; the median fault fires one within five minutes.
    expect(rows.find(({ method }) => method === 'rules')!.timeToDetect).toBeGreaterThan(15);
    expect(readdirSync(folder)).toContain('perception-reliability-online-boutique-seen.svg');
    expect(figure('perception-reliability-online-boutique-seen.svg').match(/<polyline/g)).toHaveLength(3);
  });
});

describe('squareChart', () => {
  it('puts corners in the corners, escapes names and gives the same bytes again', () => {
    const chart = {
      title: 'a < b',
      x: 'x',
      y: 'y',
      series: [
        {
          name: 'one & two',
          line: true,
          points: [
            { x: 0, y: 0 },
            { x: 1, y: 1, yRange: [0.9, 1] as const },
          ],
        },
      ],
    };
    const svg = squareChart(chart);
    expect(svg).toContain('<polyline points="62.0,354.0 382.0,34.0"');
    expect(svg).toContain('a &lt; b');
    expect(svg).toContain('one &amp; two');
    expect(squareChart(chart)).toBe(svg);
  });
});
