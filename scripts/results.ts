/*
 * Writes docs/results.md from run folders: every suite's results as they came out, with the command, the time it took, and the claim
 * answered for each split.
 *
 *   npx tsx --conditions=source scripts/results.ts [--runs runs] [--out docs/results.md]
 *
 * A suite without a run folder keeps the section that it has, or says how to run it. What people wrote between `<!-- why NAME -->` and
 * `<!-- end -->` is kept.
 */
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { listConfigs } from '../envs/config/index.js';
import { loadExperiment, settingsOf } from '../experiments/config/index.js';
import {
  CLAIM_QUESTION,
  type ClaimAnswer,
  claimAnswers,
  claimSentence,
  claimWhere,
} from '../experiments/report/claim.js';
import { RESULT_COLUMNS, type ResultColumn } from '../experiments/report/columns.js';
import { PHASE } from '../experiments/report/figures/stream.js';
import type { Collected } from '../experiments/runner/collect.js';
import { listSeedRuns, readRunIndex } from '../experiments/runner/folder.js';
import type { ComparisonRow, SummaryRow } from '../experiments/statistics/index.js';

const { values: options } = parseArgs({
  options: {
    runs: { type: 'string', default: 'runs' },
    out: { type: 'string', default: 'docs/results.md' },
  },
});

/** Suites in the order of the page; others of configs/experiments follow. */
const FIRST = ['main-comparison', 'ablation-verification', 'ablation-prompting'];
/** No results: demonstrations and choices made on other incidents. */
const LEFT_OUT = ['quickstart', 'tuning'];

const old = existsSync(options.out) ? readFileSync(options.out, 'utf8') : '';
const suites = listConfigs('experiments', '.yaml').map((file) => file.replace(/\.yaml$/, ''));
const ordered = [...FIRST, ...suites.filter((name) => !FIRST.includes(name) && !LEFT_OUT.includes(name))];

/** What a run left of its statistics: computing them anew takes minutes and comes to the same. */
type Statistics = Pick<Collected, 'index' | 'summary' | 'comparisons'>;

function readStatistics<Name extends 'summary' | 'comparisons'>(root: string, name: Name): Statistics[Name] {
  return JSON.parse(readFileSync(join(root, `${name}.json`), 'utf8')) as Statistics[Name];
}

function suite(name: string): string[] {
  const { experiment } = loadExperiment(name);
  const root = join(options.runs, name);
  const command = ['```bash', `npx pase run ${name}`, '```', ''];
  const head = [`## ${name}`, '', experiment.description ?? '', '', ...command];
  if (!existsSync(join(root, 'summary.json')))
    return former(name) ?? [...head, 'Not run yet.', '', ...why(name)];
  const collected: Statistics = {
    index: readRunIndex(root),
    summary: readStatistics(root, 'summary'),
    comparisons: readStatistics(root, 'comparisons'),
  };
  return [
    ...head,
    ...sizes(root, collected),
    ...claim(collected),
    ...tables(collected),
    ...differences(collected),
    ...why(name),
  ];
}

interface ManifestTimes {
  readonly startedAt: string;
  readonly copiedFrom?: string;
  readonly commit?: string | null;
  readonly host: { readonly cpu: string };
  readonly versions: Readonly<Record<string, string>>;
  readonly wallSeconds?: { readonly train: number; readonly evaluate: number };
}

/** Seeds, incidents, how long it took and where. */
function sizes(root: string, { index }: Statistics): string[] {
  const runs = listSeedRuns(root);
  const manifests = runs.flatMap(({ folder }) => {
    const file = join(folder, 'manifest.json');
    return existsSync(file) ? [JSON.parse(readFileSync(file, 'utf8')) as ManifestTimes] : [];
  });
  const played = manifests.filter(({ copiedFrom, wallSeconds }) => !copiedFrom && wallSeconds);
  const seconds = ({ wallSeconds }: ManifestTimes): number => wallSeconds!.train + wallSeconds!.evaluate;
  const wall = covered(
    played.map((one) => {
      const start = Date.parse(one.startedAt) / 1000;
      return [start, start + seconds(one)];
    }),
  );
  const work = played.reduce((sum, one) => sum + seconds(one), 0);
  const finished = runs.filter(({ folder }) => existsSync(join(folder, 'result.json'))).length;
  const first = manifests[0];
  const where = first
    ? ` ${first.host.cpu}, Node ${first.versions.node}, pase-gym ${first.versions['pase-gym']}${first.commit ? ` at ${first.commit.slice(0, 10)}` : ''}.`
    : '';
  return [
    `${index.variants.length} variants, ${index.seeds} training seeds, ${index.incidents} test incidents a split; ${finished} of ${index.seeds * index.variants.length} seed-runs finished.`,
    `It took ${minutes(wall)} of wall time for ${minutes(work)} of work.${where}`,
    '',
  ];
}

