import { existsSync } from 'node:fs';
import { basename, join, resolve } from 'node:path';
import { stringify } from 'yaml';
import { ConfigError, displayPath, packageRoot } from '../../envs/config/index.js';
import { type BankJudgement, judgeBank } from '../../envs/healing/judged-bank.js';
import { type Fit, fitProfile, fittedProfile, loadProfile, readBank } from '../../envs/synthesis/index.js';
import { print, printJson } from './options.js';
import { writeAtomically } from './write.js';

export interface CalibrateProfileOptions {
  readonly name?: string;
  readonly base: string;
  readonly out?: string;
  readonly json?: boolean;
}

const percent = (value: number): string => `${(100 * value).toFixed(1)} %`;

/** `pase calibrate`: fits a profile of the surrogate to the answers of a bank and writes it into `configs/llm-profiles/`. */
export function calibrateProfileCommand(bank: string, options: CalibrateProfileOptions): void {
  const base = loadProfile(options.base);
  const name = nameOf(options.name ?? basename(bank).replace(/\.[^.]*$/, ''));
  const judgement = judgeBank(readBank(bank));
  if (!judgement.completions.some(({ plan, repair }) => plan !== null && !repair))
    throw new ConfigError(`${bank}: expected at least one first plan for a known incident, found none`);
  const fit = fitProfile(judgement.completions);
  const out = resolve(options.out ?? `configs/llm-profiles/${name}.yaml`);
  const header = `# Fitted to ${fit.plans} first plans of a bank by \`pase calibrate\`; (1 - h)^L (1 - g) misses the share of valid plans by ${fit.error.toFixed(1)} points.\n# What a bank cannot tell is that of ${base.name}.\n`;
  writeAtomically(out, header + stringify(fittedProfile(name, fit, base)));
  const { completions, later, strange } = judgement;
  if (options.json)
    printJson({
      file: displayPath(out),
      name,
      base: base.name,
      completions: completions.length,
      later,
      strange,
      ...fit,
    });
  else report(displayPath(out), judgement, fit);
}

/** A profile's name: it becomes a file's. A shipped profile is not overwritten. */
function nameOf(name: string): string {
  if (!/^[A-Za-z0-9][A-Za-z0-9._-]*$/.test(name))
    throw new ConfigError(`--name: expected a name of letters, digits, ".", "_" and "-", found "${name}"`);
  if (existsSync(join(packageRoot, 'configs', 'llm-profiles', `${name}.yaml`)))
    throw new ConfigError(`--name: expected a name of its own, found "${name}", a profile that is shipped`);
  return name;
}

function report(file: string, { completions, later, strange }: BankJudgement, fit: Fit): void {
  print(`${completions.length} answers, ${fit.plans} first plans among them`);
  if (later + strange > 0)
    print(`left out: ${later} after an execution, ${strange} of incidents that are not known here`);
  print(
    `hazard ${fit.hazard.toFixed(3)}, goal miss ${fit.goalMiss.toFixed(3)}, no JSON ${percent(fit.unparseable)}`,
  );
  const { kinds } = fit;
  print(
    kinds
      ? `of plans that cannot be executed: wrong operation ${percent(kinds.wrongOperation)}, bad structure ${percent(kinds.badStructure)}, malformed ${percent(kinds.malformed)}`
      : 'every plan can be executed: no kinds of wrong steps measured',
  );
  print(
    `repair odds ratio ${fit.repairOddsRatio?.toFixed(2) ?? 'not measured'}, repeats ${fit.repeats === null ? 'not measured' : percent(fit.repeats)}`,
  );
  print(
    `latency: ${fit.latency.ttftMedian.toFixed(2)} s before the answer, ${fit.latency.outputPerSecond.toFixed(1)} tokens/s`,
  );
  print('length  plans   valid  fitted');
  for (const { length, plans, valid, fitted } of fit.byLength) {
    const cells = [
      [String(length), 6],
      [String(plans), 6],
      [percent(valid), 7],
      [percent(fitted), 7],
    ] as const;
    print(cells.map(([text, width]) => text.padStart(width)).join(' '));
  }
  print(`fit error ${fit.error.toFixed(1)} points`);
  print(`wrote ${file}`);
}
