import type { ClientMessage, ServerMessage } from '../protocol/message.ts';
import type { LayerId, SelectionReason } from './quality/measurement.ts';
import type { StreamQuery } from './socket/answer.ts';
import type { TimerName } from './timer.ts';

/** Which role a machine plays on its socket. */
export type RoleName = 'publisher' | 'player' | 'peer' | 'member';

/** Addresses one role of one socket: there is at most one of each name and id. */
export interface RoleAddress {
  readonly role: RoleName;
  /** The id of its stream or call; for a member, the room. */
  readonly streamId: string;
}

/** A session description as W3C WebRTC has it. */
export interface SessionDescription {
  readonly type: 'offer' | 'answer';
  readonly sdp: string;
}

/** An ICE candidate as W3C WebRTC has it. An empty `candidate` ends the candidates. */
export interface IceCandidate {
  readonly candidate: string;
  readonly sdpMid: string | null;
  readonly sdpMLineIndex: number | null;
}

/** One STUN or TURN server. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/** What a role asks of its message channel, in the direction of its side. Performed by the session. */
export interface SignalEffect<Message> {
  readonly type: 'signal.send';
  readonly message: Message;
}

/** How a server's player is to get the tracks of one stream. */
export interface TrackAssignment {
  readonly streamId: string;
  /** The label of its video: the track's id without `ARDAMSv`. `undefined`: its video is not sent. */
  readonly videoLabel: string | undefined;
  /** The label of its audio: the track's id without `ARDAMSa`. */
  readonly audioLabel: string;
  /** The `MediaStream` that its tracks are in, which are played in sync. */
  readonly mediaStreamId: string;
  /** Whether the player has asked for it to be under this label. */
  readonly isReserved: boolean;
}

/** A stream that is played by itself: its tracks have its own id for a label. */
export const ownTracks = (streamId: string): TrackAssignment => ({
  streamId,
  videoLabel: streamId,
  audioLabel: streamId,
  mediaStreamId: streamId,
  isReserved: false,
});

/**
 * What a role asks of its connection. Performed in the order asked, one at a time, by `@sigchart/webrtc`.
 *
 * `rtc.createOffer` and `rtc.createAnswer` also set the local description. `rtc.checkMedia` does not wait for those before it.
 */
export type RtcEffect =
  | {
      readonly type: 'rtc.open';
      readonly role: RoleName;
      readonly streamId: string;
      /** Whether this side of a call makes the offer, and so opens the data channel. */
      readonly isOfferer?: boolean;
      /** What a server's player is sent. */
      readonly tracks?: readonly TrackAssignment[];
    }
  /** Sends a server's player these tracks from its next offer on, and no others. */
  | { readonly type: 'rtc.setTracks'; readonly tracks: readonly TrackAssignment[] }
  /** Sends a server's player, or does not for a while, tracks of one kind: of a stream, one by its own id, or by the player's id all. */
  | {
      readonly type: 'rtc.setEnabled';
      readonly streamId: string;
      readonly kind: 'audio' | 'video';
      readonly enabled: boolean;
    }
  /** Sends a text on the data channel, if it is open. */
  | { readonly type: 'rtc.sendData'; readonly text: string }
  /** Asks whether the remote is alive, by media or a connectivity check. The answer is `rtc.mediaReceived` or `rtc.mediaMissing`. */
  | { readonly type: 'rtc.checkMedia' }
  | { readonly type: 'rtc.createOffer' }
  /** Takes back an offer that was not accepted, and what was new in it. */
  | { readonly type: 'rtc.rollBack' }
  | { readonly type: 'rtc.createAnswer' }
  | { readonly type: 'rtc.setRemoteDescription'; readonly description: SessionDescription }
  | { readonly type: 'rtc.addIceCandidate'; readonly candidate: IceCandidate }
  | { readonly type: 'rtc.close' };

