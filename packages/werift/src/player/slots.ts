import type { Track } from '../source/track.ts';

/** A track as a player is to get it. */
export interface SentTrack {
  readonly track: Track;
  /** The track id that the player knows. */
  readonly id: string;
  /** The `MediaStream` that it is in. */
  readonly mediaStreamId: string;
}

/** One media section of a player, and the track that is in it now. A section cannot go, only be empty. */
export interface Slot {
  readonly kind: 'audio' | 'video' | 'application';
  readonly mid: string;
  /** The id of its track, and of its `MediaStream`; `""` for data channels. A browser never changes the id of a section's track. */
  readonly id: string;
  readonly mediaStreamId: string;
  /** `undefined` when it is empty, or for data channels. */
  readonly track: Track | undefined;
  /** True if the player rejected its section. It stays rejected. @see RFC 8829 § 5.3.1 */
  readonly isRejected: boolean;
}

/**
 * Assigns tracks to slots by their ids, so that the id of a track in a browser always means the same.
 *
 * A slot whose track was replaced by another of the same id continues with that. An empty slot is released and a later track gets
 * a new one, because a page may have stopped the old track. Only the slot of the tagged section stays, empty. Data channels have
 * a slot from the start, before or after the initial tracks.
 *
 * @see RFC 8829 § 5.2.2
 */
export function arrange(
  before: readonly Slot[],
  sent: readonly SentTrack[],
  dataChannels: 'first' | 'last' = 'last',
): readonly Slot[] {
  // A track that the player has rejected is not offered again; a later track of that id is.
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
    // A section that both sides have released may be reused with another mid.
    const free = slots.findIndex(
      (slot, index) => before[index]?.isRejected && slot.isRejected && slot.track === undefined,
    );
    if (free === -1) slots.push(fresh);
    else slots[free] = fresh;
  }
  if (before.length === 0 && dataChannels === 'last') slots.push(data());
  return slots;
}
