import { readFileSync } from 'node:fs';
import { join, resolve } from 'node:path';
import { parseDocument } from 'yaml';
import { z } from 'zod';
import { displayPath, findConfig, loadYaml, packageRoot } from '../../envs/config/index.js';
import { type JudgedPlanRange, judgedPlans } from '../../envs/healing/judged-plans.js';
import {
  fitVerifier,
  type JudgedPlan,
  loadDomain,
  shippedOutcomeModel,
  type VerifierFit,
} from '../../envs/world-model/index.js';
import { print, printJson, wholeNumber } from './options.js';
import { perceptionConfigSchema } from './perception-config.js';
import { unfamiliarPerceivers } from './unfamiliar.js';
import { writeAtomically } from './write.js';

/** `configs/world-model/calibration.yaml`. */
export const calibrationConfigSchema = z.strictObject({
  topology: z.string(),
  overlay: z.enum(['production', 'as-shipped']),
  prior: z.enum(['incident-statistics', 'uniform']),
  incidents: z.int().min(1),
  profiles: z.array(z.string()).min(1),
  k: z.int().min(1),
  alpha: z.number().gt(0).lt(1),
});

type CalibrationConfig = z.infer<typeof calibrationConfigSchema>;

export interface CalibrateVerifierOptions {
  readonly incidents?: string;
  readonly out?: string;
  readonly json?: boolean;
}

/** Split and partition that the verifier may be fitted on; nothing else is ever read here. */
const CALIBRATE = { split: 'seen', partition: 'calibrate' } as const;
const DEFAULT_CONFIG = 'configs/world-model/calibration.yaml';

/** `pase calibrate-verifier`: fits the verifier's constants on judged plans and writes them into `configs/world-model/verifier.yaml`. */
export async function calibrateVerifierCommand(
  config: string | undefined,
  options: CalibrateVerifierOptions,
): Promise<void> {
  const file = config === undefined ? findConfig('world-model/calibration.yaml') : resolve(config);
  const settings = loadYaml(file, calibrationConfigSchema);
  const incidents =
    options.incidents === undefined ? settings.incidents : wholeNumber('incidents', options.incidents, 1);
  const { k, alpha } = settings;
  const judged = [...familiarPlans(settings, incidents), ...(await unfamiliarPlans(settings, incidents))];
  const command = ['pase calibrate-verifier', config ?? DEFAULT_CONFIG];
  if (options.incidents !== undefined) command.push(`--incidents ${incidents}`);
  const fit = fitVerifier(judged, k, alpha, command.join(' '), shippedOutcomeModel(loadDomain()));
  const out = resolve(options.out ?? join(packageRoot, 'configs/world-model/verifier.yaml'));
  writeFitted(out, fit.fitted);
  if (options.json) printJson({ file: displayPath(out), ...fit });
  else report(out, fit, alpha);
}

/** Plans judged under the shipped perception's beliefs. */
function familiarPlans(settings: CalibrationConfig, incidents: number): JudgedPlan[] {
  return settings.profiles.flatMap((_, part) => [...judgedPlans(rangeOf(settings, incidents, part, part))]);
}

/** The incidents that a profile writes plans for: every `part` has its own. */
function rangeOf(
  { topology, overlay, prior, profiles }: CalibrationConfig,
  count: number,
  profile: number,
  part: number,
): JudgedPlanRange {
  const writer = { kind: 'surrogate', profile: profiles[profile]! } as const;
  return { ...CALIBRATE, topology, overlay, prior, writer, from: part * count, count };
}

/** Plans judged under beliefs of perceptions that never met the incident's fault type; other incidents than the familiar ones. */
async function unfamiliarPlans(settings: CalibrationConfig, incidents: number): Promise<JudgedPlan[]> {
  const { profiles } = settings;
  const training = loadYaml(findConfig('world-model/perception.yaml'), perceptionConfigSchema);
  const judged: JudgedPlan[] = [];
  for await (const { perceiver, neverMet } of unfamiliarPerceivers(training, 'events')) {
    const perceive: JudgedPlanRange['perceive'] = (telemetry, inventory) =>
      perceiver.perceive(telemetry, inventory);
    for (const profile of profiles.keys()) {
      const range = rangeOf(settings, incidents, profile, profiles.length + profile);
      judged.push(...judgedPlans({ ...range, perceive, types: neverMet }));
    }
  }
  return judged;
}

/** Replaces the `fitted` section of a constants file, keeping its comments. */
function writeFitted(file: string, fitted: VerifierFit['fitted']): void {
  const document = parseDocument(readFileSync(file, 'utf8'));
  const flow = (value: unknown) => document.createNode(value, { flow: true });
  document.setIn(['fitted', 'command'], fitted.command);
  document.setIn(['fitted', 'epsilon'], fitted.epsilon);
  document.setIn(['fitted', 'diagnosisWeight'], flow(fitted.diagnosisWeight));
  document.setIn(['fitted', 'rightPlanFeasibility'], flow(fitted.rightPlanFeasibility));
  document.setIn(['fitted', 'baseRate'], fitted.baseRate);
  const { rightPlanProbability, rightPlans, breakEven } = fitted.neural;
  document.setIn(['fitted', 'neural', 'rightPlanProbability'], flow(rightPlanProbability));
  document.setIn(['fitted', 'neural', 'rightPlans'], rightPlans);
  document.setIn(['fitted', 'neural', 'breakEven'], breakEven);
  writeAtomically(file, document.toString({ lineWidth: 0 }));
}

function report(file: string, { fitted, report: found }: VerifierFit, alpha: number): void {
  const percent = (x: number) => `${(100 * x).toFixed(1)} %`;
  print(
    `judged ${found.plans} plans of ${CALIBRATE.split}/${CALIBRATE.partition}, ${percent(fitted.baseRate)} of them right`,
  );
  print(`wrote ${displayPath(file)}`);
  print(
    `epsilon ${fitted.epsilon}, weight of the own diagnosis ${fitted.diagnosisWeight.familiar} to ${fitted.diagnosisWeight.strange}`,
  );
  print(
    `at alpha ${alpha}: false accepts ${percent(found.falseAccepts)}, false rejects ${percent(found.falseRejects)} ` +
      `(${percent(found.unsafeRejects)} as unsafe), Brier ${found.brier.toFixed(3)}`,
  );
  print(
    `a false accept costs ${found.costOfFalseAccept.toFixed(0)} s, a false reject ${found.costOfFalseReject.toFixed(0)} s`,
  );
}
