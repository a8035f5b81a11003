import { resolve } from 'node:path';
import { displayPath } from '../../envs/config/index.js';
import { writeReport } from '../report/index.js';
import { resultsTable } from '../report/table.js';
import { collect, writeStatistics } from '../runner/collect.js';
import { readRunIndex } from '../runner/folder.js';
import { print, printJson } from './options.js';

/** `pase report`: statistics, table and report.html from what is finished in a run folder. */
export async function reportCommand(dir: string, options: { json?: boolean }): Promise<void> {
  const root = resolve(dir);
  const collected = collect(root, readRunIndex(root));
  writeStatistics(root, collected);
  await writeReport(root, collected);
  if (options.json) return printJson(collected.summary);
  print(resultsTable(collected));
  print();
  print(`→ ${displayPath(root)}/report.html`);
}
