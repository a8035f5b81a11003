import { readFileSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import type { Collected } from '../runner/collect.js';
import { writeAtomic, writeFolderAtomic } from '../runner/files.js';
import { seedFolder } from '../runner/folder.js';
import type { Manifest } from '../runner/manifest.js';
import { claimAnswers, claimText } from './claim.js';
import { type Figure, toCsv } from './figure.js';
import { promptChoices } from './figures/choices.js';
import { failureKinds } from './figures/failures.js';
import { familyHeatMap } from './figures/families.js';
import { planFlow } from './figures/flow.js';
import { learningCurves } from './figures/learning-curves.js';
import { mttrBars } from './figures/mttr.js';
import { recoveredBy } from './figures/recovered-by.js';
import { streamCurves } from './figures/stream.js';
import { timeShares } from './figures/time.js';
import { comparisonTables } from './html-comparisons.js';
import { resultTables } from './html-tables.js';
import { takeoverTable } from './html-takeover.js';
import { verdictTables } from './html-verdicts.js';
import { escapeHtml, renderPage, type Section } from './page.js';

/** Writes `report.html`, complete in itself, and a CSV file a figure in `figures/`. */
export async function writeReport(root: string, collected: Collected): Promise<void> {
  const figures = allFigures(root, collected);
  const figure = (id: string): Section[] =>
    figures.filter((f) => f.id === id).map((f) => ({ kind: 'figure', figure: f }));
  const answers = claimAnswers(collected);
  const sections: Section[] = [
    ...figure('mttr'),
    { kind: 'html', title: 'Results', html: resultTables(collected) },
    ...(answers.length > 0 ? [{ kind: 'html', title: 'The claim', html: claimText(answers) } as const] : []),
    ...figure('learning-curves'),
    ...figure('stream'),
    ...figure('recovered-by'),
    { kind: 'html', title: 'Differences', html: comparisonTables(collected) },
    ...(collected.verdicts.length > 0
      ? [{ kind: 'html', title: 'Verification against the cloud', html: verdictTables(collected) } as const]
      : []),
    { kind: 'html', title: 'If a human takes over', html: takeoverTable(collected) },
    ...figure('time'),
    ...figure('failures'),
    ...figure('plan-flow'),
    ...figure('families'),
    ...figure('prompt-choices'),
    { kind: 'html', title: 'Configuration', html: configuration(collected) },
  ];
  const { index } = collected;
  const page = { title: index.name, description: index.description, facts: facts(root, collected), sections };
  await writeFolderAtomic(join(root, 'figures'), (folder) => {
    for (const { id, table } of figures) writeAtomic(join(folder, `${id}.csv`), toCsv(table));
  });
  writeAtomic(join(root, 'report.html'), renderPage(page));
}

function allFigures(root: string, collected: Collected): Figure[] {
  const figures = [
    mttrBars(collected),
    learningCurves(root, collected),
    streamCurves(collected),
    recoveredBy(collected),
    timeShares(collected),
    failureKinds(collected),
    planFlow(collected),
    familyHeatMap(collected),
    promptChoices(collected),
  ];
  return figures.filter((figure) => figure !== null);
}

function facts(root: string, { index, variants }: Collected): string[] {
  const finished = variants.reduce((sum, { runs }) => sum + runs.length, 0);
  const wanted = index.seeds * variants.length;
  const first = variants.find(({ runs }) => runs.length > 0);
  const manifest = first ? readManifest(seedFolder(root, first.variant, first.runs[0]!.seed)) : null;
  return [
    `${variants.length} methods`,
    `${index.seeds} training seeds`,
    `${index.incidents} test incidents a split`,
    ...(finished < wanted ? [`${finished} of ${wanted} runs finished`] : []),
    ...(manifest ? [`pase-gym ${manifest.versions['pase-gym']}`, `Node ${manifest.versions.node}`] : []),
    ...(manifest?.commit ? [`commit ${manifest.commit.slice(0, 10)}`] : []),
  ];
}

function readManifest(folder: string): Manifest | null {
  try {
    return JSON.parse(readFileSync(join(folder, 'manifest.json'), 'utf8')) as Manifest;
  } catch {
    return null;
  }
}

function configuration({ index }: Collected): string {
  const items = index.variants.map(
    ({ name, config }) =>
      `<details><summary>${escapeHtml(name)}</summary><pre>${escapeHtml(stringify(config))}</pre></details>`,
  );
  return items.join('');
}