/** What the quality machine of a player asks of its media. Performed by the connection, where the packets are. */
export type MediaEffect =
  /** Sends one layer of a track from its next key frame or switching point on; `null` pauses it. */
  | {
      readonly type: 'media.selectLayer';
      readonly trackId: string;
      readonly layer: LayerId | null;
      readonly reason: SelectionReason;
    }
  /** Says what the publisher of a track should send at most for this player; `null` is no limit. Bits per second. */
  | { readonly type: 'media.limit'; readonly trackId: string; readonly bitrate: number | null }
  /** Finds out whether the path carries a bitrate, by padding. */
  | { readonly type: 'media.probe'; readonly bitrate: number }
  /** Measures now instead of at the next turn, as something is to be decided. */
  | { readonly type: 'media.measure' };

/** Tells the quality machine of a player which height its client prefers; 0 is automatic. Performed by the session. */
export interface QualityEffect {
  readonly type: 'quality.prefer';
  /** A track or a stream; `undefined` for everything that is played. */
  readonly trackId: string | undefined;
  readonly height: number;
}

/** What a machine asks of time. A timer that runs already starts anew. Performed by the session, with its clock. */
export type TimerEffect =
  | { readonly type: 'timer.start'; readonly name: TimerName; readonly ms: number }
  | { readonly type: 'timer.stop'; readonly name: TimerName };

/**
 * What can be wanted of a stream, call or room: `join` a call, `enter` a room, `query` what is known of either. `relay` is to be told
 * the credentials of a TURN server, which is about no stream.
 */
export type AccessAction = 'publish' | 'play' | 'join' | 'enter' | 'query' | 'relay';

/** What a right that was shown is to: the very stream, or only the room that the stream is in. */
export type AccessRight = 'stream' | 'room';

const specificity = { stream: 2, room: 1 } as const;

/** Reports whether a right is more specific than another. No right is the least specific. */
export const outranks = (right: AccessRight | undefined, other: AccessRight | undefined): boolean =>
  right !== undefined && (other === undefined || specificity[right] > specificity[other]);

/** A message that says something of a room without being in it. */
export type RoomMessage = Extract<ClientMessage, { readonly command: 'joinRoom' | 'leaveFromRoom' | 'getRoomInfo' }>;

/** What somebody wants to do to a stream, and what they show for it. */
export interface AccessRequest {
  readonly action: AccessAction;
  /** The stream, call or room. */
  readonly streamId: string;
  /** The room that the stream belongs to, as the message says. */
  readonly room: string | undefined;
  readonly token: string | undefined;
  readonly subscriberId: string | undefined;
  readonly subscriberCode: string | undefined;
  readonly metaData: string | undefined;
  /** What is to be done once it is granted, for `enter` and `query`. */
  readonly message?: Exclude<RoomMessage, { readonly command: 'leaveFromRoom' }> | StreamQuery;
}

/** What a server role asks of the authorization. Performed by what the session is given as `access`. */
export type AccessEffect = { readonly type: 'access.request' } & AccessRequest;

/** What a publisher says of its stream. */
export interface ClaimRequest {
  readonly streamId: string;
  /** The room it belongs to. */
  readonly mainTrack: string | undefined;
  readonly streamName: string | undefined;
  readonly metaData: string | undefined;
  readonly role: string | undefined;
  /** Whether it says that it has video. Default that it has. */
  readonly hasVideo?: boolean | undefined;
  /** Who publishes, by its own account. */
  readonly subscriberId?: string | undefined;
  /** The right that was shown for it. Default none. */
  readonly right?: AccessRight | undefined;
}

/** What a player says of the stream, or the room, that it plays. */
export interface SubscribeRequest {
  readonly streamId: string;
  /** Names of subtracks that are wanted, or with `!` of those that are not. Empty: all. */
  readonly trackList: readonly string[];
  /** The stream that the same client publishes. */
  readonly userPublishId: string | undefined;
  /** Whether no subtrack is wanted until `enableTrack`. */
  readonly disableTracksByDefault: boolean | undefined;
  /** Who plays, by its own account. */
  readonly subscriberId?: string | undefined;
  /** The same, for people. */
  readonly subscriberName?: string | undefined;
}

