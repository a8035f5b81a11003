import type { DomainModel } from '../domain.js';
import type { Belief, ConditionAt } from '../types.js';
import type { Supervision } from './dense.js';
import type { ExecutedStep, JudgedPlan } from './executed.js';
import { STEP_OUTPUTS } from './rollout.js';
import { StepFeatures } from './step-features.js';

/** Weight of the squared error of log seconds against the cross-entropies: durations are the easier half. */
export const SECONDS_WEIGHT = 0.1;

/** Kinds of violation met in logged executions, in alphabetical order. */
export function harmKinds(judged: readonly JudgedPlan[]): string[] {
  const kinds = judged.flatMap(({ steps = [] }) => steps.flatMap(({ harm }) => harm));
  return [...new Set(kinds)].sort();
}

/**
 * Rows for the step network (one an executed step) and for the survival network (one a condition that held when a step that
 * completed began). Logged executions are looked back at with the truth known, as a post-mortem does, so probabilities are 0 or 1.
 */
export function stepData(
  judged: readonly JudgedPlan[],
  domain: DomainModel,
  harms: readonly string[],
): { step: Supervision; survival: Supervision } {
  const features = new StepFeatures(domain);
  const step = new Rows(features.stepWidth, STEP_OUTPUTS + harms.length);
  const survival = new Rows(features.survivalWidth, 1);
  for (const { belief, incident, steps = [] } of judged) {
    for (const executed of steps) addStep(executed, belief.components, incident);
  }
  function addStep(executed: ExecutedStep, components: Belief['components'], incident: number): void {
    const held = matrixOf(executed.before, components, domain.conditions);
    const target = features.forStep(executed.call, components, held, executed.inventory);
    const seconds = Math.log(Math.max(1, executed.seconds));
    const harm = harms.map((kind) => Number(executed.harm.includes(kind)));
    step.add(features.step, [seconds, Number(executed.done), ...harm], incident);
    if (!executed.done) return;
    const left = matrixOf(executed.after, components, domain.conditions);
    for (let i = 0; i < held.length; i++) {
      if (held[i] === 0) continue;
      const component = Math.floor(i / domain.conditions.length);
      const x = features.forCondition(i % domain.conditions.length, component, target, held);
      survival.add(x, [left[i]!], incident);
    }
  }
  return {
    step: step.supervision([
      { kind: 'value', weight: SECONDS_WEIGHT },
      { kind: 'odds' },
      ...harms.map(() => ({ kind: 'odds' }) as const),
    ]),
    survival: survival.supervision([{ kind: 'odds' }]),
  };
}

function matrixOf(
  held: readonly ConditionAt[],
  components: readonly string[],
  conditions: readonly string[],
): Float64Array {
  const matrix = new Float64Array(components.length * conditions.length);
  for (const { condition, component } of held) {
    const [row, column] = [components.indexOf(component), conditions.indexOf(condition)];
    if (row >= 0 && column >= 0) matrix[row * conditions.length + column] = 1;
  }
  return matrix;
}

/** Rows gathered one by one. */
class Rows {
  private readonly features: Float32Array[] = [];
  private readonly targets: number[] = [];
  private readonly incidents: number[] = [];

  constructor(
    private readonly inputs: number,
    private readonly outputs: number,
  ) {}

  add(x: Float64Array, targets: readonly number[], incident: number): void {
    this.features.push(Float32Array.from(x));
    this.targets.push(...targets);
    this.incidents.push(incident);
  }

  supervision(outputs: Supervision['outputs']): Supervision {
    const features = new Float32Array(this.features.length * this.inputs);
    this.features.forEach((row, i) => {
      features.set(row, i * this.inputs);
    });
    if (outputs.length !== this.outputs)
      throw new RangeError(`expected ${this.outputs} outputs, found ${outputs.length}`);
    return {
      inputs: this.inputs,
      outputs,
      features,
      targets: Float32Array.from(this.targets),
      incidents: Int32Array.from(this.incidents),
    };
  }
}
