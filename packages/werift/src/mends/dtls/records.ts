/** Content types. @see RFC 5246 § 6.2.1 */
export const contentType = { changeCipherSpec: 20, alert: 21, handshake: 22, applicationData: 23 } as const;

/** Bytes of a record's header. */
const headerBytes = 13;

/** The first byte of every DTLS version. @see RFC 6347 § 4.1 */
const majorVersion = 254;

/** One DTLS record in its wire format. */
export interface DtlsRecord {
  readonly type: number;
  readonly epoch: number;
  readonly number: number;
  /** Encrypted in every epoch but the first. */
  readonly fragment: Buffer;
  /** With its header. */
  readonly bytes: Buffer;
}

/** Reads the records of a datagram, up to the first malformed one. @see RFC 6347 § 4.1 and § 4.1.2.7 */
export function* recordsOf(datagram: Buffer): Iterable<DtlsRecord> {
  for (let start = 0; start + headerBytes <= datagram.length; ) {
    const end = start + headerBytes + datagram.readUInt16BE(start + 11);
    if (end > datagram.length || datagram[start + 1] !== majorVersion) return;
    yield {
      type: datagram[start] ?? 0,
      epoch: datagram.readUInt16BE(start + 3),
      number: datagram.readUIntBE(start + 5, 6),
      fragment: datagram.subarray(start + headerBytes, end),
      bytes: datagram.subarray(start, end),
    };
    start = end;
  }
}

/** Writes a record of DTLS 1.2. */
export function writeRecord(type: number, epoch: number, number: number, fragment: Buffer): Buffer {
  const bytes = Buffer.alloc(headerBytes + fragment.length);
  bytes[0] = type;
  bytes.writeUInt16BE(0xfefd, 1);
  bytes.writeUInt16BE(epoch, 3);
  bytes.writeUIntBE(number, 5, 6);
  bytes.writeUInt16BE(fragment.length, 11);
  fragment.copy(bytes, headerBytes);
  return bytes;
}