/** What a server role asks of the streams. Performed by the app (`reduceApp`). */
export type StreamEffect =
  | ({
      readonly type: 'stream.claim';
      /** How many streams its room may have. Default any number. */
      readonly subtracksLimit?: number | undefined;
    } & ClaimRequest)
  | { readonly type: 'stream.announce'; readonly streamId: string }
  /** What a publisher says of its stream has changed. */
  | ({ readonly type: 'stream.update' } & ClaimRequest)
  | { readonly type: 'stream.keep'; readonly streamId: string }
  /** How loud the publisher of a stream talks. */
  | { readonly type: 'stream.talk'; readonly streamId: string; readonly level: number }
  | { readonly type: 'stream.release'; readonly streamId: string }
  | ({
      readonly type: 'stream.subscribe';
      /** How many players it may have. Default any number. */
      readonly viewerLimit?: number | undefined;
    } & SubscribeRequest)
  /** The media of a player is connected. */
  | { readonly type: 'stream.watch'; readonly streamId: string }
  | { readonly type: 'stream.unsubscribe'; readonly streamId: string };

/** What an accepted publisher tells the rooms that its stream is in. Performed by the app (`reduceApp`). */
export type RoomEffect = { readonly type: 'room.bring' } & ClaimRequest;

/** Tells a room what somebody says of it who need not be in it. Performed by the app (`reduceApp`). */
export interface RoomTellEffect {
  readonly type: 'room.tell';
  readonly message: RoomMessage;
  /** The right that was shown to enter. Default none. */
  readonly right?: AccessRight | undefined;
}

/**
 * Asks for the ICE servers that the client may use; the answer is `ice.servers`. Performed by the session.
 */
export interface IceRequestEffect {
  readonly type: 'ice.request';
  /** Whether those that need credentials are among them. */
  readonly withCredentials: boolean;
}

/** Asks what is known of the stream that a question names; the answer is `stream.described`. Performed by what the session is given as `describe`. */
export interface StreamDescribeEffect {
  readonly type: 'stream.describe';
  readonly question: StreamQuery;
}

/**
 * What happens to streams that an application outside wants to hear of, by the names that Ant Media gives its webhooks.
 *
 * @see docs/protocol.md § Webhooks
 */
export type HookAction =
  | 'liveStreamStarted'
  | 'liveStreamEnded'
  | 'publishTimeoutError'
  | 'playStarted'
  | 'playStopped'
  | 'subtrackAddedInTheMainTrack'
  | 'subtrackLeftTheMainTrack'
  | 'firstActiveTrackAddedInMainTrack'
  | 'noActiveSubtracksLeftInMainTrack';

/** Tells the application that runs a server. Performed by what the app is given as `notify`. */
export interface HookEffect {
  readonly type: 'app.notify';
  readonly action: HookAction;
  /** The stream; for what happens in a room, the subtrack. */
  readonly streamId: string;
  /** The socket of the player, when it is about one. */
  readonly by?: number;
  /** The room, when it happens in one. */
  readonly mainTrack?: string;
}

/** Asks the other side whether it is alive (RFC 6455 § 5.5.2); the answer is `socket.ponged`. Performed by the session. */
export interface SocketPingEffect {
  readonly type: 'socket.ping';
}

/** Closes the WebSocket. Performed by the session. */
export interface SocketCloseEffect {
  readonly type: 'socket.close';
}

/** What a client's machine asks of the WebSocket. Performed by the session. */
export type SocketEffect = { readonly type: 'socket.dial' } | SocketCloseEffect;

/**
 * What a server's socket machine asks of its session: a machine for this role, which first hears `message`. That of a peer
 * is the call, which it shares with the other.
 */
