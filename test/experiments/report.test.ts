import { existsSync, readdirSync, readFileSync } from 'node:fs';
import { join } from 'node:path';
import { chromium } from 'playwright-core';
import { beforeAll, describe, expect, it } from 'vitest';
import { styleOf } from '../../experiments/report/colours.js';
import { toCsv } from '../../experiments/report/figure.js';
import { promptChoices } from '../../experiments/report/figures/choices.js';
import { pathOf } from '../../experiments/report/figures/flow.js';
import { smooth } from '../../experiments/report/figures/learning-curves.js';
import { panelGrid } from '../../experiments/report/figures/panels.js';
import { streamCurves } from '../../experiments/report/figures/stream.js';
import { writeReport } from '../../experiments/report/index.js';
import { collect } from '../../experiments/runner/collect.js';
import { readRunIndex } from '../../experiments/runner/folder.js';
import type { ReachRow } from '../../experiments/statistics/index.js';
import { madeUpRun } from './helpers/made-up-run.js';

const METHODS = [
  'ppo',
  'dqn',
  'random',
  'best-fixed',
  'runbook',
  'restart-loop',
  'planner',
  'no-verification',
  'oracle',
];
const FIGURES = [
  'mttr',
  'learning-curves',
  'recovered-by',
  'time',
  'failures',
  'plan-flow',
  'families',
  'prompt-choices',
];
const BROWSER = ['/usr/bin/chromium', '/usr/bin/google-chrome', '/usr/bin/chromium-browser'].find(existsSync);
if (!BROWSER)
  console.log('skipped: the browser test of the report needs /usr/bin/chromium (apt-get install chromium)');

let root: string;
let html: string;
beforeAll(async () => {
  const run = madeUpRun(METHODS);
  root = run.root;
  await writeReport(root, collect(root, run.index));
  html = readFileSync(join(root, 'report.html'), 'utf8');
});

