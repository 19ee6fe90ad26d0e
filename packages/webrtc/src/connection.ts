import type {
  IceCandidate,
  LayerId,
  Measurement,
  RtcEffect,
  SessionDescription,
  TrackAssignment,
} from '@sigchart/core/machines';

/**
 * The part of `RTCPeerConnection` that signalling needs. A browser's can be used directly, and so can any object of this shape.
 *
 * Descriptions and candidates are applied one after another; operations never overlap.
 *
 * @see https://www.w3.org/TR/webrtc/#rtcpeerconnection-interface
 */
export interface PeerConnectionLike {
  readonly connectionState: string;
  /** Local description, or `null` before `setLocalDescription`. */
  readonly localDescription: { readonly sdp: string } | null;
  createOffer(): Promise<{ readonly sdp?: string }>;
  createAnswer(): Promise<{ readonly sdp?: string }>;
  /** `rollback`, which withdraws an offer, is used only by clients. */
  setLocalDescription(description: SessionDescription | { readonly type: 'rollback' }): Promise<unknown>;
  /** Rejects if the description cannot be applied, and then leaves the connection unchanged. */
  setRemoteDescription(description: SessionDescription): Promise<unknown>;
  addIceCandidate(candidate: IceCandidate): Promise<unknown>;
  /** Transceivers, in the order of the media sections. */
  getTransceivers(): readonly TransceiverLike[];
  addEventListener(
    type: 'connectionstatechange' | 'negotiationneeded' | 'datachannelopen' | 'audiolevelchange',
    listener: () => void,
  ): void;
  addEventListener(type: 'icecandidate', listener: (event: IceCandidateEventLike) => void): void;
  /** Ends the connection and frees what it holds. */
  close(): unknown;
  /** Audio level of the received media, from 0, the loudest, to 127. Only on a server. @see RFC 6464 */
  readonly audioLevel?: number;
  /** Sends these tracks from the next offer on, and no others. Only on a server that forwards. */
  setTracks?(tracks: readonly TrackAssignment[]): void;
  /**
   * Sends, or does not send for a while, tracks of one kind: those of a stream, one by its own id, or all by the id of what
   * the connection plays. Only on a server that forwards.
   */
  setEnabled?(name: string, kind: 'audio' | 'video', enabled: boolean): void;
  /** Sends a text on the data channel, if it is open. Only on a server. */
  sendData?(text: string): void;
  /**
   * Reports whether the remote is alive: media or a connectivity check of it has arrived within the last second, or it answers one.
   * Default: it is not known to be. Only on a server.
   */
  checkMedia?(): Promise<boolean>;
  /** Layer selection of a player. Only on a server that forwards. */
  readonly quality?: QualityControls | undefined;
}

/** The media of a player, as its quality machine sees it. */
export interface QualityControls {
  /** Calls `listener` a few times a second with what is known of the path and the tracks. */
  onMeasured(listener: (measurement: Measurement) => void): void;
  /** Sends one layer of a track from its next key frame or switching point on; `null` pauses it. */
  selectLayer(trackId: string, layer: LayerId | null): void;
  /** Says what the publisher of a track should send at most for this player; `null` is no limit. Bits per second. */
  limit(trackId: string, bitrate: number | null): void;
  /** Finds out whether the path carries a bitrate. */
  probe(bitrate: number): void;
  /** Measures soon, and reports it to the client. */
  measure(): void;
}

/** The part of `RTCRtpTransceiver` that signalling needs. */
export interface TransceiverLike {
  readonly mid: string | null;
  readonly sender: { readonly track: { readonly id: string } | null };
  /** Requested and negotiated direction. Only on a client. */
  direction?: string;
  readonly currentDirection?: string | null;
  /** Ends it. Only on a client. */
  stop?(): void;
}

/** The part of `RTCPeerConnectionIceEvent` that signalling needs. `null` and absent both end the candidates. */
export interface IceCandidateEventLike {
  readonly candidate?: {
    readonly candidate: string;
    readonly sdpMid?: string | null;
    readonly sdpMLineIndex?: number | null;
  } | null;
}

/** Parameters for opening a connection. */
export type OpenConnection = Extract<RtcEffect, { type: 'rtc.open' }>;

/** Opens the connection of one role. A throw or rejection fails the role. */
export type Connect = (open: OpenConnection) => PeerConnectionLike | Promise<PeerConnectionLike>;

/** A description that has no codec which this side can send or receive. */
export class NoCommonCodecError extends Error {
  override readonly name = 'NoCommonCodecError';
}
