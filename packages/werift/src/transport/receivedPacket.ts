/** Bytes of a header without sources that contribute and without extensions. @see RFC 3550 § 5.1 */
const fixedHeaderBytes = 12;

/** Bytes before the extensions: which profile they follow, and how many words they take. */
const extensionHeaderBytes = 4;

/** The profile of extensions with one byte before each, and that with two, whose last four bits mean nothing. @see RFC 8285 § 4 */
const oneByteProfile = 0xbede;
const twoByteProfile = 0x100;

/** The id of one-byte extensions behind which nothing is read. @see RFC 8285 § 4.2 */
const endId = 15;

/** A packet that is shorter than what it says of itself. */
export class MalformedPacketError extends Error {
  override readonly name = 'MalformedPacketError';
}

/**
 * Bytes of the header of an RTP packet, its extensions included.
 *
 * @throws {MalformedPacketError} when the header does not fit into `packet.length - reserved` bytes.
 */
export function headerLength(packet: Buffer, reserved: number): number {
  const end = packet.length - reserved;
  const [first = 0] = packet;
  let length = fixedHeaderBytes + 4 * (first & 0x0f);
  if ((first & 0x10) !== 0) {
    if (length + extensionHeaderBytes > end) throw new MalformedPacketError('the header is longer than the packet');
    length += extensionHeaderBytes + 4 * packet.readUInt16BE(length + 2);
  }
  if (length > end) throw new MalformedPacketError('the header is longer than the packet');
  return length;
}

/** The payload without its padding. */
function unpadded(payload: Buffer): Buffer {
  const padding = payload.at(-1) ?? 0;
  if (padding === 0 || padding > payload.length)
    throw new MalformedPacketError('the padding is longer than the packet');
  return payload.subarray(0, payload.length - padding);
}

/** Fields of an RTP header that a receiver needs. */
export interface ReceivedFields {
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly marker: boolean;
}

/** RTP packet that arrived. Its extensions are read where they are needed: nearly no packet needs all of them. */
export class ReceivedPacket implements ReceivedFields {
  readonly ssrc: number;
  readonly sequenceNumber: number;
  readonly timestamp: number;
  readonly payloadType: number;
  readonly marker: boolean;
  /** Payload without padding. */
  readonly payload: Buffer;
  /** The header as it came. */
  readonly #header: Buffer;

  private constructor(
    { ssrc, sequenceNumber, timestamp, payloadType, marker }: ReceivedFields,
    header: Buffer,
    payload: Buffer,
  ) {
    this.ssrc = ssrc;
    this.sequenceNumber = sequenceNumber;
    this.timestamp = timestamp;
    this.payloadType = payloadType;
    this.marker = marker;
    this.#header = header;
    this.payload = payload;
  }

  /**
   * Reads a header of {@link headerLength} bytes and its decrypted payload.
   *
   * @throws {MalformedPacketError} when there is more padding than payload.
   */
  static read(header: Buffer, payload: Buffer): ReceivedPacket {
    const [first = 0, second = 0] = header;
    const fields = {
      ssrc: header.readUInt32BE(8),
      sequenceNumber: header.readUInt16BE(2),
      timestamp: header.readUInt32BE(4),
      payloadType: second & 0x7f,
      marker: second >= 0x80,
    };
    return new ReceivedPacket(fields, header, (first & 0x20) === 0 ? payload : unpadded(payload));
  }

  /** The packet that this one repeats, whose number stands before its payload. @see RFC 4588 § 4 */
  repeated(payloadType: number, ssrc: number): ReceivedPacket {
    const { timestamp, marker, payload } = this;
    const fields = { ssrc, sequenceNumber: payload.readUInt16BE(0), timestamp, payloadType, marker };
    return new ReceivedPacket(fields, this.#header, payload.subarray(2));
  }

  /** An extension by its negotiated id; `undefined` when the packet does not have it. */
  extension(id: number | undefined): Buffer | undefined {
    if (id === undefined) return undefined;
    const position = this.#find(id);
    return position === undefined ? undefined : this.#header.subarray(position.start, position.end);
  }

  /** An extension of exactly so many bytes, as a number. */
  extensionNumber(id: number | undefined, bytes: number): number | undefined {
    if (id === undefined) return undefined;
    const position = this.#find(id);
    if (position === undefined || position.end - position.start !== bytes) return undefined;
    return this.#header.readUIntBE(position.start, bytes);
  }

  #find(wanted: number): { readonly start: number; readonly end: number } | undefined {
    const header = this.#header;
    const [first = 0] = header;
    if ((first & 0x10) === 0) return undefined;
    const begin = fixedHeaderBytes + 4 * (first & 0x0f);
    const profile = header.readUInt16BE(begin);
    const isOneByte = profile === oneByteProfile;
    if (!isOneByte && profile >> 4 !== twoByteProfile) return undefined;
    let at = begin + extensionHeaderBytes;
    while (at < header.length) {
      const byte = header[at] ?? 0;
      at += 1;
      // A byte of padding between two extensions.
      if (byte === 0) continue;
      const id = isOneByte ? byte >> 4 : byte;
      if (isOneByte && id === endId) return undefined;
      if (!isOneByte) at += 1;
      const end = at + (isOneByte ? (byte & 0x0f) + 1 : (header[at - 1] ?? 0));
      if (end > header.length) return undefined;
      if (id === wanted) return { start: at, end };
      at = end;
    }
    return undefined;
  }
}
