/** Bytes of the header of a handshake fragment. @see RFC 6347 § 4.2.2 */
const headerBytes = 12;

/** The longest message that is put together: a chain of certificates. */
const maxMessageBytes = 16_384;

/** Number of messages held beyond the next expected one: more than a flight has. */
const maxAhead = 8;

/** One handshake message that is whole, with the fields that werift gives one. */
export interface HandshakeMessage {
  readonly msg_type: number;
  readonly length: number;
  readonly message_seq: number;
  readonly fragment_offset: 0;
  readonly fragment_length: number;
  readonly fragment: Buffer;
  /** As it enters the hash of the handshake. @see RFC 6347 § 4.2.6 */
  serialize(): Buffer;
}

/** A part of a handshake message. */
export interface HandshakeFragment {
  readonly type: number;
  readonly length: number;
  readonly sequence: number;
  readonly offset: number;
  readonly body: Buffer;
}

/** Reads the fragments in one record, up to the first malformed one. */
export function* fragmentsOf(record: Buffer): Iterable<HandshakeFragment> {
  for (let start = 0; start + headerBytes <= record.length; ) {
    const length = record.readUIntBE(start + 1, 3);
    const offset = record.readUIntBE(start + 6, 3);
    const bodyStart = start + headerBytes;
    const end = bodyStart + record.readUIntBE(start + 9, 3);
    if (end > record.length || offset + end - bodyStart > length) return;
    yield {
      type: record[start] ?? 0,
      length,
      sequence: record.readUInt16BE(start + 4),
      offset,
      body: record.subarray(bodyStart, end),
    };
    start = end;
  }
}

/** A message of which parts have come. */
class Assembly {
  readonly type: number;
  readonly bytes: Buffer;
  readonly #isThere: Uint8Array;
  #missing: number;

  constructor({ type, length }: HandshakeFragment) {
    this.type = type;
    this.bytes = Buffer.alloc(length);
    this.#isThere = new Uint8Array(length);
    this.#missing = length;
  }

  get isComplete(): boolean {
    return this.#missing === 0;
  }

  /** Adds a part, which may overlap others. Bytes received earlier are kept. */
  add({ type, length, offset, body }: HandshakeFragment): void {
    if (type !== this.type || length !== this.bytes.length) return;
    for (const [index, byte] of body.entries()) {
      if (this.#isThere[offset + index] === 1) continue;
      this.#isThere[offset + index] = 1;
      this.bytes[offset + index] = byte;
      this.#missing -= 1;
    }
  }
}

function messageOf(sequence: number, { type, bytes }: Assembly): HandshakeMessage {
  const { length } = bytes;
  return {
    msg_type: type,
    length,
    message_seq: sequence,
    fragment_offset: 0,
    fragment_length: length,
    fragment: bytes,
    serialize() {
      const header = Buffer.alloc(headerBytes);
      header[0] = type;
      header.writeUIntBE(length, 1, 3);
      header.writeUInt16BE(sequence, 4);
      header.writeUIntBE(length, 9, 3);
      return Buffer.concat([header, bytes]);
    },
  };
}

/**
 * Assembles the fragments of handshake messages. Fragments may be lost, repeated, reordered, cut differently in a retransmission,
 * and overlap. Each message is delivered once, in order.
 *
 * werift 0.25 treats a message as complete when its last fragment has arrived, and processes messages as they arrive, repeated
 * ones too.
 *
 * @see RFC 6347 § 4.2.2 and § 4.2.3
 */
export class HandshakeMessages {
  readonly #assemblies = new Map<number, Assembly>();
  #next = 0;

  /** The number of the next message. */
  get next(): number {
    return this.#next;
  }

  /** Adds a fragment of a message that was not handed on yet. */
  add(fragment: HandshakeFragment): void {
    const { sequence, length } = fragment;
    if (sequence < this.#next || sequence >= this.#next + maxAhead || length > maxMessageBytes) return;
    const assembly = this.#assemblies.get(sequence) ?? new Assembly(fragment);
    this.#assemblies.set(sequence, assembly);
    assembly.add(fragment);
  }

  /** Takes the next message if it is complete. */
  take(): HandshakeMessage | undefined {
    const assembly = this.#assemblies.get(this.#next);
    if (assembly?.isComplete !== true) return undefined;
    const message = messageOf(this.#next, assembly);
    this.#assemblies.delete(this.#next);
    this.#next += 1;
    return message;
  }

  /** True if a fragment ends the message that was handed on last: its author repeats the flight. */
  isRepeated({ sequence, offset, length, body }: HandshakeFragment): boolean {
    return sequence === this.#next - 1 && offset + body.length === length;
  }
}
