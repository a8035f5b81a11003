import { loadExperiment } from '../config/index.js';
import { playComposed } from '../room/composed.js';
import { catalogueOf, playRules, rulesOf } from '../room/outcomes.js';
import { type RoomRow, roomOf } from '../room/room.js';
import { ProgressBar } from '../runner/progress.js';
import { worldOf } from '../runner/worlds.js';
import { print, printJson, wholeNumber } from './options.js';
import { sharedVariant } from './shared-variant.js';

export interface RoomOptions {
  readonly incidents: string;
  readonly set: readonly string[];
  readonly json?: boolean;
  /** Also compose prompts factor by factor. */
  readonly composed: boolean;
}

/** `pase room`: what choosing meta-prompts well could save at most, before anything is trained. */
export async function roomCommand(config: string, options: RoomOptions): Promise<void> {
  const incidents = wholeNumber('incidents', options.incidents, 20);
  const loaded = loadExperiment(config, { set: options.set });
  const { experiment } = loaded;
  const { config: shared } = await sharedVariant(loaded, 'room');
  const world = worldOf(shared, experiment.train.split, 'select');
  const metaPrompts = catalogueOf(world);
  const rules = rulesOf(metaPrompts);
  const progress = new ProgressBar('room');
  const played = await playRules(world, rules, incidents, (done) =>
    progress.update(done / incidents, `${done} of ${incidents} incidents`),
  );
  const composed = options.composed
    ? await playComposed(world, incidents, (n) =>
        progress.update(1, `composed prompts, ${n} incidents played`),
      )
    : [];
  progress.clear();
  const rows = roomOf(played, rules, composed);
  if (options.json) printJson({ incidents, metaPrompts: metaPrompts.length, rules: rules.length, rows });
  else
    tell(
      rows,
      `${experiment.name}: ${metaPrompts.length} meta-prompts, ${incidents} incidents of ${experiment.train.split}/select`,
    );
}

function tell(rows: readonly RoomRow[], title: string): void {
  print(title);
  print(
    `  ${'choice'.padEnd(26)} ${'sees'.padEnd(28)} ${'MTTR s'.padStart(7)}  ${'violations/100'.padStart(14)}  saved over best fixed [95 %]`,
  );
  for (const row of rows) {
    const [low, high] = [row.interval.low, row.interval.high].map(percent);
    const name = `${row.choice}${row.privileged ? ' *' : ''}`;
    print(
      `  ${name.padEnd(26)} ${row.sees.padEnd(28)} ${row.mttr.toFixed(0).padStart(7)}  ${row.violationsPer100.toFixed(1).padStart(14)}  ${percent(row.saved)} [${low}, ${high}]`,
    );
  }
  print(
    '  * no policy can see this: a bound. Every other choice was made on incidents that it is not counted on.',
  );
  const room = rows.filter((row) => !row.privileged && row.interval.low > 0);
  if (room.length > 0)
    print(`There is room: ${room.map(({ choice }) => choice).join(', ')} saves more than chance would.`);
  else
    print(
      'No choice that a policy could make saves more than chance would: a learned policy that looks better here means nothing.',
    );
}

function percent(share: number): string {
  return `${(100 * share).toFixed(1)} %`;
}
