import { randomBytes } from 'node:crypto';
import {
  GenericNack,
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSrPacket,
  RtcpTransportLayerFeedback,
} from 'werift';
import { writeReceiverLimit } from '../estimation/receiverLimit.ts';
import type { Schedule, ScheduledTask } from '../schedule.ts';
import type { DescribedSsrcs } from '../sdp/ssrcs.ts';
import type { Encoding } from '../source/encoding.ts';
import type { Track } from '../source/track.ts';
import type { ReceivedPacket } from '../transport/receivedPacket.ts';
import type { PacketListener } from '../transport/srtpTransport.ts';
import type { Transport } from '../transport/transport.ts';
import { ArrivalTimes } from './arrivalTimes.ts';
import { writeFullIntraRequest } from './fullIntraRequest.ts';
import { Inbound } from './inbound.ts';
import type { LoopWatch } from './loopWatch.ts';
import { publisherLimit } from './publisherLimit.ts';
import { TalkWatch, talkLevel } from './talkWatch.ts';
import { TransportFeedback } from './transportFeedback.ts';

/** Interval of congestion feedback, which is sent when a packet comes, and of repeated requests. Milliseconds. */
const feedbackMs = 50;

/**
 * Time after which a packet is reported though no other one comes. Milliseconds. Feedback that is sent when a packet comes anyway
 * takes half of the CPU: a process that is waked for it has to load its code and data first.
 */
const maxFeedbackMs = 100;

/** Interval of receiver reports. Milliseconds. */
const reportMs = 1_000;

/** Interval at which the audio level is reported. Milliseconds. */
const audioLevelMs = 300;

/** The most SSRCs that are remembered by what their packets say, when no description names them. */
const maxLearned = 64;

/** REMB that lifts a limit, and the number of times it is sent. Bits per second. */
const unlimited = 2 ** 31;
const releases = 3;

/** Negotiated parameters for the packets of one transport. */
export interface IngestOptions {
  readonly tracks: readonly Track[];
  readonly encodings: readonly { readonly encoding: Encoding; readonly described: DescribedSsrcs }[];
  /** The numbers of header extensions. */
  readonly midId: number | undefined;
  readonly ridId: number | undefined;
  readonly repairedRidId: number | undefined;
  readonly sendTimeId: number | undefined;
  readonly transportSequenceId: number | undefined;
  readonly audioLevelId: number | undefined;
  readonly dependencyId: number | undefined;
}

/** Dependencies that all ingests of a process share. */
export interface IngestSurroundings {
  readonly loop: LoopWatch;
  readonly schedule: Schedule;
}

/** Receives a publisher's packets over one transport and sends feedback on them. It is idle between packets. */
export class Ingest implements PacketListener {
  readonly #transport: Transport;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #feedback = new TransportFeedback();
  readonly #arrivals = new ArrivalTimes();
  readonly #loop: LoopWatch;
  readonly #talk = new TalkWatch();
  readonly #talked: (level: number) => void;
  readonly #schedule: Schedule;
  #feedbackTask: ScheduledTask | undefined;
  /** Arrival of the first packet that was not reported yet. */
  #unreportedSinceMs: number | undefined;
  #reportTask: ScheduledTask | undefined;
  #levelTask: ScheduledTask | undefined;
  /** True if packets arrived since the last report. */
  #isReceiving = false;
  #inbounds: readonly Inbound[] = [];
  #tracks: readonly Track[] = [];
  /** Remaining repetitions of the REMB that lifts a limit. */
  #releases = 0;
  /** The number of the last Full Intra Request. */
  #intraRequests = 0;
  #isClosed = false;
  #bySsrc = new Map<number, Inbound>();
  #midId: number | undefined;
  #ridId: number | undefined;
  #repairedRidId: number | undefined;
  #sendTimeId: number | undefined;
  #transportSequenceId: number | undefined;
  #audioLevelId: number | undefined;
  #dependencyId: number | undefined;

  /** `talked` is called with the audio level repeatedly while the publisher talks, and with 127 once it stops. */
  constructor(transport: Transport, { loop, schedule }: IngestSurroundings, talked: (level: number) => void) {
    this.#transport = transport;
    this.#loop = loop;
    this.#schedule = schedule;
    this.#talked = talked;
  }

