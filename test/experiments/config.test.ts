import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { beforeEach, describe, expect, it } from 'vitest';
import { ConfigError } from '../../envs/config/index.js';
import { experimentJsonSchema } from '../../experiments/config/json-schema.js';
import { type LoadOptions, loadExperiment } from '../../experiments/config/load.js';
import { merge, setPath } from '../../experiments/config/merge.js';
import { expandVariants } from '../../experiments/config/variants.js';
import { testWorlds } from '../../experiments/runner/worlds.js';
import { temporaryFolder } from '../temporary-folder.js';

let folder: string;
beforeEach(() => {
  folder = temporaryFolder('config');
});

function write(name: string, text: string): string {
  const file = join(folder, name);
  writeFileSync(file, text);
  return file;
}

const load = (text: string, options: LoadOptions = {}) => loadExperiment(write('x.yaml', text), options);

/** The one-line message of a load that must fail, without the folder. */
function messageOf(text: string, options: LoadOptions = {}): string {
  try {
    expandVariants(load(text, options));
  } catch (error) {
    expect(error).toBeInstanceOf(ConfigError);
    const { message } = error as Error;
    expect(message.split('\n')).toHaveLength(1);
    return message.replaceAll(`${folder}/`, '');
  }
  throw new Error('expected a ConfigError');
}

const MINIMAL = 'methods: { a: {} }\n';

describe('merging', () => {
  it('goes key by key, replaces lists, and null takes a key away', () => {
    expect(merge({ a: { x: 1, y: 2 }, b: [1], c: 3 }, { a: { y: 5 }, b: [2, 3], c: null })).toEqual({
      a: { x: 1, y: 5 },
      b: [2, 3],
    });
  });

  it('replaces a mapping of another kind whole', () => {
    expect(merge({ kind: 'surrogate', profile: 'mid' }, { kind: 'runbook' })).toEqual({ kind: 'runbook' });
    expect(merge({ kind: 'ppo', epochs: 4 }, { kind: 'ppo', clip: 0.1 })).toEqual({
      kind: 'ppo',
      epochs: 4,
      clip: 0.1,
    });
  });

  it('sets dotted paths, making what is missing, and leaves the original alone', () => {
    const original = { a: { b: 1 } };
    expect(setPath(original, ['a', 'c', 'd'], 2)).toEqual({ a: { b: 1, c: { d: 2 } } });
    expect(setPath(original, ['a', 'b'], null)).toEqual({ a: {} });
    expect(original).toEqual({ a: { b: 1 } });
  });
});

describe('an experiment file', () => {
  it('has defaults, and its file’s name', () => {
    const { experiment } = load(MINIMAL);
    expect(experiment).toMatchObject({ name: 'x', seeds: 5, reward: 'feasibility-and-mttr', engine: 'wasm' });
    expect(experiment.env).toMatchObject({ topology: 'online-boutique', overlay: 'production' });
    expect(experiment.evaluate.splits).toEqual(['seen', 'unseen-type']);
  });

  it('extends another: merged, with its own name', () => {
    write('base.yaml', 'name: base\nseeds: 7\ntrain: { llmCalls: 10 }\nmethods: { a: {}, b: {} }\n');
    const { experiment } = load(
      'extends: ./base.yaml\ntrain: { split: seen }\nmethods: { b: null, c: {} }\n',
    );
    expect(experiment).toMatchObject({ name: 'x', seeds: 7, train: { llmCalls: 10, split: 'seen' } });
    expect(Object.keys(experiment.methods)).toEqual(['a', 'c']);
  });

  it('is laid over by its quick section and then by --set', () => {
    const text = `${MINIMAL}seeds: 9\nevaluate: { splits: [seen], incidents: 300 }\nquick: { seeds: 1 }\n`;
    expect(load(text, { quick: true }).experiment).toMatchObject({
      seeds: 1,
      evaluate: { splits: ['seen'], incidents: 20 },
    });
    const set = ['seeds=3', 'methods.a.policy.kind=random', 'evaluate.splits=[unseen-type]'];
    const { experiment } = load(text, { quick: true, set });
    expect(experiment).toMatchObject({ seeds: 3, evaluate: { splits: ['unseen-type'] } });
    expect(experiment.methods.a!.policy).toEqual({ kind: 'random' });
  });
});

