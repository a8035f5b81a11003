import type { PrimitiveCall } from '../../cloud/interface.js';
import type { ConditionAt } from '../../world-model/types.js';
import type { Operation, Practice, PracticeStep, Problem, Remedy } from '../practice.js';
import type { LlmProfile } from '../profile.js';
import type { PromptContents } from '../prompt.js';
import type { PrimitiveSignature, Vocabulary } from '../vocabulary.js';
import { Decision, type Draws } from './decisions.js';
import type { Reading } from './diagnose.js';

/** A step as drafted: the call and the operation that it stands for. */
export interface DraftStep {
  readonly operation: string;
  readonly call: PrimitiveCall;
  /** False for looking and waiting: the plan repairs as much without it. */
  readonly essential: boolean;
}

/** A plan in the making: what it is against and its steps. */
export interface Draft {
  readonly diagnosis: readonly ConditionAt[];
  readonly steps: readonly DraftStep[];
}

/** Operations of this class only look or wait. */
const IDLE_CLASS = 'observe';
/** What one does when nothing better comes to mind: the commonest first move (44 % of ITBench's mitigations restart). */
const FALLBACK: readonly PracticeStep[] = [{ do: 'restart-service', on: 'culprit' }];
/** Retransmits above this mark a node as suspect, as in the signs. */
const LOSSY_NODE = 0.02;
/** Numbers of knowledge draws that one problem may use for its remedies and steps. */
const PIECES_PER_PROBLEM = 64;

/** Writes the steps against a problem from operational practice, in the words that the prompt gives. */
export class Drafter {
  private readonly signatures: ReadonlyMap<string, PrimitiveSignature | null>;
  private readonly byPrimitive: ReadonlyMap<string, string>;

  constructor(
    private readonly practice: Practice,
    private readonly profile: LlmProfile,
    readonly vocabulary: Vocabulary,
  ) {
    const listed = new Map(vocabulary.primitives.map((primitive) => [primitive.name, primitive]));
    const signatures = new Map<string, PrimitiveSignature | null>();
    const byPrimitive = new Map<string, string>();
    for (const [id, { names }] of practice.operations) {
      const name = names.find((candidate) => listed.has(candidate));
      signatures.set(id, name === undefined ? null : listed.get(name)!);
      if (name !== undefined) byPrimitive.set(name, id);
    }
    this.signatures = signatures;
    this.byPrimitive = byPrimitive;
  }

  /** The operation that a primitive of the list stands for, or undefined. */
  operationOf(primitive: string): string | undefined {
    return this.practice.operations.has(primitive) ? primitive : this.byPrimitive.get(primitive);
  }

  /** Conditions of a problem as a diagnosis says them: listed names, or own words where no list is shown. */
  said(problem: Problem, contents: PromptContents): readonly string[] {
    if (contents.schema === 'none') return [problem.id];
    return problem.says
      .map((names) => names.find((name) => this.vocabulary.conditions.includes(name)))
      .filter((name) => name !== undefined);
  }

  private diagnosis({ problem, component }: Reading, contents: PromptContents): ConditionAt[] {
    return this.said(this.practice.problems[problem]!, contents).map((condition) => ({
      condition,
      component,
    }));
  }

  /** A plan against what was read; its steps are the remedy and the strategy's habits around it, never none. `avoid` names operations not to build on. */
  draft(
    reading: Reading,
    contents: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string> = new Set(),
  ): Draft {
    const { first, last } = this.practice.habits[contents.strategy];
    const habit = (steps: readonly PracticeStep[], offset: number) =>
      this.write(
        steps.filter((step, i) => this.knowsStep(step, offset + i, draws)),
        reading,
        contents,
        draws,
      );
    const core = this.core(reading, contents, draws, avoid);
    const steps = withoutRepeats([...habit(first, 0), ...core, ...habit(last, 8)]);
    return { diagnosis: this.diagnosis(reading, contents), steps };
  }

  /** The remedy alone. */
  core(
    reading: Reading,
    contents: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string> = new Set(),
  ): DraftStep[] {
    const steps = this.write(this.remedySteps(reading, contents, draws, avoid), reading, contents, draws);
    return steps.some((step) => step.essential)
      ? steps
      : [...this.write(FALLBACK, reading, contents, draws), ...steps];
  }

  /** One operation on a component in the prompt's words, or null when the list has no primitive for it. */
  step(
    operation: string,
    on: PracticeStep['on'],
    component: string,
    contents: PromptContents,
    draws: Draws,
  ): DraftStep | null {
    const known = this.practice.operations.get(operation)!;
    const essential = known.class !== IDLE_CLASS;
    if (contents.schema === 'none') {
      const args =
        known.target === 'none' ? [] : [this.object(known.target, operation, component, contents, draws)];
      return { operation, essential, call: { name: operation, args } };
    }
    const signature = this.signatures.get(operation);
    if (!signature) return null;
    const args = signature.parameters.map(({ type }) =>
      this.object(type === 'service' && on === 'node' ? on : type, operation, component, contents, draws),
    );
    return { operation, essential, call: { name: signature.name, args } };
  }

