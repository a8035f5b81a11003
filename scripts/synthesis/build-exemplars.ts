/**
 * Builds the library of worked examples, `configs/exemplars/default.yaml`, from incidents of seen/fit.
 *
 *     npx tsx --conditions=source scripts/synthesis/build-exemplars.ts [--incidents 400] [--per-type 2]
 *
 * An example is an incident half a minute after detection, what was really wrong, and a plan that recovered a copy of it. Its
 * counterexample is a plan of the surrogate (profile mid) for the same incident that the verifier refuses when it believes the
 * truth, with the verifier's reason. Nothing of any other split or partition is read.
 */
import { writeFileSync } from 'node:fs';
import { join } from 'node:path';
import { parseArgs } from 'node:util';
import { defaultRng } from 'gymnasium-js';
import { stringify } from 'yaml';
import { Cloud, incidentSeed, loadCloudModel, type SavedCloud } from '../../envs/cloud/index.js';
import { EVIDENCE_KINDS, type Inventory, type Telemetry } from '../../envs/cloud/interface.js';
import { packageRoot } from '../../envs/config/index.js';
import { executePlan } from '../../envs/healing/execution.js';
import {
  createSynthesizer,
  type IncidentView,
  loadMetaPrompts,
  type Synthesizer,
} from '../../envs/synthesis/index.js';
import {
  type Belief,
  type ConditionAt,
  createVerifier,
  loadDomain,
  type Plan,
  planFor,
  renderFailure,
} from '../../envs/world-model/index.js';

const { values } = parseArgs({
  options: { incidents: { type: 'string', default: '400' }, 'per-type': { type: 'string', default: '2' } },
});

/** Seconds after detection at which an example looks. */
const LOOK = 30;
/** Completions that are tried for a counterexample. */
const TRIES = 40;
const OPTIONS = { topology: 'online-boutique', overlay: 'production', prior: 'uniform' } as const;

const model = loadCloudModel(OPTIONS);
const verifier = createVerifier({ mode: 'symbolic', k: 8, alpha: 0.1 });
const surrogate = createSynthesizer({ kind: 'surrogate', profile: 'mid' }) as Synthesizer<'sync'>;
const [metaPrompt] = loadMetaPrompts(['direct-full']);

/** What an engineer would note down of the evidence about a service: what fired, happened, was logged and was changed there. */
function situation(telemetry: Telemetry, component: string): string {
  const about = (text: string) => text.includes(component);
  const parts = [
    telemetry.alerts.slice(0, 3).map(({ rule, component: at }) => `${rule} on ${at}`),
    telemetry.events
      .filter((event) => event.component === component)
      .slice(-2)
      .map(({ reason, message }) => `event ${reason}: ${message}`),
    telemetry.logs
      .filter((line) => line.level !== 'INFO' && (line.component === component || about(line.message)))
      .slice(-2)
      .map((line) => `${line.component} logs "${line.message}"`),
    telemetry.changes
      .filter((change) => change.component === component)
      .slice(-1)
      .map(
        ({ kind, summary, time }) =>
          `${kind} change ${Math.round((telemetry.time - time) / 60)} minutes ago: ${summary}`,
      ),
  ].flat();
  return parts.length > 0 ? `${parts.join('. ')}.` : `No alert; ${component} is slow to answer.`;
}

function certain(truth: readonly ConditionAt[], inventory: Inventory): Belief {
  const components = inventory.services.filter(({ kind }) => kind !== 'client').map(({ id }) => id);
  const { conditions } = loadDomain();
  const probability = new Float64Array(components.length * conditions.length).fill(0.01);
  for (const { condition, component } of truth)
    probability[components.indexOf(component) * conditions.length + conditions.indexOf(condition)] = 0.97;
  return { components, conditions, probability, outOfDistribution: 0 };
}

function recoversACopy(saved: SavedCloud, plan: Plan): boolean {
  const copy = Cloud.restore(model, saved);
  const before = copy.harm().violations;
  executePlan(copy, plan);
  const { recoveredAt, violations } = copy.result();
  return recoveredAt !== null && violations === before;
}

function counterexample(
  view: IncidentView,
  truth: readonly ConditionAt[],
): { steps: Plan['steps']; reason: string } | null {
  const belief = certain(truth, view.inventory);
  for (let i = 0; i < TRIES; i++) {
    const { plan } = surrogate.synthesize(
      view,
      { ...metaPrompt!, temperature: 1 },
      null,
      defaultRng([17, i]),
      i,
    );
    // One about the right service teaches more than one that is lost.
    if (!plan || plan.steps.length === 0 || plan.diagnosis[0]?.component !== truth[0]!.component) continue;
    const { accepted, failures } = verifier.verify(plan, belief, view.inventory, {
      time: view.time,
      rng: defaultRng(0),
    });
    const [failure] = failures;
    if (!accepted && failure && failure.layer === 'symbolic') {
      return {
        steps: plan.steps,
        reason: renderFailure({ ...failure, hypothesis: null }, { detail: 'step', plan }),
      };
    }
  }
  return null;
}

const perType = new Map<string, number>();
const exemplars: object[] = [];
for (let index = 0; index < Number(values.incidents); index++) {
  const key = { split: 'seen', partition: 'fit', index } as const;
  const cloud = new Cloud(model, key);
  const { faultType, component } = cloud.truth();
  if ((perType.get(faultType) ?? 0) >= Number(values['per-type'])) continue;
  cloud.advanceTo(cloud.detectedAt + LOOK);
  const telemetry = cloud.telemetry(EVIDENCE_KINDS, 0);
  const inventory = cloud.inventory();
  const truth = cloud.truth().conditions;
  const plan = truth.length > 0 ? planFor(truth, inventory) : null;
  if (!plan || plan.steps.length === 0 || !recoversACopy(cloud.save(), { ...plan, diagnosis: truth }))
    continue;
  const view: IncidentView = {
    time: cloud.time,
    detectedAt: cloud.detectedAt,
    evidence: EVIDENCE_KINDS,
    telemetry,
    inventory,
    belief: certain(truth, inventory),
    noiseKey: incidentSeed(key),
    executed: [],
  };
  const rejected = counterexample(view, truth);
  perType.set(faultType, (perType.get(faultType) ?? 0) + 1);
  exemplars.push({
    id: `seen-fit-${index}`,
    situation: situation(telemetry, component),
    diagnosis: truth,
    steps: plan.steps,
    ...(rejected && { rejected }),
  });
}
const file = join(packageRoot, 'configs', 'exemplars', 'default.yaml');
const header = `# Worked examples for prompts: incidents of seen/fit with a plan that recovered a copy of them and, for most, a plan that the
# verifier refused. Built by scripts/synthesis/build-exemplars.ts --incidents ${values.incidents} --per-type ${values['per-type']}.
`;
writeFileSync(
  file,
  header + stringify({ name: 'default', exemplars }, { lineWidth: 118, aliasDuplicateObjects: false }),
);
console.log(
  `${exemplars.length} exemplars of ${perType.size} kinds of fault, written to configs/exemplars/default.yaml`,
);
