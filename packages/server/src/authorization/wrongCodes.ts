/** Number of wrong codes of one subscriber that are looked at within {@link withinMs}. */
const enough = 5;

/** Counted from the first of them. Milliseconds. */
const withinMs = 60_000;

/** What {@link WrongCodes} needs. */
export interface WrongCodesOptions {
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
  /** Number of subscribers that are remembered: the last who were guessed at. Default 10 000. */
  readonly remembered?: number;
}

/**
 * For whom wrong codes were shown lately. Three of a million codes are right at a time, which whoever may try on finds within
 * a minute.
 *
 * @see RFC 4226 § 7.3
 */
export class WrongCodes {
  readonly #now: () => number;
  readonly #remembered: number;
  /** When the first was, and how many there were since; in the order of the first. */
  readonly #shown = new Map<string, { readonly since: number; count: number }>();

  constructor({ now, remembered = 10_000 }: WrongCodesOptions) {
    this.#now = now;
    this.#remembered = remembered;
  }

  /** True if so many were shown for somebody that no other is looked at, for now. */
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
