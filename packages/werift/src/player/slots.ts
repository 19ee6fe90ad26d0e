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
  /** Whether the player does not take it. It stays so: the player has given up the section. @see RFC 8829 § 5.3.1 */
  readonly isRejected: boolean;
}

/**
 * Puts tracks in slots by their ids: a slot has the tracks of one id, one after the other, and another id has another slot, at
 * the end. So what a browser calls a track is what it is, however often a section is used again. Data channels have a slot
 * from the beginning, after the tracks of then.
 *
 * @see RFC 8829 § 5.2.2
 */
export function arrange(before: readonly Slot[], sent: readonly SentTrack[]): readonly Slot[] {
  // One that the player has rejected is not offered again in vain, but what comes under that id later is.
  const fits = ({ id, mediaStreamId, track }: SentTrack, slot: Slot) =>
    slot.kind === track.kind &&
    slot.id === id &&
    slot.mediaStreamId === mediaStreamId &&
    (!slot.isRejected || slot.track === track);
  const slots = before.map((slot) => ({ ...slot, track: sent.find((one) => fits(one, slot))?.track }));
  for (const one of sent.filter((other) => !slots.some((slot) => fits(other, slot)))) {
    const { track, id, mediaStreamId } = one;
    slots.push({ kind: track.kind, mid: String(slots.length), id, mediaStreamId, track, isRejected: false });
  }
  if (before.length === 0) {
    const mid = String(slots.length);
    slots.push({ kind: 'application', mid, id: '', mediaStreamId: '', track: undefined, isRejected: false });
  }
  return slots;
}
