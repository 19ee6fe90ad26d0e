import type { CodecMapping } from '../sdp/codec.ts';
import { type FrameSize, frameSizeOf } from './frameSize.ts';
import { type MediaPacket, PacketHistory } from './history.ts';
import { KeyFrameRequests } from './keyFrameRequests.ts';

/** The id of a stream's tracks of one kind by their label, which is the stream's id unless a room gives another. */
export const trackIdOf = (kind: 'audio' | 'video', label: string, index: number): string =>
  `ARDAMS${kind === 'video' ? 'v' : 'a'}${label}${index === 0 ? '' : `_${index + 1}`}`;

/** Who gets the packets of a track. */
export interface PacketReceiver {
  forward(packet: MediaPacket): void;
}

/** What a publisher said of the time of its packets. @see RFC 3550 § 6.4.1 */
export interface ClockReading {
  /** The publisher's NTP clock, 32.32 fixed point. */
  readonly ntp: bigint;
  readonly rtpTimestamp: number;
  /** When it was heard, by the monotonic clock. */
  readonly atMs: number;
}

/** Where the count and the clock of a track are, whatever source its packets come from. */
export interface TrackPosition {
  /** The highest number so far, not wrapped. */
  readonly number: number;
  readonly timestamp: number;
  /** When that packet came, by the monotonic clock. */
  readonly atMs: number;
}

/** How many packets are kept for retransmission: some seconds, at the bitrates that are usual. */
const historySize = { audio: 256, video: 1024 } as const;

/** What there is to know of a track before its first packet. */
export interface TrackOptions {
  readonly id: string;
  readonly streamId: string;
  /** The publisher's media section. */
  readonly mid: string;
  /** What the publisher was answered to send. */
  readonly codec: CodecMapping;
  readonly requestKeyFrame: () => void;
}

/** One track that a publisher sends, and who it is forwarded to. */
export class Track {
  readonly id: string;
  readonly streamId: string;
  readonly mid: string;
  readonly codec: CodecMapping;
  readonly history: PacketHistory;
  readonly keyFrames: KeyFrameRequests;
  /** The time of its packets, or `undefined` before the publisher said. */
  clock: ClockReading | undefined;
  /** Where it is, or `undefined` before its first packet. */
  last: TrackPosition | undefined;
  /** Of the last key frame, 0 by 0 when not known. */
  frameSize: FrameSize = { width: 0, height: 0 };
  /** Of the last second. */
  bitrate = 0;
  #bytes = 0;
  #measuredAtMs = performance.now();
  #receivers: readonly PacketReceiver[] = [];

  constructor({ id, streamId, mid, codec, requestKeyFrame }: TrackOptions) {
    this.id = id;
    this.streamId = streamId;
    this.mid = mid;
    this.codec = codec;
    this.history = new PacketHistory(historySize[codec.codec.kind]);
    this.keyFrames = new KeyFrameRequests(requestKeyFrame);
  }

  get kind() {
    return this.codec.codec.kind;
  }

  /** Forwards a packet, once. */
  receive(packet: MediaPacket): void {
    if (!this.history.add(packet)) return;
    this.#bytes += packet.payload.length;
    for (const receiver of this.#receivers) receiver.forward(packet);
    this.frameSize = frameSizeOf(this.codec.codec.name, packet.payload) ?? this.frameSize;
  }

  /** Computes the bitrate since the last time. */
  measure(atMs: number): void {
    const elapsedMs = atMs - this.#measuredAtMs;
    if (elapsedMs <= 0) return;
    this.bitrate = Math.round((this.#bytes * 8000) / elapsedMs);
    this.#bytes = 0;
    this.#measuredAtMs = atMs;
  }

  /** Begins to forward to somebody, who needs a key frame first. */
  add(receiver: PacketReceiver): void {
    if (this.#receivers.includes(receiver)) return;
    this.#receivers = [...this.#receivers, receiver];
    this.requestKeyFrame();
  }

  remove(receiver: PacketReceiver): void {
    this.#receivers = this.#receivers.filter((one) => one !== receiver);
  }

  /** Asks the publisher for a key frame, soon. */
  requestKeyFrame(): void {
    if (this.kind === 'video') this.keyFrames.request();
  }

  /** Ends it: nothing more will come. */
  close(): void {
    this.#receivers = [];
    this.keyFrames.close();
  }
}