/** Length of time that intervals cover together: a run that was resumed took no time between its parts. */
function covered(intervals: readonly (readonly [from: number, to: number])[]): number {
  let sum = 0;
  let until = Number.NEGATIVE_INFINITY;
  for (const [from, to] of intervals.toSorted(([a], [b]) => a - b)) {
    sum += Math.max(0, to - Math.max(from, until));
    until = Math.max(until, to);
  }
  return sum;
}

const minutes = (seconds: number): string => `${(seconds / 60).toFixed(1)} min`;

function claim(collected: Statistics): string[] {
  const answers = claimAnswers(collected);
  if (answers.length === 0) return [];
  const line = (answer: ClaimAnswer): string =>
    `- **${claimWhere(answer)}: ${answer.answer}.** ${claimSentence(answer)}`;
  return [CLAIM_QUESTION, '', ...answers.map(line), ''];
}

function tables({ summary }: Statistics): string[] {
  return [...new Set(summary.map(({ split }) => split))].flatMap((split) => {
    const rows = summary.filter((row) => row.split === split);
    const shown = RESULT_COLUMNS.filter(({ metric }) => rows.some((row) => row.metric === metric));
    const body = [...new Set(rows.map(({ variant }) => variant))].map((variant) => {
      const cells = shown.map((column) =>
        cell(
          rows.find((row) => row.variant === variant && row.metric === column.metric),
          column,
        ),
      );
      return `| ${variant} | ${cells.join(' | ')} |`;
    });
    const head = `| ${split} | ${shown.map(({ title }) => title).join(' | ')} |`;
    return [head, `|---|${shown.map(() => '---:|').join('')}`, ...body, ''];
  });
}

function cell(row: SummaryRow | undefined, { metric, digits, percent: share }: ResultColumn): string {
  if (!row) return '–';
  const show = (value: number): string => (share ? percent(value) : value.toFixed(digits));
  return metric === 'mttr_s' ? `${show(row.mean)} [${show(row.ciLow)}, ${show(row.ciHigh)}]` : show(row.mean);
}

const percent = (share: number): string => `${(100 * share).toFixed(1)} %`;

/**
 * The first variant's MTTR against the others', paired on the same incidents: within its setting of the environment, and of a split's
 * scenarios only those of a stream.
 */
function differences({ index, comparisons }: Statistics): string[] {
  const settings = settingsOf(index.variants);
  const firsts = [...new Set(settings.values())].map(
    (setting) => index.variants.find(({ name }) => settings.get(name) === setting)!.name,
  );
  const rows = comparisons.filter(
    ({ a, b, metric, split }) =>
      firsts.includes(a) &&
      settings.get(a) === settings.get(b) &&
      metric === 'mttr_s' &&
      (!split.includes('@') || PHASE.test(split)),
  );
  if (rows.length === 0) return [];
  const title = firsts.length === 1 ? firsts[0]! : `${index.variants[0]!.method} in each setting`;
  const line = ({
    split,
    a,
    b,
    difference,
    ciLow,
    ciHigh,
    probabilityOfImprovement,
  }: ComparisonRow): string =>
    `| ${[split, settings.get(a)].filter(Boolean).join(', ')} | ${b} | ${difference.toFixed(0)} [${ciLow.toFixed(0)}, ${ciHigh.toFixed(0)}] | ${probabilityOfImprovement.toFixed(2)} |`;
  return [
    `MTTR of ${title} minus that of the others, paired on the same incidents:`,
    '',
    '| split | against | difference s [95 %] | probability of improvement |',
    '|---|---|---:|---:|',
    ...rows.map(line),
    '',
  ];
}

/** A suite's section as it stands on the page, null when it has none. */
function former(name: string): string[] | null {
  const from = old.indexOf(`## ${name}\n`);
  if (from < 0) return null;
  const next = old.indexOf('\n## ', from);
  return [old.slice(from, next < 0 ? undefined : next).trimEnd(), ''];
}

/** What people wrote of a suite before. */
function why(name: string): string[] {
  const begin = `<!-- why ${name} -->`;
  const from = old.indexOf(begin);
  const to = old.indexOf('<!-- end -->', from);
  const kept = from < 0 || to < 0 ? '' : old.slice(from + begin.length, to).trim();
  return [begin, ...(kept ? [kept] : []), '<!-- end -->', ''];
}

const page = [
  '# Results',
  '',
  'Written by `npx tsx --conditions=source scripts/results.ts` from the run folders of the suites; numbers are as they came out. MTTR is simulated',
  'seconds, 1,800 when unresolved; intervals are 95 % two-level bootstrap intervals of the mean. How they are made: [experiments](experiments.md).',
  '',
  ...ordered.flatMap(suite),
].join('\n');
writeFileSync(options.out, `${page.trimEnd()}\n`);
