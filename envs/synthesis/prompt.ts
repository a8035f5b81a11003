import type { Inventory } from '../cloud/interface.js';
import { zoneIds } from '../world-model/index.js';
import { EFFORTS, SCHEMA_LEVELS, STRATEGIES } from './catalogue.js';
import { type Contents, contentsOf } from './contents.js';
import { type Exemplar, loadExemplars, nearestExemplar } from './exemplars.js';
import { callLength, callText, type FeedbackContents, feedbackContents } from './feedback.js';
import { evidenceBlocks, evidenceLength } from './sections.js';
import { clean, cleanLength, fixed, tokensOf } from './text.js';
import type { Feedback, IncidentView, MetaPrompt } from './types.js';
import { nodeIds, type PrimitiveSignature, serviceIds, type Vocabulary, vocabularyOf } from './vocabulary.js';
import { loadWording, type Wording } from './wording.js';

/** A prompt as a chat model gets it. */
export interface RenderedPrompt {
  readonly system: string;
  readonly user: string;
  readonly promptTokens: number;
}

/** What a prompt contains, without its text: all that the surrogate may use. */
export interface PromptContents extends Contents {
  readonly schema: MetaPrompt['schema'];
  readonly strategy: MetaPrompt['strategy'];
  readonly effort: MetaPrompt['effort'];
  /** Null when no exemplar is shown, be it that the library has none. */
  readonly exemplar: 'nearest' | 'counterexample' | null;
  readonly feedback: FeedbackContents | null;
  readonly executed: IncidentView['executed'];
  /** Objects that a plan may name; always in the prompt. */
  readonly objects: IncidentObjects;
  /** The moment of the prompt, by which ages are told. */
  readonly time: number;
  readonly characters: number;
  readonly promptTokens: number;
}

function signatureText({ name, parameters }: PrimitiveSignature): string {
  return `${name}(${parameters.map((parameter) => parameter.type).join(', ')})`;
}

function primitiveText(primitive: PrimitiveSignature, level: MetaPrompt['schema']): string {
  if (level === 'names') return `- ${signatureText(primitive)}`;
  const variables = primitive.parameters.map(({ name, type }) => `?${name} - ${type}`).join(' ');
  const lines = [`- ${primitive.name}(${variables}): ${primitive.doc}`];
  if (primitive.precondition) lines.push(`  precondition: ${primitive.precondition}`);
  if (primitive.effect) lines.push(`  effect: ${primitive.effect}`);
  return lines.join('\n');
}

function section(heading: string, body: string): string {
  return `## ${heading}\n${body}\n`;
}

/** Objects of an incident; the same value is met on every turn of an episode. */
export interface IncidentObjects {
  readonly services: readonly string[];
  readonly nodes: readonly string[];
  readonly zones: readonly string[];
  readonly text: string;
}

/** Whether an inventory has these services and nodes, in this order, and these zones. */
function listsObjects({ services, nodes }: Inventory, objects: IncidentObjects): boolean {
  if (nodes.length !== objects.nodes.length) return false;
  for (let n = 0; n < nodes.length; n++) {
    if (nodes[n]!.id !== objects.nodes[n] || !objects.zones.includes(nodes[n]!.zone)) return false;
  }
  let at = 0;
  for (let s = 0; s < services.length; s++) {
    if (services[s]!.kind !== 'client' && services[s]!.id !== objects.services[at++]) return false;
  }
  return (
    at === objects.services.length && objects.zones.every((zone) => nodes.some((node) => node.zone === zone))
  );
}

/**
 * Builds prompts. One instance serves all incidents of an environment; it caches the parts that do not change.
 */
export class PromptBuilder {
  /** By what they depend on; meta-prompts that are composed are new objects every turn. */
  private readonly systemTexts = new Map<number, string>();
  private lastObjects: IncidentObjects | null = null;
  private readonly objectsOfText = new Map<string, IncidentObjects>();
  private readonly servicesOfText = new Map<string, readonly string[]>();
  /** The prompt measured last: the samples of a turn are completions of one prompt. */
  private measured: {
    readonly view: IncidentView;
    readonly metaPrompt: MetaPrompt;
    readonly feedback: Feedback | null;
    readonly contents: PromptContents;
  } | null = null;

  constructor(
    readonly vocabulary: Vocabulary = vocabularyOf(),
    readonly wording: Wording = loadWording(),
    readonly exemplars: readonly Exemplar[] = loadExemplars(),
  ) {}

