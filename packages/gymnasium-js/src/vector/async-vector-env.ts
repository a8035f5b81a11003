import { availableParallelism } from 'node:os';
import { Worker } from 'node:worker_threads';
import type { RenderFrame } from '../core/env.js';
import type { Info } from '../core/info.js';
import {
  AlreadyPendingCallError,
  ClosedEnvironmentError,
  CustomSpaceError,
  GymnasiumError,
} from '../error.js';
import { batchSpace, concatenate, elementAt, writeElement } from '../spaces/batch.js';
import type { Space } from '../spaces/space.js';
import {
  type Command,
  type EnvInit,
  makeInit,
  type RemoteError,
  type Reply,
  type Stepped,
  type WorkerInit,
} from './async-protocol.js';
import { copyShared, createShared, isShareable } from './shared.js';
import { demandReset, spreadValues } from './sub-envs.js';
import {
  type BatchOf,
  batchObservations,
  checkSpaces,
  collectInfos,
  type ObservationMode,
} from './sync-vector-env.js';
import {
  AUTORESET_MODES,
  type AutoresetMode,
  splitResetMask,
  spreadSeeds,
  VectorEnv,
  type VectorMetadata,
  type VectorResetOptions,
  type VectorResetResult,
  type VectorStepResult,
} from './vector-env.js';

export interface AsyncVectorEnvOptions {
  /** Default `NextStep`. */
  readonly autoresetMode?: AutoresetMode;
  /** Observations through shared memory; default where the space allows it. */
  readonly sharedMemory?: boolean;
  /** Give a copy of shared observations (default) or the shared memory itself, which the next step overwrites. */
  readonly copy?: boolean;
  readonly observationMode?: ObservationMode;
  /** Modules that register the environments: absolute URLs or bare specifiers. Every worker imports them. */
  readonly imports?: readonly string[];
  /** Threads; default one for each environment, at most as many as the machine runs at once. */
  readonly workers?: number;
}

/** An error that a sub-environment threw; its own stack, from the worker, is part of {@link stack}. */
export class SubEnvError extends GymnasiumError {
  constructor(
    readonly remote: RemoteError,
    first: number,
    last: number,
  ) {
    const where = first === last ? `environment ${first}` : `environments ${first}–${last}`;
    super(`${remote.name} in the worker of ${where}: ${remote.message}`);
    this.stack = `${this.name}: ${this.message}\n${remote.stack}`;
  }
}

interface Peer {
  readonly worker: Worker;
  readonly first: number;
  readonly count: number;
  settle: { readonly resolve: (value: unknown) => void; readonly reject: (error: Error) => void } | null;
  /** Why the worker is gone, once it is. */
  gone: Error | null;
}

/** From sources a small loader starts the worker under tsx; built, the worker is plain JavaScript. */
function workerFile(): URL {
  const source = import.meta.url.endsWith('.ts');
  return new URL(source ? './async-worker-source.mjs' : './async-worker.js', import.meta.url);
}

/**
 * Steps environments in worker threads; results are promises.
 *
 * Workers build environments by id with `make` (functions do not cross threads): environments of one's own are registered by a
 * module named in `imports`, which must also have been imported here. Observations and actions go through shared memory where the
 * spaces allow it. An error in a worker, or its death, rejects the call under way and closes the vector environment.
 */
export class AsyncVectorEnv<Obs, Act> extends VectorEnv<BatchOf<Obs>, BatchOf<Act>, 'async'> {
  override readonly numEnvs: number;
  override readonly observationSpace: Space<BatchOf<Obs>>;
  override readonly actionSpace: Space<BatchOf<Act>>;
  override readonly singleObservationSpace: Space<Obs>;
  override readonly singleActionSpace: Space<Act>;
  override readonly metadata: VectorMetadata;
  override readonly renderMode: string | null;
  readonly autoresetMode: AutoresetMode;
  readonly #peers: readonly Peer[];
  readonly #copy: boolean;
  readonly #shared: unknown;
  readonly #sharedActions: unknown;
  readonly #rewards: Float64Array;
  readonly #terminations: Uint8Array;
  readonly #truncations: Uint8Array;
  readonly #ended: Uint8Array;
  readonly #observations: unknown[];
  #pending: string | null = null;
  readonly #ready: Promise<unknown>;

