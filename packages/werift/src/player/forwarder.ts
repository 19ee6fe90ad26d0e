import { RtcpSenderInfo, RtcpSrPacket } from 'werift';
import type { MediaPacket } from '../source/history.ts';
import type { PacketReceiver, Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import { OutgoingHeader } from './outgoingHeader.ts';
import { OutgoingNumbers } from './outgoingNumbers.ts';

/** What was negotiated for one track of one player. */
export interface ForwarderOptions {
  readonly track: Track;
  readonly ssrc: number;
  readonly payloadType: number;
  /** How retransmissions are sent, `undefined` when as the packets that they repeat. */
  readonly rtx: { readonly ssrc: number; readonly payloadType: number } | undefined;
  readonly mid: string;
  readonly midId: number | undefined;
}

/** How much of what was sent may be sent again, and how many packets in a row. */
const retransmissionShare = 0.5;
const maxRetransmissions = 256;

/** The wait before a player's second request for a key frame is heard, doubled for each further one. Milliseconds. */
const firstKeyFrameWaitMs = 500;
const maxKeyFrameWaitMs = 8_000;

/** A player that asks for no key frame this long begins anew. Milliseconds. */
const keyFrameRestMs = 10_000;

/** Sends one track to one player. */
export class Forwarder implements PacketReceiver {
  readonly track: Track;
  readonly ssrc: number;
  readonly #transport: Transport;
  readonly #header: OutgoingHeader;
  readonly #rtxHeader: OutgoingHeader | undefined;
  readonly #numbers: OutgoingNumbers;
  #packets = 0;
  #octets = 0;
  #isForwarding = false;
  #retransmissions = maxRetransmissions;
  #keyFrameAtMs = Number.NEGATIVE_INFINITY;
  #keyFrameWaitMs = firstKeyFrameWaitMs;

  /** @param numbers - Those of `ssrc` on this transport, which outlast this forwarder. */
  constructor(
    transport: Transport,
    { track, ssrc, payloadType, rtx, mid, midId }: ForwarderOptions,
    numbers = new OutgoingNumbers(),
  ) {
    this.#numbers = numbers;
    this.track = track;
    this.ssrc = ssrc;
    this.#transport = transport;
    this.#header = new OutgoingHeader({ ssrc, payloadType, mid, midId });
    this.#rtxHeader = rtx && new OutgoingHeader({ ...rtx, mid, midId });
  }

  /** Begins or goes on to send, with a key frame; the packets of meanwhile are not missing. */
  start(): void {
    if (this.#isForwarding) return;
    this.#isForwarding = true;
    this.#numbers.resume();
    this.track.add(this);
  }

  /** Sends nothing more for now. */
  stop(): void {
    this.#isForwarding = false;
    this.track.remove(this);
  }

  forward({ sequenceNumber, timestamp, marker, payload }: MediaPacket): void {
    // It counts as the publisher does: what the publisher loses, a player loses too, and both repair it.
    const number = this.#numbers.of(sequenceNumber);
    if (number === undefined) return;
    this.#packets += 1;
    this.#octets += payload.length;
    this.#retransmissions = Math.min(maxRetransmissions, this.#retransmissions + retransmissionShare);
    this.#transport.sendRtp(payload, this.#header.of(number, timestamp, marker));
  }

  /**
   * Sends packets again that the player misses, as long as they do not add up: on a path that is too narrow, more packets
   * make it lose more.
   */
  retransmit(lost: readonly number[]): void {
    for (const number of lost) {
      const trackNumber = this.#numbers.trackNumberOf(number);
      if (trackNumber === undefined) continue;
      const packet = this.track.history.get(trackNumber);
      if (packet === undefined) {
        // The publisher's may still come; what is older than the history will not.
        if (((this.#numbers.highest - number) & 0xffff) > this.track.history.size) this.requestKeyFrame();
      } else if (this.#retransmissions >= 1) {
        this.#retransmissions -= 1;
        this.#retransmit(packet, number & 0xffff);
      }
    }
  }

  #retransmit({ timestamp, marker, payload }: MediaPacket, sequenceNumber: number): void {
    if (this.#rtxHeader === undefined) {
      this.#transport.sendRtp(payload, this.#header.of(sequenceNumber, timestamp, marker));
      return;
    }
    const original = Buffer.allocUnsafe(2 + payload.length);
    original.writeUInt16BE(sequenceNumber);
    payload.copy(original, 2);
    this.#transport.sendRtp(original, this.#rtxHeader.of(this.#numbers.nextRetransmission(), timestamp, marker));
  }

  /**
   * Asks for a key frame, which everybody gets. So a player that asks again and again, as on a path that is too narrow, is
   * heard ever more seldom.
   */
  requestKeyFrame(): void {
    const now = performance.now();
    const elapsedMs = now - this.#keyFrameAtMs;
    if (elapsedMs > keyFrameRestMs) this.#keyFrameWaitMs = firstKeyFrameWaitMs;
    else if (elapsedMs < this.#keyFrameWaitMs) return;
    else this.#keyFrameWaitMs = Math.min(maxKeyFrameWaitMs, 2 * this.#keyFrameWaitMs);
    this.#keyFrameAtMs = now;
    this.track.requestKeyFrame();
  }

  /** The sender report of now, by the publisher's clock, which all of its tracks share. `undefined` before it is known. */
  report(atMs: number): RtcpSrPacket | undefined {
    const { clock, codec } = this.track;
    if (clock === undefined || this.#packets === 0) return undefined;
    const elapsedMs = atMs - clock.atMs;
    return new RtcpSrPacket({
      ssrc: this.ssrc,
      senderInfo: new RtcpSenderInfo({
        ntpTimestamp: BigInt.asUintN(64, clock.ntp + BigInt(Math.round((elapsedMs * 2 ** 32) / 1000))),
        rtpTimestamp: (clock.rtpTimestamp + Math.round((elapsedMs * codec.codec.clockRate) / 1000)) >>> 0,
        packetCount: this.#packets >>> 0,
        octetCount: this.#octets >>> 0,
      }),
    });
  }
}
