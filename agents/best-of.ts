import { BaseAgent, type EnvOrLayout, loadAgent, type OwnState } from './common/base.js';
import type { EnvironmentBatch } from './common/environment.js';
import type { EnvSource } from './common/environments.js';
import { greedyAction } from './common/greedy.js';
import { mergeOptions, type OptionRule, rules } from './common/options.js';
import { COMMON_DEFAULTS, COMMON_RULES, type CommonOptions } from './common/policy-spec.js';
import type { TrainingSession } from './common/session.js';
import { fixedAction, requireDiscrete } from './simple.js';

/** Of the common options only the seed matters. */
export interface BestOfOptions extends CommonOptions {
  /** First number of the observation's part that is the context. */
  readonly contextFrom: number;
  /** Numbers of that part; the first of them above one half is the context, none is one more. 0: no context. */
  readonly contextSize: number;
}

const DEFAULTS: BestOfOptions = { ...COMMON_DEFAULTS, contextFrom: 0, contextSize: 0 };
const RULES: { readonly [K in keyof BestOfOptions]: OptionRule } = {
  ...COMMON_RULES,
  contextFrom: rules.wholeNumber,
  contextSize: rules.wholeNumber,
};

/** Episodes of a context and arm below which the choice over all contexts is trusted more. */
const LEAST = 3;

/**
 * Choosing among rules without a gradient: plays every rule, one episode after the other in turn, and keeps the one of the highest
 * mean return. A rule is a pair of actions: one as long as nothing more than at the start is allowed, another once the mask allows
 * more (a rejected plan allows meta-prompts that speak of it). Round k of all rules is seeded alike, so that all meet the same cases.
 */
abstract class BestOf extends BaseAgent<number, BestOfOptions> {
  protected readonly n: number;
  private readonly contexts: number;
  /** Rules as pairs of actions; empty until the first masks have been seen. */
  private pairs = new Int32Array(0);
  /** What the mask allows when an episode starts. */
  private opening: Uint8Array;
  /** Sum of returns and number of finished episodes, a row of rules for each context. */
  private totals = new Float64Array(0);
  private counts = new Float64Array(0);
  /** Rule and context each environment is playing. */
  private playing!: Int32Array;
  private playingIn!: Int32Array;
  private actions!: Int32Array;
  /** Episodes begun. */
  private begun = 0;

  protected constructor(kind: string, env: EnvOrLayout, options: Partial<BestOfOptions>) {
    super('mlp', env, mergeOptions(kind, DEFAULTS, RULES, options));
    this.n = requireDiscrete(kind, this.layout);
    this.opening = new Uint8Array(this.n).fill(1);
    this.contexts = this.options.contextSize + 1;
  }

  /** The rules to try, given what the mask allows at the start of an episode. */
  protected abstract rulesFor(opening: Uint8Array): (readonly [first: number, after: number])[];

  /** Mean return of each rule so far, over all contexts; NaN for a rule without a finished episode. */
  get means(): number[] {
    return Array.from(this.sums(this.totals), (total, rule) => total / this.sums(this.counts)[rule]!);
  }

  /** The rule of the highest mean return, the first of equals; the first rule before any episode has ended. */
  get bestRule(): readonly [first: number, after: number] {
    return this.ruleAt(this.bestIn(null));
  }

  protected networkSpecs() {
    return {};
  }

  protected prepare(envs: EnvironmentBatch): void {
    this.playing = new Int32Array(envs.numEnvs);
    this.playingIn = new Int32Array(envs.numEnvs);
    this.actions = new Int32Array(envs.numEnvs);
  }

  protected restart(): void {
    this.pairs = new Int32Array(0);
    this.begun = 0;
  }

