import type { CodecMapping } from '../sdp/codec.ts';
import { type MediaPacket, PacketHistory } from './history.ts';
import { KeyFrameRequests } from './keyFrames.ts';

/** Who gets the packets of a track. */
export interface PacketReceiver {
  forward(packet: MediaPacket): void;
}

/** What a publisher said about the time of its packets. @see RFC 3550 § 6.4.1 */
export interface ClockReading {
  /** NTP time of the publisher's clock, 32.32 fixed point. */
  readonly ntp: bigint;
  readonly rtpTimestamp: number;
  /** When it was heard, by the own monotonic clock. Milliseconds. */
  readonly atMs: number;
}

/** How many packets are kept for retransmission: some seconds of a 2 Mbit/s video. */
const historySize = { audio: 256, video: 1024 } as const;

/** One track that a publisher sends, and who it is forwarded to. */
export class Track {
  readonly id: string;
  readonly mid: string;
  /** What the publisher was answered to send. */
  readonly mapping: CodecMapping;
  readonly history: PacketHistory;
  readonly keyFrames: KeyFrameRequests;
  clock: ClockReading | undefined;
  bytes = 0;
  #receivers: readonly PacketReceiver[] = [];

  constructor(id: string, mid: string, mapping: CodecMapping, requestKeyFrame: () => void) {
    this.id = id;
    this.mid = mid;
    this.mapping = mapping;
    this.history = new PacketHistory(historySize[mapping.codec.kind]);
    this.keyFrames = new KeyFrameRequests(requestKeyFrame);
  }

  get kind() {
    return this.mapping.codec.kind;
  }

  /** Forwards a packet, once. */
  receive(packet: MediaPacket): void {
    if (!this.history.add(packet)) return;
    this.bytes += packet.payload.length;
    for (const receiver of this.#receivers) receiver.forward(packet);
  }

  add(receiver: PacketReceiver): void {
    this.#receivers = [...this.#receivers, receiver];
    if (this.kind === 'video') this.keyFrames.request();
  }

  remove(receiver: PacketReceiver): void {
    this.#receivers = this.#receivers.filter((one) => one !== receiver);
  }

  close(): void {
    this.keyFrames.close();
  }
}
