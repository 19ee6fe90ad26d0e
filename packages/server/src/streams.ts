import type { ErrorDefinition, Performer, StreamEffect, StreamEvent } from '@sigchart/core';

/** One role that holds or watches streams. */
interface Holder {
  readonly report: (event: StreamEvent) => void;
}

/** A stream id that somebody holds. */
interface Stream {
  owner: Holder;
  live: boolean;
  /** Who gets the id if the owner turns out to be gone. */
  claimant: Holder | undefined;
  readonly players: Set<Holder>;
}

const refusal = (definition: ErrorDefinition): StreamEvent => ({ type: 'stream.refused', definition });

/**
 * The streams of one app: who holds which id, whether it is live, and who plays it. Performs `stream.*`.
 *
 * @see docs/protocol.md § Stream ids
 */
export class Streams {
  readonly #streams = new Map<string, Stream>();

  /** How many ids are held. */
  get size(): number {
    return this.#streams.size;
  }

  /** Whether a stream can be played now. */
  isLive(streamId: string): boolean {
    return this.#streams.get(streamId)?.live ?? false;
  }

  /** Performs `stream.*` for one role. */
  readonly performer: Performer<StreamEffect, StreamEvent> = (_address, report) => {
    const holder: Holder = { report };
    const perform: { readonly [Type in StreamEffect['type']]: (streamId: string) => void } = {
      'stream.claim': (streamId) => this.#claim(streamId, holder),
      'stream.keep': (streamId) => this.#keep(streamId, holder),
      'stream.announce': (streamId) => this.#announce(streamId, holder),
      'stream.release': (streamId) => this.#release(streamId, holder),
      'stream.subscribe': (streamId) => this.#subscribe(streamId, holder),
      'stream.unsubscribe': (streamId) => this.#unsubscribe(streamId, holder),
    };
    return ({ type, streamId }) => perform[type](streamId);
  };

  #claim(streamId: string, holder: Holder): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) {
      this.#streams.set(streamId, { owner: holder, live: false, claimant: undefined, players: new Set() });
      holder.report({ type: 'stream.claimed' });
    } else if (stream.claimant === undefined) {
      stream.claimant = holder;
      stream.owner.report({ type: 'stream.contested' });
    } else {
      holder.report(refusal('streamIdInUse'));
    }
  }

  #keep(streamId: string, holder: Holder): void {
    const stream = this.#streams.get(streamId);
    if (stream?.owner !== holder || stream.claimant === undefined) return;
    const { claimant } = stream;
    stream.claimant = undefined;
    claimant.report(refusal('streamIdInUse'));
  }

  #announce(streamId: string, holder: Holder): void {
    const stream = this.#streams.get(streamId);
    if (stream?.owner === holder) stream.live = true;
  }

  #release(streamId: string, holder: Holder): void {
    const stream = this.#streams.get(streamId);
    if (stream === undefined) return;
    if (stream.claimant === holder) stream.claimant = undefined;
    if (stream.owner !== holder) return;
    this.#streams.delete(streamId);
    for (const player of stream.players) player.report({ type: 'stream.gone' });
    if (stream.claimant !== undefined) this.#claim(streamId, stream.claimant);
  }

  #subscribe(streamId: string, holder: Holder): void {
    const stream = this.#streams.get(streamId);
    if (stream?.live) {
      stream.players.add(holder);
      holder.report({ type: 'stream.live' });
    } else {
      holder.report(refusal('no_stream_exist'));
    }
  }

  #unsubscribe(streamId: string, holder: Holder): void {
    this.#streams.get(streamId)?.players.delete(holder);
  }
}
