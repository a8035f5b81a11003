/**
 * How fast plans are written.
 *
 *     npx tsx --conditions=source bench/synthesis.ts [--json FILE]
 *
 * - surrogate plans per second of one core (CPU time, so that a busy machine does not count), by profile, over real incidents
 *   and the whole catalogue of meta-prompts
 * - the same question asked again: completions per second from the cache on disk
 * - live rollouts: 64 asynchronous environments against a local server that takes 200 ms, as a share of what such a server
 *   can serve to 64 callers (320 requests a second)
 */
import { type ChildProcess, spawn } from 'node:child_process';
import { mkdtempSync, rmSync, writeFileSync } from 'node:fs';
import { cpus, tmpdir } from 'node:os';
import { join } from 'node:path';
import { createInterface } from 'node:readline';
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import { Cloud, incidentSeed, loadCloudModel } from '../envs/cloud/index.js';
import { EVIDENCE_KINDS } from '../envs/cloud/interface.js';
import { CloudHealingEnv } from '../envs/healing/index.js';
import {
  createSynthesizer,
  type IncidentView,
  loadMetaPrompts,
  profileNames,
  type Synthesizer,
  synthesizerSchema,
} from '../envs/synthesis/index.js';
import { perceive } from '../envs/world-model/index.js';

interface Result {
  readonly name: string;
  readonly value: number;
  readonly unit: string;
}

const VIEWS = 200;
const ENVIRONMENTS = 64;
const SERVER_MILLISECONDS = 200;
const LIVE_SECONDS = 15;

/** Views of real incidents half a minute after detection, all evidence fetched. */
function incidentViews(): IncidentView[] {
  const model = loadCloudModel({
    topology: 'online-boutique',
    overlay: 'production',
    prior: 'incident-statistics',
  });
  return Array.from({ length: VIEWS }, (_, index) => {
    const key = { split: 'seen', partition: 'fit', index } as const;
    const cloud = new Cloud(model, key);
    cloud.advanceTo(cloud.detectedAt + 30);
    const telemetry = cloud.telemetry(EVIDENCE_KINDS, 0);
    const inventory = cloud.inventory();
    return {
      time: cloud.time,
      detectedAt: cloud.detectedAt,
      evidence: EVIDENCE_KINDS,
      telemetry,
      inventory,
      belief: perceive(telemetry, inventory),
      noiseKey: incidentSeed(key),
      executed: [],
    };
  });
}

function surrogateSpeed(views: readonly IncidentView[]): Result[] {
  const metaPrompts = loadMetaPrompts().filter((metaPrompt) => metaPrompt.feedback === 'none');
  return profileNames().map((profile) => {
    const synthesizer = createSynthesizer({ kind: 'surrogate', profile }) as Synthesizer<'sync'>;
    const rng = defaultRng(0);
    const pass = (count: number) => {
      const startedAt = process.cpuUsage();
      for (let i = 0; i < count; i++) {
        // A new incident each time: nothing of the last one's draws can be used again.
        synthesizer.synthesize(
          views[i % VIEWS]!,
          metaPrompts[Math.floor(i / VIEWS) % metaPrompts.length]!,
          null,
          rng,
          0,
        );
      }
      const { user, system } = process.cpuUsage(startedAt);
      return (1e6 * count) / (user + system);
    };
    pass(4000);
    const rates = [pass(10_000), pass(10_000), pass(10_000)].sort((a, b) => a - b);
    return { name: `surrogate ${profile}`, value: Math.round(rates[1]!), unit: 'plans/s' };
  });
}

class BenchServer {
  private readonly lines: AsyncIterator<string>;

  private constructor(
    private readonly child: ChildProcess,
    readonly baseURL: string,
    lines: AsyncIterator<string>,
  ) {
    this.lines = lines;
  }

  static async start(milliseconds: number, completion: string): Promise<BenchServer> {
    const script = join(import.meta.dirname, 'synthesis-support', 'chat-server.mjs');
    const child = spawn(process.execPath, [script, String(milliseconds), completion], {
      stdio: ['pipe', 'pipe', 'inherit'],
    });
    const lines = createInterface({ input: child.stdout! })[Symbol.asyncIterator]();
    const port = (await lines.next()).value as string;
    return new BenchServer(child, `http://127.0.0.1:${port}/v1`, lines);
  }

