import { defaultRng, type Generator, type GeneratorState } from 'gymnasium-js';
import { createNetwork, type Network, type NetworkSpec, type NetworkState, type Tensor } from 'nn-engines';
import type { Agent, LearnOptions, PredictOptions } from '../types.js';
import {
  arraysUnder,
  type Checkpoint,
  type CheckpointArray,
  prefixed,
  readCheckpoint,
  writeCheckpoint,
} from './checkpoint.js';
import type { EnvironmentBatch } from './environment.js';
import { type EnvSource, environmentBatch } from './environments.js';
import { ObservationNormalizer, RewardNormalizer } from './normalizer.js';
import type { CommonOptions, PolicySpec } from './policy-spec.js';
import { TrainingSession } from './session.js';
import { requireSameLayout, type SpaceLayout } from './spaces.js';

/** Format of `agent.json`; another one is refused. */
const FORMAT = 1;

/** What an agent is made for: something to train on, or only the sizes of its spaces. */
export type EnvOrLayout = EnvSource | SpaceLayout;

function isLayout(value: EnvOrLayout): value is SpaceLayout {
  return 'observationSize' in value;
}

/** JSON numbers and arrays that an algorithm adds to a checkpoint. */
export interface OwnState {
  readonly meta: Record<string, unknown>;
  readonly arrays: Record<string, CheckpointArray>;
}

/**
 * What all learners have in common: networks, random streams, normalisation, the session around the training loop,
 * checkpoints. An algorithm's file adds its networks, its loop and its own state.
 */
export abstract class BaseAgent<A, O extends CommonOptions> implements Agent<A> {
  abstract readonly kind: string;
  numTimesteps = 0;
  /** Updates (optimiser rounds) so far. */
  updates = 0;
  readonly layout: SpaceLayout;
  protected readonly networks: Record<string, Network> = {};
  /** Exploration and minibatches. */
  protected readonly random: Generator;
  /** `predict` draws from a stream of its own, so that evaluating does not change training. */
  protected readonly predictRandom: Generator;
  protected readonly observationNormalizer: ObservationNormalizer | null;
  protected rewardNormalizer: RewardNormalizer | null = null;
  private batch: EnvironmentBatch | null = null;
  private ready = false;
  private prepared: EnvironmentBatch | null = null;
  private scratch: Float32Array;
  /** Whether environments and buffers hold training under way. */
  private started = false;

  protected constructor(
    readonly policy: PolicySpec,
    env: EnvOrLayout,
    readonly options: O,
  ) {
    if (isLayout(env)) this.layout = env;
    else {
      this.batch = environmentBatch(env);
      this.layout = this.batch.layout;
    }
    this.random = defaultRng([options.seed, 1]);
    this.predictRandom = defaultRng([options.seed, 2]);
    this.observationNormalizer = options.normalizeObservations
      ? new ObservationNormalizer(this.layout.observationSize)
      : null;
    this.scratch = new Float32Array(this.layout.observationSize);
  }

  /** Network specs by name, made in this order from one stream. */
  protected abstract networkSpecs(): Record<string, NetworkSpec>;
  /** Called once all networks are there. */
  protected networksReady(): void {}
  /** Makes buffers for these environments; called before the first `train` and before own state is restored. */
  protected abstract prepare(envs: EnvironmentBatch): void;
  /** The training loop: until `session.done` or a callback stops it. */
  protected abstract train(session: TrainingSession, envs: EnvironmentBatch): Promise<void>;
  /** Forgets half-collected data: episodes start afresh. */
  protected abstract restart(): void;
  /** Buffers and counters of training under way; comes back only with as many environments as there were. */
  protected abstract ownState(): OwnState;
  protected abstract restoreOwnState(state: OwnState): void;
  /** What has been learned outside networks. */
  protected knowledge(): OwnState {
    return { meta: {}, arrays: {} };
  }
  protected restoreKnowledge(_state: OwnState): void {}
  /** Seed of environment e's first episode: as in Gymnasium's vector environments. */
  protected firstSeed(e: number): number {
    return this.options.seed + e;
  }
  protected abstract choose(observation: Float32Array, mask: Uint8Array | null, deterministic: boolean): A;
  /** Discount of the reward normaliser. */
  protected abstract get discount(): number;

  async initialize(): Promise<void> {
    if (this.ready) return;
    const random = defaultRng([this.options.seed, 0]);
    for (const [name, spec] of Object.entries(this.networkSpecs()))
      this.networks[name] = await createNetwork(spec, random, this.options.engine);
    this.networksReady();
    this.ready = true;
  }

