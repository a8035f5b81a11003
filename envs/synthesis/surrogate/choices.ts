import type { PrimitiveCall } from '../../cloud/interface.js';
import type { PromptContents } from '../prompt.js';
import type { Draws } from './decisions.js';
import type { Drafter, DraftStep } from './draft.js';
import type { SlipChoices } from './slips.js';

/** Share of wrong operations that are the right one in the wrong place. R2Act does not split them: assumption. */
const WRONG_PLACE_SHARE = 0.3;

/** What the steps of a draft can turn into, in the words of a prompt. */
export class DraftChoices implements SlipChoices {
  constructor(
    private readonly drafter: Drafter,
    private readonly drafted: readonly DraftStep[],
    private readonly contents: PromptContents,
    private readonly draws: Draws,
  ) {}

  wrongOperation(call: PrimitiveCall, u: number, v: number): PrimitiveCall {
    return v < WRONG_PLACE_SHARE && call.args.length > 0 ? this.elsewhere(call, u) : this.other(call, u);
  }

  malformed({ name, args }: PrimitiveCall, u: number): PrimitiveCall {
    const { services, nodes } = this.contents.objects;
    if (u < 0.5) return { name, args: args.length > 0 ? args.slice(1) : [services[0] ?? 'cluster'] };
    if (u < 0.8) {
      const objects = args.length > 0 && services.includes(args[0]!) ? nodes : services;
      return { name, args: [...args.slice(1), pick(objects, u, 'cluster')] };
    }
    return { name, args: args.map((arg, i) => (i === 0 ? `${arg}-0` : arg)) };
  }

  invented(call: PrimitiveCall): PrimitiveCall {
    return { name: `${this.operationOf(call)}-now`, args: call.args };
  }

  idle({ args }: PrimitiveCall): PrimitiveCall {
    const step = this.drafter.step(
      'look-closer',
      'culprit',
      this.service(args[0]),
      this.contents,
      this.draws,
    );
    return step?.call ?? { name: 'look-closer', args: [...args] };
  }

  essential(call: PrimitiveCall): boolean {
    return this.stepOf(call)?.essential ?? true;
  }

  private stepOf(call: PrimitiveCall): DraftStep | undefined {
    return this.drafted.find((step) => step.call === call);
  }

  private operationOf(call: PrimitiveCall): string {
    return this.stepOf(call)?.operation ?? call.name;
  }

  /** The name where it is a service's, else the first service. */
  private service(name: string | undefined): string {
    const { services } = this.contents.objects;
    return name !== undefined && services.includes(name) ? name : (services[0] ?? '');
  }

  private elsewhere({ name, args }: PrimitiveCall, u: number): PrimitiveCall {
    const { services, nodes, zones } = this.contents.objects;
    const kind = [nodes, zones].find((objects) => objects.includes(args[0]!)) ?? services;
    const pool = kind.filter((object) => object !== args[0]);
    return { name, args: args.map((arg, i) => (i === 0 ? pick(pool, u, arg) : arg)) };
  }

  /** A neighbouring operation, or where the prompt names none, any. */
  private other(call: PrimitiveCall, u: number): PrimitiveCall {
    const { drafter, contents, draws } = this;
    const near = drafter.neighbours(this.operationOf(call), contents);
    const chosen = near[Math.floor(u * near.length)];
    const step = chosen && drafter.step(chosen, 'culprit', this.service(call.args[0]), contents, draws);
    return step ? step.call : this.anyOther(call, u);
  }

  /** A listed primitive other than the call's that takes the same arguments, or the call itself when there is none. */
  private anyOther(call: PrimitiveCall, u: number): PrimitiveCall {
    if (this.contents.schema === 'none') return { name: 'look-closer', args: [...call.args] };
    const arity = call.args.length;
    const pool = this.drafter.vocabulary.primitives.filter(
      ({ name, parameters }) => name !== call.name && parameters.length === arity,
    );
    const chosen = pool[Math.floor(u * pool.length)];
    return chosen ? { name: chosen.name, args: [...call.args] } : call;
  }
}

/** The item that a uniform draw chooses. */
export function pick<T>(items: readonly T[], u: number, fallback: T): T {
  return items[Math.floor(u * items.length)] ?? fallback;
}