  private remedySteps(
    { problem }: Reading,
    contents: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string>,
  ): readonly PracticeStep[] {
    const remedy = this.remedy(problem, contents, draws, avoid);
    if (!remedy) return FALLBACK;
    const { remedies } = this.practice.problems[problem]!;
    const offset = 16 + problem * PIECES_PER_PROBLEM + remedies.indexOf(remedy) * 8;
    return remedy.steps.filter((step, i) => this.knowsStep(step, offset + i, draws));
  }

  /** Of the remedies known, one that fits the strategy; among several by weight. */
  private remedy(
    problem: number,
    { strategy }: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string>,
  ): Remedy | null {
    const { remedies, area } = this.practice.problems[problem]!;
    const cap = this.profile.knowHow.cap[area] ?? 1;
    const known = remedies.filter((remedy, i) => {
      const p = Math.min(cap, this.profile.knowHow[remedy.known]);
      return draws.knowledge.at(Decision.KnowsRemedy, problem * PIECES_PER_PROBLEM + i) < p;
    });
    const fresh = known.filter(({ steps }) => !steps.some((step) => avoid.has(step.do)));
    const usable = fresh.length > 0 ? fresh : known;
    const fitting = usable.filter((remedy) => remedy.fits.includes(strategy));
    return weighted(fitting.length > 0 ? fitting : usable, draws.writing.at(Decision.PickRemedy, problem));
  }

  private knowsStep({ known }: PracticeStep, piece: number, draws: Draws): boolean {
    return known === undefined || draws.knowledge.at(Decision.KnowsStep, piece) < this.profile.knowHow[known];
  }

  private write(
    steps: readonly PracticeStep[],
    { component }: Reading,
    contents: PromptContents,
    draws: Draws,
  ): DraftStep[] {
    return steps
      .map((step) => this.step(step.do, step.on, component, contents, draws))
      .filter((step) => step !== null);
  }

  private object(
    type: string,
    operation: string,
    component: string,
    contents: PromptContents,
    draws: Draws,
  ): string {
    if (type === 'node') return this.node(operation, component, contents, draws);
    if (type === 'zone') return this.zone(operation, component, contents, draws);
    return component;
  }

  /** The zone to work on: one that is shifted away from to return to, else that of the node to work on. */
  private zone(operation: string, component: string, contents: PromptContents, draws: Draws): string {
    const { topology, objects } = contents;
    const away = topology?.shiftedZones[0];
    if (operation === 'return-to-zone' && away !== undefined) return away;
    const node = this.node(operation, component, contents, draws);
    const zone = topology?.nodes.find(({ id }) => id === node)?.zone;
    return (
      zone ??
      objects.zones[Math.floor(draws.writing.at(Decision.PickNode) * objects.zones.length)] ??
      component
    );
  }

  /** The node to work on: a cordoned one to uncordon, else one that the control plane shows sick, else the lossiest one that hosts the service, else any of its. */
  private node(
    operation: string,
    component: string,
    { topology, nodes, objects }: PromptContents,
    draws: Draws,
  ): string {
    const any =
      objects.nodes[Math.floor(draws.writing.at(Decision.PickNode) * objects.nodes.length)] ?? 'node';
    if (!topology) return any;
    const cordoned = topology.nodes.find((node) => node.cordoned);
    if (operation === 'uncordon-node' && cordoned) return cordoned.id;
    const hosts = (topology.services.find((service) => service.id === component)?.placement ?? []).filter(
      (node) => node !== '',
    );
    const sick = topology.nodes.find(
      ({ id, ready, conditions }) => hosts.includes(id) && (!ready || conditions.length > 0),
    );
    if (sick) return sick.id;
    const lossy = nodes?.rows
      .map((row) => ({
        id: nodes.table.components[row]!,
        loss: nodes.table.values[
          row * nodes.table.metrics.length + nodes.table.metrics.indexOf('retransmit_ratio')
        ]!,
      }))
      .filter(({ id, loss }) => loss > LOSSY_NODE && hosts.includes(id))
      .sort((a, b) => b.loss - a.loss)[0];
    return lossy?.id ?? hosts[0] ?? any;
  }
}

function weighted(remedies: readonly Remedy[], u: number): Remedy | null {
  let rest = u * remedies.reduce((total, remedy) => total + remedy.weight, 0);
  for (const remedy of remedies) {
    rest -= remedy.weight;
    if (rest <= 0) return remedy;
  }
  return remedies.at(-1) ?? null;
}

function withoutRepeats(steps: readonly DraftStep[]): DraftStep[] {
  return steps.filter(({ call }, i) => {
    const previous = steps[i - 1]?.call;
    return !previous || previous.name !== call.name || previous.args.join(' ') !== call.args.join(' ');
  });
}

/** Operations easily confused with `operation`: the others of its class. */
export function confusable(operations: ReadonlyMap<string, Operation>, operation: string): string[] {
  const known = operations.get(operation);
  if (!known) return [];
  return [...operations]
    .filter(([id, other]) => id !== operation && other.class === known.class)
    .map(([id]) => id);
}
