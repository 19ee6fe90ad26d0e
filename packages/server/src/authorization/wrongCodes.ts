/** Maximum number of wrong codes of one subscriber within {@link withinMs}. */
const enough = 5;

/** Counted from the first of them. Milliseconds. */
const withinMs = 60_000;

/** Options of {@link WrongCodes}. */
export interface WrongCodesOptions {
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
  /** Number of subscribers that are remembered: the last who were guessed at. Default 10 000. */
  readonly remembered?: number;
}

/**
 * Counts wrong codes by subscriber. Three of a million codes are valid at a time, so an attacker without a limit finds one within
 * a minute.
 *
 * @see RFC 4226 § 7.3
 */
export class WrongCodes {
  readonly #now: () => number;
  readonly #remembered: number;
  /** Time of the first wrong code, and the number since then; ordered by that time. */
  readonly #shown = new Map<string, { readonly since: number; count: number }>();

  constructor({ now, remembered = 10_000 }: WrongCodesOptions) {
    this.#now = now;
    this.#remembered = remembered;
  }

  /** True if a subscriber has sent too many wrong codes, so that further codes are refused for now. */
  areTooMany(who: string): boolean {
    return (this.#shownLately(who)?.count ?? 0) >= enough;
  }

  /** One more was shown. */
  add(who: string): void {
    const shown = this.#shownLately(who);
    if (shown !== undefined) {
      shown.count += 1;
      return;
    }
    this.#shown.set(who, { since: this.#now(), count: 1 });
    if (this.#shown.size <= this.#remembered) return;
    const [first = who] = this.#shown.keys();
    this.#shown.delete(first);
  }

  /** The right one was shown. */
  forget(who: string): void {
    this.#shown.delete(who);
  }

  #shownLately(who: string) {
    const shown = this.#shown.get(who);
    if (shown !== undefined && this.#now() - shown.since < withinMs) return shown;
    this.#shown.delete(who);
    return undefined;
  }
}
