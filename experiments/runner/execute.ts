import { mkdirSync, rmSync } from 'node:fs';
import { join } from 'node:path';
import { stringify } from 'yaml';
import { playIncidents } from './evaluate.js';
import { JsonLines, writeAtomic, writeFolderAtomic, writeJson } from './files.js';
import type { EvaluationRecord, RunResult } from './folder.js';
import type { Job } from './jobs.js';
import { manifestOf } from './manifest.js';
import { type AnyPolicy, budgetCallback, isAgent, makePolicy, trainingPartition } from './policies.js';
import { type PlayedIncident, toRecord } from './recorder.js';
import { isReference } from './reference-kinds.js';
import { playReference } from './references.js';
import { IncidentStream, playStream } from './stream.js';
import { TrainingLog } from './training-log.js';
import { loadUserModules } from './user-modules.js';
import { makeWorld, type Phase, streamOf, testWorlds, type World, worldOf } from './worlds.js';

/** How a job talks to whoever runs it. */
export interface JobHost {
  /** Fraction done, in [0, 1]. */
  readonly progress: (fraction: number) => void;
  /** Called often; may end the process. */
  readonly stillWanted: () => void;
}

/**
 * One seed-run: trains the variant's policy, if it learns, within its budget of language-model calls, tests it on the
 * test incidents of every split, and leaves everything in the job's folder; `result.json` comes last.
 */
export async function executeJob(job: Job, host: JobHost): Promise<void> {
  await loadUserModules(job.imports);
  rmSync(job.folder, { recursive: true, force: true });
  mkdirSync(job.folder, { recursive: true });
  writeAtomic(join(job.folder, 'config.yaml'), stringify({ seed: job.seed, ...job.variant.config }));
  const manifest = manifestOf(job);
  writeJson(join(job.folder, 'manifest.json'), manifest);
  const episodes = new JsonLines(join(job.folder, 'episodes.jsonl'));
  const startedAt = performance.now();
  const share = trainingShare(job);
  const { policy, training } = await trainedPolicy(job, episodes, {
    ...host,
    progress: (f) => host.progress(share * f),
  });
  const trainedAt = performance.now();
  const evaluations = await evaluate(job, policy, episodes, {
    ...host,
    progress: (f) => host.progress(share + (1 - share) * f),
  });
  episodes.close();
  const seconds = { train: (trainedAt - startedAt) / 1000, evaluate: (performance.now() - trainedAt) / 1000 };
  writeJson(join(job.folder, 'manifest.json'), { ...manifest, wallSeconds: seconds });
  const { variant, seed, digest } = job;
  const result: RunResult = {
    variant: variant.name,
    method: variant.method,
    seed,
    digest,
    training,
    evaluations,
  };
  writeAtomic(join(job.folder, 'result.json'), `${JSON.stringify(result)}\n`);
}

/** The part of a job's work that is training, by language-model calls. */
function trainingShare({ variant }: Job): number {
  const { train, evaluate } = variant.config;
  return train.llmCalls / (train.llmCalls + 2 * evaluate.incidents * evaluate.splits.length);
}

async function trainedPolicy(
  job: Job,
  episodes: JsonLines,
  host: JobHost,
): Promise<{ policy: AnyPolicy | null; training: RunResult['training'] }> {
  const { config } = job.variant;
  if (isReference(config.policy.kind)) return { policy: null, training: null };
  const world = worldOf(config, config.train.split, trainingPartition(config.policy));
  const policy = await makePolicy(config, () => makeWorld(world), job.seed);
  if (!isAgent(policy) || config.stream === 'from-scratch') return { policy, training: null };
  const metrics = new JsonLines(join(job.folder, 'metrics.jsonl'));
  const log = new TrainingLog(config.train.llmCalls, metrics, episodes, host.progress);
  await policy.learn(config.train.llmCalls, { callbacks: budgetCallback(log, host.stillWanted) });
  metrics.close();
  await writeFolderAtomic(join(job.folder, 'checkpoint'), (folder) => policy.save(folder));
  return { policy, training: { llmCalls: log.llmCalls, steps: log.steps, episodes: log.episodes } };
}

async function evaluate(
  job: Job,
  policy: AnyPolicy | null,
  episodes: JsonLines,
  host: JobHost,
): Promise<EvaluationRecord[]> {
  const phases = streamOf(job.variant.config);
  if (phases) return evaluateOnStream(job, policy, phases, episodes, host);
  const worlds = testWorlds(job.variant.config);
  const { incidents } = job.variant.config.evaluate;
  const records: EvaluationRecord[] = [];
  for (const [w, world] of worlds.entries()) {
    const onIncident = (played: number): void => {
      host.stillWanted();
      if (played % 20 === 0) host.progress((w + played / incidents) / worlds.length);
    };
    const played = policy
      ? await playIncidents(policy, world, incidents, onIncident)
      : await playReference(String(job.variant.config.policy.kind), world, incidents, onIncident);
    writeEpisodes(episodes, world, played);
    records.push(toRecord(world.name, world.incidents, played));
  }
  return records;
}

/** Plays the stream, and keeps a record a phase. A reference has no place in it: it does not meet incidents one after another. */
async function evaluateOnStream(
  job: Job,
  policy: AnyPolicy | null,
  phases: readonly Phase[],
  episodes: JsonLines,
  host: JobHost,
): Promise<EvaluationRecord[]> {
  const { config } = job.variant;
  const stream = new IncidentStream(phases);
  const onIncident = (played: number): void => {
    host.stillWanted();
    if (played % 20 === 0) host.progress(played / stream.length);
  };
  if (!policy) throw new Error(`${job.variant.name}: a reference cannot play a stream`);
  await playStream(policy, stream, config.stream !== 'frozen', onIncident);
  return phases.map(({ world }, i) => {
    writeEpisodes(episodes, world, stream.played[i]!);
    return toRecord(world.name, `${world.incidents} phase ${i + 1}`, stream.played[i]!);
  });
}

function writeEpisodes(episodes: JsonLines, world: World, played: readonly PlayedIncident[]): void {
  for (const { result, metaPrompts, believed } of played)
    episodes.append({ phase: 'evaluate', world: world.name, ...result, believed, metaPrompts });
}
