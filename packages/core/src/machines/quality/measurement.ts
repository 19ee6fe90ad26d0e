/** Layer of a track: a simulcast encoding or spatial layer, and the number of its temporal layers. */
export interface LayerId {
  /** 0 is the smallest picture. */
  readonly spatial: number;
  /** The highest temporal layer that is sent; 0 is the lowest picture rate. */
  readonly temporal: number;
}

/** Current state of one layer of a track, including the lower layers that it needs. */
export interface Layer extends LayerId {
  /** Pixels; 0 when not known. */
  readonly height: number;
  /** Bits per second, headers included. */
  readonly bitrate: number;
}

/** Current state of one track of a player. */
export interface MeasuredTrack {
  readonly trackId: string;
  /** The stream that it belongs to. */
  readonly streamId: string;
  readonly kind: 'audio' | 'video';
  /** True if the player wants the track. */
  readonly isEnabled: boolean;
  /** Layers that can be sent now, by ascending bitrate. Silent layers are left out. */
  readonly layers: readonly Layer[];
  /** Bitrate of its publisher before the current limit, in bits per second; absent without a limit. */
  readonly limitedFrom?: number | undefined;
  /** True if its publisher sends less on this player's request: no other player can receive everything. */
  readonly isAdaptive?: boolean | undefined;
}

/** Measurements of a player's path and tracks. */
export interface Measurement {
  /** Estimated bandwidth. Bits per second, as all bitrates. */
  readonly bitrate: number;
  /** Recently acknowledged bitrate; 0 if unknown. */
  readonly throughput: number;
  /** The round trip. Milliseconds; 0 when not known. */
  readonly rttMs: number;
  /** The share of packets that were lost lately. */
  readonly loss: number;
  /** True if the path was recently congested: only then is the estimate an upper bound. */
  readonly isCongested: boolean;
  /** True while a requested probe runs. */
  readonly isProbing: boolean;
  /** True if this player's path can be probed: padding needs retransmission payloads and reports on packets. */
  readonly canProbe: boolean;
  /** True if a report to the client is due. */
  readonly isReportDue: boolean;
  readonly tracks: readonly MeasuredTrack[];
}

/** Reason for the selection of a layer: nothing limits it, the client's preference, or the bandwidth. */
export type SelectionReason = 'unlimited' | 'preference' | 'bandwidth';
