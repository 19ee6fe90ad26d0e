/** Maximum bitrate that players want of one track: the highest that any of them can receive. */
export class Demands {
  readonly #byPlayer = new Map<object, number>();
  /** All players that receive the track, or would if their path carried it. */
  readonly #players = new Set<object>();
  /** Recent bitrate while there was no limit. */
  #free = 0;
  #changed = () => {};

  /** Calls `listener` whenever {@link limit} has changed. */
  onChanged(listener: () => void): void {
    this.#changed = listener;
  }

  /** Bits per second; `undefined` if some player can receive everything, or there is none. */
  get limit(): number | undefined {
    if (this.#players.size === 0 || this.#byPlayer.size < this.#players.size) return undefined;
    return Math.max(...this.#byPlayer.values());
  }

  /** Bitrate before the limit; `undefined` without a limit. */
  get limitedFrom(): number | undefined {
    return this.limit === undefined || this.#free === 0 ? undefined : this.#free;
  }

  /** True if this player alone decides the limit: all others can receive as little, or there are none. */
  follows(player: object): boolean {
    const others = this.#players.size - (this.#players.has(player) ? 1 : 0);
    return others === this.#byPlayer.size - (this.#byPlayer.has(player) ? 1 : 0);
  }

  /** Takes note of what is sent now. */
  measured(bitrate: number): void {
    if (this.limit === undefined) this.#free = bitrate;
  }

  /** Adds a player, which counts as able to receive everything at first. */
  add(player: object): void {
    this.#update(() => this.#players.add(player));
  }

  /** Removes a player that left or no longer wants the track. */
  remove(player: object): void {
    this.#update(() => {
      this.#players.delete(player);
      this.#byPlayer.delete(player);
    });
  }

  /** A player can take that much; `null` is everything. */
  set(player: object, bitrate: number | null): void {
    this.#update(() => {
      if (bitrate === null || !this.#players.has(player)) this.#byPlayer.delete(player);
      else this.#byPlayer.set(player, bitrate);
    });
  }

  #update(change: () => void): void {
    const before = this.limit;
    change();
    if (this.limit !== before) this.#changed();
  }
}
