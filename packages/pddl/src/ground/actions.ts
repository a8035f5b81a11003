import type { Domain } from '../ast.js';
import { PddlTaskError } from '../errors.js';
import { NearestNames } from '../nearest.js';
import type { State } from '../state.js';
import { typesText } from '../types.js';
import { GroundAction } from './action.js';
import type { AtomTable } from './atoms.js';
import type { Instantiator } from './instantiate.js';
import { possibleBindings } from './join.js';
import type { LiftedAction } from './lifted.js';
import type { Machine } from './machine.js';
import type { Statics } from './statics.js';
import type { Monitor } from './trajectory.js';
import type { Universe } from './universe.js';

/** Why a name or argument list stands for no action of the task. */
export interface LookupFailure {
  readonly kind: 'unknown-action' | 'arity' | 'unknown-object' | 'type';
  /** What the domain asks for, as PDDL text; null for an unknown name. */
  readonly expected: string | null;
  /** The offending call, object name, or object with its type. */
  readonly found: string;
  /** The nearest valid name, when one is close. */
  readonly suggestion: string | null;
}

interface SchemaEntry {
  readonly schema: LiftedAction;
  readonly made: Map<number | string, GroundAction>;
}

/** The ground actions of a task: made all at once, or one by one as they are asked for. */
export class ActionTable {
  /** Actions that static facts do not rule out, in order of their making. */
  readonly actions: GroundAction[] = [];
  private readonly entries = new Map<string, SchemaEntry>();
  private readonly nearestNames = new NearestNames(this.entries);
  private readonly monitorsOfFact = new Map<number, number[]>();
  private readonly monitorsOfFluent = new Map<number, number[]>();
  private readonly scratch: number[] = [];

  constructor(
    private readonly domain: Domain,
    private readonly universe: Universe,
    private readonly instantiator: Instantiator,
    private readonly machine: Machine,
    schemas: readonly LiftedAction[],
    monitors: readonly Monitor[],
  ) {
    for (const schema of schemas) this.entries.set(schema.name, { schema, made: new Map() });
    for (const monitor of monitors) {
      for (const fact of monitor.facts) addTo(this.monitorsOfFact, fact, monitor.index);
      for (const fluent of monitor.fluents) addTo(this.monitorsOfFluent, fluent, monitor.index);
    }
  }

  instantiateAll(statics: Statics): void {
    for (const entry of this.entries.values()) {
      for (const binding of possibleBindings(entry.schema, statics)) {
        this.make(entry, binding.slice(0, entry.schema.parameters.length));
      }
    }
  }

  /**
   * Instantiates the actions whose positive preconditions can come to hold from a state when nothing is ever deleted,
   * round by round until a round adds none.
   */
  instantiateReachable(statics: Statics, facts: AtomTable, initial: State): void {
    const reached = new Set<number>();
    for (let fact = 0; fact < facts.size; fact++) if (initial.has(fact)) reached.add(fact);
    const mayHold = (predicate: number, args: Int32Array) => reached.has(facts.find(predicate, args));
    for (let before = -1; before !== this.actions.length; ) {
      before = this.actions.length;
      for (const entry of this.entries.values()) {
        for (const binding of possibleBindings(entry.schema, statics, mayHold)) {
          const args = binding.slice(0, entry.schema.parameters.length);
          if (entry.made.has(this.key(args))) continue;
          for (const { adds } of this.make(entry, args).effects) for (const fact of adds) reached.add(fact);
        }
      }
    }
  }

  lookup(name: string, args: readonly string[]): GroundAction | LookupFailure {
    const entry = this.entries.get(name) ?? this.entries.get(name.toLowerCase());
    if (entry === undefined) {
      const suggestion = this.nearestNames.of(name.toLowerCase());
      return { kind: 'unknown-action', expected: null, found: callText(name, args), suggestion };
    }
    if (args.length !== entry.schema.parameters.length) {
      const expected = this.signature(entry.schema);
      return { kind: 'arity', expected, found: callText(name, args), suggestion: null };
    }
    const { scratch, universe } = this;
    scratch.length = args.length;
    for (let i = 0; i < args.length; i++) {
      const object = universe.find(args[i]!);
      if (object === undefined) return this.unknownObject(args[i]!);
      scratch[i] = object;
    }
    return (
      entry.made.get(this.key(scratch)) ??
      this.typeFailure(entry.schema, scratch) ??
      this.make(entry, Int32Array.from(scratch))
    );
  }

  /** `(move ?from - place ?to - place)`. */
  signature(schema: LiftedAction): string {
    const { name, parameters } = this.domain.actions[schema.index]!;
    return callText(
      name,
      parameters.map((parameter) => `${parameter.name} - ${typesText(parameter.types)}`),
    );
  }

  private make(entry: SchemaEntry, args: Int32Array): GroundAction {
    const { schema } = entry;
    const binding = new Int32Array(schema.slots);
    binding.set(args);
    const names = Array.from(args, (object) => this.universe.name(object));
    const action = new GroundAction(
      this.actions.length,
      schema,
      args,
      callText(schema.name, names),
      this.instantiator.condition(schema.precondition, binding),
      this.instantiator.effects(schema.effect, binding),
      this.machine,
    );
    action.monitors = this.monitorsOf(action);
    entry.made.set(this.key(args), action);
    if (action.precondition.op !== 'false') this.actions.push(action);
    return action;
  }

  private monitorsOf(action: GroundAction): Int32Array {
    const { facts, fluents } = action.changes();
    const concerned = new Set<number>();
    for (const fact of facts)
      for (const monitor of this.monitorsOfFact.get(fact) ?? []) concerned.add(monitor);
    for (const fluent of fluents) {
      for (const monitor of this.monitorsOfFluent.get(fluent) ?? []) concerned.add(monitor);
    }
    return Int32Array.from(concerned).sort();
  }

  private key(args: ArrayLike<number>): number | string {
    let key = 0;
    for (let i = 0; i < args.length; i++) key = key * this.universe.size + args[i]!;
    return key <= Number.MAX_SAFE_INTEGER ? key : Array.from(args).join(' ');
  }

  private unknownObject(name: string): LookupFailure {
    return { kind: 'unknown-object', expected: null, found: name, suggestion: this.universe.nearest(name) };
  }

  private typeFailure(schema: LiftedAction, args: readonly number[]): LookupFailure | null {
    const { parameters } = this.domain.actions[schema.index]!;
    const wrong = parameters.findIndex(({ types }, i) => !this.universe.isOf(args[i]!, types));
    if (wrong < 0) return null;
    const object = args[wrong]!;
    const found = `${this.universe.name(object)} - ${this.universe.typeText(object)}`;
    return { kind: 'type', expected: this.signature(schema), found, suggestion: null };
  }
}

/** `(name arg …)`. */
export function callText(name: string, args: readonly string[]): string {
  return `(${[name, ...args].join(' ')})`;
}

/** For calls that are known to be right. */
export function expectAction(found: GroundAction | LookupFailure): GroundAction {
  if (found instanceof GroundAction) return found;
  const expected = found.expected === null ? '' : `, expected ${found.expected}`;
  throw new PddlTaskError(`${found.kind}: ${found.found}${expected}`);
}

function addTo(map: Map<number, number[]>, key: number, value: number): void {
  const list = map.get(key);
  if (list === undefined) map.set(key, [value]);
  else list.push(value);
}
