import * as v from 'valibot';
import { text } from './field.ts';

/** Documentation of one error: cause, effect and remedy. */
export interface ErrorEntry {
  /** The command or failure that causes it. */
  readonly provokedBy: string;
  /** The state of the server's machine in which it is sent. */
  readonly state: string;
  /** True if no role ends. The socket always stays open. */
  readonly survives: boolean;
  /** Advice to the client. */
  readonly remedy: string;
  /** An example of its `information`. */
  readonly information?: string;
  /** Its fields besides `definition`. */
  readonly carries: readonly ('streamId' | 'room' | 'error_code' | 'information')[];
}

/**
 * Every error this server sends, by its definition on the wire.
 *
 * @see docs/errors.md
 */
export const errors = {
  noStreamNameSpecified: {
    provokedBy: 'a command that needs a `streamId` without one',
    state: 'any',
    survives: true,
    remedy: 'send the command again with a `streamId`',
    carries: [],
  },
  invalidStreamName: {
    provokedBy:
      'a `streamId` or `room` longer than 255 characters, or with characters other than letters, digits, `-`, `_`, `.`',
    state: 'any',
    survives: true,
    remedy: 'choose another id',
    carries: ['streamId'],
  },
  fieldTooLong: {
    provokedBy: 'a field longer than the protocol allows; `information` names it',
    state: 'any',
    survives: true,
    remedy: 'send the command again with a shorter string',
    information: 'metaData',
    carries: ['streamId', 'information'],
  },
  invalidMessage: {
    provokedBy:
      'a text that is not a JSON object with a `command`, or is too long, or a binary message, or a field with a value that its table does not allow; `information` states what is wrong, and where',
    state: 'any',
    survives: true,
    remedy: 'send each message as one JSON object in a text, with fields of the types in its table',
    information: 'not JSON: at position 1 of 19, a key in quotes or "}" is expected',
    carries: ['information'],
  },
  no_room_specified: {
    provokedBy: '`joinRoom`, `leaveFromRoom` or `getRoomInfo` without a `room`',
    state: 'any',
    survives: true,
    remedy: 'send the command again with a `room`',
    carries: [],
  },
  not_allowed_unregistered_streams: {
    provokedBy:
      '`publish` of an id that is not registered, or another request for it, if the server is configured to require registration',
    state: 'authorizing',
    survives: false,
    remedy: 'register the stream (REST `create`), then ask again',
    carries: ['streamId'],
  },
  unauthorized_access: {
    provokedBy:
      '`publish`, `play`, `join`, `joinRoom` or a question about a stream that the token, hash, JWT, code or webhook does not allow',
    state: 'authorizing',
    survives: false,
    remedy: 'obtain a valid token for this id and this purpose, then ask again',
    carries: ['streamId'],
  },
  no_encoder_settings: {
    provokedBy: 'an offer without a codec that this server forwards, or an answer that accepts none',
    state: 'publisher or player negotiating',
    survives: false,
    remedy: 'offer or accept VP8, H264, VP9, AV1, H265, Opus, PCMU or PCMA',
    carries: ['streamId'],
  },
  no_peer_associated_before: {
    provokedBy:
      '`takeConfiguration`, `takeCandidate` or `leave` for an id that this socket has never used, or without another peer in the call',
    state: 'no role of that id; call waiting',
    survives: true,
    remedy: 'publish, play or join first',
    carries: ['streamId'],
  },
  notSetLocalDescription: {
    provokedBy: 'the server cannot make its own description',
    state: 'negotiating',
    survives: false,
    remedy: 'stop, and start again',
    carries: ['streamId'],
  },
  notSetRemoteDescription: {
    provokedBy: 'a session description that is invalid or cannot be applied',
    state: 'negotiating',
    survives: false,
    remedy: 'start again with a valid description; a publisher that was live stays live',
    carries: ['streamId'],
  },
  no_stream_exist: {
    provokedBy: '`play` or `getStreamInfo` of a stream that is not live, or a question about an unknown id',
    state: 'player deciding or parked; any for a question',
    survives: false,
    remedy: 'play again when the stream is live',
    carries: ['streamId', 'error_code'],
  },
  streamIdInUse: {
    provokedBy: '`publish` of an id that another socket publishes, or `joinRoom` with the id of another member',
    state: 'publisher deciding',
    survives: false,
    remedy: 'choose another id, or try again when the other publisher or member has ended',
    carries: ['streamId'],
  },
  already_publishing: {
    provokedBy: 'a second `publish` of the same id on one socket',
    state: 'publisher accepted',
    survives: true,
    remedy: 'none: the first continues',
    carries: ['streamId'],
  },
  already_playing: {
    provokedBy: 'a second `play` of the same id on one socket',
    state: 'player accepted',
    survives: true,
    remedy: 'none: the first continues',
    carries: ['streamId'],
  },
  publishTimeoutError: {
    provokedBy: 'a publisher whose media is not connected in time (10 s)',
    state: 'publisher connecting',
    survives: false,
    remedy: 'check the network between client and server, then publish again',
    carries: ['streamId'],
  },
  user_blocked: {
    provokedBy: '`publish` or `play` with a `subscriberId` that the REST API has blocked',
    state: 'authorizing',
    survives: false,
    remedy: 'wait until the block ends, or ask the operator to lift it',
    carries: ['streamId'],
  },
  stream_not_active_or_expired: {
    provokedBy: '`publish` or `play` of a registered stream before its planned start or after its planned end',
    state: 'authorizing',
    survives: false,
    remedy: 'ask again within the planned time',
    carries: ['streamId'],
  },
  room_not_active_or_expired: {
    provokedBy:
      '`joinRoom`, or `publish` with a `mainTrack`, before the planned start of a registered room or after its end',
    state: 'authorizing',
    survives: false,
    remedy: 'ask again within the planned time',
    carries: ['streamId'],
  },
  viewerLimitReached: {
    provokedBy: '`play` of a stream or room, or in an app, that has reached its limit of players',
    state: 'player deciding',
    survives: false,
    remedy: 'play again when another player has stopped',
    carries: ['streamId'],
  },
  main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks: {
    provokedBy:
      '`publish` with the `mainTrack` of a room that has reached its limit of subtracks, or `joinRoom` of such a room',
    state: 'publisher deciding',
    survives: false,
    remedy: 'publish again when another member has left, or without the room',
    carries: ['streamId'],
  },
  data_store_not_available: {
    provokedBy: 'a request or question that cannot be decided because the database does not answer',
    state: 'authorizing',
    survives: false,
    remedy: 'ask again later; the operator finds the cause in the server log',
    carries: ['streamId'],
  },
  highResourceUsage: {
    provokedBy:
      '`publish`, `play`, `join` or `joinRoom` on a socket, or in an app, that has reached its limit of roles, calls or rooms',
    state: 'any',
    survives: false,
    remedy: 'end something else on this socket, or ask again later',
    carries: ['streamId'],
  },
  server_error_check_logs: {
    provokedBy: 'a fault inside the server',
    state: 'any',
    survives: false,
    remedy: 'ask again; the operator finds the cause in the server log',
    carries: ['streamId'],
  },
  NoSpaceForNewPeer: {
    provokedBy: '`join` of a call that has two peers',
    state: 'call paired',
    survives: false,
    remedy: 'choose another id; the call continues',
    carries: ['streamId'],
  },
} as const satisfies Record<string, ErrorEntry>;

/** The definition of an error this server sends. */
export type ErrorDefinition = keyof typeof errors;

/**
 * `error`: reports a failure. The socket stays open.
 *
 * `definition` is any string, because other servers have more definitions.
 *
 * @see docs/protocol/messages.md § error
 */
export const error = v.object({
  command: v.literal('error'),
  definition: v.string(),
  streamId: text,
  error_code: text,
  information: text,
  room: text,
});
