import {
  GenericNack,
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpRrPacket,
  RtcpSourceDescriptionPacket,
  RtcpTransportLayerFeedback,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from 'werift';
import type { TransportHandler } from '../connection.ts';
import type { Schedule, ScheduledTask } from '../schedule.ts';
import type { Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';
import { OutgoingNumbers } from './outgoingNumbers.ts';
import { PlayerPath } from './playerPath.ts';

/** Interval of sender reports. Milliseconds. */
const reportMs = 1_000;

/** `CNAME`: streams with the same one share a clock. @see RFC 3550 § 6.5.1 */
const canonicalName = 1;

/** Sends tracks to one player, and handles its RTCP feedback. */
export class Outlet implements TransportHandler {
  readonly #transport: Transport;
  readonly #isWanted: (track: Track) => boolean;
  readonly #schedule: Schedule;
  #reportTask: ScheduledTask | undefined;
  readonly path: PlayerPath;
  /** By SSRC ever used, because a track that is sent again continues with its SSRC and keys. */
  readonly #numbers = new Map<number, OutgoingNumbers>();
  #forwarders: readonly Forwarder[] = [];

  /**
   * @param isWanted - True if the track is to be sent now.
   * @param congested - Called when the path turns out to be narrower than estimated.
   */
  constructor(
    transport: Transport,
    schedule: Schedule,
    isWanted: (track: Track) => boolean,
    congested: () => void = () => {},
  ) {
    this.#transport = transport;
    this.#schedule = schedule;
    this.path = new PlayerPath(transport, schedule, (bytes, atMs) => this.#pad(bytes, atMs), congested);
    this.#isWanted = isWanted;
  }

  /** Sets the tracks to send. Tracks that are already sent continue. */
  update(tracks: readonly ForwarderOptions[]): void {
    const forwarders = tracks.map((options) => this.#find(options.ssrc) ?? this.#open(options));
    for (const forwarder of this.#forwarders) if (!forwarders.includes(forwarder)) forwarder.stop();
    this.#forwarders = forwarders;
    this.run();
  }

  #open(options: ForwarderOptions): Forwarder {
    const numbers = this.#numbers.get(options.ssrc) ?? new OutgoingNumbers();
    this.#numbers.set(options.ssrc, numbers);
    return new Forwarder(this.path, options, numbers);
  }

  /** Sends what is wanted, while the player is connected. Nothing is queued for a disconnected one. */
  run(): void {
    for (const forwarder of this.#forwarders)
      if (this.#transport.isWritable && this.#isWanted(forwarder.track)) forwarder.start();
      else forwarder.stop();
    if (this.#isForwarding) this.#reportTask ??= this.#schedule.after(reportMs, () => this.#report());
  }

  get #isForwarding(): boolean {
    return this.#forwarders.some(({ isForwarding }) => isForwarding);
  }

  get forwarders(): readonly Forwarder[] {
    return this.#forwarders;
  }

  #pad(bytes: number, atMs: number): number {
    return this.#forwarders.find(({ canPad }) => canPad)?.pad(bytes, atMs) ?? 0;
  }

  moved(): void {
    this.path.estimator.moved();
    for (const forwarder of this.#forwarders) forwarder.moved();
  }

  /** Players send nothing. */
  rtp(): void {}

  rtcpBytes(packet: Buffer, atMs: number): boolean {
    return this.path.hear(packet, atMs);
  }

  rtcp(packet: RtcpPacket, atMs: number): void {
    if (packet instanceof RtcpRrPacket) {
      for (const report of packet.reports) {
        const reported = this.#find(report.ssrc)?.reported(report, atMs);
        if (reported !== undefined) this.path.hearReception(reported);
      }
    } else if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
      this.#find(packet.feedback.mediaSourceSsrc)?.retransmit(packet.feedback.lost);
    } else if (packet instanceof RtcpPayloadSpecificFeedback) {
      const { feedback } = packet;
      if (feedback instanceof PictureLossIndication) this.#find(feedback.mediaSsrc)?.requestKeyFrame();
      else if ('fir' in feedback) for (const { ssrc } of feedback.fir) this.#find(ssrc)?.requestKeyFrame();
    }
  }

  #find(ssrc: number): Forwarder | undefined {
    return this.#forwarders.find((forwarder) => forwarder.ssrc === ssrc);
  }

  #report(): void {
    const now = performance.now();
    this.#reportTask = this.#isForwarding ? this.#schedule.after(reportMs, () => this.#report()) : undefined;
    for (const forwarder of this.#forwarders) {
      const report = forwarder.report(now);
      if (report === undefined) continue;
      const items = [new SourceDescriptionItem({ type: canonicalName, text: forwarder.track.streamId })];
      const chunks = [new SourceDescriptionChunk({ source: forwarder.ssrc, items })];
      this.#transport.sendRtcp([report, new RtcpSourceDescriptionPacket({ chunks })]);
    }
  }

  close(): void {
    this.update([]);
    this.#reportTask?.cancel();
    this.path.close();
  }
}
