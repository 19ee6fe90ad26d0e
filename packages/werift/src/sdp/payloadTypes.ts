import type { Codec } from './codec.ts';

/** The numbers free for any codec, the usual ones first. @see RFC 5761 § 4 · RFC 3551 § 6 */
const numbers = [
  ...Array.from({ length: 32 }, (_, index) => 96 + index),
  ...Array.from({ length: 29 }, (_, index) => 35 + index),
];

/** The payload types of one connection: one number means one codec in all of its sections. @see RFC 9143 § 9.1 */
export class PayloadTypes {
  readonly #known = new Map<string, number>();

  /** The payload type of a codec. @throws {RangeError} if none is left. */
  of({ name, parameters, channels }: Codec): number {
    return this.#number(`${name}/${channels} ${parameters}`);
  }

  /** The number of the retransmissions of what has another. */
  ofRetransmissions(payloadType: number): number {
    return this.#number(`rtx ${payloadType}`);
  }

  #number(key: string): number {
    const number = this.#known.get(key) ?? numbers[this.#known.size];
    if (number === undefined) throw new RangeError('no payload type is left');
    this.#known.set(key, number);
    return number;
  }
}
