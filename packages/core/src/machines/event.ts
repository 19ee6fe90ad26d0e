import type { Malformed } from '../protocol/decode.ts';
import type { ErrorDefinition } from '../protocol/error.ts';
import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { AccessRequest, AccessRight, IceCandidate, IceServer, TrackAssignment } from './effect.ts';
import type { Measurement } from './quality/measurement.ts';
import type { KnownStream, StreamQuery } from './socket/answer.ts';
import type { TimerName } from './timer.ts';

/** The name under which a message is heard: its definition for a notification, else its command. */
type SignalName<Message> = Message extends { command: 'notification'; definition: infer Definition extends string }
  ? Definition
  : Message extends { command: infer Command extends string }
    ? Command
    : never;

/** A message as an event, `signal.<command>` or `signal.<definition>`. */
export type SignalEvent<Message> = Message extends { command: string }
  ? { readonly type: `signal.${SignalName<Message>}`; readonly message: Message }
  : never;

/** The step of a connection that failed. */
export type RtcStep = 'open' | 'setLocalDescription' | 'setRemoteDescription' | 'connection';

/** What a connection reports. Performed effects report in the order they were asked for. */
export type RtcEvent =
  | {
      readonly type: 'rtc.offerCreated';
      readonly sdp: string;
      /** The id of each sent track, by `mid`. */
      readonly trackIds: Readonly<Record<string, string>>;
    }
  | { readonly type: 'rtc.answerCreated'; readonly sdp: string }
  | { readonly type: 'rtc.iceCandidate'; readonly candidate: IceCandidate }
  /** What the connection sends or receives is not what was negotiated any more. */
  | { readonly type: 'rtc.negotiationNeeded' }
  | { readonly type: 'rtc.connected' }
  | { readonly type: 'rtc.disconnected' }
  /** The data channel that the server has opened for a player can be used. */
  | { readonly type: 'rtc.dataChannelOpened' }
  /** Answers `rtc.checkMedia`: the remote is alive, or gives no sign of it. */
  | { readonly type: 'rtc.mediaReceived' | 'rtc.mediaMissing' }
  /** How loud a publisher talks: from 0, the loudest, to 127, silence, as RFC 6464 has it. Said again and again while it does. */
  | { readonly type: 'rtc.audioLevel'; readonly level: number }
  | {
      readonly type: 'rtc.failed';
      readonly step: RtcStep;
      /** `noCommonCodec` when the two sides have none in common, else free text for logs. */
      readonly reason: string;
    };

/** Reports of the media of a player to its quality machine, a few times a second. */
export type MediaEvent =
  | { readonly type: 'media.measured'; readonly measurement: Measurement }
  | { readonly type: 'media.closed' };

/** What the WebSocket reports. `lost` may come back; `closed` is for good. */
export type SocketEvent =
  | { readonly type: 'socket.opened' }
  | { readonly type: 'socket.lost' }
  | { readonly type: 'socket.closed' }
  | { readonly type: 'socket.ponged' };

/** The end of a timer. */
export type TimerEvent = { readonly type: `timer.${TimerName}` };

/** Time has passed without this side running, as far as its clock can tell: a device that slept, or a page that was frozen. */
export interface ClockEvent {
  readonly type: 'clock.skipped';
  /** How late the first timer is that should have ended meanwhile. Milliseconds. */
  readonly ms: number;
}

/** What the authorization of a server reports to a role. */
export type AccessEvent =
  | {
      readonly type: 'access.granted';
      readonly request: AccessRequest;
      /**
       * To play: how many players the stream or room may have. To publish: how many streams its room may have. Default any
       * number.
       */
      readonly limit?: number | undefined;
      /** The right that was shown for it. Default none, as where nobody is asked for one. */
      readonly right?: AccessRight | undefined;
    }
  | { readonly type: 'access.refused'; readonly request: AccessRequest; readonly definition: ErrorDefinition };

/** Somebody in a room who talks. */
export interface Talker {
  readonly streamId: string;
  /** From 0, the loudest, to 127, silence. @see RFC 6464 */
  readonly level: number;
}

/** What the streams of a server report to a role. */
export type StreamEvent =
  | { readonly type: 'stream.claimed' }
  | { readonly type: 'stream.refused'; readonly definition: ErrorDefinition }
  | { readonly type: 'stream.parked' }
  /** It can be played now; `tracks` are what to send: its own, or what a room has. */
  | { readonly type: 'stream.live'; readonly tracks: readonly TrackAssignment[]; readonly isRoom?: boolean }
  /** A room that is played has one more subtrack, or one less. */
  | {
      readonly type: 'stream.trackAdded' | 'stream.trackRemoved';
      readonly trackId: string;
      /** What to send from now on. `undefined`: as before, since the player does not want that one. */
      readonly tracks: readonly TrackAssignment[] | undefined;
    }
  /** What a room sends this player, or under which labels, has changed. */
  | { readonly type: 'stream.tracksAssigned'; readonly tracks: readonly TrackAssignment[] }
  /** Who talks in a room, the others aside. */
  | { readonly type: 'stream.talkers'; readonly talkers: readonly Talker[] }
  /** The application that runs the server has something to say to a player, on the data channel. */
  | { readonly type: 'stream.data'; readonly text: string }
  /** The publisher is to end: its member has left the room, or an operator wants it so. */
  | { readonly type: 'stream.ended' }
  | { readonly type: 'stream.gone' }
  /** Another socket claims the id this role holds. */
  | { readonly type: 'stream.contested' };

