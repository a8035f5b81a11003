import { Env, type Metadata, type ResetOptions, type ResetResult, type StepResult } from '../../core/env.js';
import { InvalidAction, ResetNeeded } from '../../error.js';
import { Discrete } from '../../spaces/discrete.js';
import { Tuple } from '../../spaces/tuple.js';
import { warnNoRenderMode } from '../render-mode.js';

/** An endless deck: ace 1, court cards 10. */
const DECK = [1, 2, 3, 4, 5, 6, 7, 8, 9, 10, 10, 10, 10];
const SUITS = ['C', 'D', 'H', 'S'];
const DEALER_STANDS = 17;

export type BlackjackObservation = [playerSum: number, dealerCard: number, usableAce: number];

export interface BlackjackOptions {
  /** A natural (ace and ten at once) pays 1.5. Ignored with `sab`. */
  readonly natural?: boolean;
  /** Rules of Sutton and Barto's book: a natural beats everything but a natural. */
  readonly sab?: boolean;
  readonly renderMode?: string | null;
}

/** Sum of a hand, an ace counting 11 where that does not bust, and whether one does. */
function value(hand: readonly number[]): [sum: number, usableAce: number] {
  const sum = hand.reduce((a, b) => a + b, 0);
  return hand.includes(1) && sum + 10 <= 21 ? [sum + 10, 1] : [sum, 0];
}

/** What a hand scores: nothing when it is over 21. */
function score(hand: readonly number[]): number {
  const [sum] = value(hand);
  return sum > 21 ? 0 : sum;
}

function isNatural(hand: readonly number[]): boolean {
  return hand.length === 2 && hand.includes(1) && hand.includes(10);
}

/**
 * Blackjack against a dealer who draws to 17, from an endless deck.
 *
 * | | |
 * |---|---|
 * | Action | `Discrete(2)`: stick, hit |
 * | Observation | `[player's sum (4–21, up to 31 when bust), dealer's card (1–10), usable ace (0, 1)]` |
 * | Reward | 1 for a win, 0 for a draw, -1 for a loss; 1.5 for a natural with `natural` |
 * | Start | two cards each |
 * | End | terminated on sticking or busting |
 *
 * Source: Sutton and Barto, example 5.1. Version history: v1.
 */
export class BlackjackEnv extends Env<BlackjackObservation, number> {
  static override readonly metadata: Metadata = { renderModes: ['ansi'], renderFps: 4 };

  override readonly observationSpace = new Tuple([new Discrete(32), new Discrete(11), new Discrete(2)]);
  override readonly actionSpace: Discrete = new Discrete(2);
  override readonly renderMode: string | null;
  readonly #natural: boolean;
  readonly #sab: boolean;
  #player: number[] = [];
  #dealer: number[] = [];

  constructor({ natural = false, sab = false, renderMode = null }: BlackjackOptions = {}) {
    super();
    this.#natural = natural;
    this.#sab = sab;
    this.renderMode = renderMode;
  }

  #card(): number {
    return this.npRandom.choice(DECK);
  }

  override reset(options: ResetOptions = {}): ResetResult<BlackjackObservation> {
    super.reset(options);
    this.#dealer = [this.#card(), this.#card()];
    this.#player = [this.#card(), this.#card()];
    // The reference draws a suit, and the court card behind a ten, to show: the stream must move as far.
    this.npRandom.choice(SUITS);
    if (this.#dealer[0] === 10) this.npRandom.choice(3);
    return [this.#observe(), {}];
  }

  /** @throws InvalidAction unless the action is 0 or 1; ResetNeeded before the first reset */
  override step(action: number): StepResult<BlackjackObservation> {
    if (!this.actionSpace.contains(action))
      throw new InvalidAction(`${String(action)} (${typeof action}) invalid`);
    if (this.#player.length === 0) throw new ResetNeeded('Call reset before using step method.');
    if (action === 1) {
      this.#player.push(this.#card());
      const bust = value(this.#player)[0] > 21;
      return [this.#observe(), bust ? -1 : 0, bust, false, {}];
    }
    while (value(this.#dealer)[0] < DEALER_STANDS) this.#dealer.push(this.#card());
    return [this.#observe(), this.#settle(), true, false, {}];
  }

  #settle(): number {
    const reward = Math.sign(score(this.#player) - score(this.#dealer));
    if (!isNatural(this.#player)) return reward;
    if (this.#sab) return isNatural(this.#dealer) ? reward : 1;
    return this.#natural && reward === 1 ? 1.5 : reward;
  }

  #observe(): BlackjackObservation {
    const [sum, ace] = value(this.#player);
    return [sum, this.#dealer[0]!, ace];
  }

  override render(): string | null {
    if (this.renderMode === null) return warnNoRenderMode(this.spec?.id ?? 'Blackjack-v1', 'ansi');
    if (this.#player.length === 0) return '';
    const [sum, card, ace] = this.#observe();
    return `Dealer: ${card === 1 ? 'A' : card}\nPlayer: ${sum}${ace === 1 ? ' (usable ace)' : ''}\n`;
  }

  override getState(): unknown {
    return { base: super.getState(), player: [...this.#player], dealer: [...this.#dealer] };
  }

  override setState(state: unknown): void {
    const { base, player, dealer } = state as { base: unknown; player: number[]; dealer: number[] };
    super.setState(base);
    this.#player = [...player];
    this.#dealer = [...dealer];
  }
}
