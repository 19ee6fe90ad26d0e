import { RtpHeader } from 'werift';

/** One-byte header extensions. @see RFC 8285 § 4.2 */
const oneByteProfile = 0xbede;

/** The ids of the header extensions that a player negotiated. */
export interface ExtensionIds {
  readonly mid: number | undefined;
  /** {@link transportSequenceUri} */
  readonly transportSequence: number | undefined;
  /** {@link sendTimeUri} */
  readonly sendTime: number | undefined;
}

/** Fixed header fields of one outgoing stream. */
export interface OutgoingHeaderOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly mid: string;
  readonly extensions: ExtensionIds;
}

/**
 * The header of the packets of one outgoing stream. It is serialized once and then changed in place for each packet; werift's own
 * is serialized for each packet and player.
 *
 * @see RFC 3550 § 5.1
 */
export class OutgoingHeader extends RtpHeader {
  readonly #bytes: Buffer<ArrayBuffer>;
  #transportSequenceAt = 0;
  #sendTimeAt = 0;

  constructor({ ssrc, payloadType, mid, extensions }: OutgoingHeaderOptions) {
    super({ ssrc, payloadType });
    const name = Buffer.from(mid);
    const elements: Buffer[] = [];
    let offset = 16;
    const add = (id: number, value: Buffer): number => {
      elements.push(Buffer.from([(id << 4) | (value.length - 1)]), value);
      offset += 1 + value.length;
      return offset - value.length;
    };
    if (extensions.mid !== undefined) add(extensions.mid, name);
    if (extensions.transportSequence !== undefined)
      this.#transportSequenceAt = add(extensions.transportSequence, Buffer.alloc(2));
    if (extensions.sendTime !== undefined) this.#sendTimeAt = add(extensions.sendTime, Buffer.alloc(3));
    const words = Math.ceil((offset - 16) / 4);
    this.#bytes = Buffer.alloc(words === 0 ? 12 : 16 + 4 * words);
    this.#bytes[0] = words === 0 ? 0x80 : 0x90;
    this.#bytes.writeUInt32BE(ssrc, 8);
    if (words === 0) return;
    this.#bytes.writeUInt16BE(oneByteProfile, 12);
    this.#bytes.writeUInt16BE(words, 14);
    Buffer.concat(elements).copy(this.#bytes, 16);
  }

  /** Makes it the header of another packet. */
  of(sequenceNumber: number, timestamp: number, marker: boolean, isPadded = false): this {
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
    if (this.#transportSequenceAt > 0) this.#bytes.writeUInt16BE(transportSequence, this.#transportSequenceAt);
    // Seconds in 6.18 fixed point. @see http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time
    if (this.#sendTimeAt > 0)
      this.#bytes.writeUIntBE(Math.floor((atMs * 0x4_0000) / 1000) % 0x100_0000, this.#sendTimeAt, 3);
  }

  override get serializeSize(): number {
    return this.#bytes.length;
  }

  override serialize(): Buffer<ArrayBuffer> {
    return this.#bytes;
  }
}
