// Runs the cells of a notebook in Node and stores their outputs in it: `node execute.mjs NOTEBOOK RUN_FOLDER`.
// A cell is the body of an async function; names it declares at the top level with const, let or function are seen by later
// cells. The last line, if it is an expression, is the cell's output: an object with a `Jupyter.display` method (the Deno
// kernel's protocol) gives its own representations, anything else is shown as text.
import { existsSync, readFileSync, writeFileSync } from 'node:fs';
import { createRequire } from 'node:module';
import { inspect } from 'node:util';

const CHROMIUM = '/usr/bin/chromium';
const require = createRequire(import.meta.url);
const AsyncFunction = Object.getPrototypeOf(async () => {}).constructor;

/** Makes top-level declarations properties of the shared scope, and the last expression the result. */
function toBody(source) {
  const lines = source.trimEnd().split('\n');
  const last = lines.length - 1;
  const isExpression = !/^(const|let|var|function|class|if|for|while|return|import|export|[}\])])/.test(lines[last]) && !/^\s/.test(lines[last]);
  if (isExpression) lines[last] = `return (${lines[last].replace(/;$/, '')});`;
  return lines
    .join('\n')
    .replaceAll(/^(?:const|let) (\w+) =/gm, 'scope.$1 =')
    .replaceAll(/^(?:const|let) \{([^}]*)\} = (.*);$/gm, 'Object.assign(scope, (({$1}) => ({$1}))($2));')
    .replaceAll(/^(async )?function (\w+)/gm, 'scope.$2 = $1function $2');
}

async function display(value, toPng) {
  if (value === undefined) return [];
  const show = value?.[Symbol.for('Jupyter.display')];
  const data = show ? await show.call(value) : { 'text/plain': typeof value === 'string' ? value : inspect(value, { depth: 4 }) };
  const figure = data['application/vnd.plotly.v1+json'];
  const png = figure && toPng ? await toPng(figure) : null;
  return [{ output_type: 'execute_result', execution_count: null, metadata: {}, data: png ? { 'image/png': png, ...data } : data }];
}

/** A function that draws a plotly figure in headless Chromium, as base64 PNG; null without Chromium. */
async function openPainter() {
  if (!existsSync(CHROMIUM)) return null;
  const { chromium } = require('playwright-core');
  const browser = await chromium.launch({ executablePath: CHROMIUM, args: ['--no-sandbox'] });
  const page = await browser.newPage();
  await page.setContent('<div id="figure"></div>');
  await page.addScriptTag({ path: require.resolve('plotly.js-dist-min') });
  const paint = async ({ data, layout }) => {
    const url = await page.evaluate(([traces, style]) => Plotly.toImage({ data: traces, layout: style }, { format: 'png', width: 900, height: 480 }), [data, layout]);
    return url.slice(url.indexOf(',') + 1);
  };
  return { paint, close: () => browser.close() };
}

/** Runs all code cells in order. @returns the notebook with outputs. */
export async function execute(notebook, runFolder, painter = null) {
  const scope = { RUN_FOLDER: runFolder };
  let count = 0;
  const cells = [];
  for (const cell of notebook.cells) {
    if (cell.cell_type !== 'code') {
      cells.push(cell);
      continue;
    }
    const printed = [];
    const console = { log: (...values) => printed.push(values.map((value) => (typeof value === 'string' ? value : inspect(value))).join(' ')) };
    const run = new AsyncFunction('scope', 'console', `with (scope) {\n${toBody(cell.source.join(''))}\n}`);
    const outputs = await display(await run(scope, console), painter?.paint);
    if (printed.length > 0) outputs.unshift({ output_type: 'stream', name: 'stdout', text: [printed.join('\n')] });
    count += 1;
    cells.push({ ...cell, execution_count: count, outputs: outputs.map((output) => ('execution_count' in output ? { ...output, execution_count: count } : output)) });
  }
  return { ...notebook, cells };
}

if (process.argv[1] === new URL(import.meta.url).pathname) {
  const [file, runFolder] = process.argv.slice(2);
  if (!file || !runFolder) {
    process.stderr.write('usage: node execute.mjs NOTEBOOK RUN_FOLDER\n');
    process.exit(2);
  }
  const painter = await openPainter();
  const notebook = await execute(JSON.parse(readFileSync(file, 'utf8')), runFolder, painter);
  await painter?.close();
  writeFileSync(file, `${JSON.stringify(notebook, null, 1)}\n`);
}
