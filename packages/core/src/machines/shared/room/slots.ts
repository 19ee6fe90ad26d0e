import type { TrackAssignment } from '../../ports/rtc.ts';

/** A stream that a room's player may be sent. */
export interface Assignable {
  readonly streamId: string;
  /** True if its publisher says that it has video. One that says no comes last where videos are limited. */
  readonly hasVideo: boolean;
}

/**
 * Streams in the slots of a room's player. A slot is a pair of labels, one for video and one for audio, under which the player
 * gets one stream after another. So the meaning of a label is independent of the media section that carries it.
 */
export interface Slots {
  /** The stream in each slot, `undefined` in one that is empty. */
  readonly streams: readonly (string | undefined)[];
  /** The streams whose video is sent. */
  readonly shown: readonly string[];
  /** The reserved streams: they keep their slot, and their video takes precedence. */
  readonly reserved: readonly string[];
  /** Number of videos that are sent at most. `undefined`: all. */
  readonly maxVideoTracks: number | undefined;
  /** Range of streams whose video is sent. `undefined`: the first ones. */
  readonly page: { readonly offset: number; readonly size: number } | undefined;
}

/** The slots of a player that has none yet. */
export const noSlots: Slots = { streams: [], shown: [], reserved: [], maxVideoTracks: undefined, page: undefined };

const capacityOf = ({ maxVideoTracks, page }: Slots): number =>
  Math.min(maxVideoTracks ?? Number.POSITIVE_INFINITY, page?.size ?? Number.POSITIVE_INFINITY);

/** The streams to show, as many as there may be: reserved ones, then those of the page, or those that are shown already. */
function chooseShown({ reserved, shown, page }: Slots, streams: readonly Assignable[], capacity: number): string[] {
  const ids = streams.map(({ streamId }) => streamId);
  if (capacity >= ids.length && page === undefined) return ids;
  const ofPage =
    page === undefined
      ? [...shown.map((id) => streams.find(({ streamId }) => streamId === id)), ...streams]
      : streams.slice(page.offset, page.offset + page.size);
  const known = ofPage.filter((stream) => stream !== undefined);
  const candidates = [...known.filter(({ hasVideo }) => hasVideo), ...known.filter(({ hasVideo }) => !hasVideo)];
  const wanted = new Set([...reserved, ...candidates.map(({ streamId }) => streamId)]);
  return [...wanted].filter((id) => ids.includes(id)).slice(0, capacity);
}

/** Moves each of `shown` to one of the first `capacity` slots, in exchange for one that is not shown. */
function bringForward(slots: (string | undefined)[], shown: readonly string[], capacity: number): void {
  for (const streamId of shown) {
    const from = slots.indexOf(streamId);
    if (from < capacity) continue;
    const to = slots.findIndex((other) => other === undefined || !shown.includes(other));
    slots[from] = slots[to];
    slots[to] = streamId;
  }
}

/**
 * Arranges the current streams, in the order in which they came: each keeps its slot, and a new one takes the first empty slot.
 * If videos are limited, those that are sent occupy the first slots, so that there are only as many labels for video.
 */
export function arrange(before: Slots, streams: readonly Assignable[]): Slots {
  const there = new Set(streams.map(({ streamId }) => streamId));
  const slots = before.streams.map((streamId) =>
    streamId !== undefined && there.has(streamId) ? streamId : undefined,
  );
  const placed = new Set(slots);
  let empty = 0;
  for (const { streamId } of streams) {
    if (placed.has(streamId)) continue;
    while (slots[empty] !== undefined) empty += 1;
    slots[empty] = streamId;
  }
  const reserved = before.reserved.filter((streamId) => there.has(streamId));
  const capacity = capacityOf(before);
  const shown = chooseShown({ ...before, reserved }, streams, capacity);
  bringForward(slots, shown, capacity);
  while (slots.length > 0 && slots.at(-1) === undefined) slots.pop();
  return { ...before, streams: slots, shown, reserved };
}

/** The slot of a video label, with or without the prefix that it has as the id of a track. */
const slotOf = (videoLabel: string): number => Number(/^(?:ARDAMSv)?videoTrack(\d+)$/.exec(videoLabel)?.[1]);

/**
 * Reserves a slot for a stream, which is exchanged with the one in the slot, or ends the reservation. The label of an empty slot is
 * not in use: a client that names it has not noticed yet that its stream is gone.
 */
export function reserve(slots: Slots, videoLabel: string, streamId: string, enabled: boolean): Slots {
  const others = slots.reserved.filter((id) => id !== streamId);
  if (!enabled) return { ...slots, reserved: others };
  const [from, to] = [slots.streams.indexOf(streamId), slotOf(videoLabel)];
  const there = slots.streams[to];
  if (from < 0 || there === undefined) return slots;
  const streams = slots.streams.map((id, slot) => (slot === to ? streamId : slot === from ? there : id));
  return { ...slots, streams, reserved: [...others.filter((id) => id !== there), streamId] };
}

/** Assignments of a room's player: labelled by slot, or each stream by its own id. */
export const assignmentsOf = (slots: Slots, labelledBy: 'slot' | 'stream'): readonly TrackAssignment[] =>
  slots.streams.flatMap((streamId, slot) => {
    if (streamId === undefined) return [];
    const isShown = slots.shown.includes(streamId);
    const [video, audio, mediaStreamId] =
      labelledBy === 'slot'
        ? ([`videoTrack${slot}`, `audioTrack${slot}`, `slot${slot}`] as const)
        : ([streamId, streamId, streamId] as const);
    return {
      streamId,
      videoLabel: isShown ? video : undefined,
      audioLabel: audio,
      mediaStreamId,
      isReserved: slots.reserved.includes(streamId),
    };
  });
