import type { RoleAddress, RoleName } from '../machines/ports/role.ts';
import type { ClientMessage, Notification, ServerMessage } from '../protocol/message.ts';

/** Properties of a running role that routing needs. */
export interface RoleRoute {
  readonly address: RoleAddress;
  /** The ICE user name fragments of the other side's last description, and of some before it. */
  readonly ufrags: ReadonlySet<string>;
}

const roleOfDefinition: Readonly<Record<string, RoleName>> = {
  already_publishing: 'publisher',
  streamIdInUse: 'publisher',
  publishTimeoutError: 'publisher',
  not_allowed_unregistered_streams: 'publisher',
  already_playing: 'player',
  no_stream_exist: 'player',
  NoSpaceForNewPeer: 'peer',
  no_room_specified: 'member',
  room_not_active_or_expired: 'member',
  viewerLimitReached: 'player',
  main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks: 'publisher',
};

/** Number of ICE user name fragments that are remembered of older descriptions of a role. */
const rememberedUfrags = 8;

/**
 * The ICE user name fragments of a role after a further description (RFC 8839 § 5.4). Some older ones are kept: an offer may be
 * refused, and candidates of the description before it continue to arrive.
 */
export const ufragsAfter = (known: ReadonlySet<string>, sdp: string): ReadonlySet<string> =>
  new Set([
    ...[...sdp.matchAll(/^a=ice-ufrag:(\S+)/gm)].map(([, ufrag]) => ufrag as string),
    ...[...known].slice(0, rememberedUfrags),
  ]);

/**
 * Picks those whose description carries the candidate's `ufrag`: the message itself does not say which of the roles of an id it is
 * for, and a candidate of a role that has ended is for none. A role without a description keeps candidates until it has one.
 */
function byUfrag(candidate: string, roles: readonly RoleRoute[]): readonly RoleRoute[] {
  const ufrag = / ufrag (\S+)/.exec(candidate)?.[1];
  if (ufrag === undefined) return roles;
  const matching = roles.filter(({ ufrags }) => ufrags.has(ufrag));
  return matching.length > 0 ? matching : roles.filter(({ ufrags }) => ufrags.size === 0);
}

const only = (role: RoleName, roles: readonly RoleRoute[]) => roles.filter(({ address }) => address.role === role);

const either = (first: RoleName, second: RoleName, roles: readonly RoleRoute[]) =>
  roles.filter(({ address: { role } }) => role === first || role === second);

/** Destination of a client's message. */
export type Destination =
  /** To these roles of its socket. */
  | { readonly to: 'roles'; readonly roles: readonly RoleRoute[] }
  /** To the call of its `streamId`, which the socket is in. */
  | { readonly to: 'call'; readonly streamId: string }
  /** To the room that the socket plays. */
  | { readonly to: 'room'; readonly room: string }
  /** To the machine of its socket, since nothing else runs that it could be for. */
  | { readonly to: 'socket' };

const inCall: ReadonlySet<string> = new Set([
  'join',
  'leave',
  'stop',
  'takeConfiguration',
  'takeCandidate',
  'peerMessageCommand',
  'publish',
  'play',
]);

/** Finds the roles of one socket with an id, without searching the others. */
export type RolesOf = (streamId: string) => readonly RoleRoute[];

/** Messages that a room receives only after the socket's machine has asked for permission. */
const aboutRooms: ReadonlySet<string> = new Set(['joinRoom', 'leaveFromRoom', 'getRoomInfo']);

/**
 * Destination of a client's message, given the roles of its id that run on its socket and the calls that the socket is in.
 *
 * @see docs/protocol/routing.md
 */
export function routeFromClient(message: ClientMessage, rolesOf: RolesOf, calls: readonly string[]): Destination {
  if (!('streamId' in message) || aboutRooms.has(message.command)) return { to: 'socket' };
  const { streamId = '' } = message;
  if (calls.includes(streamId) && inCall.has(message.command)) return { to: 'call', streamId };
  const named = rolesFor(message, rolesOf(streamId));
  if (named.length === 0) return { to: 'socket' };
  return message.command === 'enableTrack' ? { to: 'room', room: streamId } : { to: 'roles', roles: named };
}

/** A publisher offers; a player does, where no publisher of the id runs on the socket. */
const offered = (named: readonly RoleRoute[]) => {
  const publishers = only('publisher', named);
  return publishers.length > 0 ? publishers : only('player', named);
};

function rolesFor(message: ClientMessage, named: readonly RoleRoute[]): readonly RoleRoute[] {
  switch (message.command) {
    case 'publish':
    case 'updateStreamMetaData':
      return only('publisher', named);
    case 'play':
    case 'enableTrack':
    case 'toggleVideo':
    case 'toggleAudio':
    case 'getVideoTrackAssignmentsCommand':
    case 'forceStreamQuality':
      return only('player', named);
    case 'join':
      return named;
    case 'takeConfiguration':
      return message.type === 'answer' ? only('player', named) : offered(named);
    case 'takeCandidate':
      return byUfrag(message.candidate, named);
    case 'stop':
      return named;
    default:
      return [];
  }
}

/**
 * Roles of a socket that a server's message is for. If there are none, it is for the socket machine.
 *
 * @see docs/protocol/routing.md
 */
export function routeFromServer(message: ServerMessage, roles: Iterable<RoleRoute>): readonly RoleRoute[] {
  const all = [...roles];
  const members = only('member', all);
  const streamId = 'streamId' in message && message.streamId !== '' ? message.streamId : undefined;
  const named = all.filter(({ address }) =>
    address.role === 'member' ? false : streamId === undefined || address.streamId === streamId,
  );
  switch (message.command) {
    case 'start':
      return either('publisher', 'peer', named);
    case 'takeConfiguration':
      return either(message.type === 'offer' ? 'player' : 'publisher', 'peer', named);
    case 'takeCandidate':
      return byUfrag(message.candidate, named);
    case 'stop':
    case 'peerMessageCommand':
      return only('peer', named);
    case 'error': {
      const inRoom = members.filter(({ address }) => address.streamId === message.room);
      if (inRoom.length > 0) return inRoom;
      const role = Object.hasOwn(roleOfDefinition, message.definition)
        ? roleOfDefinition[message.definition]
        : undefined;
      if (role === 'member') return members;
      const concerned = role === undefined ? named : only(role, named);
      // An error that answers no role may answer a member that is entering.
      return concerned.length > 0 ? concerned : members;
    }
    case 'notification':
      return rolesOfNotification(message, named, members);
    default:
      return [];
  }
}

function rolesOfNotification(
  message: Notification,
  named: readonly RoleRoute[],
  members: readonly RoleRoute[],
): readonly RoleRoute[] {
  switch (message.definition) {
    case 'publish_started':
    case 'publish_finished':
    case 'session_restored':
      return only('publisher', named);
    case 'play_started':
    case 'play_finished':
    case 'bitrateMeasurement':
      return only('player', named);
    case 'joined':
    case 'leaved':
      return only('peer', named);
    case 'joinedTheRoom':
    case 'leavedFromRoom': {
      const room = message.room ?? message.ATTR_ROOM_NAME;
      return members.filter(({ address }) => room === undefined || address.streamId === room);
    }
    // These do not name the room.
    case 'streamJoined':
    case 'streamLeaved':
      return members;
    default:
      return [];
  }
}
