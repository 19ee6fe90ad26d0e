/** Which layer of a track: an encoding of simulcast or a spatial layer of SVC, and how many of its temporal layers. */
export interface LayerId {
  /** 0 is the smallest picture. */
  readonly spatial: number;
  /** The highest temporal layer that is sent; 0 is the lowest picture rate. */
  readonly temporal: number;
}

/** One layer of a track as it is now, with all layers that it needs. */
export interface Layer extends LayerId {
  /** Pixels; 0 when not known. */
  readonly height: number;
  /** Bits per second, headers included. */
  readonly bitrate: number;
}

/** One track of a player as it is now. */
export interface MeasuredTrack {
  readonly trackId: string;
  /** The stream that it belongs to. */
  readonly streamId: string;
  readonly kind: 'audio' | 'video';
  /** True if the player wants it at all. */
  readonly isEnabled: boolean;
  /** What can be sent of it now, from the lowest bitrate to the highest. Layers that are silent are not among them. */
  readonly layers: readonly Layer[];
  /** Bits per second that its publisher sent before it was told to send less; absent while it may send what it likes. */
  readonly limitedFrom?: number | undefined;
  /** True if its publisher sends less when this player asks for that: nobody else is there who can take everything. */
  readonly isAdaptive?: boolean | undefined;
}

/** What is known of the path to a player and of what could be sent on it. */
export interface Measurement {
  /** What the path is estimated to carry. Bits per second, as all bitrates. */
  readonly bitrate: number;
  /** What arrived lately; 0 when not known. */
  readonly throughput: number;
  /** The round trip. Milliseconds; 0 when not known. */
  readonly rttMs: number;
  /** The share of packets that were lost lately. */
  readonly loss: number;
  /** True if the path showed lately that it carries no more: only then is the estimate an upper bound. */
  readonly isCongested: boolean;
  /** True if a probe runs that a machine has asked for. */
  readonly isProbing: boolean;
  /** True if this player's path can be probed: padding needs retransmission payloads and reports on packets. */
  readonly canProbe: boolean;
  /** True if it is time to tell the client what it receives. */
  readonly isReportDue: boolean;
  readonly tracks: readonly MeasuredTrack[];
}

/** Reason a track is sent as it is: nothing limits it, the client prefers it so, or the path carries no more. */
export type SelectionReason = 'unlimited' | 'preference' | 'bandwidth';
