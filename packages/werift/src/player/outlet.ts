import {
  GenericNack,
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpSourceDescriptionPacket,
  RtcpTransportLayerFeedback,
  SourceDescriptionChunk,
  SourceDescriptionItem,
} from 'werift';
import type { TransportHandler } from '../connection.ts';
import type { Transport } from '../transport/transport.ts';
import type { Forwarder } from './forwarder.ts';

/** How often sender reports go out. Milliseconds. */
const reportMs = 1_000;

/** `CNAME`, which tells what streams have one clock. @see RFC 3550 § 6.5.1 */
const canonicalName = 1;

/** Sends tracks to one player, and hears what it says of them. */
export class Outlet implements TransportHandler {
  readonly #transport: Transport;
  readonly #timer: NodeJS.Timeout;
  #forwarders: readonly Forwarder[] = [];

  constructor(transport: Transport) {
    this.#transport = transport;
    this.#timer = setInterval(() => this.#report(), reportMs);
  }

  get forwarders(): readonly Forwarder[] {
    return this.#forwarders;
  }

  /** Forwards these, and no others, as long as the player is there. */
  update(forwarders: readonly Forwarder[]): void {
    for (const forwarder of this.#forwarders) if (!forwarders.includes(forwarder)) forwarder.track.remove(forwarder);
    this.#forwarders = forwarders;
    this.transportChanged();
  }

  /** Begins or interrupts forwarding: nothing is kept for a player that is not there. */
  transportChanged(): void {
    for (const forwarder of this.#forwarders)
      if (this.#transport.isWritable) forwarder.track.add(forwarder);
      else forwarder.track.remove(forwarder);
  }

  /** Players send nothing. */
  rtp(): void {}

  rtcp(packet: RtcpPacket): void {
    if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
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
    for (const forwarder of this.#forwarders) {
      const report = forwarder.report(now);
      if (report === undefined) continue;
      const items = [new SourceDescriptionItem({ type: canonicalName, text: forwarder.track.streamId })];
      const chunks = [new SourceDescriptionChunk({ source: forwarder.ssrc, items })];
      this.#transport.sendRtcp([report, new RtcpSourceDescriptionPacket({ chunks })]);
    }
  }

  close(): void {
    clearInterval(this.#timer);
    this.update([]);
  }
}
