const stapA = 24;
const sequenceParameterSet = 7;

/** Reads the bits of an RBSP, Exp-Golomb codes among them. @see ITU-T H.264 § 7.2 and 9.1 */
class BitReader {
  readonly #bytes: Buffer;
  #position = 0;

  constructor(bytes: Buffer) {
    this.#bytes = bytes;
  }

  bits(count: number): number {
    let value = 0;
    for (let index = 0; index < count; index += 1) {
      const byte = this.#bytes[this.#position >> 3];
      if (byte === undefined) throw new RangeError('unexpected end of the bit stream');
      value = value * 2 + ((byte >> (7 - (this.#position & 7))) & 1);
      this.#position += 1;
    }
    return value;
  }

  flag(): boolean {
    return this.bits(1) === 1;
  }

  unsigned(): number {
    let zeros = 0;
    while (!this.flag()) zeros += 1;
    return 2 ** zeros - 1 + this.bits(zeros);
  }

  signed(): number {
    const code = this.unsigned();
    return code % 2 === 1 ? (code + 1) / 2 : -code / 2;
  }
}

/** Removes the emulation prevention bytes of a unit. */
function withoutEmulation(unit: Buffer): Buffer {
  const kept = [...unit].filter((byte, index) => byte !== 3 || unit[index - 1] !== 0 || unit[index - 2] !== 0);
  return Buffer.from(kept);
}

/** The NAL units of a packet that may be whole in it. @see RFC 6184 § 5.7.1 */
function* unitsOf(payload: Buffer): Iterable<Buffer> {
  if (((payload[0] ?? 0) & 0x1f) !== stapA) {
    yield payload;
    return;
  }
  for (let start = 1; start + 2 <= payload.length; ) {
    const end = start + 2 + payload.readUInt16BE(start);
    yield payload.subarray(start + 2, end);
    start = end;
  }
}

const withChromaFormat = [100, 110, 122, 244, 44, 83, 86, 118, 128];

function skipScalingList(reader: BitReader, size: number): void {
  let last = 8;
  for (let index = 0, next = 8; index < size && next !== 0; index += 1) {
    next = (last + reader.signed() + 256) % 256;
    if (next !== 0) last = next;
  }
}

function skipScalingLists(reader: BitReader, count: number): void {
  for (let list = 0; list < count; list += 1) if (reader.flag()) skipScalingList(reader, list < 6 ? 16 : 64);
}

/** Size of the pictures that a parameter set describes. Pixels. @see ITU-T H.264 § 7.3.2.1.1 */
function sizeOfParameterSet(unit: Buffer) {
  const reader = new BitReader(withoutEmulation(unit.subarray(1)));
  const profile = reader.bits(8);
  reader.bits(16);
  reader.unsigned();
  let chromaFormat = 1;
  if (withChromaFormat.includes(profile)) {
    chromaFormat = reader.unsigned();
    if (chromaFormat === 3) reader.flag();
    reader.unsigned();
    reader.unsigned();
    reader.flag();
    if (reader.flag()) skipScalingLists(reader, chromaFormat === 3 ? 12 : 8);
  }
  reader.unsigned();
  const orderCountType = reader.unsigned();
  if (orderCountType === 0) reader.unsigned();
  else if (orderCountType === 1) {
    reader.flag();
    reader.signed();
    reader.signed();
    for (let count = reader.unsigned(); count > 0; count -= 1) reader.signed();
  }
  reader.unsigned();
  reader.flag();
  const widthInMacroblocks = reader.unsigned() + 1;
  const heightInMapUnits = reader.unsigned() + 1;
  const framesOnly = reader.bits(1);
  if (framesOnly === 0) reader.flag();
  reader.flag();
  const [left, right, top, bottom] = reader.flag()
    ? [reader.unsigned(), reader.unsigned(), reader.unsigned(), reader.unsigned()]
    : [0, 0, 0, 0];
  const cropX = chromaFormat === 1 || chromaFormat === 2 ? 2 : 1;
  const cropY = (chromaFormat === 1 ? 2 : 1) * (2 - framesOnly);
  return {
    width: 16 * widthInMacroblocks - cropX * (left + right),
    height: 16 * heightInMapUnits * (2 - framesOnly) - cropY * (top + bottom),
  };
}

/** The size that a packet's parameter set says, or `undefined` when it has none. */
export function sizeOfH264(payload: Buffer) {
  for (const unit of unitsOf(payload))
    if (((unit[0] ?? 0) & 0x1f) === sequenceParameterSet) return sizeOfParameterSet(unit);
  return undefined;
}