describe('report.html', () => {
  it('is complete in itself: no address to fetch from in its own markup', () => {
    const markup = html.replaceAll(/<script[\s\S]*?<\/script>/g, '');
    expect(markup).not.toMatch(/(src|href)="(https?:)?\/\//);
    expect(markup).not.toMatch(/@import|url\(/);
    expect(html.length).toBeGreaterThan(1_000_000);
  });

  it('escapes what comes from the experiment file', () => {
    expect(html).toContain('made-up numbers &lt;for a test&gt;');
    expect(html).not.toContain('<for a test>');
  });

  it('has a CSV file beside every figure, with a header and rows', () => {
    expect(readdirSync(join(root, 'figures')).sort()).toEqual(FIGURES.map((id) => `${id}.csv`).sort());
    const lines = readFileSync(join(root, 'figures/mttr.csv'), 'utf8').trim().split('\n');
    expect(lines[0]).toBe('method,split,n,seeds,mean,iqm,ci_low,ci_high');
    expect(lines).toHaveLength(1 + 2 * METHODS.length);
  });

  it('shows composed prompts by their levels, not by the thousand', () => {
    const collected = collect(root, readRunIndex(root));
    const splits = collected.splits.map((entry) => {
      if (entry.variant !== METHODS[0]) return entry;
      const records = entry.records.map((record) => ({
        ...record,
        metaPrompts: record.metaPrompts.map((_, i) => [`factored-${4096 * i + 1}`]),
      }));
      return { ...entry, records };
    });
    const { data, table } = promptChoices({ ...collected, splits })!;
    const [composed, whole] = data as unknown as [{ x: string[]; z: number[][] }, { x: string[] }];
    expect(composed.x).toContain('temperature: 0');
    expect(composed.x.length).toBeLessThan(40);
    expect(whole.x).toEqual(['prompt-0', 'prompt-1', 'prompt-2']);
    const effort = composed.x.flatMap((choice, c) => (choice.startsWith('effort: ') ? [c] : []));
    for (const row of composed.z) expect(effort.reduce((sum, c) => sum + row[c]!, 0)).toBeCloseTo(1, 12);
    expect(table.rows.length).toBeLessThan(2000);
  });

  it('tells what learners used until they had a score', () => {
    const rows = JSON.parse(readFileSync(join(root, 'reach.json'), 'utf8')) as ReachRow[];
    expect(rows.length).toBeGreaterThan(0);
    expect(rows.every(({ reached, llmCalls }) => reached > 0 === llmCalls! > 0)).toBe(true);
    expect(html).toContain('Calls to reach a score');
  });

  it('draws a stream of incidents where a run has one', () => {
    const collected = collect(root, readRunIndex(root));
    const phase = (i: number, split: string) =>
      collected.splits
        .filter((entry) => entry.split === split)
        .map((entry) => ({ ...entry, split: `${split}@phase-${i}` }));
    const splits = [...phase(1, 'seen'), ...phase(2, 'unseen-type')];
    const figure = streamCurves({ ...collected, splits })!;
    expect(figure.data).toHaveLength(METHODS.length);
    const incidents = figure.table.rows
      .filter(([method]) => method === 'ppo')
      .map(([, incident]) => incident);
    expect(incidents.at(-1)).toBe(80);
    const all = splits
      .filter(({ variant }) => variant === 'ppo')
      .flatMap(({ scores }) => scores.mttr_s.map((row) => [...row]));
    const last50 = Array.from({ length: 50 }, (_, k) => {
      const [from, at] = 30 + k < 40 ? [0, 30 + k] : [3, k - 10];
      return (all[from]![at]! + all[from + 1]![at]! + all[from + 2]![at]!) / 3;
    });
    expect(figure.table.rows.filter(([method]) => method === 'ppo').at(-1)![2]).toBeCloseTo(
      last50.reduce((a, b) => a + b) / 50,
      6,
    );
    expect(streamCurves(collected)).toBeNull();
  });

  it('prints on white paper, exports every figure, and tells failures of a human taking over', () => {
    expect(html).toContain('@media print');
    for (const id of FIGURES) {
      expect(html).toContain(`data-svg="${id}"`);
      expect(html).toContain(`download="${id}.csv"`);
    }
    expect(html).toContain('If a human takes over');
    expect(html).toContain("toImageButtonOptions: { format: 'png'");
  });

  it.skipIf(!BROWSER).each(['light', 'dark'])(
    'draws every figure without error or request, %s',
    async (theme) => {
      const browser = await chromium.launch({ executablePath: BROWSER!, args: ['--no-sandbox'] });
      try {
        const page = await browser.newPage();
        const problems: string[] = [];
        page.on('console', (message) => {
          if (['error', 'warning'].includes(message.type())) problems.push(message.text());
        });
        page.on('pageerror', (error) => problems.push(error.message));
        page.on('request', (request) => {
          if (/^(https?|wss?):/.test(request.url())) problems.push(`request ${request.url()}`);
        });
        await page.goto(`file://${root}/report.html?theme=${theme}`);
        await page.waitForFunction(`document.documentElement.dataset.drawn === '${FIGURES.length}'`);
        expect(problems).toEqual([]);
        for (const id of FIGURES) {
          expect(await page.locator(`#${id} svg.main-svg`).count(), id).toBeGreaterThan(0);
        }
        expect(await page.locator('#learning-curves .scatterlayer .trace').count()).toBe(3 * METHODS.length);
        expect(await page.locator('#mttr .barlayer .point').count()).toBe(2 * METHODS.length);
        // Contents lead to every part; of several splits the first is open, and all of them on paper.
        const names = "[...document.querySelectorAll('nav a')].map((a) => [a.hash, a.textContent])";
        const parts =
          "[...document.querySelectorAll('section')].map((s) => ['#' + s.id, s.querySelector('h2').textContent])";
        expect(await page.evaluate(names)).toEqual(await page.evaluate(parts));
        const shut = page.locator('details.fold:not([open])');
        expect(await page.locator('details.fold[open]').count()).toBeGreaterThan(0);
        expect(await shut.count()).toBeGreaterThan(0);
        await page.evaluate("dispatchEvent(new Event('beforeprint'))");
        expect(await shut.count()).toBe(0);
        await page.evaluate("dispatchEvent(new Event('afterprint'))");
        expect(await shut.count()).toBeGreaterThan(0);
      } finally {
        await browser.close();
      }
    },
  );
});

describe('parts of the report', () => {
  it('panels keep their pixels however many there are, and long names get their room', () => {
    const few = panelGrid(2, 300, ['ppo']);
    const many = panelGrid(8, 300, ['factored-thompson-from-scratch']);
    expect([few.grid.rows, many.grid.rows]).toEqual([1, 4]);
    // Plotly's cells: the plot's height is that of n rows less one gap, a gap being a share of a row with its gap.
    const panel = ({ grid, height }: ReturnType<typeof panelGrid>): number => {
      const gap = grid.ygap as number;
      return ((height - 100) / ((grid.rows as number) - gap)) * (1 - gap);
    };
    expect(panel(few)).toBeCloseTo(300, 9);
    expect(panel(many)).toBeCloseTo(300, 9);
    expect(many.grid.xgap as number).toBeGreaterThan(few.grid.xgap as number);
  });

  it('CSV quotes what needs quoting and leaves null empty', () => {
    expect(toCsv({ columns: ['a', 'b'], rows: [['x,"y"', null], [1.5, 'z']] })).toBe('a,b\n"x,""y""",\n1.5,z\n'); // biome-ignore format: a table
  });

  it('smoothing is a trailing mean that skips gaps', () => {
    expect(smooth([null, 2, null, 4, 6], 3)).toEqual([null, 2, 2, 3, 5]);
  });

  it('every method of a long list is drawn differently', () => {
    const styles = Array.from({ length: 28 }, (_, i) => JSON.stringify(styleOf(i)));
    expect(new Set(styles).size).toBe(28);
  });

  it.each([
    ['E', true, 'first plan accepted', 'recovered by one execution'],
    ['EE', true, 'first plan accepted', 'recovered by a later one'],
    ['RE', true, 'first plan rejected > a later plan executed', 'recovered by one execution'],
    ['URR', false, 'first answer unreadable > nothing executed', 'unresolved'],
    ['RE', false, 'first plan rejected > a later plan executed', 'unresolved'],
    ['H', false, 'handed over at once', 'unresolved'],
  ])('the course %s (recovered: %s) flows through %s to %s', (course, recovered, middle, end) => {
    expect(pathOf(course, recovered).join(' > ')).toBe(`incidents > ${middle} > ${end}`);
  });
});