  /** Applies a negotiation. Known tracks continue. */
  update({
    tracks,
    encodings,
    midId,
    ridId,
    repairedRidId,
    sendTimeId,
    transportSequenceId,
    audioLevelId,
    dependencyId,
  }: IngestOptions): void {
    this.#tracks = tracks;
    for (const { demands } of tracks) demands.onChanged(() => this.#demandsChanged());
    this.#midId = midId;
    this.#ridId = ridId;
    this.#repairedRidId = repairedRidId;
    this.#sendTimeId = sendTimeId;
    this.#transportSequenceId = transportSequenceId;
    this.#audioLevelId = audioLevelId;
    this.#dependencyId = dependencyId;
    const learned = this.#bySsrc;
    this.#bySsrc = new Map();
    this.#inbounds = encodings.map(({ encoding, described }) => {
      const inbound = this.#inbounds.find((one) => one.encoding === encoding) ?? new Inbound(encoding);
      inbound.described = described;
      for (const ssrc of described.ssrcs) this.#bySsrc.set(ssrc, inbound);
      return inbound;
    });
    // Browsers name the encoding of an SSRC only until it is acknowledged.
    for (const [ssrc, inbound] of learned)
      if (inbound.encoding.rid !== undefined && this.#inbounds.includes(inbound) && !this.#bySsrc.has(ssrc))
        this.#bySsrc.set(ssrc, inbound);
  }

