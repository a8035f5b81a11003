import { type AnyEnv, checkEnv, make } from 'gymnasium-js';
import { afterEach, describe, expect, it, vi } from 'vitest';
import { Cloud } from '../../../envs/cloud/index.js';
import { ConfigError } from '../../../envs/config/index.js';
import {
  CloudHealingEnv,
  type EpisodeResult,
  type HealingInfo,
  type HealingInput,
} from '../../../envs/healing/index.js';

/** The valid action that a fixed rule picks: no randomness of its own, but every meta-prompt gets its turn. */
function pick(mask: Uint8Array, turn: number): number {
  const valid = [...mask].flatMap((value, action) => (value === 1 ? [action] : []));
  return valid[(7 * turn + 3) % valid.length]!;
}

interface Played {
  readonly observations: number[][];
  readonly rewards: number[];
  readonly plans: string[];
  readonly verdicts: string[];
  readonly result: EpisodeResult;
}

function play(env: CloudHealingEnv, index: number): Played {
  let [observation, info] = env.reset({ options: { index } });
  const observations = [[...observation]];
  const rewards: number[] = [];
  const plans: string[] = [];
  const verdicts: string[] = [];
  for (let turn = 0; ; turn++) {
    const [next, reward, terminated, truncated, stepInfo] = env.step(pick(info.actionMask, turn));
    [observation, info] = [next, stepInfo];
    observations.push([...observation]);
    rewards.push(reward);
    plans.push(JSON.stringify(info.turn!.plan));
    verdicts.push(JSON.stringify(info.turn!.verdict));
    expect(truncated).toBe(false);
    if (terminated) return { observations, rewards, plans, verdicts, result: info.result! };
  }
}

const options: HealingInput = { split: 'seen', partition: 'train' };

afterEach(() => vi.restoreAllMocks());

