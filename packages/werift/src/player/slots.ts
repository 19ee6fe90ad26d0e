import type { Track } from '../source/track.ts';

/** A track as a player is to get it. */
export interface SentTrack {
  readonly track: Track;
  /** The id that the player knows it by. */
  readonly id: string;
  /** The `MediaStream` that it is in. */
  readonly mediaStreamId: string;
}

/** One media section of a player, and the track that is in it now. A section cannot go, only be empty. */
export interface Slot {
  readonly kind: 'audio' | 'video' | 'application';
  readonly mid: string;
  /** The id of whatever track is in it, and its `MediaStream`; `""` for data channels. A browser never gives a section's track another id. */
  readonly id: string;
  readonly mediaStreamId: string;
  /** `undefined` when it is empty, or for data channels. */
  readonly track: Track | undefined;
  /** True if the player does not take it. It stays so: the player has given up the section. @see RFC 8829 § 5.3.1 */
  readonly isRejected: boolean;
}

/**
 * Puts tracks in slots by their ids, so that what a browser calls a track is what it is.
 *
 * A slot that a track has left to another of the same id goes on with that. One that is empty is given up, and its place taken by
 * a new slot, whose track is a new one to the player: a page may have stopped the one before. Only the slot that speaks for the transport
 * of all stays, empty. Data channels have a slot from the beginning, before or after the tracks of then.
 *
 * @see RFC 8829 § 5.2.2
 */
export function arrange(
  before: readonly Slot[],
  sent: readonly SentTrack[],
  dataChannels: 'first' | 'last' = 'last',
): readonly Slot[] {
  // One that the player has rejected is not offered again in vain, but what comes under that id later is.
  const fits = ({ id, mediaStreamId, track }: SentTrack, slot: Slot) =>
    slot.kind === track.kind &&
    slot.id === id &&
    slot.mediaStreamId === mediaStreamId &&
    (!slot.isRejected || slot.track === track);
  const tagged = before.findIndex(({ isRejected }) => !isRejected);
  const slots = before.map((slot, index) => {
    const track = sent.find((one) => fits(one, slot))?.track;
    const isLeft = slot.track !== undefined && track === undefined && index !== tagged;
    return { ...slot, track, isRejected: slot.isRejected || isLeft };
  });
  let mids = Math.max(-1, ...before.map(({ mid }) => Number(mid)));
  const freshMid = () => {
    mids += 1;
    return String(mids);
  };
  const data = (): Slot => ({
    kind: 'application',
    mid: freshMid(),
    id: '',
    mediaStreamId: '',
    track: undefined,
    isRejected: false,
  });
  if (before.length === 0 && dataChannels === 'first') slots.push(data());
  for (const one of sent.filter((other) => !slots.some((slot) => fits(other, slot)))) {
    const { track, id, mediaStreamId } = one;
    const fresh = { kind: track.kind, mid: freshMid(), id, mediaStreamId, track, isRejected: false };
    // What both sides know to be given up may become another section under another name.
    const free = slots.findIndex(
      (slot, index) => before[index]?.isRejected && slot.isRejected && slot.track === undefined,
    );
    if (free === -1) slots.push(fresh);
    else slots[free] = fresh;
  }
  if (before.length === 0 && dataChannels === 'last') slots.push(data());
  return slots;
}
