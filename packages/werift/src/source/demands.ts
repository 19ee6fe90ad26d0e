/** What players ask the publisher of one track to send at most. What the best of them can take is what is asked for. */
export class Demands {
  readonly #byPlayer = new Map<object, number>();
  /** Everybody who is sent the track, or would be if the path carried it. */
  readonly #players = new Set<object>();
  /** What was sent lately while nothing was asked. */
  #free = 0;
  #changed = () => {};

  /** Calls `listener` whenever {@link limit} has changed. */
  onChanged(listener: () => void): void {
    this.#changed = listener;
  }

  /** Bits per second; `undefined` when somebody can take everything, or nobody is there. */
  get limit(): number | undefined {
    if (this.#players.size === 0 || this.#byPlayer.size < this.#players.size) return undefined;
    return Math.max(...this.#byPlayer.values());
  }

  /** What was sent before it was limited; `undefined` while it is not. */
  get limitedFrom(): number | undefined {
    return this.limit === undefined || this.#free === 0 ? undefined : this.#free;
  }

  /** True if the publisher sends less when this player asks for it: all others can take as little, or nobody else is there. */
  follows(player: object): boolean {
    const others = this.#players.size - (this.#players.has(player) ? 1 : 0);
    return others === this.#byPlayer.size - (this.#byPlayer.has(player) ? 1 : 0);
  }

  /** Takes note of what is sent now. */
  measured(bitrate: number): void {
    if (this.limit === undefined) this.#free = bitrate;
  }

  /** A player is there, who can take everything until it says otherwise. */
  add(player: object): void {
    this.#update(() => this.#players.add(player));
  }

  /** A player is gone, or does not want the track. */
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
