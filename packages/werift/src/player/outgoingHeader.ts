import { RtpHeader } from 'werift';

/** One-byte header extensions. @see RFC 8285 § 4.2 */
const oneByteProfile = 0xbede;

/** What the packets of one outgoing source have in common. */
export interface OutgoingHeaderOptions {
  readonly ssrc: number;
  readonly payloadType: number;
  readonly mid: string;
  /** The number of the extension that carries `mid`, `undefined` when the player did not ask for it. */
  readonly midId: number | undefined;
}

/**
 * The header of the packets of one outgoing source: written once, then changed in place for each, while werift's own is
 * written anew for each packet and each player.
 *
 * @see RFC 3550 § 5.1
 */
export class OutgoingHeader extends RtpHeader {
  readonly #bytes: Buffer<ArrayBuffer>;

  constructor({ ssrc, payloadType, mid, midId }: OutgoingHeaderOptions) {
    super({ ssrc, payloadType });
    const name = Buffer.from(mid);
    const words = midId === undefined ? 0 : Math.ceil((1 + name.length) / 4);
    this.#bytes = Buffer.alloc(midId === undefined ? 12 : 16 + 4 * words);
    this.#bytes[0] = midId === undefined ? 0x80 : 0x90;
    this.#bytes.writeUInt32BE(ssrc, 8);
    if (midId === undefined) return;
    this.#bytes.writeUInt16BE(oneByteProfile, 12);
    this.#bytes.writeUInt16BE(words, 14);
    this.#bytes[16] = (midId << 4) | (name.length - 1);
    name.copy(this.#bytes, 17);
  }

  /** Makes it the header of another packet. */
  of(sequenceNumber: number, timestamp: number, marker: boolean): this {
    this.sequenceNumber = sequenceNumber;
    this.#bytes[1] = marker ? this.payloadType | 0x80 : this.payloadType;
    this.#bytes.writeUInt16BE(sequenceNumber, 2);
    this.#bytes.writeUInt32BE(timestamp, 4);
    return this;
  }

  override get serializeSize(): number {
    return this.#bytes.length;
  }

  override serialize(): Buffer<ArrayBuffer> {
    return this.#bytes;
  }
}
