import { RtpHeader } from 'werift';

/** One-byte header extensions. @see RFC 8285 § 4.2 */
const oneByteProfile = 0xbede;

/** Two-byte header extensions, which may have more than 16 bytes. @see RFC 8285 § 4.3 */
const twoByteProfile = 0x1000;
const maxOneByteLength = 16;

/** The ids of the header extensions that a player negotiated. */
export interface ExtensionIds {
  readonly mid: number | undefined;
  /** {@link transportSequenceUri} */
  readonly transportSequence: number | undefined;
  /** {@link sendTimeUri} */
  readonly sendTime: number | undefined;
  /** {@link dependencyUri} */
  readonly dependency?: number | undefined;
}

/** Fixed header fields of one outgoing stream. */
export interface OutgoingHeaderOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly mid: string;
  readonly extensions: ExtensionIds;
}

/** A header extension with its value. */
interface Element {
  readonly id: number;
  readonly value: Buffer;
}

/** The extensions of a header in one of both forms. */
interface ElementBlock {
  readonly bytes: Buffer;
  /** Offsets in the header of the values that change; 0 without. */
  readonly transportSequenceAt: number;
  readonly sendTimeAt: number;
}

const elementOf = ({ id, value }: Element, isLong: boolean): Buffer =>
  Buffer.concat([Buffer.from(isLong ? [id, value.length] : [(id << 4) | (value.length - 1)]), value]);

/** Offset of the first extension. */
const elementsAt = 16;

/**
 * The header of the packets of one outgoing stream. It is serialized once and then changed in place for each packet; werift's own
 * is serialized for each packet and player.
 *
 * @see RFC 3550 § 5.1
 */
export class OutgoingHeader extends RtpHeader {
  readonly #plain: Buffer<ArrayBuffer>;
  readonly #short: ElementBlock;
  readonly #long: ElementBlock;
  readonly #dependencyId: number | undefined;
  #block: ElementBlock;
  #bytes: Buffer<ArrayBuffer>;

  constructor({ ssrc, payloadType, mid, extensions }: OutgoingHeaderOptions) {
    super({ ssrc, payloadType });
    const { mid: midId, transportSequence, sendTime, dependency } = extensions;
    const element = (id: number | undefined, value: Buffer) => (id === undefined ? [] : [{ id, value }]);
    const elements = [
      ...element(midId, Buffer.from(mid)),
      ...element(transportSequence, Buffer.alloc(2)),
      ...element(sendTime, Buffer.alloc(3)),
    ];
    const blockOf = (isLong: boolean): ElementBlock => {
      const ends = new Map<number, number>();
      let end = elementsAt;
      for (const one of elements) {
        end += elementOf(one, isLong).length;
        ends.set(one.id, end);
      }
      const valueAt = (id: number | undefined, length: number) => (id === undefined ? 0 : (ends.get(id) ?? 0) - length);
      return {
        bytes: Buffer.concat(elements.map((one) => elementOf(one, isLong))),
        transportSequenceAt: valueAt(transportSequence, 2),
        sendTimeAt: valueAt(sendTime, 3),
      };
    };
    this.#short = blockOf(false);
    this.#long = blockOf(true);
    this.#block = this.#short;
    this.#dependencyId = dependency;
    this.#plain = this.#headerOf(this.#short.bytes, oneByteProfile);
    this.#bytes = this.#plain;
  }

  #headerOf(elements: Buffer, profile: number): Buffer<ArrayBuffer> {
    const words = Math.ceil(elements.length / 4);
    const bytes = Buffer.alloc(words === 0 ? 12 : elementsAt + 4 * words);
    bytes[0] = words === 0 ? 0x80 : 0x90;
    bytes.writeUInt32BE(this.ssrc, 8);
    if (words === 0) return bytes;
    bytes.writeUInt16BE(profile, 12);
    bytes.writeUInt16BE(words, 14);
    elements.copy(bytes, elementsAt);
    return bytes;
  }

  /** A header with a descriptor, whose length differs from packet to packet. */
  #describe(descriptor: Buffer | undefined): void {
    this.#bytes = this.#plain;
    this.#block = this.#short;
    if (descriptor === undefined || this.#dependencyId === undefined) return;
    const isLong = descriptor.length > maxOneByteLength;
    this.#block = isLong ? this.#long : this.#short;
    const element = elementOf({ id: this.#dependencyId, value: descriptor }, isLong);
    this.#bytes = this.#headerOf(Buffer.concat([this.#block.bytes, element]), isLong ? twoByteProfile : oneByteProfile);
  }

  /** Makes it the header of another packet. */
  of(sequenceNumber: number, timestamp: number, marker: boolean, isPadded = false, descriptor?: Buffer): this {
    this.#describe(descriptor);
    const bytes = this.#bytes;
    this.sequenceNumber = sequenceNumber;
    bytes[0] = isPadded ? (bytes[0] ?? 0) | 0x20 : (bytes[0] ?? 0) & ~0x20;
    bytes[1] = marker ? this.payloadType | 0x80 : this.payloadType;
    bytes.writeUInt16BE(sequenceNumber, 2);
    bytes.writeUInt32BE(timestamp, 4);
    return this;
  }

  /** Writes when the packet is sent, and as which one of its transport. */
  stamp(transportSequence: number, atMs: number): void {
    const { transportSequenceAt, sendTimeAt } = this.#block;
    if (transportSequenceAt > 0) this.#bytes.writeUInt16BE(transportSequence, transportSequenceAt);
    // Seconds in 6.18 fixed point. @see http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
    if (sendTimeAt > 0) this.#bytes.writeUIntBE(Math.floor((atMs * 0x4_0000) / 1000) % 0x100_0000, sendTimeAt, 3);
  }

  override get serializeSize(): number {
    return this.#bytes.length;
  }

  override serialize(): Buffer<ArrayBuffer> {
    return this.#bytes;
  }
}
