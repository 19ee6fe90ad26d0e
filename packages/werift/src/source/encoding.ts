import type { CodecMapping } from '../sdp/codec.ts';
import { DependencyReader, type FrameDependency } from './dependencyDescriptor.ts';
import { type FrameSize, frameSizesOf } from './frameSize.ts';
import { historySize, PacketHistory } from './history.ts';
import { KeyFrameRequests } from './keyFrameRequests.ts';
import { LayerMeter } from './layerMeter.ts';
import { layerOf, type PacketLayer } from './packetLayer.ts';

/** One RTP packet of an encoding, by the count and the clock of the encoding. */
export interface MediaPacket {
  readonly encoding: Encoding;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  readonly layer: PacketLayer;
  /** Its dependency descriptor; `undefined` without one that can be read. */
  readonly dependency?: FrameDependency | undefined;
  /** Arrival time, by the monotonic clock. */
  readonly atMs: number;
}

/** Receiver of an encoding's packets. */
export interface PacketReceiver {
  forward(packet: MediaPacket): void;
}

/** A publisher's sender report: RTP time and wall clock. @see RFC 3550 § 6.4.1 */
export interface ClockReading {
  /** The publisher's NTP clock, 32.32 fixed point. */
  readonly ntp: bigint;
  readonly rtpTimestamp: number;
  /** Arrival time, by the monotonic clock. */
  readonly atMs: number;
}

/** Position of an encoding: its latest numbers. */
export interface EncodingPosition {
  /** The highest number of its packets, not wrapped. */
  readonly number: number;
  readonly timestamp: number;
  readonly atMs: number;
}

/** A received packet, by the counters and the clock of its encoding. */
export interface IncomingPacket {
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly marker: boolean;
  readonly payload: Buffer;
  /** Its dependency descriptor, if that was negotiated. */
  readonly descriptor?: Buffer | undefined;
}

/** Parameters of an encoding, known before its first packet. */
export interface EncodingOptions {
  /** The publisher's media section. */
  readonly mid: string;
  readonly codec: CodecMapping;
  /** Its restriction identifier (RFC 8852), `undefined` when it has none. */
  readonly rid: string | undefined;
  /** `isRepeated` is true if it repeats the previous request. */
  readonly requestKeyFrame: (isRepeated: boolean) => void;
}

/** An encoding that was silent this long has stopped: its encoder lacks bandwidth or CPU. Milliseconds. */
const silentMs = 500;

/** Number of late pictures after which an encoding counts as silent. A static screen is sent once a second. */
const latePictures = 3;

/** The longest time between two pictures that counts as their rate. Milliseconds. */
const maxPictureMs = 2_000;

/** One encoding of a track: the only one, or one of simulcast. */
export class Encoding {
  readonly mid: string;
  readonly codec: CodecMapping;
  readonly rid: string | undefined;
  readonly keyFrames: KeyFrameRequests;
  readonly meter = new LayerMeter();
  /** Clock mapping of its packets; `undefined` before the first sender report. */
  clock: ClockReading | undefined;
  /** Latest position; `undefined` before the first packet. */
  last: EncodingPosition | undefined;
  /** Sizes of the last key frame by spatial layer, the smallest first; empty when not known. */
  frameSizes: readonly FrameSize[] = [];
  /** True if a spatial layer is sent without some frames of smaller ones. */
  isSkipping = false;
  readonly #history: PacketHistory;
  #receivers: readonly PacketReceiver[] = [];
  #heardAtMs = Number.NEGATIVE_INFINITY;
  #timestamp: number | undefined;
  /** The average time between two pictures. */
  #pictureMs = 0;
  readonly #dependencies = new DependencyReader();

  constructor({ mid, codec, rid, requestKeyFrame }: EncodingOptions) {
    this.mid = mid;
    this.codec = codec;
    this.rid = rid;
    this.#history = new PacketHistory(historySize[codec.codec.kind]);
    this.keyFrames = new KeyFrameRequests(requestKeyFrame);
  }

  /** True if packets arrived recently. */
  isActive(atMs: number): boolean {
    return atMs - this.#heardAtMs < Math.max(silentMs, latePictures * this.#pictureMs);
  }

  /** Forwards a packet, once. */
  receive({ sequenceNumber, timestamp, marker, payload, descriptor }: IncomingPacket, atMs: number): void {
    if (!this.#history.add(sequenceNumber)) return;
    const { name } = this.codec.codec;
    const dependency = descriptor && this.#dependencies.read(descriptor);
    const layer = layerOf(name, payload, dependency);
    if (timestamp !== this.#timestamp) {
      if (this.#timestamp !== undefined)
        this.#pictureMs += (Math.min(maxPictureMs, atMs - this.#heardAtMs) - this.#pictureMs) / 4;
      this.#timestamp = timestamp;
    }
    this.#heardAtMs = atMs;
    this.meter.add(layer.spatial, layer.temporal, payload.length);
    const packet: MediaPacket = { encoding: this, sequenceNumber, timestamp, marker, payload, layer, dependency, atMs };
    for (const receiver of this.#receivers) receiver.forward(packet);
    if (!layer.isKeyFrame) return;
    this.keyFrames.received();
    this.isSkipping = dependency?.structure.isSkipping ?? false;
    const described = dependency?.structure.sizes ?? [];
    const sizes = described.length > 0 ? described : frameSizesOf(name, payload);
    if (sizes.length > 0) this.frameSizes = sizes;
  }

  /** Size of the last key frame in its largest spatial layer, 0 by 0 when not known. */
  get frameSize(): FrameSize {
    return this.frameSizes.at(-1) ?? { width: 0, height: 0 };
  }

  /** Adds a receiver, which needs a key frame first. */
  add(receiver: PacketReceiver): void {
    if (this.#receivers.includes(receiver)) return;
    this.#receivers = [...this.#receivers, receiver];
    this.requestKeyFrame();
  }

  remove(receiver: PacketReceiver): void {
    if (this.#receivers.includes(receiver)) this.#receivers = this.#receivers.filter((one) => one !== receiver);
  }

  /** Requests a key frame from the publisher; requests are merged. */
  requestKeyFrame(): void {
    if (this.codec.codec.kind === 'video') this.keyFrames.request();
  }

  /** Ends it: nothing more will come. */
  close(): void {
    this.#receivers = [];
    this.keyFrames.close();
  }
}
