/**
 * Fits a profile of the surrogate to a bank of recorded completions.
 *
 *     npx tsx --conditions=source scripts/synthesis/calibrate.ts BANK --name NAME [--base mid] [--out configs/llm-profiles/NAME.yaml]
 *         [--split seen] [--partition fit] [--incidents 2000]
 *
 * Each plan is run in the recovery domain on what was really wrong in its incident, from the inventory at detection: the
 * first step that cannot be executed gives h, executable plans that miss the goal give g. That judges plans as a sound
 * verifier with the right diagnosis would, so wrong diagnoses count as errors of writing.
 */
import { writeFileSync } from 'node:fs';
import { parseArgs } from 'node:util';
import { GroundAction } from 'pddl';
import { stringify } from 'yaml';
import { Cloud, type IncidentKey, incidentSeed, loadCloudModel } from '../../envs/cloud/index.js';
import type { Inventory } from '../../envs/cloud/interface.js';
import { ConfigError } from '../../envs/config/index.js';
import {
  type BankRecord,
  fitProfile,
  fittedProfile,
  type JudgedCompletion,
  type JudgedPlan,
  loadProfile,
  parsePlan,
  readBank,
} from '../../envs/synthesis/index.js';
import { type ConditionAt, type Plan, recoveryTask } from '../../envs/world-model/index.js';

interface Incident {
  readonly inventory: Inventory;
  readonly truth: readonly ConditionAt[];
}

const { values, positionals } = parseArgs({
  allowPositionals: true,
  options: {
    name: { type: 'string' },
    base: { type: 'string', default: 'mid' },
    out: { type: 'string' },
    split: { type: 'string', default: 'seen' },
    partition: { type: 'string', default: 'fit' },
    incidents: { type: 'string', default: '2000' },
  },
});

/** The incidents that a bank speaks of, by the text of their key. */
function incidentsOf(records: readonly BankRecord[]): Map<string, Incident> {
  const wanted = new Set(records.map(({ incident }) => incident.join(',')));
  const model = loadCloudModel({
    topology: 'online-boutique',
    overlay: 'production',
    prior: 'incident-statistics',
  });
  const found = new Map<string, Incident>();
  for (let index = 0; index < Number(values.incidents) && found.size < wanted.size; index++) {
    const key = { split: values.split, partition: values.partition, index } as IncidentKey;
    const text = incidentSeed(key).join(',');
    if (!wanted.has(text)) continue;
    const cloud = new Cloud(model, key);
    cloud.advanceTo(cloud.detectedAt);
    found.set(text, { inventory: cloud.inventory(), truth: cloud.truth().conditions });
  }
  return found;
}

function judge(plan: Plan, { inventory, truth }: Incident): JudgedPlan {
  const task = recoveryTask(inventory);
  const actions: GroundAction[] = [];
  for (const [step, call] of plan.steps.entries()) {
    const found = task.lookup(call);
    if (!(found instanceof GroundAction))
      return { length: plan.steps.length, failedStep: step, malformed: true, reachesGoal: false };
    actions.push(found);
  }
  const run = task.run(inventory, truth, actions);
  return {
    length: plan.steps.length,
    failedStep: run.failedStep < 0 ? null : run.failedStep,
    malformed: false,
    reachesGoal: run.goal,
  };
}

function judged(record: BankRecord, incident: Incident): JudgedCompletion {
  const { plan } = record.failure === 'refusal' ? { plan: null } : parsePlan(record.text);
  return {
    plan: plan && judge(plan, incident),
    repair: record.feedback !== null,
    repeats: plan !== null && record.rejected === JSON.stringify(plan.steps),
    promptTokens: record.promptTokens,
    completionTokens: record.completionTokens,
    seconds: record.seconds,
  };
}

function main(): void {
  const [bank] = positionals;
  if (!bank || !values.name) throw new ConfigError('calibrate: expected BANK and --name NAME');
  const records = readBank(bank);
  const incidents = incidentsOf(records);
  const completions: JudgedCompletion[] = [];
  let strange = 0;
  for (const record of records) {
    const incident = incidents.get(record.incident.join(','));
    if (incident) completions.push(judged(record, incident));
    else strange++;
  }
  if (completions.length === 0)
    throw new ConfigError(`${bank}: expected incidents of ${values.split}/${values.partition}, found none`);
  const fit = fitProfile(completions);
  const percent = (value: number) => `${(100 * value).toFixed(1)} %`;
  console.log(
    `${completions.length} completions${strange > 0 ? `, ${strange} of other incidents left out` : ''}; ${fit.plans} fresh plans`,
  );
  console.log(
    `hazard ${fit.hazard.toFixed(3)}, goal miss ${fit.goalMiss.toFixed(3)}, unparseable ${percent(fit.unparseable)}, malformed ${percent(fit.malformed)} of failures`,
  );
  console.log(
    `repair odds ratio ${fit.repairOddsRatio?.toFixed(2) ?? 'not measured'}, repeats ${fit.repeats === null ? 'not measured' : percent(fit.repeats)}`,
  );
  console.log(
    `latency: ${fit.latency.ttftMedian.toFixed(2)} s before the answer, ${fit.latency.outputPerSecond.toFixed(1)} tokens/s`,
  );
  console.log('length  plans   valid  fitted');
  for (const { length, plans, valid, fitted } of fit.byLength) {
    console.log(
      `${String(length).padStart(6)} ${String(plans).padStart(6)} ${percent(valid).padStart(7)} ${percent(fitted).padStart(7)}`,
    );
  }
  console.log(`fit error ${fit.error.toFixed(1)} points`);
  const profile = fittedProfile(values.name, fit, loadProfile(values.base));
  const header = `# Fitted to ${fit.plans} fresh plans of a bank with scripts/synthesis/calibrate.ts (fit error ${fit.error.toFixed(1)} points);\n# what a bank cannot tell is that of ${values.base}.\n`;
  const out = values.out ?? `configs/llm-profiles/${values.name}.yaml`;
  writeFileSync(out, header + stringify(profile));
  console.log(`written to ${out}`);
}

try {
  main();
} catch (error) {
  process.stderr.write(`${error instanceof Error ? error.message : String(error)}\n`);
  process.exitCode = error instanceof ConfigError ? 2 : 1;
}
