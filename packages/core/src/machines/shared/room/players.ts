import { stepState } from '../../step.ts';
import type { SocketId } from '../envelope.ts';
import type { ConferenceServerEvent, PlayedRoom, TrackCommandEvent } from './event.ts';
import { hasJoined, isLive, type Member } from './members.ts';
import { type RoomPlayerEffect, type RoomPlayerEvent, type RoomPlayerState, roomPlayer } from './player.ts';
import { arrange, assignmentsOf, noSlots, reserve, type Slots } from './slots.ts';

/** A socket that plays the room over one connection. */
export interface RoomPlayer {
  readonly from: SocketId;
  /** The client's own stream, which is not sent to it. */
  readonly userPublishId: string | undefined;
  /** Selected subtracks: all except some, or only some. */
  readonly wants: { readonly all: boolean; readonly except: readonly string[] };
  /** Kind of its labels (docs/protocol/tracks.md § Track assignment). */
  readonly labelledBy: 'slot' | 'stream';
  /** Stream of each label. */
  readonly slots: Slots;
  /** State of its machine, {@link roomPlayer}. */
  readonly state: RoomPlayerState;
}

/** Reports whether the media of a player is connected. */
export const isWatching = ({ state }: RoomPlayer): boolean => state === 'watching';

/** Reports whether a player has selected a subtrack. */
export const wants = ({ wants: { all, except } }: RoomPlayer, streamId: string): boolean =>
  all !== except.includes(streamId);

/** Reports whether a player gets a member: any but its own. */
export const sees = (player: RoomPlayer, member: Member): boolean =>
  member.from !== player.from && member.streamId !== player.userPublishId;

/** The tracks of a player, under their labels. */
export const tracksOf = ({ slots, labelledBy }: RoomPlayer) => assignmentsOf(slots, labelledBy);

/** Arranges the members in a player's slots that there are for it. */
export const arranged = (player: RoomPlayer, members: readonly Member[]): RoomPlayer => ({
  ...player,
  slots: arrange(
    player.slots,
    members.filter((member) => isLive(member) && sees(player, member) && wants(player, member.streamId)),
  ),
});

/** Selection of a `trackList`: only the named subtracks, or, if any name starts with `!`, all except those. */
const selectionOf = ({ trackList, disableTracksByDefault }: PlayedRoom): RoomPlayer['wants'] => {
  const excluded = trackList.flatMap((entry) => (entry.startsWith('!') ? [entry.slice(1)] : []));
  if (excluded.length > 0) return { all: true, except: excluded };
  if (trackList.length > 0) return { all: false, except: trackList };
  return { all: disableTracksByDefault !== true, except: [] };
};

/** A player that a socket starts to be, before its first step. */
export function newPlayer(
  event: Extract<ConferenceServerEvent, { readonly type: 'role.subscribed' }>,
  members: readonly Member[],
): RoomPlayer {
  const own = members.filter(({ from }) => from === event.from);
  const { maxVideoTracks } = own.find((member) => member.maxVideoTracks !== undefined) ?? {};
  const player: RoomPlayer = {
    from: event.from,
    userPublishId: event.userPublishId,
    wants: selectionOf(event),
    // Pages that enter by `joinRoom` know no list of assignments, and put the tracks of one label in one element.
    labelledBy: own.some(hasJoined) ? 'stream' : 'slot',
    slots: { ...noSlots, maxVideoTracks },
    state: 'outside',
  };
  return arranged(player, members);
}

/** Request with the player that makes it. */
export interface PlayerRequest {
  readonly type: RoomPlayerEffect['type'];
  readonly player: RoomPlayer;
}

/** The players of a room after an event, and what they ask for. */
export interface PlayersStep {
  readonly players: readonly RoomPlayer[];
  readonly requests: readonly PlayerRequest[];
}

/** Steps the players of one socket, or of all. Those that have left are no longer listed. */
export function stepPlayers(
  players: readonly RoomPlayer[],
  type: RoomPlayerEvent['type'],
  socket?: SocketId,
): PlayersStep {
  const requests: PlayerRequest[] = [];
  const stepped = players.flatMap((player) => {
    if (socket !== undefined && player.from !== socket) return player;
    const { state, effects } = stepState(roomPlayer, player.state, type);
    const next = { ...player, state };
    for (const effect of effects) requests.push({ type: effect.type, player: next });
    return state === 'left' ? [] : next;
  });
  return { players: stepped, requests };
}

/** A non-negative integer, or `undefined` for anything else, such as -1 for no limit. */
export const countOf = (count: number | undefined): number | undefined =>
  count === undefined || count < 0 ? undefined : Math.floor(count);

/** Maximum number of `enableTrack` settings of a player. */
const maxExcepted = 1_000;

function select(player: RoomPlayer, trackId: string, enabled: boolean): RoomPlayer {
  if (wants(player, trackId) === enabled) return player;
  const { all, except } = player.wants;
  // Ids of no members are taken, too: they may come. Of more than a room may have, the oldest are forgotten.
  const others = except.filter((id) => id !== trackId).slice(-maxExcepted);
  return { ...player, wants: { all, except: all === enabled ? others : [...others, trackId] } };
}

/** A player after a command of its client about the tracks that it gets. */
export function afterCommand(player: RoomPlayer, { message }: TrackCommandEvent): RoomPlayer {
  const { slots } = player;
  switch (message.command) {
    case 'enableTrack':
      return select(player, message.trackId, message.enabled ?? true);
    case 'assignVideoTrackCommand': {
      const { videoTrackId, streamId, enabled = true } = message;
      return { ...player, slots: reserve(slots, videoTrackId, streamId, enabled) };
    }
    case 'updateVideoTrackAssignmentsCommand': {
      const [offset, size] = [countOf(message.offset) ?? 0, countOf(message.size)];
      return { ...player, slots: { ...slots, page: size === undefined ? undefined : { offset, size } } };
    }
    case 'setMaxVideoTrackCountCommand':
      return { ...player, slots: { ...slots, maxVideoTracks: countOf(message.maxTrackCount) } };
  }
}