/** What the streams of a server report to a socket machine. */
export interface StreamDescribedEvent {
  readonly type: 'stream.described';
  readonly question: StreamQuery;
  /** What there is to know, or `undefined` of an id that is neither stored nor in use. */
  readonly known: Partial<KnownStream> | undefined;
}

/** What a socket machine has asked to begin does not: the socket, the room or the app has all that it may have. */
export interface RoleRefusedEvent {
  readonly type: 'role.refused';
  readonly definition: ErrorDefinition;
  readonly streamId: string;
  /** The room, when that is what was to be joined. */
  readonly room: string | undefined;
}

/** Reports of a session to its socket machine. */
export type SocketAccessEvent =
  | { readonly type: 'ice.servers'; readonly iceServers: readonly IceServer[] }
  /** A role of the socket was granted something by a right that it showed. */
  | { readonly type: 'access.shown' };

/** A text that is no message. */
export interface MalformedEvent {
  readonly type: 'signal.malformed';
  readonly malformed: Malformed;
}

/** What the application asks of a client. */
export type AppEvent =
  | ({ readonly type: 'app.publish' } & PublishRequest)
  | ({ readonly type: 'app.play' } & PlayRequest)
  | ({ readonly type: 'app.join' } & JoinRequest)
  | ({ readonly type: 'app.enter' } & EnterRequest)
  /** A message of the application for the other peer of a call. */
  | { readonly type: 'app.send'; readonly definition?: string | undefined; readonly data?: unknown }
  /** The largest height to be sent of a track, or without `trackId` of all. 0: the server chooses. */
  | { readonly type: 'app.prefer'; readonly height: number; readonly trackId?: string | undefined }
  | { readonly type: 'app.open' }
  /** The application will not run for a while, and wants no socket open meanwhile. */
  | { readonly type: 'app.suspend' }
  /** The application runs again, or has reason to believe that the network has changed. */
  | { readonly type: 'app.resume' }
  | { readonly type: 'app.stop' }
  | { readonly type: 'app.close' };

/** What an application says of the stream it publishes; everything else of `publish` follows the protocol. */
export interface PublishRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
  readonly video?: boolean | undefined;
  readonly audio?: boolean | undefined;
  readonly subscriberId?: string | undefined;
  readonly subscriberCode?: string | undefined;
  readonly streamName?: string | undefined;
  readonly mainTrack?: string | undefined;
  readonly metaData?: string | undefined;
}

/** What an application says of the stream it plays. */
export interface PlayRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
  readonly room?: string | undefined;
  readonly trackList?: readonly string[] | undefined;
  readonly subscriberId?: string | undefined;
  readonly subscriberCode?: string | undefined;
}

/** What an application says of the call it joins. */
export interface JoinRequest {
  readonly streamId: string;
  readonly token?: string | undefined;
}

/** What an application says of the conference it enters. */
export interface EnterRequest {
  readonly room: string;
  /** The stream id to publish under. Default one that the server gives. */
  readonly streamId?: string | undefined;
  /** True to publish, or only to watch. Default `true`. */
  readonly publish?: boolean | undefined;
  readonly token?: string | undefined;
  /** A name to show to the others. */
  readonly streamName?: string | undefined;
  readonly metaData?: string | undefined;
}

/**
 * What an HTTP client asks of a WHIP or WHEP resource. `exchange` numbers the request, so that a response finds it.
 *
 * @see docs/whip.md · RFC 9725
 */
export type HttpEvent =
  | {
      readonly type: 'http.post';
      readonly exchange: number;
      readonly role: 'publisher' | 'player';
      readonly streamId: string;
      readonly sdp: string;
      /** The bearer token. */
      readonly token: string | undefined;
      /** The room to publish into. */
      readonly mainTrack: string | undefined;
    }
  | {
      readonly type: 'http.patch';
      readonly exchange: number;
      /** The entity tag that the client takes for current, without quotes; `*` for any. */
      readonly ifMatch: string | undefined;
      readonly body: string;
    }
  | { readonly type: 'http.delete'; readonly exchange: number }
  /** The client closed the connection before the response. */
  | { readonly type: 'http.aborted'; readonly exchange: number };

/** Everything a machine on a client may hear. */
export type ClientEvent = SignalEvent<ServerMessage> | RtcEvent | SocketEvent | TimerEvent | ClockEvent | AppEvent;

/** Everything a machine on a server may hear. */
export type ServerEvent =
  | SignalEvent<ClientMessage>
  | RtcEvent
  | SocketEvent
  | TimerEvent
  | AccessEvent
  | StreamEvent
  | StreamDescribedEvent
  | RoleRefusedEvent
  | SocketAccessEvent
  | MalformedEvent
  | Extract<AppEvent, { type: 'app.close' }>;

/** Anything any machine may hear. */
export type Event = ClientEvent | ServerEvent | HttpEvent;

const named = (message: { readonly command: string; readonly definition?: unknown }): string =>
  message.command === 'notification' ? String(message.definition) : message.command;

/** A client's message as the event that a server's machine hears. */
export const heardByServer = (message: ClientMessage): SignalEvent<ClientMessage> =>
  ({ type: `signal.${message.command}`, message }) as SignalEvent<ClientMessage>;

/** A server's message as the event that a client's machine hears. */
export const heardByClient = (message: ServerMessage): SignalEvent<ServerMessage> =>
  ({ type: `signal.${named(message)}`, message }) as SignalEvent<ServerMessage>;