  rtp(packet: ReceivedPacket, atMs: number): void {
    if (this.#isClosed) return;
    const sequenceNumber = packet.extensionNumber(this.#transportSequenceId, 2);
    const sentAt = packet.extensionNumber(this.#sendTimeId, 3);
    const cameAtMs = this.#arrivals.of(sentAt, atMs, this.#loop.busySince(atMs));
    if (sequenceNumber !== undefined) this.#feedback.received(sequenceNumber, cameAtMs);
    this.#isReceiving = true;
    if (this.#reportTask === undefined) this.#beginReports(atMs);
    this.#forward(packet, atMs);
    this.#unreportedSinceMs ??= atMs;
    if (this.#waitMs(atMs) >= feedbackMs) this.#sendFeedback(atMs);
    this.#feedbackTask ??= this.#schedule.after(maxFeedbackMs, (nowMs) => this.#tickFeedback(nowMs));
  }

  #forward(packet: ReceivedPacket, atMs: number): void {
    const inbound = this.#bySsrc.get(packet.ssrc) ?? this.#learn(packet);
    if (inbound === undefined) return;
    if (inbound.encoding.codec.codec.kind === 'audio') {
      const level = packet.extensionNumber(this.#audioLevelId, 1);
      // The highest bit is the voice activity flag, which not all senders set.
      if (level !== undefined) this.#heardLevel(level & 0x7f);
    }
    inbound.received(packet, atMs, packet.extension(this.#dependencyId));
    this.#requestMissing(inbound, atMs);
  }

  #heardLevel(level: number): void {
    this.#talk.heard(level);
    if (level < talkLevel) this.#levelTask ??= this.#schedule.after(audioLevelMs, () => this.#tellLevel());
  }

  #tellLevel(): void {
    const level = this.#talk.measure();
    this.#levelTask = this.#talk.isTalking ? this.#schedule.after(audioLevelMs, () => this.#tellLevel()) : undefined;
    if (level !== undefined) this.#talked(level);
  }

  /** Finds the track of an SSRC that no description named. @see RFC 9143 § 9.2 */
  #learn(packet: ReceivedPacket): Inbound | undefined {
    const textOf = (id: number | undefined) => packet.extension(id)?.toString();
    const mid = textOf(this.#midId);
    const rid = textOf(this.#repairedRidId) ?? textOf(this.#ridId);
    const possible = this.#inbounds
      .filter(
        ({ encoding }) => (mid === undefined || encoding.mid === mid) && (rid === undefined || encoding.rid === rid),
      )
      .filter((one) => one.takes(packet.payloadType));
    const [inbound] = possible;
    if (inbound === undefined || possible.length > 1) return undefined;
    if (this.#bySsrc.size < maxLearned) this.#bySsrc.set(packet.ssrc, inbound);
    return inbound;
  }

  #requestMissing(inbound: Inbound, atMs: number): void {
    const lost = inbound.missing(atMs);
    if (lost.length === 0 || inbound.ssrc === undefined) return;
    const feedback = new GenericNack({ senderSsrc: this.#ssrc, mediaSourceSsrc: inbound.ssrc, lost: [...lost] });
    this.#transport.sendRtcp([new RtcpTransportLayerFeedback({ feedback })]);
  }

  /** Does nothing: only feedback is sent to a publisher, and it is repeated. */
  moved(): void {}

  rtcpBytes(): boolean {
    return false;
  }

  rtcp(packet: RtcpPacket, atMs: number): void {
    if (packet instanceof RtcpSrPacket) this.#bySsrc.get(packet.ssrc)?.heard(packet, atMs);
  }

  /**
   * Requests a key frame by the negotiated message.
   *
   * @param isRepeated - True if it repeats the previous request.
   * @see RFC 4585 § 6.3.1 and RFC 5104 § 4.3.1
   */
  requestKeyFrame(encoding: Encoding, isRepeated: boolean): void {
    const mediaSsrc = this.#inbounds.find((inbound) => inbound.encoding === encoding)?.ssrc;
    if (mediaSsrc === undefined) return;
    this.#transport.traffic.keyFrameRequested();
    const { feedback } = encoding.codec;
    if (!feedback.includes('nack pli') && feedback.includes('ccm fir')) {
      if (!isRepeated) this.#intraRequests = (this.#intraRequests + 1) & 0xff;
      this.#transport.sendRtcpBytes(writeFullIntraRequest(this.#ssrc, mediaSsrc, this.#intraRequests));
      return;
    }
    const loss = new PictureLossIndication({ senderSsrc: this.#ssrc, mediaSsrc });
    this.#transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback: loss })]);
  }

  #sendFeedback(atMs: number): void {
    this.#unreportedSinceMs = undefined;
    const mediaSsrc = this.#inbounds.find(({ ssrc }) => ssrc !== undefined)?.ssrc ?? 0;
    for (const bytes of this.#feedback.flush(this.#ssrc, mediaSsrc, atMs)) this.#transport.sendRtcpBytes(bytes);
  }

  /** Reports what no later packet has caused to be reported, and repeats requests. */
  #tickFeedback(atMs: number): void {
    for (const inbound of this.#inbounds) this.#requestMissing(inbound, atMs);
    if (this.#waitMs(atMs) >= feedbackMs) this.#sendFeedback(atMs);
    const isIncomplete = this.#inbounds.some((inbound) => inbound.isIncomplete);
    const isReported = this.#unreportedSinceMs === undefined;
    const nextMs = isIncomplete ? feedbackMs : maxFeedbackMs - this.#waitMs(atMs);
    this.#feedbackTask =
      isReported && !isIncomplete ? undefined : this.#schedule.after(nextMs, (nowMs) => this.#tickFeedback(nowMs));
  }

  /** The time for which packets wait to be reported. Milliseconds. */
  #waitMs(atMs: number): number {
    return atMs - (this.#unreportedSinceMs ?? atMs);
  }

  #demandsChanged(): void {
    if (this.#isClosed) return;
    this.#limit();
    if (this.#reportTask === undefined) this.#beginReports(performance.now());
  }

  /** Starts to report, at the first packet after a silence; the silence itself is not reported. */
  #beginReports(atMs: number): void {
    for (const track of this.#tracks) track.measure(atMs);
    this.#reportTask = this.#schedule.after(reportMs, () => this.#report());
  }

  #report(): void {
    const now = performance.now();
    for (const track of this.#tracks) track.measure(now);
    const isLimited = this.#limit();
    // Once more after the last packet, so that no bitrate is left.
    const isOver = !this.#isReceiving && !isLimited && this.#tracks.every(({ bitrate }) => bitrate === 0);
    this.#reportTask = isOver ? undefined : this.#schedule.after(reportMs, () => this.#report());
    this.#isReceiving = false;
    const reports = this.#inbounds.flatMap((inbound) => inbound.report(now) ?? []);
    if (reports.length > 0) this.#transport.sendRtcp([new RtcpRrPacket({ ssrc: this.#ssrc, reports })]);
  }

  /**
   * Sends the maximum that players can receive, beside the feedback on arrivals: the publisher follows the lower of both.
   * Repeated with every report, because it may get lost.
   *
   * @returns whether to continue.
   */
  #limit(): boolean {
    const limit = publisherLimit(this.#tracks);
    if (limit !== undefined) this.#releases = releases;
    else if (this.#releases === 0) return false;
    else this.#releases -= 1;
    const ssrcs = this.#inbounds.flatMap(({ encoding, ssrc }) =>
      encoding.codec.codec.kind === 'video' && ssrc !== undefined ? [ssrc] : [],
    );
    if (ssrcs.length > 0) this.#transport.sendRtcpBytes(writeReceiverLimit(this.#ssrc, ssrcs, limit ?? unlimited));
    return true;
  }

  close(): void {
    if (this.#isClosed) return;
    this.#isClosed = true;
    for (const task of [this.#feedbackTask, this.#reportTask, this.#levelTask]) task?.cancel();
  }
}
