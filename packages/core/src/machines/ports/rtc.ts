import type { RoleName } from './role.ts';

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