  /**
   * @param envs - one entry for each environment
   * @throws RangeError when spaces or modes do not fit, CustomSpaceError when shared memory is demanded and impossible
   */
  constructor(envs: readonly EnvInit[], options: AsyncVectorEnvOptions = {}) {
    super();
    const { autoresetMode = 'NextStep', copy = true, observationMode = 'same', imports = [] } = options;
    if (!AUTORESET_MODES.includes(autoresetMode)) {
      throw new RangeError(
        `'${String(autoresetMode)}' is not a valid AutoresetMode (${AUTORESET_MODES.join(', ')})`,
      );
    }
    if (envs.length === 0) throw new RangeError('AsyncVectorEnv needs at least one environment');
    const models = envs.map(makeInit);
    const first = models[0]!;
    const n = envs.length;
    this.numEnvs = n;
    this.autoresetMode = autoresetMode;
    this.metadata = { ...first.metadata, autoresetMode };
    this.renderMode = first.renderMode;
    const { batched, single } = batchObservations(models, observationMode);
    checkSpaces('AsyncVectorEnv', models, single, observationMode);
    this.singleObservationSpace = single as Space<Obs>;
    this.observationSpace = batched as Space<BatchOf<Obs>>;
    this.singleActionSpace = first.actionSpace as Space<Act>;
    this.actionSpace = batchSpace(first.actionSpace, n) as Space<BatchOf<Act>>;
    for (const model of models) void model.close();
    const shareable = isShareable(single);
    if (options.sharedMemory === true && !shareable) {
      throw new CustomSpaceError(
        `Using \`sharedMemory: true\` in \`AsyncVectorEnv\` is incompatible with the observation space ${single}: it has parts without a fixed layout`,
      );
    }
    this.#copy = copy;
    this.#shared = shareable && options.sharedMemory !== false ? createShared(single, n) : null;
    this.#sharedActions = isShareable(first.actionSpace) ? createShared(first.actionSpace, n) : null;
    this.#rewards = new Float64Array(new SharedArrayBuffer(8 * n));
    this.#terminations = new Uint8Array(new SharedArrayBuffer(n));
    this.#truncations = new Uint8Array(new SharedArrayBuffer(n));
    this.#ended = new Uint8Array(n);
    this.#observations = new Array<unknown>(n).fill(null);
    this.#peers = this.#spawn(envs, imports, options.workers ?? availableParallelism());
    this.#ready = Promise.all(this.#peers.map((peer) => this.#wait(peer)));
    // Reported by the first call that needs the workers.
    this.#ready.catch(() => {});
  }