  /** The prompt's real text: exactly what a model gets. */
  render(view: IncidentView, metaPrompt: MetaPrompt, feedback: Feedback | null): RenderedPrompt {
    const { wording } = this;
    const contents = contentsOf(view, metaPrompt);
    const system = this.systemText(metaPrompt);
    const blocks = [
      section(wording.headings.situation, situationText(view)),
      section(wording.headings.objects, this.objects(view).text),
      ...evidenceBlocks(view.time, contents, wording.headings),
      ...this.tail(view, metaPrompt, feedbackContents(metaPrompt, feedback), this.exemplar(view, metaPrompt)),
    ];
    const user = blocks.join('\n');
    return { system, user, promptTokens: tokensOf(system.length + user.length) };
  }

  /** What {@link render} would contain and how long it would be, without building it. Views and feedback are snapshots. */
  measure(view: IncidentView, metaPrompt: MetaPrompt, feedback: Feedback | null): PromptContents {
    const last = this.measured;
    if (last && last.view === view && last.metaPrompt === metaPrompt && last.feedback === feedback)
      return last.contents;
    const contents = this.measureAnew(view, metaPrompt, feedback);
    this.measured = { view, metaPrompt, feedback, contents };
    return contents;
  }

  private measureAnew(view: IncidentView, metaPrompt: MetaPrompt, feedback: Feedback | null): PromptContents {
    const { headings } = this.wording;
    const contents = contentsOf(view, metaPrompt);
    const told = feedbackContents(metaPrompt, feedback);
    const exemplar = this.exemplar(view, metaPrompt);
    const tail = this.tailLengths(view, metaPrompt, told, exemplar);
    const objects = this.objects(view);
    const sections = 2 + countSections(contents) + tail.length;
    let characters = this.systemText(metaPrompt).length + sections - 1;
    characters += sectionLength(headings.situation, SITUATION_LENGTH + (view.telemetry.slo.healthy ? 4 : 6));
    characters += sectionLength(headings.objects, objects.text.length);
    characters += evidenceLength(contents, headings);
    for (const length of tail) characters += length;
    const { alerts, topology, services, nodes, zones, events, logs, changes } = contents;
    // Named one by one: a spread goes through the engine's slow path here, which takes as long as all the rest.
    return {
      alerts,
      topology,
      services,
      nodes,
      zones,
      events,
      logs,
      changes,
      schema: metaPrompt.schema,
      strategy: metaPrompt.strategy,
      effort: metaPrompt.effort,
      exemplar: exemplar === null || metaPrompt.exemplars === 'none' ? null : metaPrompt.exemplars,
      feedback: told,
      executed: view.executed,
      objects,
      time: view.time,
      characters,
      promptTokens: tokensOf(characters),
    };
  }

  /** System message: instructions and the planning domain. It depends on three factors of the meta-prompt alone. */
  private systemText({ schema, strategy, effort }: MetaPrompt): string {
    const key =
      (SCHEMA_LEVELS.indexOf(schema) * STRATEGIES.length + STRATEGIES.indexOf(strategy)) * EFFORTS.length +
      EFFORTS.indexOf(effort);
    const cached = this.systemTexts.get(key);
    if (cached !== undefined) return cached;
    const { wording, vocabulary } = this;
    const parts = [wording.system, wording.strategy[strategy], wording.effort[effort]];
    if (schema !== 'none') {
      parts.push(section(wording.headings.conditions, vocabulary.conditions.join(', ')));
      parts.push(
        section(
          wording.headings.primitives,
          vocabulary.primitives.map((primitive) => primitiveText(primitive, schema)).join('\n'),
        ),
      );
    }
    if (schema === 'invariants') {
      parts.push(
        section(
          wording.headings.invariants,
          vocabulary.invariants.map(({ doc, text }) => `- ${text} ${doc}`).join('\n'),
        ),
      );
    }
    parts.push(wording.answer);
    const text = parts.filter((part) => part !== '').join('\n');
    this.systemTexts.set(key, text);
    return text;
  }

