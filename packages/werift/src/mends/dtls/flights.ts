import { contentType, recordsOf, writeRecord } from './records.ts';

/** The most bytes of a datagram: every path carries them. @see RFC 8261 § 5 */
const maxDatagramBytes = 1_200;

/** The longest wait before a flight is sent again. Milliseconds. @see RFC 6347 § 4.2.4.1 */
const maxWaitMs = 1_000;

/** Encrypts a record of the second epoch. */
export type Encrypt = (type: number, number: number, plain: Buffer) => Buffer;

interface PlainRecord {
  readonly type: number;
  readonly epoch: number;
  readonly fragment: Buffer;
}

/**
 * Sends the flights of a handshake until they are answered, and numbers records. Each transmission of a record has its own
 * number, because the remote drops a repeated number as a replay.
 *
 * werift 0.25 repeats the same bytes, restarts its count with each HelloVerifyRequest and after Finished, sends each message in
 * its own datagram, and waits only half a second at first.
 *
 * @see RFC 6347 § 4.1 and § 4.2.4
 */
export class Flights {
  readonly #send: (datagram: Buffer) => void;
  readonly #encrypt: Encrypt;
  /** The number of the next record of each epoch. */
  readonly #numbers = [0, 0];
  #records: PlainRecord[] = [];
  /** Messages of the flight that werift has already passed: it passes them again when it retransmits. */
  #passed = new Set<Buffer>();
  #flight = 0;
  /** Time an answer is waited for; `undefined` when none is. Milliseconds. */
  #waitMs: number | undefined;
  #timer: NodeJS.Timeout | undefined;

  constructor(send: (datagram: Buffer) => void, encrypt: Encrypt) {
    this.#send = send;
    this.#encrypt = encrypt;
  }

  /**
   * Adds records to a flight, which is sent at the end of this turn of the event loop.
   *
   * @param bytes - Records; those of the second epoch are not encrypted yet.
   * @param waitMs - Delay before the first retransmission, doubled each time, until the next flight starts or {@link stop} is
   *   called.
   */
  add(flight: number, bytes: Buffer, waitMs: number | undefined): void {
    if (this.#passed.has(bytes)) return;
    if (flight !== this.#flight || this.#records.length === 0) {
      this.stop();
      this.#flight = flight;
      this.#records = [];
      this.#passed = new Set();
      this.#waitMs = waitMs;
      queueMicrotask(() => this.#begin(flight));
    }
    this.#passed.add(bytes);
    for (const { type, epoch, fragment } of recordsOf(bytes)) this.#records.push({ type, epoch, fragment });
  }

  #begin(flight: number): void {
    if (flight !== this.#flight) return;
    this.repeat();
    if (this.#waitMs !== undefined) this.#schedule(this.#waitMs);
  }

  #schedule(waitMs: number): void {
    this.#timer = setTimeout(() => {
      this.repeat();
      this.#schedule(Math.min(maxWaitMs, 2 * waitMs));
    }, waitMs);
  }

  /** Retransmits the last flight. */
  repeat(): void {
    let datagram: Buffer[] = [];
    let length = 0;
    for (const record of this.#records) {
      const bytes = this.#write(record);
      if (length + bytes.length > maxDatagramBytes && length > 0) {
        this.#send(Buffer.concat(datagram));
        datagram = [];
        length = 0;
      }
      datagram.push(bytes);
      length += bytes.length;
    }
    if (length > 0) this.#send(Buffer.concat(datagram));
  }

  #write({ type, epoch, fragment }: PlainRecord): Buffer {
    return epoch === 0 ? writeRecord(type, 0, this.#numberOf(0), fragment) : this.#writeEncrypted(type, fragment);
  }

  #writeEncrypted(type: number, plain: Buffer): Buffer {
    const number = this.#numberOf(1);
    return writeRecord(type, 1, number, this.#encrypt(type, number, plain));
  }

  #numberOf(epoch: 0 | 1): number {
    const number = this.#numbers[epoch] ?? 0;
    this.#numbers[epoch] = number + 1;
    return number;
  }

  /** Stops retransmitting the last flight: it was answered, or is no longer needed. */
  stop(): void {
    clearTimeout(this.#timer);
    this.#waitMs = undefined;
  }

  /** Encrypts and sends application data. */
  sendData(data: Buffer): void {
    this.#send(this.#writeEncrypted(contentType.applicationData, data));
  }

  /** Encrypts and sends an alert. @see RFC 5246 § 7.2 */
  sendAlert(level: number, description: number): void {
    this.#send(this.#writeEncrypted(contentType.alert, Buffer.from([level, description])));
  }
}
