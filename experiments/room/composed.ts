import { fixedComponents } from '../../agents/index.js';
import type { HealingInfo } from '../../envs/healing/index.js';
import { type AnyHealingEnv, makeWorld, type World } from '../runner/worlds.js';
import { mean } from '../statistics/index.js';
import { type Outcome, outcomeOf } from './outcomes.js';
import type { Choice } from './room.js';

/** Times that all factors are gone through at most. */
const MOST_SWEEPS = 4;

/**
 * The point that no change of one coordinate improves, or what {@link MOST_SWEEPS} sweeps reach, from the first level of every coordinate on.
 * Of equals the level held stays, else the first. The value of a point is asked once.
 */
export async function coordinateAscent(
  levels: readonly number[],
  value: (point: readonly number[]) => Promise<number>,
): Promise<number[]> {
  const known = new Map<string, number>();
  const worthOf = async (point: readonly number[]): Promise<number> => {
    const key = point.join();
    if (!known.has(key)) known.set(key, await value(point));
    return known.get(key)!;
  };
  const best = levels.map(() => 0);
  for (let sweep = 0, changed = true; changed && sweep < MOST_SWEEPS; sweep++) {
    changed = false;
    for (let c = 0; c < levels.length; c++) {
      for (let level = 0; level < levels[c]!; level++) {
        const other = best.with(c, level);
        if ((await worthOf(other)) <= (await worthOf(best))) continue;
        best[c] = level;
        changed = true;
      }
    }
  }
  return best;
}

/** Meta-prompts by factors: one as long as no rejected plan awaits repair, and one when one does. */
interface ComposedRule {
  readonly first: readonly number[];
  readonly afterRejection: readonly number[];
}

/**
 * What prompts composed factor by factor come to on incidents 0 to n − 1, without a look at the incident: the best composition, and the best
 * pair of one to open with and one for after a rejection. Each is found by {@link coordinateAscent} of the mean return on one half of the
 * incidents and counted on the other.
 */
export async function playComposed(
  world: World,
  n: number,
  onPlayed: (played: number) => void,
): Promise<Choice[]> {
  const env = makeWorld({ ...world, id: 'pase/CloudHealingFactored-v0' });
  const { nvec } = env.actionSpace as unknown as { nvec: ArrayLike<number | bigint> };
  const levels = Array.from(nvec, Number);
  const player = new Player(env, levels, onPlayed);
  return [
    {
      choice: 'best composed',
      sees: 'nothing',
      privileged: false,
      outcomes: await crossFit(player, levels, n, (point) => ({ first: point, afterRejection: point })),
    },
    {
      choice: 'best composed pair',
      sees: 'whether a plan was rejected',
      privileged: false,
      outcomes: await crossFit(player, [...levels, ...levels], n, (point) => ({
        first: point.slice(0, levels.length),
        afterRejection: point.slice(levels.length),
      })),
    },
  ];
}

/** Outcomes of all incidents, each with the rule found on the other half. */
async function crossFit(
  player: Player,
  levels: readonly number[],
  n: number,
  ruleAt: (point: readonly number[]) => ComposedRule,
): Promise<Outcome[]> {
  const all = Array.from({ length: n }, (_, index) => index);
  const outcomes: Outcome[] = new Array(n);
  for (const half of [0, 1]) {
    const chooseOn = all.filter((index) => index % 2 !== half);
    const point = await coordinateAscent(levels, async (tried) =>
      mean((await player.play(ruleAt(tried), chooseOn)).map((outcome) => outcome.return)),
    );
    const countOn = all.filter((index) => index % 2 === half);
    const found = await player.play(ruleAt(point), countOn);
    countOn.forEach((index, i) => {
      outcomes[index] = found[i]!;
    });
  }
  return outcomes;
}

/** Plays rules. A rule's outcomes are remembered, by what the masks leave of it. */
class Player {
  private readonly known = new Map<string, Outcome>();
  /** What may open an incident, which is the same for all. */
  private opening: Uint8Array | null = null;

  constructor(
    private readonly env: AnyHealingEnv,
    private readonly levels: readonly number[],
    private readonly onPlayed: (played: number) => void,
  ) {}

  async play(rule: ComposedRule, incidents: readonly number[]): Promise<Outcome[]> {
    const outcomes: Outcome[] = [];
    for (const index of incidents) outcomes.push(await this.playOne(rule, index));
    return outcomes;
  }

  private async playOne({ first, afterRejection }: ComposedRule, index: number): Promise<Outcome> {
    const { env } = this;
    this.opening ??= ((await env.reset({ options: { index } }))[1] as HealingInfo).actionMask;
    const opener = fixedComponents(first, this.opening, this.levels);
    const key = `${index} ${opener.join()} ${afterRejection.join()}`;
    let outcome = this.known.get(key) ?? null;
    if (outcome) return outcome;
    await env.reset({ seed: index, options: { index } });
    while (!outcome) {
      const [, , , , info] = await env.step(env.incident.hasFeedback ? afterRejection : opener);
      outcome = outcomeOf(info);
    }
    this.known.set(key, outcome);
    this.onPlayed(this.known.size);
    return outcome;
  }
}