  private objects({ inventory }: IncidentView): IncidentObjects {
    const last = this.lastObjects;
    if (last && listsObjects(inventory, last)) return last;
    // Inventories come and go, and so do nodes, but services stay: equal lists are one, by which readers keep what they know.
    const listed = serviceIds(inventory);
    const names = listed.join(', ');
    const services = this.servicesOfText.get(names) ?? listed;
    this.servicesOfText.set(names, services);
    const nodes = nodeIds(inventory);
    const zones = zoneIds(inventory);
    const text = `services: ${names}\nnodes: ${nodes.join(', ')}\nzones: ${zones.join(', ')}`;
    const objects = this.objectsOfText.get(text) ?? { services, nodes, zones, text };
    this.objectsOfText.set(text, objects);
    this.lastObjects = objects;
    return objects;
  }

  private exemplar(view: IncidentView, metaPrompt: MetaPrompt): Exemplar | null {
    return metaPrompt.exemplars === 'none'
      ? null
      : nearestExemplar(this.exemplars, metaPrompt.exemplars, view.belief);
  }

  /** Sections after the evidence: short, or not in most prompts. */
  private tail(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    told: FeedbackContents | null,
    exemplar: Exemplar | null,
  ): string[] {
    const { headings } = this.wording;
    const blocks: string[] = [];
    if (view.executed.length > 0)
      blocks.push(section(headings.executed, view.executed.map(executedLine).join('\n')));
    if (exemplar && metaPrompt.exemplars === 'counterexample')
      blocks.push(section(headings.counterexample, exemplar.counterexample!));
    else if (exemplar) blocks.push(section(headings.exemplars, exemplar.nearest));
    if (told) blocks.push(section(headings.feedback, told.text));
    return blocks;
  }

  /** Characters of each block of {@link tail}, without building them. */
  private tailLengths(
    view: IncidentView,
    metaPrompt: MetaPrompt,
    told: FeedbackContents | null,
    exemplar: Exemplar | null,
  ): number[] {
    const { headings } = this.wording;
    const lengths: number[] = [];
    if (view.executed.length > 0) {
      let body = view.executed.length - 1;
      for (const one of view.executed) body += executedLength(one);
      lengths.push(sectionLength(headings.executed, body));
    }
    if (exemplar && metaPrompt.exemplars === 'counterexample')
      lengths.push(sectionLength(headings.counterexample, exemplar.counterexample!.length));
    else if (exemplar) lengths.push(sectionLength(headings.exemplars, exemplar.nearest.length));
    if (told) lengths.push(sectionLength(headings.feedback, told.text.length));
    return lengths;
  }
}

function executedLine({ plan, outcome }: IncidentView['executed'][number]): string {
  const diagnosis = plan.diagnosis
    .map(({ condition, component }) => `${clean(condition)} of ${clean(component)}`)
    .join(', ');
  return `- diagnosis: ${diagnosis || 'none'}; steps: ${plan.steps.map(callText).join(', ') || 'none'}; outcome: ${clean(outcome)}`;
}
function executedLength({ plan: { diagnosis, steps }, outcome }: IncidentView['executed'][number]): number {
  let length = '- diagnosis: ; steps: ; outcome: '.length + cleanLength(outcome);
  if (diagnosis.length === 0) length += 'none'.length;
  else length += 2 * (diagnosis.length - 1);
  for (const { condition, component } of diagnosis)
    length += cleanLength(condition) + ' of '.length + cleanLength(component);
  if (steps.length === 0) length += 'none'.length;
  else length += 2 * (steps.length - 1);
  for (const step of steps) length += callLength(step);
  return length;
}

function situationText({ time, detectedAt, telemetry: { slo } }: IncidentView): string {
  const probe = `success ratio ${fixed(slo.success, 6, 4)}, p99 latency ${fixed(slo.latencyP99Ms, 8, 0)} ms`;
  return `Detected ${fixed(time - detectedAt, 6, 0)} s ago. Outside probe: ${probe}; objectives ${slo.healthy ? 'kept' : 'broken'}.`;
}
/** Length of {@link situationText} without its last word. */
const SITUATION_LENGTH =
  'Detected '.length +
  6 +
  ' s ago. Outside probe: success ratio '.length +
  6 +
  ', p99 latency '.length +
  8 +
  ' ms; objectives .'.length;

function sectionLength(heading: string, body: number): number {
  return 3 + heading.length + 1 + body + 1;
}

function countSections({ alerts, topology, services, events, logs, changes }: Contents): number {
  let count = 0;
  for (const part of [alerts, topology, services, events, logs, changes]) if (part) count++;
  return count;
}
