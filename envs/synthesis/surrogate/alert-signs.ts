import type { CompiledSign } from './compiled-sign.js';
import { TextMemory } from './text-memory.js';

/** Patterns of letters, blanks and gaps: whether they match does not depend on what numbers stand in a text. */
const NUMBER_BLIND = /^([a-z |()?]|\.\*)*$/;

/** Text of an alert without the number at its end, and the signs found in it. */
interface Known {
  readonly stem: string;
  readonly signs: readonly CompiledSign[];
}

/**
 * Signs of alerts. The same rules fire at the same services with ever new numbers at the end of their texts, so what is found in a
 * text is remembered by what stands before its number, when the number makes no difference to any pattern.
 */
export class AlertSigns {
  private readonly blind: boolean;
  /** By rule and component. */
  private readonly memory = new TextMemory<Known>();

  constructor(private readonly signs: readonly CompiledSign[]) {
    this.blind = signs.every(({ pattern }) => NUMBER_BLIND.test(pattern!.source));
  }

  of(rule: string, component: string, text: string): readonly CompiledSign[] {
    const known = this.memory.of(rule, component);
    if (known && text.startsWith(known.stem) && isNumber(text, known.stem.length)) return known.signs;
    const words = `${rule} ${text}`.toLowerCase();
    const signs = this.signs.filter(({ pattern }) => pattern!.test(words));
    const stem = text.slice(0, text.lastIndexOf(' ') + 1);
    if (this.blind && isNumber(text, stem.length)) this.memory.keep(rule, component, { stem, signs });
    return signs;
  }
}

const ZERO = '0'.charCodeAt(0);
const NINE = '9'.charCodeAt(0);
const POINT = '.'.charCodeAt(0);
const BRACKET = ')'.charCodeAt(0);

/** Whether all from `from` on is digits, points and a closing bracket. */
function isNumber(text: string, from: number): boolean {
  const end = text.length - 1;
  if (end <= from || text.charCodeAt(end) !== BRACKET) return false;
  for (let i = from; i < end; i++) {
    const code = text.charCodeAt(i);
    if (code !== POINT && (code < ZERO || code > NINE)) return false;
  }
  return true;
}