  async served(): Promise<number> {
    this.child.stdin!.write('served\n');
    return Number((await this.lines.next()).value);
  }

  stop(): void {
    this.child.stdin!.end();
  }
}

async function cacheSpeed(view: IncidentView): Promise<Result> {
  const folder = mkdtempSync(join(tmpdir(), 'pase-bench-'));
  const server = await BenchServer.start(0, JSON.stringify({ diagnosis: [], steps: [] }));
  const config = synthesizerSchema.parse({
    kind: 'openai',
    model: 'bench',
    baseURL: server.baseURL,
    cache: folder,
  });
  const synthesizer = createSynthesizer(config) as Synthesizer<'async'>;
  const [metaPrompt] = loadMetaPrompts(['diagnose-logs']);
  const ask = (sample: number) => synthesizer.synthesize(view, metaPrompt!, null, defaultRng(0), sample);
  await Promise.all(Array.from({ length: 200 }, (_, sample) => ask(sample)));
  const count = 3000;
  const startedAt = performance.now();
  for (let i = 0; i < count; i++) await ask(i % 200);
  const value = Math.round((1000 * count) / (performance.now() - startedAt));
  server.stop();
  rmSync(folder, { recursive: true, force: true });
  return { name: 'cache hits', value, unit: 'completions/s' };
}

/** Rollouts without a cache; every environment plays incident after incident. */
async function liveSpeed(): Promise<Result[]> {
  const server = await BenchServer.start(
    SERVER_MILLISECONDS,
    JSON.stringify({ diagnosis: [], steps: [{ name: 'inspect', args: ['cartservice'] }] }),
  );
  let stop = false;
  const play = async (seed: number) => {
    const env = new CloudHealingEnv<'async'>({
      synthesizer: synthesizerSchema.parse({
        kind: 'openai',
        model: 'bench',
        baseURL: server.baseURL,
        cache: null,
        concurrency: ENVIRONMENTS,
      }),
      verifier: { mode: 'syntax' },
      metaPrompts: ['diagnose-logs'],
    });
    for (let index = seed; !stop; index += ENVIRONMENTS) {
      await env.reset({ seed: index, options: { index } });
      for (let over = false; !over && !stop; ) over = (await env.step(0))[2];
    }
  };
  const playing = Promise.all(Array.from({ length: ENVIRONMENTS }, (_, seed) => play(seed)));
  const pause = (seconds: number) => new Promise((wake) => setTimeout(wake, 1000 * seconds));
  // The first seconds load the rooms and ground the domain.
  await pause(5);
  const before = await server.served();
  const startedAt = performance.now();
  const cpuBefore = process.cpuUsage();
  await pause(LIVE_SECONDS);
  const turns = (await server.served()) - before;
  const rate = (1000 * turns) / (performance.now() - startedAt);
  const cpu = process.cpuUsage(cpuBefore);
  stop = true;
  await playing;
  server.stop();
  const limit = (1000 * ENVIRONMENTS) / SERVER_MILLISECONDS;
  return [
    {
      name: `live turns, ${ENVIRONMENTS} environments, ${SERVER_MILLISECONDS} ms server`,
      value: Math.round(rate),
      unit: 'turns/s',
    },
    { name: 'share of what the server can serve', value: Math.round((1000 * rate) / limit) / 1000, unit: '' },
    // One core keeps up with the server when this is below its milliseconds over the environments, 3.1.
    {
      name: 'CPU time of a live turn',
      value: Math.round((cpu.user + cpu.system) / turns) / 1000,
      unit: 'ms',
    },
  ];
}

const { values } = parseArgs({ options: { json: { type: 'string' } } });
const views = incidentViews();
const results: Result[] = [...surrogateSpeed(views), await cacheSpeed(views[0]!), ...(await liveSpeed())];
for (const { name, value, unit } of results)
  console.log(`${name.padEnd(52)} ${String(value).padStart(9)} ${unit}`);
if (values.json) {
  const host = { node: process.version, cpu: cpus()[0]?.model ?? 'unknown', cores: cpus().length };
  writeFileSync(values.json, `${JSON.stringify({ benchmark: 'synthesis', host, results }, null, 2)}\n`);
}
