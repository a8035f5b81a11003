/** The worker side of AsyncVectorEnv: a few environments, stepped on command. */
import { parentPort, workerData } from 'node:worker_threads';
import type { Env } from '../core/env.js';
import type { Mode } from '../core/mode.js';
import '../index.js';
import { elementAt } from '../spaces/batch.js';
import type { Space } from '../spaces/space.js';
import {
  type Command,
  makeInit,
  type RemoteError,
  type Reply,
  type Stepped,
  type WorkerInit,
} from './async-protocol.js';
import { writeRows } from './shared.js';
import { SubEnvs, type SubEnvsState } from './sub-envs.js';

type Envs = SubEnvs<unknown, unknown, Mode>;

class Host {
  readonly #observationSpace: Space<unknown>;
  readonly #actionSpace: Space<unknown>;

  constructor(
    private readonly init: WorkerInit,
    private readonly subs: Envs,
  ) {
    const env = subs.envs[0]!;
    this.#observationSpace = env.observationSpace;
    this.#actionSpace = env.actionSpace;
  }

  async run(command: Command): Promise<unknown> {
    const { subs } = this;
    switch (command.kind) {
      case 'reset':
        await subs.reset(command.seeds, command.mask, command.options);
        return this.#report();
      case 'step':
        await subs.step(this.#actions(command.actions));
        return this.#report();
      case 'render':
        return subs.render();
      case 'call':
        return await Promise.all(subs.call(command.name, command.args));
      case 'setAttr':
        return subs.setAttr(command.name, command.values);
      case 'getState':
        return subs.getState(this.#observationSpace);
      case 'setState':
        return subs.setState(this.#observationSpace, command.state as SubEnvsState);
      case 'close':
        return await subs.close();
    }
  }

  /** This worker's actions, one by one. */
  #actions(posted: readonly unknown[] | null): readonly unknown[] {
    const { actions, first } = this.init;
    if (posted !== null) return posted;
    return Array.from({ length: this.subs.size }, (_, i) => elementAt(this.#actionSpace, actions, first + i));
  }

  #report(): Stepped {
    const { subs, init } = this;
    init.rewards.set(subs.rewards, init.first);
    init.terminations.set(subs.terminations, init.first);
    init.truncations.set(subs.truncations, init.first);
    const shared = init.observations !== null;
    if (shared) writeRows(this.#observationSpace, init.observations, init.first, subs.observations);
    return {
      infos: subs.infos.some((info) => Object.keys(info).length > 0) ? subs.infos : null,
      finals: subs.finals.some((final) => final !== null) ? subs.finals : null,
      observations: shared ? null : subs.observations,
    };
  }
}

function describe(error: unknown): RemoteError {
  if (error instanceof Error) return { name: error.name, message: error.message, stack: error.stack ?? '' };
  return { name: 'Error', message: String(error), stack: '' };
}

async function start(init: WorkerInit): Promise<Host> {
  for (const specifier of init.imports) await import(specifier);
  const envs = init.envs.map(makeInit);
  return new Host(init, new SubEnvs(envs as unknown as Env<unknown, unknown, Mode>[], init.autoresetMode));
}

const port = parentPort;
if (port === null) throw new Error('async-worker runs in a worker thread only');

const answer = (reply: Reply): void => {
  try {
    port.postMessage(reply);
  } catch (error) {
    // Something in the result cannot be cloned.
    port.postMessage({ error: describe(error) } satisfies Reply);
  }
};

// Commands come one at a time: the parent waits for each answer.
const host = start(workerData as WorkerInit);
host.then(
  () => answer({ value: 'ready' }),
  (error: unknown) => answer({ error: describe(error) }),
);
port.on('message', async (command: Command) => {
  try {
    answer({ value: await (await host).run(command) });
    if (command.kind === 'close') port.close();
  } catch (error) {
    answer({ error: describe(error) });
  }
});
