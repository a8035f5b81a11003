/**
 * Writes docs/cloud-constants.md: every constant of configs/cloud.yaml with its source.
 *
 *     npx tsx --conditions=source scripts/cloud-constants.ts
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { pathToFileURL } from 'node:url';
import { cloudSchema } from '../envs/cloud/schemas/cloud.js';
import { findConfig, loadYaml, packageRoot } from '../envs/config/index.js';

type Tree = { readonly [key: string]: unknown };
const isTree = (value: unknown): value is Tree =>
  typeof value === 'object' && value !== null && !Array.isArray(value);

/** A number, a table of numbers, a log-normal, shares of a prior: as it reads in a cell. */
function shown({ source: _, ...rest }: Tree): string {
  const value = rest.value ?? rest.values ?? rest.triggers ?? rest;
  if (typeof value === 'number') return String(value);
  const cell = (x: unknown): string => (isTree(x) ? Object.values(x).join(' / ') : String(x));
  return Object.entries(value as Tree)
    .map(([name, x]) => `${name} ${cell(x)}`)
    .join(', ');
}

function* sourced(path: string, value: unknown): Generator<readonly [string, Tree]> {
  if (!isTree(value)) return;
  if (typeof value.source === 'string') yield [path, value];
  else for (const [key, child] of Object.entries(value)) yield* sourced(path ? `${path}.${key}` : key, child);
}

/** The page: seconds, milliseconds where a name says so, ratios in [0, 1]. @throws ConfigError for a mistake in the file */
export function constantsPage(): string {
  const file = loadYaml(findConfig('cloud.yaml'), cloudSchema);
  const rows = [...sourced('', file)].map(
    ([path, tree]) =>
      `| \`${path}\` | ${shown(tree)} | ${String(tree.source).trim().replaceAll('|', '\\|')} |`,
  );
  const alerts = file.alerts.map(
    ({ rule, scope, metric, for: wait, severity, ...bounds }) =>
      `| ${rule} | ${scope} | ${metric} | ${['above', 'below', 'aboveRatio', 'belowRatio']
        .filter((bound) => bounds[bound as 'above'] !== undefined)
        .map((bound) => `${bound} ${bounds[bound as 'above']}`)
        .join(', ')} | ${wait} | ${severity} |`,
  );
  return [
    '# Constants of the cloud',
    '',
    'Written from `configs/cloud.yaml` by `npx tsx --conditions=source scripts/cloud-constants.ts`. Times in seconds, ratios in [0, 1].',
    '',
    '| constant | value | source |',
    '|---|---|---|',
    ...rows,
    '',
    'Alerts; their bounds and windows (`for`, 30 to 120 s) are assumptions in the range of common rules:',
    '',
    '| rule | scope | metric | holds | for | severity |',
    '|---|---|---|---|---|---|',
    ...alerts,
    '',
  ].join('\n');
}

if (import.meta.url === pathToFileURL(process.argv[1] ?? '').href) {
  writeFileSync(join(packageRoot, 'docs/cloud-constants.md'), constantsPage());
}