describe('mistakes are one line with file, path, expectation, finding and nearest name', () => {
  it.each([
    [
      'unknown key',
      'sedes: 3\nmethods: { a: {} }\n',
      /^x\.yaml: sedes: expected one of .*seeds.*, found "sedes"; did you mean "seeds"\?$/,
    ],
    [
      'unknown key below',
      `${MINIMAL}train: { llmcalls: 4 }\n`,
      /^x\.yaml: train\.llmcalls: expected one of split, llmCalls, found "llmcalls"; did you mean "llmCalls"\?$/,
    ],
    ['wrong type', `${MINIMAL}seeds: many\n`, /^x\.yaml: seeds: expected (int|number), found "many"$/],
    [
      'unknown key of a method',
      'methods: { a: { polcy: { kind: ppo } } }\n',
      /^x\.yaml: methods\.a\.polcy: .*did you mean "policy"\?$/,
    ],
    ['no methods', 'seeds: 1\nmethods: {}\n', /^x\.yaml: methods: expected at least one method, found \{\}$/],
    [
      'wrong value of a choice',
      `${MINIMAL}env: { overlay: prodction }\n`,
      /^x\.yaml: env\.overlay: expected one of production, as-shipped, found "prodction"; did you mean "production"\?$/,
    ],
    [
      'environment variable',
      `${MINIMAL}reward: "\${REWARD}"\n`,
      /^x\.yaml: reward: expected a literal value, found the environment variable "\$\{REWARD\}"$/,
    ],
    [
      'missing parent',
      'extends: ./nowhere.yaml\n',
      /^x\.yaml: extends: expected an existing file, found "\.\/nowhere\.yaml"$/,
    ],
    ['a cycle', 'extends: ./x.yaml\n', /^x\.yaml: extends: expected no cycle, found x\.yaml → x\.yaml$/],
    ['bad YAML', 'methods: { a: {}\n', /^x\.yaml:\d+:\d+: /],
    [
      'grid of nothing known',
      `${MINIMAL}grid: { verifer.mode: [none] }\n`,
      /^x\.yaml: methods\.a\.verifer: .*did you mean "verifier"\?$/,
    ],
  ])('%s', (_name, text, pattern) => {
    expect(messageOf(text)).toMatch(pattern);
  });

  it('of --set are named too', () => {
    expect(messageOf(MINIMAL, { set: ['seeds'] })).toBe('--set seeds: expected path=value, found no "="');
    expect(messageOf(MINIMAL, { set: ['sedes=3'] })).toMatch(/did you mean "seeds"\?$/);
  });

  it('a missing file', () => {
    expect(() => loadExperiment('quikstart')).toThrow(/^quikstart: no such experiment file/);
  });
});

describe('variants', () => {
  it('lay each method’s overrides over the experiment', () => {
    const text =
      'synthesizer: { kind: surrogate, profile: weak }\nmethods:\n  ppo: { policy: { kind: ppo } }\n  runbook: { synthesizer: { kind: runbook }, verifier: { mode: none } }\n';
    const [ppo, runbook] = expandVariants(load(text));
    expect(ppo!.config).toMatchObject({
      policy: { kind: 'ppo' },
      synthesizer: { kind: 'surrogate', profile: 'weak' },
      verifier: { mode: 'symbolic', k: 8 },
    });
    expect(runbook!.config).toMatchObject({
      policy: { kind: 'fixed' },
      synthesizer: { kind: 'runbook' },
      verifier: { mode: 'none', k: 8 },
    });
    expect(runbook!.config.synthesizer).toEqual({ kind: 'runbook' });
  });

  it('keep what the file says of the environment where a method or a scenario says nothing', () => {
    const text = [
      'env: { topology: train-ticket, overlay: as-shipped, prior: uniform }',
      'evaluate: { splits: [seen], scenarios: { shop: { env: { topology: sock-shop } } } }',
      'methods: { composed: { env: { id: pase/CloudHealingFactored-v0 } } }',
    ].join('\n');
    const [composed] = expandVariants(load(`${text}\n`));
    const env = { id: 'pase/CloudHealingFactored-v0', overlay: 'as-shipped', prior: 'uniform' };
    expect(composed!.config.env).toEqual({ ...env, topology: 'train-ticket' });
    const { id, ...rest } = env;
    expect(testWorlds(composed!.config)).toMatchObject([
      { name: 'seen', id, options: { ...rest, topology: 'train-ticket' } },
      { name: 'seen@shop', id, options: { ...rest, topology: 'sock-shop' } },
    ]);
  });

  it('are every combination of the grid, with names that are folders', () => {
    const text =
      'methods: { a: {}, b: { grid: { train.llmCalls: [5] } } }\ngrid:\n  verifier.mode: [none, symbolic]\n  reward: { time: "-elapsed", shaped: feasibility-and-mttr }\n';
    const variants = expandVariants(load(text));
    expect(variants).toHaveLength(8);
    expect(variants[1]!.name).toBe('a,verifier.mode=none,reward=shaped');
    expect(variants[4]).toMatchObject({
      name: 'b,verifier.mode=none,reward=time,train.llmCalls=5',
      config: { reward: '-elapsed', train: { llmCalls: 5 } },
    });
  });
});

describe('the JSON schema for editors', () => {
  it('knows the keys of the file and refuses others', () => {
    const schema = experimentJsonSchema() as {
      properties: Record<string, unknown>;
      additionalProperties: boolean;
      required: string[];
    };
    expect(Object.keys(schema.properties)).toEqual(
      expect.arrayContaining(['extends', 'methods', 'grid', 'quick', 'evaluate']),
    );
    expect(schema.additionalProperties).toBe(false);
    expect(schema.required).toEqual([]);
  });
});
