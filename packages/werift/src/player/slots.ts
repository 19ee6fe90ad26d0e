import type { Track } from '../source/track.ts';

/** One media section of a player, and the track that is in it now. A section cannot go, only be empty. */
export interface Slot {
  readonly kind: 'audio' | 'video' | 'application';
  readonly mid: string;
  /** `undefined` when it is empty, or for data channels. */
  readonly track: Track | undefined;
  /** Whether the player does not take it. It stays so: the player has given up the section. @see RFC 8829 § 5.3.1 */
  readonly isRejected: boolean;
}

/**
 * Puts tracks in slots: each stays where it is, a new one takes an empty slot of its kind, or else another at the end.
 * Data channels have a slot from the beginning, after the tracks of then.
 *
 * @see RFC 8829 § 5.2.2
 */
export function arrange(before: readonly Slot[], tracks: readonly Track[]): readonly Slot[] {
  const slots = before.map((slot) => ({ ...slot, track: tracks.find((track) => track === slot.track) }));
  for (const track of tracks.filter((one) => !slots.some((slot) => slot.track === one))) {
    const empty = slots.find((slot) => slot.kind === track.kind && slot.track === undefined && !slot.isRejected);
    if (empty === undefined) slots.push({ kind: track.kind, mid: String(slots.length), track, isRejected: false });
    else empty.track = track;
  }
  if (before.length === 0)
    slots.push({ kind: 'application', mid: String(slots.length), track: undefined, isRejected: false });
  return slots;
}