  #spawn(envs: readonly EnvInit[], imports: readonly string[], workers: number): Peer[] {
    const count = Math.max(1, Math.min(workers, envs.length));
    return Array.from({ length: count }, (_, k) => {
      const first = Math.floor((k * envs.length) / count);
      const end = Math.floor(((k + 1) * envs.length) / count);
      const init: WorkerInit = {
        envs: envs.slice(first, end),
        imports,
        autoresetMode: this.autoresetMode,
        first,
        observations: this.#shared,
        actions: this.#sharedActions,
        rewards: this.#rewards,
        terminations: this.#terminations,
        truncations: this.#truncations,
      };
      return this.#listen(new Worker(workerFile(), { workerData: init }), first, end - first);
    });
  }

  #listen(worker: Worker, first: number, count: number): Peer {
    const peer: Peer = { worker, first, count, settle: null, gone: null };
    const last = first + count - 1;
    const fail = (error: Error): void => {
      peer.gone ??= error;
      peer.settle?.reject(error);
      peer.settle = null;
    };
    worker.on('message', (reply: Reply) => {
      const { settle } = peer;
      peer.settle = null;
      if ('error' in reply) settle?.reject(new SubEnvError(reply.error, first, last));
      else settle?.resolve(reply.value);
    });
    worker.on('error', (error: unknown) => {
      const { name, message, stack } = error instanceof Error ? error : new Error(String(error));
      fail(new SubEnvError({ name, message, stack: stack ?? '' }, first, last));
    });
    worker.on('exit', (code) => {
      fail(new GymnasiumError(`The worker of environments ${first}–${last} exited with code ${code}`));
    });
    return peer;
  }

  /** The worker's next answer. A dead worker's is its error. */
  #wait(peer: Peer): Promise<unknown> {
    if (peer.gone !== null) return Promise.reject(peer.gone);
    return new Promise((resolve, reject) => {
      peer.settle = { resolve, reject };
    });
  }

  /** Sends each worker its command and waits for all answers. The first failure closes everything. */
  async #ask(call: string, command: (peer: Peer) => Command): Promise<unknown[]> {
    if (this.closed) {
      throw new ClosedEnvironmentError(
        `Trying to operate on AsyncVectorEnv after a call to close(): ${call}`,
      );
    }
    if (this.#pending !== null) {
      throw new AlreadyPendingCallError(
        `Calling \`${call}\` while waiting for a pending call to \`${this.#pending}\` to complete`,
      );
    }
    this.#pending = call;
    for (const { worker } of this.#peers) worker.ref();
    try {
      await this.#ready;
      return await Promise.all(
        this.#peers.map((peer) => {
          const answered = this.#wait(peer);
          if (peer.gone === null) peer.worker.postMessage(command(peer));
          return answered;
        }),
      );
    } catch (error) {
      this.#pending = null;
      await this.#terminate();
      throw error;
    } finally {
      this.#pending = null;
      // An idle vector does not keep the process alive.
      for (const { worker } of this.#peers) worker.unref();
    }
  }

  override async reset(options: VectorResetOptions = {}): Promise<VectorResetResult<BatchOf<Obs>>> {
    const seeds = spreadSeeds(options.seed, this.numEnvs);
    const { mask, rest } = splitResetMask(options.options, this.numEnvs);
    const answers = await this.#ask('reset', ({ first, count }) => ({
      kind: 'reset',
      seeds: seeds.slice(first, first + count),
      mask: mask === null ? null : Array.from(mask, Boolean).slice(first, first + count),
      options: rest,
    }));
    return [this.#take(answers), this.#collect(answers)];
  }

  /** @throws Error under Disabled autoreset when an ended episode was not reset */
  override async step(actions: BatchOf<Act>): Promise<VectorStepResult<BatchOf<Obs>>> {
    if (this.autoresetMode === 'Disabled' && !this.closed) demandReset(this.#ended);
    const rows = (first: number, count: number) =>
      Array.from({ length: count }, (_, i) => elementAt(this.singleActionSpace, actions, first + i));
    const shared = this.#sharedActions !== null;
    if (shared && this.#pending === null) {
      rows(0, this.numEnvs).forEach((action, i) => {
        writeElement(this.singleActionSpace, this.#sharedActions, i, action);
      });
    }
    const answers = await this.#ask('step', ({ first, count }) => ({
      kind: 'step',
      actions: shared ? null : rows(first, count),
    }));
    return [
      this.#take(answers),
      new Float64Array(this.#rewards),
      new Uint8Array(this.#terminations),
      new Uint8Array(this.#truncations),
      this.#collect(answers),
    ];
  }

  #take(answers: readonly unknown[]): BatchOf<Obs> {
    const sameStep = this.autoresetMode === 'SameStep';
    for (let i = 0; i < this.numEnvs; i++) {
      this.#ended[i] = !sameStep && (this.#terminations[i] || this.#truncations[i]) ? 1 : 0;
    }
    if (this.#shared !== null) return (this.#copy ? copyShared(this.#shared) : this.#shared) as BatchOf<Obs>;
    (answers as readonly Stepped[]).forEach(({ observations }, k) => {
      observations?.forEach((observation, i) => {
        this.#observations[this.#peers[k]!.first + i] = observation;
      });
    });
    return concatenate(this.singleObservationSpace, this.#observations) as BatchOf<Obs>;
  }

  #collect(answers: readonly unknown[]): VectorResetResult<BatchOf<Obs>>[1] {
    const infos: Info[] = Array.from({ length: this.numEnvs }, () => ({}));
    const finals = new Array<Info | null>(this.numEnvs).fill(null);
    (answers as readonly Stepped[]).forEach((answer, k) => {
      const { first } = this.#peers[k]!;
      answer.infos?.forEach((info, i) => {
        infos[first + i] = info;
      });
      answer.finals?.forEach((final, i) => {
        finals[first + i] = final;
      });
    });
    return collectInfos({ size: this.numEnvs, infos, finals });
  }

  override async render(): Promise<readonly RenderFrame[]> {
    const answers = await this.#ask('render', () => ({ kind: 'render' }));
    return answers.flat() as RenderFrame[];
  }

  /** Calls a method of each environment (or reads an attribute); arguments and results must be cloneable. */
  async call(name: string, ...args: readonly unknown[]): Promise<unknown[]> {
    const answers = await this.#ask('call', () => ({ kind: 'call', name, args }));
    return (answers as unknown[][]).flat();
  }

  async getAttr(name: string): Promise<unknown[]> {
    return this.call(name);
  }

  /** Sets an attribute of each environment: one value for all, or a list with one for each. */
  async setAttr(name: string, values: unknown): Promise<void> {
    const list = spreadValues(values, this.numEnvs);
    await this.#ask('setAttr', ({ first, count }) => ({
      kind: 'setAttr',
      name,
      values: list.slice(first, first + count),
    }));
  }

  /** State of all environments, by worker; see {@link loadState}. */
  async saveState(): Promise<unknown> {
    return this.#ask('getState', () => ({ kind: 'getState' }));
  }

  /** Continues from {@link saveState} of a vector with the same environments and workers. */
  async loadState(state: unknown): Promise<void> {
    const parts = state as readonly { ended: readonly number[] }[];
    await this.#ask('setState', (peer) => ({ kind: 'setState', state: parts[this.#peers.indexOf(peer)] }));
    this.#ended.set(parts.flatMap(({ ended }) => ended));
  }

  /** @throws Error always: the state lives in other threads, use {@link saveState} */
  override getState(): unknown {
    throw new Error('AsyncVectorEnv: the state is in other threads; use `await env.saveState()`');
  }

  /** @throws Error always: the state lives in other threads, use {@link loadState} */
  override setState(): void {
    throw new Error('AsyncVectorEnv: the state is in other threads; use `await env.loadState(state)`');
  }

  async #terminate(): Promise<void> {
    await Promise.all(this.#peers.map(({ worker }) => worker.terminate()));
    await this.close();
  }

  /** Lets every environment close, then ends the workers; those that do not answer within `CLOSE_MS` are ended anyway. */
  protected override async closeExtras(): Promise<void> {
    const closing = this.#peers.map(async (peer) => {
      if (peer.gone === null) {
        const answered = this.#wait(peer).catch(() => undefined);
        peer.worker.postMessage({ kind: 'close' } satisfies Command);
        let timer: NodeJS.Timeout | undefined;
        const late = new Promise((resolve) => {
          timer = setTimeout(resolve, CLOSE_MS);
        });
        await Promise.race([answered, late]);
        clearTimeout(timer);
      }
      await peer.worker.terminate();
    });
    await Promise.all(closing);
  }
}

const CLOSE_MS = 1000;
