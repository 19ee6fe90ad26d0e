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

/** Labels for the tracks of one stream towards a server's player. */
export interface TrackAssignment {
  readonly streamId: string;
  /** The label of its video: the track's id without `ARDAMSv`. `undefined`: its video is not sent. */
  readonly videoLabel: string | undefined;
  /** The label of its audio: the track's id without `ARDAMSa`. */
  readonly audioLabel: string;
  /** The `MediaStream` that its tracks are in, which are played in sync. */
  readonly mediaStreamId: string;
  /** True if the client has reserved this label for it. */
  readonly isReserved: boolean;
}

/** The assignment of a stream that is played by itself: its id is the label of its tracks. */
export const ownTracks = (streamId: string): TrackAssignment => ({
  streamId,
  videoLabel: streamId,
  audioLabel: streamId,
  mediaStreamId: streamId,
  isReserved: false,
});

/** Effect on a role's connection. Performed in order, one at a time, by `@sigchart/webrtc`. */
export type RtcEffect =
  | {
      readonly type: 'rtc.open';
      readonly role: RoleName;
      readonly streamId: string;
      /** True if this side of a call makes the offer, and so opens the data channel. */
      readonly isOfferer?: boolean;
      /** Tracks that a server's player is sent. */
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
  /** Checks whether the remote is alive, by media or a connectivity check. Answered by `rtc.mediaReceived` or `rtc.mediaMissing`. */
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

/** Report of a connection. Reports on performed effects arrive in the order of the effects. */
export type RtcEvent =
  | {
      readonly type: 'rtc.offerCreated';
      readonly sdp: string;
      /** The id of each sent track, by `mid`. */
      readonly trackIds: Readonly<Record<string, string>>;
    }
  | { readonly type: 'rtc.answerCreated'; readonly sdp: string }
  | { readonly type: 'rtc.iceCandidate'; readonly candidate: IceCandidate }
  /** The connection's tracks differ from what was negotiated. */
  | { readonly type: 'rtc.negotiationNeeded' }
  | { readonly type: 'rtc.connected' }
  | { readonly type: 'rtc.disconnected' }
  /** The data channel that the server has opened for a player can be used. */
  | { readonly type: 'rtc.dataChannelOpened' }
  /** Answers `rtc.checkMedia`: the remote is alive, or gives no sign of it. */
  | { readonly type: 'rtc.mediaReceived' | 'rtc.mediaMissing' }
  /** Audio level of a publisher: from 0, the loudest, to 127, silence (RFC 6464). Repeated while it talks. */
  | { readonly type: 'rtc.audioLevel'; readonly level: number }
  | {
      readonly type: 'rtc.failed';
      readonly step: RtcStep;
      /** `noCommonCodec` when the two sides have none in common, else free text for logs. */
      readonly reason: string;
    };
