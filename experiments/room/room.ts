import { groupBy } from '../runner/collect.js';
import { type Interval, mean, percentileInterval, Resampler } from '../statistics/index.js';
import type { IncidentOutcomes, Outcome, Rule } from './outcomes.js';

interface Named {
  readonly choice: string;
  /** What the choice may look at. */
  readonly sees: string;
  /** Whether any policy could see that; a privileged choice is a bound, not a competitor. */
  readonly privileged: boolean;
}

/** One way of choosing meta-prompts, and how every incident ends with it. */
export interface Choice extends Named {
  readonly outcomes: readonly Outcome[];
}

/** One way of choosing meta-prompts, and what it would save over the best fixed one. */
export interface RoomRow extends Named {
  /** Mean seconds on incidents that were not used to choose. */
  readonly mttr: number;
  readonly violationsPer100: number;
  /** Share of best-fixed's MTTR saved, with its 95 % interval, paired on the same incidents. */
  readonly saved: number;
  readonly interval: Interval;
}

/** Picks a rule for an incident, having seen the incidents given to choose on. */
type Chooser = (chooseOn: readonly IncidentOutcomes[]) => (incident: IncidentOutcomes) => number;

/** A context with fewer incidents than this to choose on takes the choice of all incidents. */
const LEAST = 5;

/**
 * The room above the best fixed meta-prompt: for each way of choosing, choose on one half of the incidents and count on
 * the other, and the other way round, so that no choice is counted on what it was made from. Choices are made by mean
 * return, as learners are.
 *
 * @param others ways of choosing on the same incidents that were played elsewhere
 */
export function roomOf(
  incidents: readonly IncidentOutcomes[],
  rules: readonly Rule[],
  others: readonly Choice[] = [],
): RoomRow[] {
  const all = rules.map((_, r) => r);
  const fixed = all.filter((r) => isFixed(rules[r]!, rules[0]!.first));
  const rows: Choice[] = [
    { choice: 'best fixed', sees: 'nothing', privileged: false, outcomes: crossFit(incidents, best(fixed)) },
    {
      choice: 'best per belief',
      sees: 'the most likely condition',
      privileged: false,
      outcomes: crossFit(
        incidents,
        bestBy(fixed, ({ believed }) => believed),
      ),
    },
    {
      choice: 'best pair',
      sees: 'whether a plan was rejected',
      privileged: false,
      outcomes: crossFit(incidents, best(all)),
    },
    {
      choice: 'best pair per belief',
      sees: 'both',
      privileged: false,
      outcomes: crossFit(
        incidents,
        bestBy(all, ({ believed }) => believed),
      ),
    },
    ...others,
    {
      choice: 'best pair per true fault',
      sees: 'the true fault type',
      privileged: true,
      outcomes: crossFit(
        incidents,
        bestBy(all, ({ faultType }) => faultType),
      ),
    },
    {
      choice: 'hindsight',
      sees: 'how every choice ends',
      privileged: true,
      outcomes: incidents.map((incident) => incident.outcomes[hindsight(incident)]!),
    },
  ];
  const resampler = new Resampler(incidents.length);
  const reference = rows[0]!.outcomes;
  return rows.map(({ outcomes, ...row }) => ({ ...row, ...figures(outcomes, reference, resampler) }));
}

/**
 * Whether a rule is one fixed meta-prompt. One that uses feedback cannot open an incident; as the policy `fixed` does, the
 * first of the catalogue opens then.
 */
function isFixed({ first, afterRejection }: Rule, opener: number): boolean {
  return first === afterRejection || first === opener;
}

function figures(outcomes: readonly Outcome[], reference: readonly Outcome[], resampler: Resampler) {
  const seconds = Float64Array.from(outcomes, ({ mttr }) => mttr);
  const fixedSeconds = Float64Array.from(reference, ({ mttr }) => mttr);
  const [own, other] = [resampler.means([seconds], 0), resampler.means([fixedSeconds], 0)];
  return {
    mttr: mean(seconds),
    violationsPer100: 100 * mean(outcomes.map(({ violations }) => violations)),
    saved: 1 - mean(seconds) / mean(fixedSeconds),
    interval: percentileInterval(own.map((value, b) => 1 - value / other[b]!)),
  };
}

/** Outcomes of all incidents, each with the choice made on the other half. */
function crossFit(incidents: readonly IncidentOutcomes[], chooser: Chooser): Outcome[] {
  const halves = [0, 1].map((half) => chooser(incidents.filter((_, i) => i % 2 !== half)));
  return incidents.map((incident, i) => incident.outcomes[halves[i % 2]!(incident)]!);
}

function best(candidates: readonly number[]): Chooser {
  return (chooseOn) => {
    const rule = bestOn(candidates, chooseOn);
    return () => rule;
  };
}

function bestBy(candidates: readonly number[], context: (incident: IncidentOutcomes) => string): Chooser {
  return (chooseOn) => {
    const overall = bestOn(candidates, chooseOn);
    const chosen = new Map<string, number>();
    for (const [key, group] of groupBy(chooseOn, context)) {
      if (group.length >= LEAST) chosen.set(key, bestOn(candidates, group));
    }
    return (incident) => chosen.get(context(incident)) ?? overall;
  };
}

/** The candidate of highest mean return, the first of equals. */
function bestOn(candidates: readonly number[], incidents: readonly IncidentOutcomes[]): number {
  const value = (rule: number): number => mean(incidents.map(({ outcomes }) => outcomes[rule]!.return));
  return candidates.reduce((winner, rule) => (value(rule) > value(winner) ? rule : winner));
}

function hindsight({ outcomes }: IncidentOutcomes): number {
  return outcomes.reduce((winner, outcome, r) => (outcome.return > outcomes[winner]!.return ? r : winner), 0);
}
