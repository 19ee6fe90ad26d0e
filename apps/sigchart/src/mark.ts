/** First bytes of a mark. */
const magic = Buffer.from('sgc1');

const nameBytes = 8;

/** Length of a mark. Bytes. */
export const markBytes = magic.length + nameBytes + 4;

/** Origin of a packet: the connection that sends it, and its number there. */
export interface Mark {
  /** Eight bytes in hexadecimal. */
  readonly name: string;
  readonly count: number;
}

/** The bytes of a mark, to be put at the end of a payload. */
export function encodeMark({ name, count }: Mark): Buffer {
  const bytes = Buffer.alloc(markBytes);
  magic.copy(bytes);
  bytes.write(name, magic.length, 'hex');
  bytes.writeUInt32BE(count % 2 ** 32, magic.length + nameBytes);
  return bytes;
}

/** The mark at the end of a payload; `undefined` if there is none, as behind a server that transcodes. */
export function markOf(payload: Buffer): Mark | undefined {
  const mark = payload.subarray(-markBytes);
  if (mark.length < markBytes || !mark.subarray(0, magic.length).equals(magic)) return undefined;
  const end = magic.length + nameBytes;
  return { name: mark.toString('hex', magic.length, end), count: mark.readUInt32BE(end) };
}
