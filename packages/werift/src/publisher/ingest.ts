import { randomBytes } from 'node:crypto';
import {
  GenericNack,
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
  type RtpPacket,
} from 'werift';
import type { DescribedSources } from '../sdp/sources.ts';
import type { Track } from '../source/track.ts';
import type { PacketListener } from '../transport/srtpTransport.ts';
import type { Transport } from '../transport/transport.ts';
import { ArrivalTimes } from './arrivalTimes.ts';
import { Inbound } from './inbound.ts';
import type { LoopWatch } from './loopWatch.ts';
import { TalkWatch } from './talkWatch.ts';
import { TransportFeedback } from './transportFeedback.ts';

/** How often congestion feedback and repeated requests go out. Milliseconds. */
const feedbackMs = 50;

/** How often receiver reports go out. Milliseconds. */
const reportMs = 1_000;

/** How often it is told how loud the publisher talks. Milliseconds. */
const audioLevelMs = 300;

/** The most sources that are remembered by what their packets say, when no description names them. */
const maxLearned = 64;

/** What a negotiation says of the packets of one transport. */
export interface IngestOptions {
  readonly tracks: readonly { readonly track: Track; readonly sources: DescribedSources }[];
  /** The numbers of header extensions. */
  readonly midId: number | undefined;
  readonly sendTimeId: number | undefined;
  readonly transportSequenceId: number | undefined;
  readonly audioLevelId: number | undefined;
}

/** Takes in what a publisher sends over one transport, and tells it what came. */
export class Ingest implements PacketListener {
  readonly #transport: Transport;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #feedback = new TransportFeedback();
  readonly #arrivals = new ArrivalTimes();
  readonly #loop: LoopWatch;
  readonly #talk = new TalkWatch();
  readonly #timers: readonly NodeJS.Timeout[];
  #inbounds: readonly Inbound[] = [];
  #isClosed = false;
  #bySsrc = new Map<number, Inbound>();
  #midId: number | undefined;
  #sendTimeId: number | undefined;
  #transportSequenceId: number | undefined;
  #audioLevelId: number | undefined;

  /** `talked` hears how loud the publisher talks, again and again while it does, and 127 once it does not. */
  constructor(transport: Transport, loop: LoopWatch, talked: (level: number) => void) {
    this.#transport = transport;
    this.#loop = loop;
    loop.start();
    this.#timers = [
      setInterval(() => this.#sendFeedback(), feedbackMs),
      setInterval(() => this.#report(), reportMs),
      setInterval(() => {
        const level = this.#talk.measure();
        if (level !== undefined) talked(level);
      }, audioLevelMs),
    ];
  }

  /** Takes what was negotiated. Tracks that it knows go on. */
  update({ tracks, midId, sendTimeId, transportSequenceId, audioLevelId }: IngestOptions): void {
    this.#midId = midId;
    this.#sendTimeId = sendTimeId;
    this.#transportSequenceId = transportSequenceId;
    this.#audioLevelId = audioLevelId;
    this.#bySsrc = new Map();
    this.#inbounds = tracks.map(({ track, sources }) => {
      const inbound = this.#inbounds.find((one) => one.track === track) ?? new Inbound(track);
      inbound.described = sources;
      for (const ssrc of sources.ssrcs) this.#bySsrc.set(ssrc, inbound);
      return inbound;
    });
  }

  rtp(packet: RtpPacket, atMs: number): void {
    const { header } = packet;
    const extension = (id: number | undefined, bytes: number) => {
      const payload = header.extensions.find((one) => one.id === id)?.payload;
      return payload?.length === bytes ? payload.readUIntBE(0, bytes) : undefined;
    };
    const sequenceNumber = extension(this.#transportSequenceId, 2);
    const cameAtMs = this.#arrivals.of(extension(this.#sendTimeId, 3), atMs, this.#loop.busySince(atMs));
    if (sequenceNumber !== undefined) this.#feedback.received(sequenceNumber, cameAtMs);
    const inbound = this.#bySsrc.get(header.ssrc) ?? this.#learn(packet);
    if (inbound === undefined) return;
    if (inbound.track.kind === 'audio') {
      const level = extension(this.#audioLevelId, 1);
      // The highest bit says whether it is speech, by those who know.
      if (level !== undefined) this.#talk.heard(level & 0x7f);
    }
    inbound.received(packet, atMs);
    this.#requestMissing(inbound, atMs);
  }

  /** Finds the track of a source that no description named. @see RFC 9143 § 9.2 */
  #learn({ header }: RtpPacket): Inbound | undefined {
    const mid = header.extensions.find(({ id }) => id === this.#midId)?.payload.toString();
    const possible = this.#inbounds.filter(
      (one) => one.takes(header.payloadType) && (mid === undefined || one.track.mid === mid),
    );
    const [inbound] = possible;
    if (inbound === undefined || possible.length > 1) return undefined;
    if (this.#bySsrc.size < maxLearned) this.#bySsrc.set(header.ssrc, inbound);
    return inbound;
  }

  #requestMissing(inbound: Inbound, atMs: number): void {
    const lost = inbound.missing(atMs);
    if (lost.length === 0 || inbound.ssrc === undefined) return;
    const feedback = new GenericNack({ senderSsrc: this.#ssrc, mediaSourceSsrc: inbound.ssrc, lost: [...lost] });
    this.#transport.sendRtcp([new RtcpTransportLayerFeedback({ feedback })]);
  }

  rtcp(packet: RtcpPacket, atMs: number): void {
    if (packet instanceof RtcpSrPacket) this.#bySsrc.get(packet.ssrc)?.heard(packet, atMs);
  }

  /** Asks for a key frame. @see RFC 4585 § 6.3.1 */
  requestKeyFrame(track: Track): void {
    const mediaSsrc = this.#inbounds.find((inbound) => inbound.track === track)?.ssrc;
    if (mediaSsrc === undefined) return;
    const feedback = new PictureLossIndication({ senderSsrc: this.#ssrc, mediaSsrc });
    this.#transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
  }

  #sendFeedback(): void {
    const now = performance.now();
    for (const inbound of this.#inbounds) this.#requestMissing(inbound, now);
    const mediaSsrc = this.#inbounds.find(({ ssrc }) => ssrc !== undefined)?.ssrc ?? 0;
    for (const bytes of this.#feedback.flush(this.#ssrc, mediaSsrc, now)) this.#transport.sendRtcpBytes(bytes);
  }

  #report(): void {
    const now = performance.now();
    for (const { track } of this.#inbounds) track.measure(now);
    const reports = this.#inbounds.flatMap((inbound) => inbound.report(now) ?? []);
    if (reports.length > 0) this.#transport.sendRtcp([new RtcpRrPacket({ ssrc: this.#ssrc, reports })]);
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    this.#loop.stop();
    for (const timer of this.#timers) clearInterval(timer);
  }
}