  /** Trains on another environment (or several) of the same spaces from now on. */
  setEnv(env: EnvSource): void {
    const batch = environmentBatch(env);
    requireSameLayout(this.layout, batch.layout);
    this.batch = batch;
    this.started = false;
  }

  predict(observation: Float32Array, { actionMask, deterministic = false }: PredictOptions = {}): A {
    if (!this.ready)
      throw new Error(`${this.kind} is not initialised: await agent.initialize() before predict`);
    if (observation.length !== this.layout.observationSize)
      throw new RangeError(
        `expected an observation of ${this.layout.observationSize} values, found ${observation.length}`,
      );
    return this.choose(this.normalize(observation), actionMask ?? null, deterministic);
  }

  /** An observation as the networks see it; a reused array when the agent normalises. */
  protected normalize(observation: Float32Array): Float32Array {
    if (!this.observationNormalizer) return observation;
    this.observationNormalizer.apply(observation, this.scratch);
    return this.scratch;
  }

  /** Copies of all networks' parameters. */
  parameters(): Record<string, Tensor[]> {
    const all = Object.entries(this.networks).map(([name, network]) => [
      name,
      [...network.getState().tensors],
    ]);
    return Object.fromEntries(all) as Record<string, Tensor[]>;
  }

  async learn(totalTimesteps: number, options: LearnOptions = {}): Promise<this> {
    const envs = this.batch;
    if (!envs)
      throw new Error(
        `${this.kind} has no environment to learn in: give one to the constructor, load or setEnv`,
      );
    if (!Number.isInteger(totalTimesteps) || totalTimesteps < 1)
      throw new RangeError(`totalTimesteps must be a whole number of at least 1, found ${totalTimesteps}`);
    await this.initialize();
    this.prepareOnce(envs);
    if (!options.resume) this.numTimesteps = 0;
    if (!(options.resume && this.started)) {
      this.restart();
      const pending = envs.reset((e) => this.firstSeed(e));
      if (pending) await pending;
      if (this.observationNormalizer)
        this.observationNormalizer.moments.update(envs.observations, envs.numEnvs);
      this.started = true;
    }
    const session = new TrainingSession(this, envs, totalTimesteps, options);
    await session.start();
    if (!session.done) await this.train(session, envs);
    await session.end();
    return this;
  }

  private prepareOnce(envs: EnvironmentBatch): void {
    if (this.prepared === envs) return;
    this.prepare(envs);
    this.rewardNormalizer = this.options.normalizeRewards
      ? new RewardNormalizer(envs.numEnvs, this.discount)
      : null;
    this.prepared = envs;
  }

  async save(directory: string): Promise<void> {
    await this.initialize();
    const arrays: Record<string, CheckpointArray> = {};
    const networks: Record<string, unknown> = {};
    for (const [name, network] of Object.entries(this.networks)) {
      const state = network.getState();
      networks[name] = {
        spec: state.spec,
        optimizer: { kind: state.optimizer.kind, steps: state.optimizer.steps },
      };
      Object.assign(arrays, prefixed(`networks/${name}`, networkArrays(state)));
    }
    if (this.observationNormalizer)
      arrays['normalizer/observations'] = this.observationNormalizer.moments.getState();
    if (this.rewardNormalizer) {
      arrays['normalizer/rewards'] = this.rewardNormalizer.moments.getState();
      arrays['normalizer/discounted'] = this.rewardNormalizer.discounted;
    }
    const envState = this.started && this.batch ? this.batch.getState() : null;
    if (envState) arrays.environments = new Uint8Array(envState);
    let own: OwnState = { meta: {}, arrays: {} };
    if (this.prepared) own = this.ownState();
    const knowledge = this.knowledge();
    Object.assign(arrays, prefixed('own', own.arrays), prefixed('knowledge', knowledge.arrays));
    await writeCheckpoint(directory, {
      meta: {
        ...{
          format: FORMAT,
          kind: this.kind,
          layout: this.layout,
          policy: this.policy,
          options: this.options,
        },
        ...{ numTimesteps: this.numTimesteps, updates: this.updates, networks },
        ...{ random: this.random.getState(), predictRandom: this.predictRandom.getState() },
        ...{ numEnvs: this.prepared?.numEnvs ?? 0, own: own.meta, knowledge: knowledge.meta },
      },
      arrays,
    });
  }

