import { RtpHeader } from 'werift';

/**
 * The header of the packets of one outgoing source, written once and then changed in place: werift's own writes 18
 * properties and two bit fields anew for each packet and each player.
 *
 * @see RFC 3550 § 5.1 · RFC 8285 § 4.2
 */
export class OutgoingHeader extends RtpHeader {
  readonly #bytes: Buffer<ArrayBuffer>;

  /** `mid` is sent with each packet, under the number `midId`, unless that is `undefined`. */
  constructor(ssrc: number, payloadType: number, mid: string, midId: number | undefined) {
    super({ ssrc, payloadType });
    const name = midId === undefined ? Buffer.alloc(0) : Buffer.from(mid);
    const words = midId === undefined ? 0 : Math.ceil((1 + name.length) / 4);
    this.#bytes = Buffer.alloc(words === 0 ? 12 : 16 + 4 * words);
    this.#bytes[0] = words === 0 ? 0x80 : 0x90;
    this.#bytes.writeUInt32BE(ssrc, 8);
    if (midId !== undefined) {
      this.#bytes.writeUInt16BE(0xbede, 12);
      this.#bytes.writeUInt16BE(words, 14);
      this.#bytes[16] = (midId << 4) | (name.length - 1);
      name.copy(this.#bytes, 17);
    }
  }

  /** Makes it the header of another packet. */
  set(sequenceNumber: number, timestamp: number, marker: boolean): this {
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
