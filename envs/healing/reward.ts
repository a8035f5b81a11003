import { type MathNode, parse } from 'mathjs';
import { z } from 'zod';
import { ConfigError, didYouMean, findConfig, loadYaml } from '../config/index.js';

/** Named quantities of a reward expression, one value a step. All are finite numbers. */
export interface RewardQuantities {
  /** Seconds since the previous decision; on the first step since fault onset. On a recovered ending up to the recovery. */
  elapsed: number;
  /** Seconds from the end to the cap on an unresolved ending, else 0. */
  remaining: number;
  /** The cap of an incident, seconds. */
  cap: number;
  /** 1 when a plan was accepted and executed this turn, else 0. */
  accepted: number;
  /** The verdict's feasibility probability of the chosen plan, 0 when there is none. */
  feasible: number;
  /** 1 on the step that ends in a recovery that lasts to the cap, else 0. */
  recovered: number;
  /** Safety violations that this turn's execution committed on the cloud. */
  violations: number;
  /** 1 on the step whose execution lost data, else 0. */
  dataLost: number;
  /** Prompt and completion tokens of this turn. */
  tokens: number;
  /** Turns so far, this one included. */
  attempt: number;
}

export const REWARD_QUANTITIES = [
  'elapsed',
  'remaining',
  'cap',
  'accepted',
  'feasible',
  'recovered',
  'violations',
  'dataLost',
  'tokens',
  'attempt',
] as const satisfies readonly (keyof RewardQuantities)[];

/** Functions and constants of mathjs that an expression may use: pure, of numbers. */
const ALLOWED_FUNCTIONS = [
  'abs',
  'min',
  'max',
  'exp',
  'log',
  'log10',
  'log2',
  'sqrt',
  'pow',
  'sign',
  'floor',
  'ceil',
  'round',
  'tanh',
];
const ALLOWED_CONSTANTS = ['e', 'pi', 'true', 'false'];
/** Kinds of syntax node that only compute; assignments, functions and accessors are not among them. */
const ALLOWED_NODES = [
  'ConstantNode',
  'SymbolNode',
  'OperatorNode',
  'ParenthesisNode',
  'FunctionNode',
  'ConditionalNode',
  'RelationalNode',
];

export type RewardFunction = (quantities: RewardQuantities) => number;

const rewardsSchema = z.record(z.string(), z.strictObject({ expression: z.string(), doc: z.string() }));

/** Names and expressions of `configs/rewards.yaml`. */
export function shippedRewards(): Record<string, string> {
  const rewards = loadYaml(findConfig('rewards.yaml'), rewardsSchema);
  return Object.fromEntries(Object.entries(rewards).map(([name, { expression }]) => [name, expression]));
}

/**
 * The reward function of a shipped name or a mathjs expression.
 *
 * @param reward a name of `configs/rewards.yaml` or an expression over {@link REWARD_QUANTITIES}
 * @param where  origin named in errors, e.g. `quickstart.yaml: reward`
 * @throws ConfigError for a syntax error, an unknown name, or a value that is not a finite number; the returned function
 *   throws it when an expression gives such a value later
 */
export function compileReward(reward: string, where = 'reward'): RewardFunction {
  const shipped = shippedRewards();
  const expression = shipped[reward] ?? reward;
  const tree = parseExpression(expression, where);
  checkNames(tree, where, Object.keys(shipped));
  const compiled = tree.compile();
  const evaluate = (quantities: RewardQuantities): number => {
    const value: unknown = compiled.evaluate(quantities as unknown as Record<string, number>);
    const number = typeof value === 'boolean' ? Number(value) : value;
    if (typeof number === 'number' && Number.isFinite(number)) return number;
    const inputs = REWARD_QUANTITIES.map((name) => `${name}=${quantities[name]}`).join(' ');
    throw new ConfigError(
      `${where}: expected a finite number from "${expression}", found ${String(value)} at ${inputs}`,
    );
  };
  for (const probe of PROBES) evaluate(probe);
  return evaluate;
}

/** Values of an ordinary first turn, of a clean recovery and of a bad ending: a reward must be finite on all of them. */
const PROBES: readonly RewardQuantities[] = [
  {
    elapsed: 95,
    remaining: 0,
    cap: 1800,
    accepted: 0,
    feasible: 0,
    recovered: 0,
    violations: 0,
    dataLost: 0,
    tokens: 900,
    attempt: 1,
  },
  {
    elapsed: 180,
    remaining: 0,
    cap: 1800,
    accepted: 1,
    feasible: 0.9,
    recovered: 1,
    violations: 0,
    dataLost: 0,
    tokens: 0,
    attempt: 2,
  },
  {
    elapsed: 0,
    remaining: 900,
    cap: 1800,
    accepted: 1,
    feasible: 1,
    recovered: 0,
    violations: 2,
    dataLost: 1,
    tokens: 9000,
    attempt: 9,
  },
];

function parseExpression(expression: string, where: string): MathNode {
  try {
    return parse(expression);
  } catch (error) {
    const reason = error instanceof Error ? error.message : String(error);
    throw new ConfigError(`${where}: expected a name or an expression, found "${expression}": ${reason}`);
  }
}

function checkNames(tree: MathNode, where: string, shippedNames: readonly string[]): void {
  const names: readonly string[] = REWARD_QUANTITIES;
  tree.traverse((node, path) => {
    if (!ALLOWED_NODES.includes(node.type)) {
      throw new ConfigError(
        `${where}: expected arithmetic over named quantities, found "${node.toString()}"`,
      );
    }
    if (node.type !== 'SymbolNode') return;
    const name = (node as MathNode & { name: string }).name;
    const known = path === 'fn' ? ALLOWED_FUNCTIONS : [...names, ...ALLOWED_CONSTANTS];
    if (known.includes(name)) return;
    const suggestion = didYouMean(name, [...known, ...shippedNames]);
    throw new ConfigError(`${where}: expected one of ${known.join(', ')}, found "${name}"${suggestion}`);
  });
}