export interface RoleStartEffect {
  readonly type: 'role.start';
  readonly address: RoleAddress & { readonly role: 'publisher' | 'player' | 'peer' };
  readonly message: ClientMessage;
}

/** What a client's socket machine tells its session: roles may speak now. */
export interface RoleReadyEffect {
  readonly type: 'role.ready';
}

/** A message of the other peer's application, for the own. Performed by `@sigchart/browser`. */
export interface AppNotifyEffect {
  readonly type: 'app.notify';
  readonly definition: string | undefined;
  readonly data: unknown;
}

/** What a member of a conference asks of its session: a publisher or a player on the same socket, or the end of one. */
export type MemberRoleEffect =
  | {
      readonly type: 'role.start';
      readonly address: RoleAddress;
      readonly token?: string | undefined;
      readonly room?: string | undefined;
      readonly streamName?: string | undefined;
      readonly metaData?: string | undefined;
    }
  | { readonly type: 'role.stop'; readonly address: RoleAddress };

/** What a client's role may ask for. */
export type ClientRoleEffect = SignalEffect<ClientMessage> | RtcEffect | TimerEffect | AppNotifyEffect;

/** What a client's member of a conference may ask for. */
export type ClientMemberEffect = SignalEffect<ClientMessage> | TimerEffect | MemberRoleEffect;

/** What a client's socket machine may ask for. */
export type ClientSocketEffect = SignalEffect<ClientMessage> | TimerEffect | SocketEffect | RoleReadyEffect;

/** What a server's role may ask for. */
export type ServerRoleEffect =
  | SignalEffect<ServerMessage>
  | RtcEffect
  | TimerEffect
  | AccessEffect
  | StreamEffect
  | RoomEffect
  | HookEffect
  | SocketPingEffect
  | QualityEffect;

/** What a server's socket machine may ask for. */
export type ServerSocketEffect =
  | SignalEffect<ServerMessage>
  | TimerEffect
  | AccessEffect
  | StreamDescribeEffect
  | IceRequestEffect
  | RoomTellEffect
  | SocketPingEffect
  | SocketCloseEffect
  | RoleStartEffect;

/** Anything any machine may ask for. */
export type Effect =
  | ClientRoleEffect
  | ClientMemberEffect
  | ClientSocketEffect
  | ServerRoleEffect
  | ServerSocketEffect
  | HttpEffect
  | MediaEffect;

/** How a WHIP or WHEP resource responds to a request. @see docs/whip.md */
export interface HttpResponse {
  readonly status: number;
  /** The body of a 201: the answer. */
  readonly sdp?: string;
  /** The body of a 200 that answers an ICE restart. */
  readonly fragment?: string;
  /** The entity tag of the ICE session, without quotes. */
  readonly tag?: string;
  /** The servers to name in `Link` headers. */
  readonly iceServers?: readonly IceServer[];
  /** Why the request was refused: a definition of the protocol, or a sentence. */
  readonly reason?: string;
}

/** Responds to one request of an HTTP client. Performed by what the resource is given as `respond`. */
export interface HttpEffect {
  readonly type: 'http.respond';
  /** The number of the request that is responded to. */
  readonly exchange: number;
  readonly response: HttpResponse;
}

/** Who performs an effect: what stands before the dot of its type. */
export type Speaker<Type extends string> = Type extends `${infer Name}.${string}` ? Name : never;

/** A performer for every speaker in a union of effects: one that is missing does not compile. */
export type Performers<E extends { readonly type: string }> = {
  readonly [Name in Speaker<E['type']>]: (effect: Extract<E, { readonly type: `${Name}.${string}` }>) => void;
};

/** Hands an effect to its performer. */
export const performWith =
  <E extends { readonly type: string }>(performers: Performers<E>) =>
  (effect: E): void => {
    const speaker = effect.type.slice(0, effect.type.indexOf('.')) as Speaker<E['type']>;
    (performers[speaker] as (effect: E) => void)(effect);
  };
