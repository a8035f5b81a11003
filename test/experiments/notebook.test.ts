import { readdirSync, readFileSync } from 'node:fs';
import { describe, expect, it } from 'vitest';
import { collect, writeStatistics } from '../../experiments/runner/collect.js';
import { madeUpRun } from './helpers/made-up-run.js';

interface Output {
  readonly text?: string[];
  readonly data?: Record<string, unknown>;
}
interface Notebook {
  readonly cells: readonly { readonly cell_type: string; readonly outputs?: readonly Output[] }[];
}
type Execute = (notebook: Notebook, runFolder: string) => Promise<Notebook>;

const folder = new URL('../../notebooks/', import.meta.url);
const outputsOf = ({ cells }: Notebook): Output[] => cells.flatMap((cell) => cell.outputs ?? []);
const figures = (notebook: Notebook): { data: { y: unknown[] }[] }[] =>
  outputsOf(notebook).flatMap(({ data }) => (data?.['application/vnd.plotly.v1+json'] ?? []) as never);

describe.each(readdirSync(folder).filter((name) => name.endsWith('.ipynb')))('the notebook %s', (name) => {
  const notebook = JSON.parse(readFileSync(new URL(name, folder), 'utf8')) as Notebook;

  it('runs on a run folder and draws its learners and methods', async () => {
    const { root, index } = madeUpRun(['ppo', 'random'], 2, 10);
    writeStatistics(root, collect(root, index));
    const { execute } = (await import(new URL('execute.mjs', folder).href)) as { execute: Execute };
    const executed = await execute(notebook, root);
    const [curves, bars] = figures(executed);
    expect(curves!.data).toHaveLength(3 * 2);
    expect(bars!.data.map(({ y }) => y.length)).toEqual([2, 2]);
  });

  it('is stored with the outputs of a real run', () => {
    expect(figures(notebook).length).toBeGreaterThan(0);
    expect(JSON.stringify(outputsOf(notebook))).toContain('best-fixed');
    expect(JSON.stringify(outputsOf(notebook))).not.toContain('made-up');
  });
});