  /**
   * Restores a checkpoint of the same kind into this agent. With as many environments as it was saved with, buffers and
   * (where environments can) their states come back too, and `learn(total, { resume: true })` goes on bit for bit.
   */
  async restore({ meta, arrays }: Checkpoint): Promise<void> {
    await this.initialize();
    for (const [name, network] of Object.entries(this.networks)) {
      const saved = (
        meta.networks as Record<string, { optimizer: { kind: 'adam' | 'rmsprop'; steps: number } }>
      )[name];
      if (!saved) throw new Error(`the checkpoint of ${this.kind} lacks network "${name}"`);
      network.setState(networkState(network, saved.optimizer, arraysUnder(arrays, `networks/${name}`)));
    }
    this.numTimesteps = meta.numTimesteps as number;
    this.updates = meta.updates as number;
    this.random.setState(meta.random as GeneratorState);
    this.predictRandom.setState(meta.predictRandom as GeneratorState);
    const observations = arrays['normalizer/observations'];
    if (observations) this.observationNormalizer?.moments.setState(observations as Float64Array);
    const knowledge = meta.knowledge as Record<string, unknown>;
    this.restoreKnowledge({ meta: knowledge, arrays: arraysUnder(arrays, 'knowledge') });
    if (!this.batch || this.batch.numEnvs !== meta.numEnvs) return;
    this.prepareOnce(this.batch);
    this.restoreOwnState({ meta: meta.own as Record<string, unknown>, arrays: arraysUnder(arrays, 'own') });
    if (this.rewardNormalizer) {
      this.rewardNormalizer.moments.setState(arrays['normalizer/rewards'] as Float64Array);
      this.rewardNormalizer.discounted.set(arrays['normalizer/discounted'] as Float64Array);
    }
    const environments = arrays.environments as Uint8Array | undefined;
    if (!environments) return;
    this.batch.setState(environments);
    this.started = true;
  }
}

function networkArrays(state: NetworkState): Record<string, CheckpointArray> {
  const arrays: Record<string, CheckpointArray> = {};
  for (const [i, { name, data }] of state.tensors.entries()) {
    arrays[name] = data;
    for (const [m, moment] of state.optimizer.moments.entries()) arrays[`moments/${m}/${name}`] = moment[i]!;
  }
  return arrays;
}

function networkState(
  network: Network,
  { kind, steps }: { kind: 'adam' | 'rmsprop'; steps: number },
  arrays: Checkpoint['arrays'],
): NetworkState {
  const template = network.getState();
  const find = (name: string): Float32Array => {
    const found = arrays[name];
    if (!(found instanceof Float32Array)) throw new Error(`the checkpoint lacks the array "${name}"`);
    return found;
  };
  return {
    spec: template.spec,
    tensors: template.tensors.map(({ name, shape }) => ({ name, shape, data: find(name) })),
    optimizer: {
      kind,
      steps,
      moments: template.optimizer.moments.map((_, m) =>
        template.tensors.map(({ name }) => find(`moments/${m}/${name}`)),
      ),
    },
  };
}

/** What `loadAgent` needs of an agent. */
interface Loadable {
  readonly layout: SpaceLayout;
  restore(checkpoint: Checkpoint): Promise<void>;
}

/** How `load` makes the agent that a checkpoint is then restored into. */
export type AgentFactory<T> = (policy: PolicySpec, env: EnvOrLayout, options: Record<string, unknown>) => T;

/**
 * Reads a checkpoint of `kind` and makes its agent, for the environment given or, without one, for predicting only.
 * `overrides` replace saved options: another engine, say. Throws when the directory holds no such checkpoint or the
 * environment's spaces differ.
 */
export async function loadAgent<T extends Loadable>(
  kind: string,
  directory: string,
  env: EnvSource | undefined,
  overrides: Record<string, unknown>,
  make: AgentFactory<T>,
): Promise<T> {
  const checkpoint = await readCheckpoint(directory);
  const { meta } = checkpoint;
  if (meta.format !== FORMAT)
    throw new Error(`the checkpoint in ${directory} has format ${String(meta.format)}, expected ${FORMAT}`);
  if (meta.kind !== kind)
    throw new Error(`the checkpoint in ${directory} is of kind "${String(meta.kind)}", expected "${kind}"`);
  const layout = meta.layout as SpaceLayout;
  const options = { ...(meta.options as Record<string, unknown>), ...overrides };
  const agent = make(meta.policy as PolicySpec, env ?? layout, options);
  requireSameLayout(layout, agent.layout);
  await agent.restore(checkpoint);
  return agent;
}
