import { type ExecFileSyncOptionsWithStringEncoding, execFileSync } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, beforeAll, describe, expect, it } from 'vitest';

const root = join(import.meta.dirname, '..');
const elsewhere = mkdtempSync(join(tmpdir(), 'pase-pack-'));

/** npm as a script of this Node, so that the test needs no shell and runs on Windows. */
function npm(args: string[], cwd: string): string {
  const cli = process.env.npm_execpath;
  const options: ExecFileSyncOptionsWithStringEncoding = {
    cwd,
    encoding: 'utf8',
    stdio: ['ignore', 'pipe', 'pipe'],
  };
  return cli?.endsWith('.js')
    ? execFileSync(process.execPath, [cli, ...args], options)
    : execFileSync('npm', args, options);
}

function node(args: string[]): string {
  return execFileSync(process.execPath, args, { cwd: elsewhere, encoding: 'utf8' });
}

describe('the packed package, installed elsewhere', () => {
  beforeAll(() => {
    // `prepare` would rebuild dist/ while other tests read it; the build of `npm ci` is what gets packed.
    const packed = JSON.parse(
      npm(['pack', '--json', '--ignore-scripts', '--pack-destination', elsewhere], root),
    ) as { filename: string }[] | Record<string, { filename: string }>;
    const { filename } = Object.values(packed)[0] as { filename: string };
    writeFileSync(join(elsewhere, 'package.json'), '{"name":"elsewhere","private":true,"type":"module"}');
    npm(
      [
        'install',
        join(elsewhere, filename),
        '--omit=optional',
        '--no-audit',
        '--no-fund',
        '--prefer-offline',
      ],
      elsewhere,
    );
  }, 240_000);

  afterAll(() => rmSync(elsewhere, { recursive: true, force: true }));

  it('answers `pase doctor --json`', () => {
    const report = JSON.parse(
      node([join('node_modules', 'pase-gym', 'bin', 'pase.mjs'), 'doctor', '--json']),
    ) as unknown;
    expect(report).toMatchObject({ using: { engine: 'wasm' } });
    const { findings } = report as { findings: { name: string; needed: boolean; works: boolean }[] };
    expect(findings.filter(({ needed, works }) => needed && !works)).toEqual([]);
  });

  it('plays an incident through its exports', () => {
    writeFileSync(
      join(elsewhere, 'play.mjs'),
      `import { CloudHealingEnv } from 'pase-gym/envs/healing';
       const env = new CloudHealingEnv({ judgePlans: true });
       let [observation, info] = env.reset({ seed: 7 });
       let terminated = false;
       while (!terminated) [observation, , terminated, , info] = env.step(info.actionMask.indexOf(1));
       console.log(JSON.stringify({ size: observation.length, mttr: info.result.mttr }));`,
    );
    const { size, mttr } = JSON.parse(node(['play.mjs'])) as { size: number; mttr: number };
    expect(size).toBeGreaterThan(60);
    expect(mttr).toBeGreaterThan(0);
    expect(mttr).toBeLessThanOrEqual(1800);
  });
});
