import type { AccessRight } from '../../ports/access.ts';
import type { HookEffect } from '../../ports/hook.ts';
import type { Talker } from '../../ports/stream.ts';
import type {
  From,
  RoleEndEffect,
  RoleTellEffect,
  SignalFrom,
  SignalToEffect,
  SocketFrom,
  SocketId,
} from '../envelope.ts';

/** Data from a publisher about the stream that it publishes into a room. */
export interface PublishedInRoom {
  readonly streamId: string;
  readonly streamName: string | undefined;
  readonly metaData: string | undefined;
  readonly role: string | undefined;
  /** True if it announces video. Default true. */
  readonly hasVideo?: boolean | undefined;
  /** True if it names this room as its main track. */
  readonly inMainTrack: boolean;
  /** The right that was shown for it. Default none. */
  readonly right?: AccessRight | undefined;
}

/** Data from a player of the room. */
export interface PlayedRoom {
  readonly trackList: readonly string[];
  readonly userPublishId: string | undefined;
  readonly disableTracksByDefault: boolean | undefined;
  /** Maximum number of the room's players. Default none. */
  readonly viewerLimit?: number | undefined;
}

/** A socket enters the room. */
export type JoinEvent = SignalFrom<'joinRoom'> & {
  /** Id for a member that requests none. */
  readonly freshId: string;
  /** True if another socket with an equal or better right publishes the requested id. */
  readonly taken: boolean;
  /** The right that was shown to enter under that id. Default none. */
  readonly right?: AccessRight | undefined;
};

/** A player of the room selects or arranges what it gets. */
export type TrackCommandEvent = SignalFrom<
  'enableTrack' | 'assignVideoTrackCommand' | 'updateVideoTrackAssignmentsCommand' | 'setMaxVideoTrackCountCommand'
>;

/** Events of a room, each from one of its sockets. */
export type ConferenceServerEvent =
  | JoinEvent
  | SignalFrom<'leaveFromRoom' | 'getRoomInfo'>
  | TrackCommandEvent
  | From<{ readonly type: 'role.brought' } & PublishedInRoom>
  | From<{ readonly type: 'role.announced' | 'role.released'; readonly streamId: string }>
  /** A client with a better right publishes the id of this member. */
  | From<{ readonly type: 'stream.displaced'; readonly streamId: string }>
  | From<{ readonly type: 'role.talked' } & Talker>
  | From<{ readonly type: 'role.subscribed' } & PlayedRoom>
  | From<{ readonly type: 'role.watching' | 'role.unsubscribed' }>
  /** The application that runs the server says something to all players, or ends all publishers. `from` is `noSocket`. */
  | From<{ readonly type: 'app.data'; readonly text: string }>
  | From<{ readonly type: 'app.end' }>
  | SocketFrom;

/** Notifies a stream id that a room has, or no longer has, a member of that id. Performed by the app (`reduceApp`). */
export interface StreamExpectEffect {
  readonly type: 'stream.expect' | 'stream.unexpect';
  readonly streamId: string;
  readonly room: string;
  /** The socket of the member. */
  readonly by: SocketId;
  /** The right that it showed to this id. */
  readonly right: AccessRight | undefined;
}

/** Effects of a room. */
export type ConferenceServerEffect = SignalToEffect | RoleTellEffect | RoleEndEffect | StreamExpectEffect | HookEffect;
