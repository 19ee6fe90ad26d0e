import { type RTCRtpSender, RtpHeader, RtpPacket } from 'werift';
import { picture } from '../media.ts';

/** Bytes of one RTP payload. */
const payloadBytes = 1_200;

/** The picture, and then bytes that no decoder reads: what is sent has the size of a stream and is a picture still. */
const payload = Buffer.concat([picture, Buffer.alloc(payloadBytes - picture.length)]);

/** Sends packets of one video at a steady rate. */
export class VideoSender {
  readonly #sender: RTCRtpSender;
  readonly #packetsPerSecond: number;
  #timer: NodeJS.Timeout | undefined;
  /** Number of packets sent. */
  sent = 0;

  constructor(sender: RTCRtpSender, kbps: number) {
    this.#sender = sender;
    this.#packetsPerSecond = (kbps * 1_000) / 8 / payloadBytes;
  }

  start(): void {
    if (this.#timer !== undefined) return;
    const begin = performance.now() - (this.sent * 1_000) / this.#packetsPerSecond;
    this.#timer = setInterval(() => {
      const due = ((performance.now() - begin) * this.#packetsPerSecond) / 1_000;
      for (; this.sent < due; this.sent += 1) {
        const timestamp = Math.round((this.sent * 90_000) / this.#packetsPerSecond) >>> 0;
        const header = new RtpHeader({ sequenceNumber: this.sent & 0xffff, timestamp, payloadType: 96, marker: true });
        void this.#sender.sendRtp(new RtpPacket(header, payload)).catch(() => {});
      }
    }, 10);
  }

  stop(): void {
    clearInterval(this.#timer);
    this.#timer = undefined;
  }
}

/** Counts the packets of one SSRC by their numbers, as RFC 3550 appendix A.3 does. */
class Reception {
  #first: number | undefined;
  #highest = 0;
  #cycles = 0;
  received = 0;

  add(number: number): void {
    this.received += 1;
    if (this.#first === undefined) {
      this.#first = number;
      this.#highest = number;
      return;
    }
    const ahead = (number - this.#highest) & 0xffff;
    if (ahead === 0 || ahead >= 0x8000) return;
    if (number < this.#highest) this.#cycles += 1;
    this.#highest = number;
  }

  /** Number of packets between the first and the last. */
  get expected(): number {
    return this.#first === undefined ? 0 : this.#cycles * 0x10000 + this.#highest - this.#first + 1;
  }
}

/** Counts the SRTP packets that a player receives. Their headers are readable without the keys (RFC 3711 § 3.1). */
export class Arrivals {
  readonly #bySsrc = new Map<number, Reception>();

  add(datagram: Buffer): void {
    const ssrc = datagram.readUInt32BE(8);
    const reception = this.#bySsrc.get(ssrc) ?? new Reception();
    this.#bySsrc.set(ssrc, reception);
    reception.add(datagram.readUInt16BE(2));
  }

  get received(): number {
    return [...this.#bySsrc.values()].reduce((sum, { received }) => sum + received, 0);
  }

  get expected(): number {
    return [...this.#bySsrc.values()].reduce((sum, { expected }) => sum + expected, 0);
  }
}
