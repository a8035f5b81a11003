import type {
  Condition,
  Constraint,
  Domain,
  Effect,
  Expression,
  FluentExpression,
  PlanStep,
  Problem,
  Term,
  TypedName,
} from '../ast.js';
import { typesText } from '../types.js';
import { requirementsOf } from './requirements.js';

const WIDTH = 100;

/** A text, or a list of texts to be laid out. */
type Doc = string | readonly Doc[];

/** Puts a list on one line where it fits, else its items below each other. */
function layout(doc: Doc, indent: number): string {
  if (typeof doc === 'string') return doc;
  const flat = flatten(doc);
  if (flat.length + indent <= WIDTH) return flat;
  const [head, ...rest] = doc;
  const pad = ' '.repeat(indent + 2);
  const items = rest.map((item) => `\n${pad}${layout(item, indent + 2)}`);
  return `(${head === undefined ? '' : layout(head, indent + 1)}${items.join('')})`;
}

function flatten(doc: Doc): string {
  return typeof doc === 'string' ? doc : `(${doc.map(flatten).join(' ')})`;
}

/** A number without exponent, which not every reader of PDDL knows. Reads back as the same number above 1e-100. */
export function numberText(value: number): string {
  const text = String(value);
  if (!text.includes('e')) return text;
  return Math.abs(value) < 1 ? value.toFixed(100).replace(/\.?0+$/, '') : BigInt(value).toString();
}

function typedList(items: readonly TypedName[], typed: boolean): string[] {
  return items.flatMap(({ name, types }) => (typed ? [name, '-', typesText(types)] : [name]));
}

function terms(args: readonly Term[]): string[] {
  return args.map(({ name }) => name);
}

class Printer {
  private readonly typed: boolean;

  constructor(private readonly domain: Domain) {
    this.typed = domain.types.length > 1;
  }

  domainText(): string {
    const { domain, typed } = this;
    const sections: Doc[] = [[':requirements', ...requirementsOf(domain)]];
    const types = domain.types.filter(({ name }) => name !== 'object');
    if (types.length > 0) {
      sections.push([':types', ...types.flatMap(({ name, parents }) => [`${name} - ${typesText(parents)}`])]);
    }
    if (domain.constants.length > 0)
      sections.push([':constants', typedList(domain.constants, typed).join(' ')]);
    const declare = ({ name, parameters }: Domain['predicates'][number]): Doc => [
      name,
      ...typedList(parameters, typed),
    ];
    if (domain.predicates.length > 0) sections.push([':predicates', ...domain.predicates.map(declare)]);
    if (domain.functions.length > 0) {
      sections.push([':functions', ...domain.functions.map((item) => `${flatten(declare(item))} - number`)]);
    }
    if (domain.constraints !== null) sections.push([':constraints', this.constraint(domain.constraints)]);
    for (const action of domain.actions) {
      sections.push([
        `:action ${action.name}`,
        `:parameters ${flatten(typedList(action.parameters, typed))}`,
        ...(action.precondition === null
          ? []
          : [prefixed(':precondition', this.condition(action.precondition))]),
        ...(action.effect === null ? [] : [prefixed(':effect', this.actionEffect(action.effect))]),
      ]);
    }
    return definition(`domain ${domain.name}`, sections);
  }

  problemText(problem: Problem): string {
    const { typed } = this;
    const constants = new Set(this.domain.constants.map(({ name }) => name));
    const objects = problem.objects.filter(({ name }) => !constants.has(name));
    const init: Doc[] = [
      ...problem.facts.map(({ predicate, args }) => [predicate, ...args]),
      ...problem.fluents.map(({ function: name, args, value }) => ['=', [name, ...args], numberText(value)]),
    ];
    const sections: Doc[] = [[':domain', problem.domain]];
    if (objects.length > 0) {
      sections.push([
        ':objects',
        ...objects.map(({ name, types }) => (typed ? `${name} - ${typesText(types)}` : name)),
      ]);
    }
    sections.push([':init', ...init], [':goal', this.condition(problem.goal)]);
    if (problem.constraints !== null) sections.push([':constraints', this.constraint(problem.constraints)]);
    const { metric } = problem;
    if (metric !== null) sections.push([':metric', metric.direction, this.expression(metric.expression)]);
    return definition(`problem ${problem.name}`, sections);
  }

