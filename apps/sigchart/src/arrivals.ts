import type { MediaKind } from '@sigchart/conformance';
import type { Mark } from './mark.ts';

/** Packets of one kind and origin. */
interface Origin {
  /** Number of the last packet. */
  last: number;
  /** Packets that a decoder can use. */
  usable: number;
}

/** A packet with a valid payload, as far as it counts. */
export interface Arrival {
  readonly kind: MediaKind;
  /** `undefined` if the payload has no mark. */
  readonly mark: Mark | undefined;
  /** True if a decoder can start with it. */
  readonly isStart: boolean;
}

/** Longest distance between two packets of an origin, in packets, so that most of them arrive. */
const maxDistance = 2;

/**
 * Counts what arrives at a connection, by kind and origin. A packet is usable if a decoder has had something to start with, and
 * most packets before it have arrived.
 */
export class Arrivals {
  readonly #origins = new Map<string, Origin>();

  /** Counts a packet. Returns whether a decoder still waits for something to start with. */
  add({ kind, mark, isStart }: Arrival): boolean {
    const key = `${kind} ${mark?.name ?? ''}`;
    const origin = this.#origins.get(key);
    if (origin === undefined && !isStart) return true;
    const { last, usable } = origin ?? { last: Number.NEGATIVE_INFINITY, usable: 0 };
    const distance = mark === undefined ? 1 : mark.count - last;
    const isUsable = distance > 0 && distance <= maxDistance;
    this.#origins.set(key, { last: Math.max(mark?.count ?? 0, last), usable: usable + (isUsable ? 1 : 0) });
    return false;
  }

  /** Number of usable packets of a kind from some origins, by their names, or from any. Unmarked ones may be from each. */
  usable(kind: MediaKind, from?: readonly string[]): number {
    const counts = Array.from(this.#origins, ([key, { usable }]) => {
      const [ofKind, name = ''] = key.split(' ');
      return ofKind === kind && (from === undefined || name === '' || from.includes(name)) ? usable : 0;
    });
    return counts.reduce((sum, count) => sum + count, 0);
  }
}
