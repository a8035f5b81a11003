import { existsSync } from 'node:fs';
import { createRequire } from 'node:module';
import { availableParallelism } from 'node:os';
import { defaultRng } from 'gymnasium-js';
import { createNetwork, ENGINES, type EngineName } from 'nn-engines';
import { packageRoot } from '../../envs/config/index.js';
import { CloudHealingEnv, type HealingInfo } from '../../envs/healing/index.js';
import { loadDomain, planFor } from '../../envs/world-model/index.js';
import { packageVersion } from '../runner/jobs.js';
import { print, printJson } from './options.js';

/** One line of the report: what was looked at, whether it works, and what came of it. */
interface Finding {
  readonly name: string;
  readonly works: boolean;
  /** Whether the default experiments need it. */
  readonly needed: boolean;
  readonly detail: string;
}

/** `pase doctor`: tries everything instead of looking for files. Exit code 1 when something that is needed does not work. */
export async function doctorCommand(options: { json?: boolean }): Promise<void> {
  const findings: Finding[] = [
    node(),
    ...(await Promise.all(ENGINES.map(engine))),
    attempt('planner', true, planner),
    attempt('environment', true, environment),
    openai(),
    optional('node-llama-cpp', 'the llama synthesizer'),
    browser(),
  ];
  const using = {
    engine: 'wasm',
    planner: 'pddl (built in)',
    synthesizer: 'surrogate, profile mid (no language model needed)',
  };
  if (options.json) printJson({ version: packageVersion(), using, findings });
  else {
    print(`pase-gym ${packageVersion()} at ${packageRoot}`);
    for (const { name, works, needed, detail } of findings)
      print(`  ${works ? 'ok     ' : needed ? 'BROKEN ' : 'absent '} ${name.padEnd(22)} ${detail}`);
    print();
    print('By default experiments use:');
    for (const [what, which] of Object.entries(using)) print(`  ${what.padEnd(12)} ${which}`);
  }
  if (findings.some(({ works, needed }) => needed && !works)) process.exitCode = 1;
}

function attempt(name: string, needed: boolean, look: () => string): Finding {
  try {
    return { name, needed, works: true, detail: look() };
  } catch (error) {
    return { name, needed, works: false, detail: firstLine(error) };
  }
}

function firstLine(error: unknown): string {
  return (error instanceof Error ? error.message : String(error)).split('\n')[0]!;
}

function node(): Finding {
  const [major = 0, minor = 0] = process.versions.node.split('.').map(Number);
  const works = major > 20 || (major === 20 && minor >= 19);
  return {
    name: 'node',
    needed: true,
    works,
    detail: `${process.version} on ${process.platform} ${process.arch}, ${availableParallelism()} cores (20.19 or newer is needed)`,
  };
}

/** Makes a small network on the engine and puts a number through it. */
async function engine(name: EngineName): Promise<Finding> {
  const needed = name === 'wasm';
  try {
    const heads = [{ name: 'value', size: 1 }];
    const network = await createNetwork(
      { inputs: 4, hidden: [8], activation: 'tanh', heads },
      defaultRng(0),
      name,
    );
    network.forward(new Float32Array(4));
    return { name: `engine ${name}`, needed, works: true, detail: 'computes a small network' };
  } catch (error) {
    return { name: `engine ${name}`, needed, works: false, detail: firstLine(error) };
  }
}

/** Has the built-in planner solve a small incident. */
function planner(): string {
  const env = new CloudHealingEnv();
  env.reset({ seed: 0, options: { index: 0 } });
  const { inventory } = env.incident;
  const service = inventory.services.find(({ kind }) => kind === 'service')!;
  const plan = planFor([{ condition: 'config-bad', component: service.id }], inventory);
  if (!plan) throw new Error(`found no plan for config-bad(${service.id})`);
  return `pddl, ${loadDomain().primitives.length} primitives; config-bad(${service.id}) → ${plan.steps.map(({ name }) => name).join(', ')}`;
}

/** Plays one turn with the embedded synthesizer. */
function environment(): string {
  const env = new CloudHealingEnv();
  const [, info] = env.reset({ seed: 0, options: { index: 0 } });
  const action = (info as HealingInfo).actionMask.indexOf(1);
  const [, , , , after] = env.step(action);
  const { turn } = after as HealingInfo;
  return `pase/CloudHealing-v0 plays; surrogate wrote ${turn!.plan ? `a plan of ${turn!.plan.steps.length} steps` : 'no plan'}`;
}

function openai(): Finding {
  const key = process.env.OPENAI_API_KEY !== undefined;
  const base = process.env.OPENAI_BASE_URL;
  const detail = key
    ? `OPENAI_API_KEY is set${base ? `, base URL ${base}` : ''}`
    : 'OPENAI_API_KEY is not set: the openai synthesizer has no key';
  return { name: 'openai', needed: false, works: key, detail };
}

function optional(name: string, use: string): Finding {
  try {
    createRequire(import.meta.url).resolve(name);
    return { name, needed: false, works: true, detail: `installed, for ${use}` };
  } catch {
    return { name, needed: false, works: false, detail: `not installed; only ${use} needs it` };
  }
}

function browser(): Finding {
  const path = '/usr/bin/chromium';
  const works = existsSync(path);
  return {
    name: 'chromium',
    needed: false,
    works,
    detail: works ? path : 'not installed; only the test of the report needs it',
  };
}
