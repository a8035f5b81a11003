import { describe, expect, it } from 'vitest';
import { ConfigError, listConfigs } from '../../envs/config/index.js';
import { loadExperiment } from '../../experiments/config/load.js';
import { expandVariants } from '../../experiments/config/variants.js';
import { checkVariants } from '../../experiments/runner/check.js';
import { SMALL, smallExperiment } from './helpers/small-run.js';

/** The message that an experiment is refused with before anything runs, without its folder. */
async function refusal(text: string): Promise<string> {
  const { folder, config } = smallExperiment(text);
  try {
    const loaded = loadExperiment(config);
    await checkVariants(loaded, expandVariants(loaded));
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    return (error as Error).message.replaceAll(`${folder}/`, '');
  }
  throw new Error('expected a ConfigError');
}

describe('what other rooms know is checked before anything runs', () => {
  it('and a right experiment passes', async () => {
    await expect(refusal(SMALL)).rejects.toThrow('expected a ConfigError');
  });

  it.each(listConfigs('experiments', '.yaml'))('the shipped %s passes', async (name) => {
    const loaded = loadExperiment(name);
    await expect(checkVariants(loaded, expandVariants(loaded))).resolves.toBeUndefined();
  });

  it.each([
    [
      'a profile',
      `${SMALL}synthesizer: { kind: surrogate, profile: mdi }\n`,
      /^small\.yaml: .*"?mdi"?.*did you mean "mid"\?$/,
    ],
    [
      'a split',
      SMALL.replace('unseen-type]', 'unseen-tipe]'),
      /^small\.yaml: evaluate\.splits\[1\]: expected one of .*, found "unseen-tipe"; did you mean "unseen-type"\?$/,
    ],
    [
      'a verifier',
      `${SMALL}verifier: { mode: symbolik }\n`,
      /^small\.yaml: verifier\.mode: expected one of .*, found "symbolik"; did you mean "symbolic"\?$/,
    ],
    [
      'a reward',
      `${SMALL}reward: -elapsd\n`,
      /^small\.yaml: reward: expected one of .*, found "elapsd"; did you mean "elapsed"\?$/,
    ],
    [
      'an environment',
      SMALL.replace('env: {', 'env: { id: pase/CloudHealin-v0,'),
      /^small\.yaml: env\.id: expected a registered environment, .*did you mean "pase\/CloudHealing-v0"\?$/,
    ],
    [
      'a topology',
      SMALL.replace('env: {', 'env: { topology: online-botique,'),
      /^small\.yaml: env: .*online-boutique/,
    ],
    [
      'a meta-prompt',
      SMALL.replace('repair-advice]', 'repair-advise]'),
      /^small\.yaml: env: .*found "repair-advise"; did you mean "repair-advice"\?$/,
    ],
    [
      'a policy',
      SMALL.replace('kind: best-fixed', 'kind: bestfixed'),
      /^small\.yaml: methods\.best-fixed\.policy\.kind: expected a policy, one of .*, found "bestfixed"; did you mean "best-fixed"\?$/,
    ],
    [
      'an option of a policy',
      SMALL.replace('kind: best-fixed', 'kind: ppo, gama: 1'),
      /^small\.yaml: methods\.best-fixed\.policy: ppo has no option "gama"; did you mean "gamma"\?$/,
    ],
    [
      'a number of environments',
      SMALL.replace('kind: best-fixed', 'kind: ppo, numEnvs: 0'),
      /^small\.yaml: methods\.best-fixed\.policy\.numEnvs: expected a whole number of at least 1, found 0$/,
    ],
    [
      'a group of the observation',
      SMALL.replace('kind: best-fixed', 'kind: best-per-context, contextGroup: alarms'),
      /^small\.yaml: methods\.best-fixed\.policy\.contextGroup: expected a group of the observation, .*found "alarms"; did you mean "alerts"\?$/,
    ],
    [
      'a constant of the cloud',
      SMALL.replace('repair-advice] }', 'repair-advice], scale: { pods.strat: 2 } }'),
      /^small\.yaml: env: scale: .*found "pods\.strat"; did you mean "pods\.start"\?$/,
    ],
    [
      'a split of a stream',
      SMALL.replace('incidents: 3 }', 'incidents: 3, stream: [{ split: sen, incidents: 5 }] }'),
      /^small\.yaml: evaluate\.stream\[0\]\.split: .*found "sen"/,
    ],
    [
      'a method in a stream',
      SMALL.replace('incidents: 3 }', 'incidents: 3, stream: [{ split: seen, incidents: 5 }] }').replace(
        'kind: best-fixed',
        'kind: oracle',
      ),
      /^small\.yaml: methods\.best-fixed\.policy\.kind: expected a policy, which meets a stream incident by incident, found "oracle"$/,
    ],
    [
      'a synthesizer of one method',
      SMALL.replace('kind: runbook', 'kind: runbok'),
      /^small\.yaml: methods\.runbook\.synthesizer/,
    ],
    [
      'a module to import',
      `${SMALL}imports: [./nowhere.mjs]\n`,
      /^imports: expected a module that loads, found nowhere\.mjs: /,
    ],
  ])('a wrong name of %s is one line with file, path and nearest name', async (_what, text, pattern) => {
    const message = await refusal(text);
    expect(message).toMatch(pattern);
    expect(message).not.toContain('\n');
  });
});