  condition(tree: Condition): Doc {
    switch (tree.kind) {
      case 'atom':
        return [tree.predicate, ...terms(tree.args)];
      case 'equals':
        return ['=', ...terms([tree.left, tree.right])];
      case 'compare':
        return [tree.comparator, this.expression(tree.left), this.expression(tree.right)];
      case 'not':
        return ['not', this.condition(tree.part)];
      case 'and':
      case 'or':
        return [tree.kind, ...tree.parts.map((part) => this.condition(part))];
      case 'imply':
        return ['imply', this.condition(tree.premise), this.condition(tree.conclusion)];
      case 'forall':
      case 'exists':
        return [tree.kind, typedList(tree.variables, this.typed), this.condition(tree.part)];
    }
  }

  /** A lone cost is put into a conjunction: Fast Downward reads it only there. */
  private actionEffect(tree: Effect): Doc {
    return tree.kind === 'numeric' ? ['and', this.effect(tree)] : this.effect(tree);
  }

  private effect(tree: Effect): Doc {
    switch (tree.kind) {
      case 'add':
        return this.condition(tree.atom);
      case 'delete':
        return ['not', this.condition(tree.atom)];
      case 'numeric':
        return [tree.operator, fluent(tree.fluent), this.expression(tree.value)];
      case 'and':
        return ['and', ...tree.parts.map((part) => this.effect(part))];
      case 'when':
        return ['when', this.condition(tree.condition), this.effect(tree.effect)];
      case 'forall':
        return ['forall', typedList(tree.variables, this.typed), this.effect(tree.effect)];
    }
  }

  private expression(tree: Expression): Doc {
    switch (tree.kind) {
      case 'number':
        return numberText(tree.value);
      case 'fluent':
        return fluent(tree);
      case 'arithmetic':
        return [tree.operator, ...tree.args.map((arg) => this.expression(arg))];
    }
  }

  private constraint(tree: Constraint): Doc {
    switch (tree.kind) {
      case 'and':
        return ['and', ...tree.parts.map((part) => this.constraint(part))];
      case 'forall':
        return ['forall', typedList(tree.variables, this.typed), this.constraint(tree.part)];
      case 'at-end':
        return ['at', 'end', this.condition(tree.condition)];
      case 'sometime-before':
      case 'sometime-after':
        return [tree.kind, this.condition(tree.condition), this.condition(tree.other)];
      default:
        return [tree.kind, this.condition(tree.condition)];
    }
  }
}

function fluent({ function: name, args }: FluentExpression): Doc {
  return [name, ...terms(args)];
}

function prefixed(keyword: string, doc: Doc): Doc {
  // A keyword and its value stay together when the list around them is broken.
  return typeof doc === 'string' ? `${keyword} ${doc}` : `${keyword} ${layout(doc, keyword.length + 3)}`;
}

function definition(title: string, sections: readonly Doc[]): string {
  const body = sections.map((section) => `  ${layout(section, 2)}\n`).join('');
  return `(define (${title})\n${body})\n`;
}

/** PDDL text of a domain. Requirements are those that it really has. */
export function printDomain(domain: Domain): string {
  return new Printer(domain).domainText();
}

/** PDDL text of a problem of a domain. */
export function printProblem(domain: Domain, problem: Problem): string {
  return new Printer(domain).problemText(problem);
}

/** PDDL text of a condition. */
export function printCondition(domain: Domain, condition: Condition): string {
  return flatten(new Printer(domain).condition(condition));
}

/** One step a line, as VAL and unified-planning read it. */
export function printPlan(steps: readonly PlanStep[]): string {
  return steps.map(({ name, args }) => `(${[name, ...args].join(' ')})\n`).join('');
}