  protected async train(session: TrainingSession, envs: EnvironmentBatch): Promise<void> {
    envs.resetSeed = (e) => this.assign(e);
    const { numEnvs } = envs;
    if (this.pairs.length === 0) this.begin(envs);
    while (!session.done) {
      const masks = envs.masked ? envs.masks : null;
      for (let e = 0; e < numEnvs; e++) this.actions[e] = this.act(this.playing[e]!, masks, e);
      const played = this.playing.slice();
      const pending = envs.step(this.actions);
      if (pending) await pending;
      this.numTimesteps += numEnvs;
      session.countActions(this.actions);
      for (let e = 0; e < numEnvs; e++) this.count(e, played[e]!, envs);
      const more = session.afterStep();
      if (more === false || (more !== true && !(await more))) break;
    }
    envs.resetSeed = null;
    const best = this.bestIn(null);
    session.logUpdate(1, {
      best: this.ruleAt(best)[0],
      bestAfter: this.ruleAt(best)[1],
      meanReturn: this.means[best]!,
      episodes: this.counts.reduce((a, b) => a + b, 0),
    });
  }

  protected override firstSeed(): number {
    return this.options.seed;
  }

  protected choose(observation: Float32Array, mask: Uint8Array | null): number {
    return this.act(this.bestIn(this.contextOf(observation, 0)), mask, 0);
  }

  protected get discount(): number {
    return 1;
  }

  protected ownState(): OwnState {
    return { meta: {}, arrays: { playing: this.playing, playingIn: this.playingIn } };
  }

  protected restoreOwnState({ arrays }: OwnState): void {
    this.playing.set(arrays.playing!);
    this.playingIn.set(arrays.playingIn!);
  }

  protected override knowledge(): OwnState {
    const { begun, pairs, opening, totals, counts } = this;
    return { meta: { begun }, arrays: { pairs, opening, totals, counts } };
  }

  protected override restoreKnowledge({ meta, arrays }: OwnState): void {
    this.begun = meta.begun as number;
    this.pairs = arrays.pairs!.slice() as Int32Array<ArrayBuffer>;
    this.opening = arrays.opening!.slice() as Uint8Array<ArrayBuffer>;
    this.totals = arrays.totals!.slice() as Float64Array<ArrayBuffer>;
    this.counts = arrays.counts!.slice() as Float64Array<ArrayBuffer>;
  }

  /** Fixes the rules from what the masks allow now, at the start of episodes. */
  private begin(envs: EnvironmentBatch): void {
    if (envs.masked) this.opening = envs.masks.slice(0, this.n);
    this.pairs = Int32Array.from(this.rulesFor(this.opening).flat());
    this.totals = new Float64Array(this.contexts * this.ruleCount);
    this.counts = new Float64Array(this.contexts * this.ruleCount);
    for (let e = 0; e < envs.numEnvs; e++) {
      this.assign(e);
      this.playingIn[e] = this.contextOf(envs.observations, e * this.layout.observationSize);
    }
  }

  private get ruleCount(): number {
    return this.pairs.length / 2;
  }

  private ruleAt(rule: number): readonly [number, number] {
    return [this.pairs[2 * rule] ?? 0, this.pairs[2 * rule + 1] ?? 0];
  }

  /** Takes in that environment e's episode ended, if it did. */
  private count(e: number, rule: number, envs: EnvironmentBatch): void {
    if (envs.terminated[e] === 0 && envs.truncated[e] === 0) return;
    const at = this.playingIn[e]! * this.ruleCount + rule;
    this.totals[at]! += envs.returns[e]!;
    this.counts[at]!++;
    this.playingIn[e] = this.contextOf(envs.observations, e * this.layout.observationSize);
  }

  /** Gives environment e the next rule in turn; returns the seed of its round. */
  private assign(e: number): number {
    const k = this.begun++;
    this.playing[e] = k % this.ruleCount;
    return this.options.seed + Math.floor(k / this.ruleCount);
  }

  private contextOf(observations: Float32Array, row: number): number {
    const { contextFrom, contextSize } = this.options;
    for (let i = 0; i < contextSize; i++) if (observations[row + contextFrom + i]! > 0.5) return i;
    return contextSize;
  }

