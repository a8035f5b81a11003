import type { PrimitiveCall } from '../../cloud/interface.js';
import type { ConditionAt } from '../../world-model/types.js';
import type { Operation, Practice, PracticeStep, Remedy } from '../practice.js';
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
const NOTHING: ReadonlySet<string> = new Set();
/** Numbers of knowledge draws that one problem may use for its remedies and steps. */
const PIECES_PER_PROBLEM = 64;

/** Writes the steps against a problem from operational practice, in the words that the prompt gives. */
export class Drafter {
  private readonly signatures: ReadonlyMap<string, PrimitiveSignature | null>;
  private readonly byPrimitive: ReadonlyMap<string, string>;
  /** Operations easily confused with each, all and those that the list has a primitive for. */
  private readonly near: ReadonlyMap<string, readonly string[]>;
  private readonly nearListed: ReadonlyMap<string, readonly string[]>;
  /** By problem: the probability that the profile knows each remedy. */
  private readonly remedyOdds: readonly (readonly number[])[];
  /** By problem: the conditions of its diagnosis, by their names in the list of conditions. */
  readonly listed: readonly (readonly string[])[];

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
    this.near = confusable(practice.operations);
    this.nearListed = new Map(
      [...this.near].map(([id, near]) => [id, near.filter((other) => signatures.get(other))]),
    );
    this.remedyOdds = practice.problems.map(({ remedies, area }) =>
      remedies.map(({ known }) => Math.min(profile.knowHow.cap[area] ?? 1, profile.knowHow[known])),
    );
    this.listed = practice.problems.map(({ says }) =>
      says
        .map((names) => names.find((name) => vocabulary.conditions.includes(name)))
        .filter((name) => name !== undefined),
    );
  }

  /** The operation that a primitive of the list stands for, or undefined. */
  operationOf(primitive: string): string | undefined {
    return this.practice.operations.has(primitive) ? primitive : this.byPrimitive.get(primitive);
  }

  /** Operations easily confused with one, of those that can be said in the prompt's words. */
  neighbours(operation: string, { schema }: PromptContents): readonly string[] {
    return (schema === 'none' ? this.near : this.nearListed).get(operation) ?? [];
  }

  /** Conditions of a problem as a diagnosis says them: listed names, or own words where no list is shown. */
  said(problem: number, { schema }: PromptContents): readonly string[] {
    return schema === 'none' ? [this.practice.problems[problem]!.id] : this.listed[problem]!;
  }

  /** A plan against what was read; its steps are the remedy and the strategy's habits around it, never none. `avoid` names operations not to build on. */
  draft(
    reading: Reading,
    contents: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string> = NOTHING,
  ): Draft {
    const { problem, component } = reading;
    const { first, last } = this.practice.habits[contents.strategy];
    const steps: DraftStep[] = [];
    this.write(first, 0, component, contents, draws, steps);
    for (const step of this.core(reading, contents, draws, avoid)) steps.push(step);
    this.write(last, 8, component, contents, draws, steps);
    const diagnosis = this.said(problem, contents).map((condition) => ({ condition, component }));
    return { diagnosis, steps: withoutRepeats(steps) };
  }

  /** The remedy alone. */
  core(
    { problem, component }: Reading,
    contents: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string> = NOTHING,
  ): DraftStep[] {
    const steps: DraftStep[] = [];
    const remedy = this.remedy(problem, contents, draws, avoid);
    if (remedy) {
      const { remedies } = this.practice.problems[problem]!;
      const piece = 16 + problem * PIECES_PER_PROBLEM + remedies.indexOf(remedy) * 8;
      this.write(remedy.steps, piece, component, contents, draws, steps);
    }
    if (steps.some((step) => step.essential)) return steps;
    const fallback: DraftStep[] = [];
    this.write(FALLBACK, 0, component, contents, draws, fallback);
    return [...fallback, ...steps];
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
    const args: string[] = [];
    if (contents.schema === 'none') {
      if (known.target !== 'none')
        args.push(this.object(known.target, operation, component, contents, draws));
      return { operation, essential, call: { name: operation, args } };
    }
    const signature = this.signatures.get(operation);
    if (!signature) return null;
    for (const { type } of signature.parameters) {
      const kind = type === 'service' && on === 'node' ? on : type;
      args.push(this.object(kind, operation, component, contents, draws));
    }
    return { operation, essential, call: { name: signature.name, args } };
  }

  /** Of the remedies known, one that fits the strategy; among several by weight. */
  private remedy(
    problem: number,
    { strategy }: PromptContents,
    draws: Draws,
    avoid: ReadonlySet<string>,
  ): Remedy | null {
    const odds = this.remedyOdds[problem]!;
    const known = this.practice.problems[problem]!.remedies.filter(
      (_, i) => draws.knowledge.at(Decision.KnowsRemedy, problem * PIECES_PER_PROBLEM + i) < odds[i]!,
    );
    if (known.length === 1) return known[0]!;
    const fresh = known.filter(({ steps }) => !steps.some((step) => avoid.has(step.do)));
    const usable = fresh.length > 0 ? fresh : known;
    const fitting = usable.filter((remedy) => remedy.fits.includes(strategy));
    return weighted(fitting.length > 0 ? fitting : usable, draws.writing.at(Decision.PickRemedy, problem));
  }

  private knowsStep({ known }: PracticeStep, piece: number, draws: Draws): boolean {
    return known === undefined || draws.knowledge.at(Decision.KnowsStep, piece) < this.profile.knowHow[known];
  }

  /** Appends to `written` those steps that are known and can be said. `piece` numbers the first one's knowledge. */
  private write(
    steps: readonly PracticeStep[],
    piece: number,
    component: string,
    contents: PromptContents,
    draws: Draws,
    written: DraftStep[],
  ): void {
    for (let i = 0; i < steps.length; i++) {
      if (!this.knowsStep(steps[i]!, piece + i, draws)) continue;
      const step = this.step(steps[i]!.do, steps[i]!.on, component, contents, draws);
      if (step) written.push(step);
    }
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
  return steps.filter(({ call }, i) => i === 0 || !isSameCall(steps[i - 1]!.call, call));
}

function isSameCall(a: PrimitiveCall, b: PrimitiveCall): boolean {
  return a.name === b.name && a.args.length === b.args.length && a.args.every((arg, i) => arg === b.args[i]);
}

/** For each operation those easily confused with it: the others of its class. */
function confusable(operations: ReadonlyMap<string, Operation>): Map<string, string[]> {
  const known = [...operations];
  return new Map(
    known.map(([id, { class: kind }]) => [
      id,
      known.filter(([other, { class: its }]) => other !== id && its === kind).map(([other]) => other),
    ]),
  );
}