describe('pase/CloudHealing-v0', () => {
  it('passes checkEnv, every render mode included', async () => {
    await checkEnv(make('pase/CloudHealing-v0', { ...options }).unwrapped as AnyEnv);
  });

  it('is made from the registry and destructures', () => {
    const env = make('pase/CloudHealing-v0', { ...options });
    const [observation, info] = env.reset({ seed: 7 }) as [Float32Array, HealingInfo];
    expect(observation).toBeInstanceOf(Float32Array);
    expect(info.actionMask).toBeInstanceOf(Uint8Array);
  });

  it('keeps observations within the space and the mask valid on every step', () => {
    const env = new CloudHealingEnv(options);
    for (let index = 0; index < 60; index++) {
      const { observations } = play(env, index);
      for (const observation of observations)
        expect(env.observationSpace.contains(Float32Array.from(observation))).toBe(true);
    }
  });

  it('returns exactly -MTTR / cap with the reward `mttr`', () => {
    const env = new CloudHealingEnv({ ...options, reward: 'mttr' });
    for (let index = 0; index < 60; index++) {
      const { rewards, result } = play(env, index);
      const sum = rewards.reduce((a, b) => a + b, 0);
      expect(sum).toBeCloseTo(-result.mttr / 1800, 12);
      expect(result.episodeReturn).toBeCloseTo(sum, 12);
    }
  });

  it('books every second of the MTTR to one category', () => {
    const env = new CloudHealingEnv(options);
    for (let index = 0; index < 60; index++) {
      const { result } = play(env, index);
      expect(Object.values(result.time).reduce((a, b) => a + b)).toBeCloseTo(result.mttr, 9);
      expect(result.recovered || result.mttr === 1800).toBe(true);
      expect(result.executions).toBeLessThanOrEqual(4);
    }
  });

  it('plays the same incident the same way, whatever was played before', () => {
    const fresh = play(new CloudHealingEnv(options), 11);
    const used = new CloudHealingEnv(options);
    for (let index = 0; index < 5; index++) play(used, index);
    expect(play(used, 11)).toEqual(fresh);
  });

  it('draws incidents by the seed', () => {
    const env = new CloudHealingEnv(options);
    const indices = (seed: number): number[] => {
      return [{ seed }, {}, {}].map((reset) => {
        env.reset(reset);
        return env.incident.key.index;
      });
    };
    expect(indices(3)).toEqual(indices(3));
    expect(indices(3)).not.toEqual(indices(4));
  });

  it('continues from a saved state as if never interrupted', () => {
    const env = new CloudHealingEnv(options);
    const copy = new CloudHealingEnv(options);
    for (let index = 20; index < 40; index++) {
      let [, info] = env.reset({ seed: index, options: { index } });
      for (let turn = 0; ; turn++) {
        copy.setState(env.getState());
        const action = pick(info.actionMask, turn);
        const [observation, reward, terminated, , next] = env.step(action);
        const [sameObservation, sameReward, sameTerminated, , same] = copy.step(action);
        expect(sameObservation).toEqual(observation);
        expect(sameReward).toBe(reward);
        expect(sameTerminated).toBe(terminated);
        expect(same).toEqual(next);
        info = next;
        if (terminated) break;
      }
    }
  });

  it('lets nothing depend on info.truth', () => {
    const honest = [1, 2, 3, 4, 5, 6].map((index) => play(new CloudHealingEnv(options), index));
    vi.spyOn(Cloud.prototype, 'truth').mockReturnValue({
      faultType: 'nonsense',
      family: 'Z',
      component: 'nowhere',
      conditions: [{ condition: 'route-wrong', component: 'frontend' }],
      nodes: ['node-9'],
      zone: 'zone-z',
    });
    const perturbed = [1, 2, 3, 4, 5, 6].map((index) => play(new CloudHealingEnv(options), index));
    perturbed.forEach((episode, i) => {
      expect(episode.result.faultType).toBe('nonsense');
      const { faultType, family, component } = honest[i]!.result;
      expect({ ...episode, result: { ...episode.result, faultType, family, component } }).toEqual(honest[i]);
    });
  });

  it('allows meta-prompts with feedback only after a plan was not executed', () => {
    const env = new CloudHealingEnv({ ...options, verifier: { mode: 'syntax' } });
    let rejections = 0;
    for (let index = 0; index < 40; index++) {
      let [, info] = env.reset({ options: { index } });
      for (let turn = 0, terminated = false; !terminated; turn++) {
        const hasFeedback = turn > 0 && !info.turn!.executed;
        if (hasFeedback) rejections++;
        env.metaPrompts.forEach(({ feedback }, action) => {
          expect(info.actionMask[action]).toBe(hasFeedback || feedback === 'none' ? 1 : 0);
        });
        [, , terminated, , info] = env.step(pick(info.actionMask, turn));
      }
    }
    expect(rejections).toBeGreaterThan(0);
  });

  it('ends unresolved at the cap of executions and counts it as 1,800 s', () => {
    const env = new CloudHealingEnv({
      ...options,
      synthesizer: { kind: 'do-nothing' },
      verifier: { mode: 'none' },
    });
    const { result } = play(env, 1);
    expect(result.ending).toBe('executions');
    expect(result.mttr).toBe(1800);
    expect(result.llmCalls).toBe(0);
  });

  it('refuses unknown options, actions and faults in one line', () => {
    expect(() => new CloudHealingEnv({ splitt: 'seen' } as never)).toThrow(ConfigError);
    expect(() => new CloudHealingEnv({ metaPrompts: ['no-such-prompt'] })).toThrow(ConfigError);
    const env = new CloudHealingEnv(options);
    expect(() => env.step(0)).toThrow('no incident before the first reset');
    env.reset({ seed: 1 });
    expect(() => env.step(999)).toThrow(`expected an action in 0…${env.metaPrompts.length - 1}, found 999`);
    expect(() => env.reset({ options: { fault: 'dns_failur' } })).toThrow(/did you mean "dns_failure"\?/);
  });
});
