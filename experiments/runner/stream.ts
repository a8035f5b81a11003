import { afterCall, type MaybePromise } from 'gymnasium-js';
import type { Agent, Callback, EnvLike } from '../../agents/index.js';
import type { HealingInfo, TurnRecord } from '../../envs/healing/index.js';
import { mostLikelyCondition, playedIncident } from './evaluate.js';
import { type AnyPolicy, isAgent } from './policies.js';
import type { PlayedIncident } from './recorder.js';
import { type AnyHealingEnv, makeWorld, type Phase } from './worlds.js';

/*
 * A drifting stream of incidents: each is met once, tells how good the policy is by then, and may be learnt from. So performance is
 * measured before the incident is known, and nothing is measured twice.
 */

type Step = [Float32Array, number, boolean, boolean, HealingInfo];
type Reset = [Float32Array, HealingInfo];

/** The stream as one environment that plays incident after incident and keeps what each came to. */
export class IncidentStream implements EnvLike {
  /** Incidents played so far, a list a phase. */
  readonly played: readonly PlayedIncident[][];
  private readonly envs: readonly AnyHealingEnv[];
  private readonly schedule: readonly { readonly phase: number; readonly index: number }[];
  private next = 0;
  private phase = 0;
  private turns: TurnRecord[] = [];
  private believed = '';

  constructor(phases: readonly Phase[]) {
    const made = new Map<string, AnyHealingEnv>();
    this.envs = phases.map(({ world }) => {
      const env = made.get(world.incidents) ?? makeWorld(world);
      made.set(world.incidents, env);
      return env;
    });
    this.played = phases.map(() => []);
    const met = new Map<AnyHealingEnv, number>();
    this.schedule = phases.flatMap(({ incidents }, phase) => {
      const from = met.get(this.envs[phase]!) ?? 0;
      met.set(this.envs[phase]!, from + incidents);
      return Array.from({ length: incidents }, (_, i) => ({ phase, index: from + i }));
    });
  }

  get observationSpace(): unknown {
    return this.envs[0]!.observationSpace;
  }

  get actionSpace(): unknown {
    return this.envs[0]!.actionSpace;
  }

  get length(): number {
    return this.schedule.length;
  }

  /** Incidents that have ended. */
  get done(): number {
    return this.played.reduce((sum, phase) => sum + phase.length, 0);
  }

  /** The next incident of the stream, whatever seed is given. Past its end the last one again, which is not counted. */
  reset(): MaybePromise<Reset> {
    const { phase, index } = this.schedule[Math.min(this.next, this.length - 1)]!;
    this.next++;
    this.phase = phase;
    this.turns = [];
    const env = this.envs[phase]!;
    return afterCall(env.reset({ seed: index, options: { index } }) as MaybePromise<Reset>, (result) => {
      this.believed = mostLikelyCondition(env.incident.belief);
      return result;
    });
  }

  step(action: unknown): MaybePromise<Step> {
    const env = this.envs[this.phase]!;
    return afterCall(env.step(action as number) as unknown as MaybePromise<Step>, (step) => {
      const { turn, result } = step[4];
      this.turns.push(turn!);
      if (result && this.next <= this.length)
        this.played[this.phase]!.push(playedIncident(result, this.believed, this.turns));
      return step;
    });
  }
}

/** Plays the stream to its end. @param learn whether the policy learns from every incident, if it can */
export async function playStream(
  policy: AnyPolicy,
  stream: IncidentStream,
  learn: boolean,
  onIncident: (played: number) => void,
): Promise<void> {
  if (learn && isAgent(policy)) return learnOn(policy, stream, onIncident);
  while (stream.done < stream.length) {
    policy.resetEpisode?.();
    let [observation, info] = await stream.reset();
    for (let ended = false; !ended; ) {
      const action = policy.predict(observation, { actionMask: info.actionMask, deterministic: true });
      [observation, , ended, , info] = await stream.step(action);
    }
    onIncident(stream.done);
  }
}

/** Turns of an incident at most, in the mean: bounds the steps that a learner is asked for. */
const MOST_TURNS = 50;

async function learnOn(
  agent: Agent<number | number[]>,
  stream: IncidentStream,
  onIncident: (played: number) => void,
): Promise<void> {
  let told = 0;
  const untilDone: Callback = {
    onStep: () => {
      if (stream.done > told) onIncident(stream.done);
      told = stream.done;
      return stream.done < stream.length;
    },
  };
  (agent as unknown as { setEnv(env: EnvLike): void }).setEnv(stream);
  await agent.learn(MOST_TURNS * stream.length, { callbacks: untilDone });
}
