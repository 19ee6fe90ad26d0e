import * as v from 'valibot';
import { text } from './field.ts';

/** What one error definition means to the client that hears it. */
export interface ErrorEntry {
  /** The command, or the failure, that provokes it. */
  readonly provokedBy: string;
  /** The state of the server's machine in which it is sent. */
  readonly state: string;
  /** Whether every role that ran before still does. The socket always stays open. */
  readonly survives: boolean;
  /** What the client should do about it. */
  readonly remedy: string;
}

/**
 * Every error this server sends, by its definition on the wire.
 *
 * @see docs/protocol.md § Errors
 */
export const errors = {
  noStreamNameSpecified: {
    provokedBy: 'a command that needs a `streamId` without one',
    state: 'any',
    survives: true,
    remedy: 'send the command again with a `streamId`',
  },
  invalidStreamName: {
    provokedBy:
      'a `streamId` or `room` that is longer than 255 characters or has others than letters, digits, `-`, `_`, `.`',
    state: 'any',
    survives: true,
    remedy: 'choose another id',
  },
  no_room_specified: {
    provokedBy: '`joinRoom`, `leaveFromRoom` or `getRoomInfo` without a `room`',
    state: 'any',
    survives: true,
    remedy: 'send the command again with a `room`',
  },
  not_allowed_unregistered_streams: {
    provokedBy: '`publish` of an id that is not registered, on a server that demands it',
    state: 'publisher deciding',
    survives: false,
    remedy: 'register the stream, then publish',
  },
  unauthorized_access: {
    provokedBy: '`publish`, `play` or `join` that an authorization policy refuses',
    state: 'deciding',
    survives: false,
    remedy: 'obtain a valid token',
  },
  no_encoder_settings: {
    provokedBy: 'an offer without a codec that this server forwards, or an answer that accepts none',
    state: 'publisher or player negotiating',
    survives: false,
    remedy: 'offer, or accept, VP8, H264, VP9, AV1, H265, Opus, PCMU or PCMA',
  },
  no_peer_associated_before: {
    provokedBy:
      '`takeConfiguration`, `takeCandidate` or `leave` for an id this socket never used, or with no other peer',
    state: 'no role of that id; call waiting',
    survives: true,
    remedy: 'publish, play or join first',
  },
  notSetLocalDescription: {
    provokedBy: 'the server cannot make its own description',
    state: 'negotiating',
    survives: false,
    remedy: 'stop, and start again',
  },
  notSetRemoteDescription: {
    provokedBy: 'a session description that is none, or cannot be applied',
    state: 'negotiating',
    survives: false,
    remedy: 'start again with a valid description; a publisher that was live stays live',
  },
  no_stream_exist: {
    provokedBy: '`play` or `getStreamInfo` of a stream that is not live',
    state: 'player deciding or parked',
    survives: false,
    remedy: 'play again when the stream is live',
  },
  streamIdInUse: {
    provokedBy: '`publish` of an id that another socket publishes, or `joinRoom` with the id of another member',
    state: 'publisher deciding',
    survives: false,
    remedy: 'choose another id, or try again once the other has ended',
  },
  already_publishing: {
    provokedBy: 'a second `publish` of the same id on one socket',
    state: 'publisher accepted',
    survives: true,
    remedy: 'nothing: the first goes on',
  },
  already_playing: {
    provokedBy: 'a second `play` of the same id on one socket',
    state: 'player accepted',
    survives: true,
    remedy: 'nothing: the first goes on',
  },
  publishTimeoutError: {
    provokedBy: 'a publisher whose media is not connected in time (10 s)',
    state: 'publisher connecting',
    survives: false,
    remedy: 'check the network between the two, then publish again',
  },
  NoSpaceForNewPeer: {
    provokedBy: '`join` of a call that has two peers',
    state: 'call paired',
    survives: false,
    remedy: 'choose another id; the two are untouched',
  },
} as const satisfies Record<string, ErrorEntry>;

/** The definition of an error this server sends. */
export type ErrorDefinition = keyof typeof errors;

/**
 * `error`: the one message for everything that went wrong. The socket stays open.
 *
 * Other servers know more definitions, so `definition` is any text.
 *
 * @see docs/protocol.md § error
 */
export const error = v.object({
  command: v.literal('error'),
  definition: v.string(),
  streamId: text,
  error_code: text,
  information: text,
  room: text,
});