  private act(rule: number, masks: Uint8Array | null, row: number): number {
    const [first, after] = this.ruleAt(rule);
    return fixedAction(this.allowsMore(masks, row) ? after : first, masks, row, this.n);
  }

  /** Whether row `row` of the masks allows what is not allowed at the start. */
  private allowsMore(masks: Uint8Array | null, row: number): boolean {
    if (masks === null) return false;
    for (let j = 0; j < this.n; j++) if (this.opening[j] === 0 && masks[row * this.n + j] !== 0) return true;
    return false;
  }

  private sums(table: Float64Array): Float64Array {
    const sums = new Float64Array(this.ruleCount);
    for (let i = 0; i < table.length; i++) sums[i % this.ruleCount]! += table[i]!;
    return sums;
  }

  /** The best rule of a context (null: of all); where the context has seen a rule too seldom, its mean over all contexts counts. */
  private bestIn(context: number | null): number {
    const { ruleCount } = this;
    if (ruleCount === 0) return 0;
    const overall = this.means;
    const values = overall.map((mean, rule) => {
      const at = (context ?? 0) * ruleCount + rule;
      const known = context !== null && this.counts[at]! >= LEAST;
      const value = known ? this.totals[at]! / this.counts[at]! : mean;
      return Number.isNaN(value) ? Number.NEGATIVE_INFINITY : value;
    });
    return greedyAction(values, null, 0, ruleCount);
  }
}

const same = (n: number): [number, number][] => Array.from({ length: n }, (_, action) => [action, action]);

/** Tries every action as a fixed policy and keeps the best. */
export class BestFixed extends BestOf {
  readonly kind = 'best-fixed';

  constructor(env: EnvOrLayout, options: Partial<CommonOptions> = {}) {
    super('best-fixed', env, options);
  }

  static async load(directory: string, env?: EnvSource, overrides = {}): Promise<BestFixed> {
    return loadAgent('best-fixed', directory, env, overrides, (_, source, own) => new BestFixed(source, own));
  }

  /** The action of the highest mean return. */
  get best(): number {
    return this.bestRule[0];
  }

  protected rulesFor(): [number, number][] {
    return same(this.n);
  }
}

/**
 * Tries every pair of an action that opens an episode and one that only becomes valid later, and keeps the best: a switch after a
 * rejection. Where nothing becomes valid later it is `best-fixed`.
 */
export class BestSwitch extends BestOf {
  readonly kind = 'best-switch';

  constructor(env: EnvOrLayout, options: Partial<CommonOptions> = {}) {
    super('best-switch', env, options);
  }

  static async load(directory: string, env?: EnvSource, overrides = {}): Promise<BestSwitch> {
    return loadAgent(
      'best-switch',
      directory,
      env,
      overrides,
      (_, source, own) => new BestSwitch(source, own),
    );
  }

  protected rulesFor(opening: Uint8Array): [number, number][] {
    const all = [...opening.keys()];
    const later = all.filter((action) => opening[action] === 0);
    if (later.length === 0) return same(this.n);
    return all
      .filter((action) => opening[action] !== 0)
      .flatMap((first) => later.map((after): [number, number] => [first, after]));
  }
}

/** Tries every action as a fixed policy and keeps the best for each context, a one-hot part of the observation. */
export class BestPerContext extends BestOf {
  readonly kind = 'best-per-context';

  constructor(env: EnvOrLayout, options: Partial<BestOfOptions> = {}) {
    super('best-per-context', env, options);
  }

  static async load(directory: string, env?: EnvSource, overrides = {}): Promise<BestPerContext> {
    return loadAgent(
      'best-per-context',
      directory,
      env,
      overrides,
      (_, source, own) => new BestPerContext(source, own),
    );
  }

  protected rulesFor(): [number, number][] {
    return same(this.n);
  }
}
