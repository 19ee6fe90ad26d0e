import { randomBytes } from 'node:crypto';
import type { SessionDescription } from '@sigchart/core';
import { NoCommonCodecError, type TransceiverLike } from '@sigchart/webrtc';
import {
  GenericNack,
  PictureLossIndication,
  type RtcpPacket,
  RtcpPayloadSpecificFeedback,
  RtcpTransportLayerFeedback,
} from 'werift';
import { Connection, InvalidStateError } from '../connection.ts';
import { type CodecMapping, codecsOf, isSameCodec } from '../sdp/codec.ts';
import { extensionsOf, midUri } from '../sdp/extensions.ts';
import type { LocalSection, LocalTrack } from '../sdp/localDescription.ts';
import { DescriptionError, readDescription } from '../sdp/remoteDescription.ts';
import type { MessageReceiver, Source } from '../source/source.ts';
import type { Track } from '../source/track.ts';
import { DataChannels } from '../transport/dataChannels.ts';
import type { Transport, TransportListener, TransportOptions } from '../transport/transport.ts';
import { Forwarder } from './forwarder.ts';

/** What a player may say of what it gets. */
const feedback = { audio: [], video: ['nack', 'nack pli', 'ccm fir'] } as const;

/** How often sender reports go out. Milliseconds. */
const reportMs = 1_000;

/** A section, and the track it is for. */
interface Slot {
  readonly section: LocalSection;
  readonly track: Track | undefined;
}

const randomSsrc = () => randomBytes(4).readUInt32BE();

/** The connection of a player: offers the tracks of a source, and sends their packets. */
export class PlayerConnection extends Connection implements MessageReceiver {
  readonly #source: Source;
  readonly #payloadTypes = new Map<string, number>();
  #slots: readonly Slot[] = [];
  #forwarders: readonly Forwarder[] = [];
  #state: 'new' | 'created' | 'offered' | 'stable' = 'new';
  #dataChannels: DataChannels | undefined;
  readonly #timer: NodeJS.Timeout;

  constructor(options: TransportOptions, source: Source, onClosed: () => void) {
    super(options, onClosed);
    this.#source = source;
    this.#timer = setInterval(() => this.#report(), reportMs);
  }

  async createOffer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    const transport = this.transport('0', true);
    const tracks = this.#source.tracks;
    const kept = this.#slots.map(({ section, track }): Slot => {
      if (track === undefined || tracks.includes(track)) return { section, track };
      return { section: { ...section, direction: 'inactive' }, track: undefined };
    });
    const added = tracks.filter((track) => !kept.some((slot) => slot.track === track));
    const slots = [
      ...kept,
      ...added.map((track, index) => this.#slotOf(track, String(kept.length + index), transport)),
    ];
    if (!slots.some(({ section }) => section.kind === 'application')) {
      const mid = String(slots.length);
      const section = { mid, kind: 'application', transport, setup: 'actpass', direction: 'sendrecv' } as const;
      slots.push({ section, track: undefined });
    }
    this.#slots = slots;
    this.sections = slots.map(({ section }) => section);
    this.#state = 'created';
    return { sdp: this.write() };
  }

  #slotOf(track: Track, mid: string, transport: Transport): Slot {
    const { codec, rtxPayloadType } = track.mapping;
    const hasRtx = codec.kind === 'video' && rtxPayloadType !== undefined;
    const mapping: CodecMapping = {
      codec,
      payloadType: this.#payloadType(`${codec.name} ${codec.parameters}`),
      rtxPayloadType: hasRtx ? this.#payloadType(`rtx ${codec.name} ${codec.parameters}`) : undefined,
      feedback: feedback[codec.kind],
    };
    const local: LocalTrack = {
      id: track.id,
      streamId: this.#source.streamId,
      ssrc: randomSsrc(),
      rtxSsrc: hasRtx ? randomSsrc() : undefined,
    };
    return {
      track,
      section: {
        mid,
        kind: codec.kind,
        transport,
        setup: 'actpass',
        direction: 'sendonly',
        codec: mapping,
        extensions: [{ id: 1, uri: midUri }],
        track: local,
      },
    };
  }

  /** One number for one codec, in all sections. @see RFC 9143 § 9.1 */
  #payloadType(key: string): number {
    const known = this.#payloadTypes.get(key) ?? 96 + this.#payloadTypes.size;
    this.#payloadTypes.set(key, known);
    return known;
  }

  async createAnswer(): Promise<never> {
    throw new InvalidStateError('a player is made offers');
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.assertOpen();
    if (type !== 'offer' || this.#state !== 'created') throw new InvalidStateError('no offer was created');
    this.#state = 'offered';
    await this.describe();
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    this.assertOpen();
    if (description.type !== 'answer' || this.#state !== 'offered')
      throw new InvalidStateError('no offer is answered by this');
    const remote = readDescription(description);
    if (
      remote.sections.length !== this.#slots.length ||
      remote.sections.some(({ kind }, index) => kind !== this.#slots[index]?.section.kind)
    )
      throw new DescriptionError('the media sections are not those of the offer');
    const accepted = this.#slots.flatMap(({ section, track }, index) => {
      const answer = remote.sections[index];
      if (answer?.transport === undefined || track === undefined || section.codec === undefined) return [];
      if (section.track === undefined || answer.direction === 'sendonly' || answer.direction === 'inactive') return [];
      const { codec } = section.codec;
      const mapping = codecsOf(answer.media).find((one) => isSameCodec(one.codec, codec));
      return mapping === undefined ? [] : [{ section, track, local: section.track, answer, mapping }];
    });
    const offeredMedia = this.#slots.some(({ track }) => track !== undefined);
    if (
      offeredMedia &&
      remote.sections.every(({ kind, transport }) => kind === 'application' || transport === undefined)
    )
      throw new NoCommonCodecError('the player takes none of the tracks');
    const first = remote.sections.find(({ transport }) => transport !== undefined);
    if (first?.transport === undefined) throw new DescriptionError('every section is rejected');

    this.remote = { sections: remote.sections.map((section) => ({ ...section, bundledWith: '0' })) };
    this.#state = 'stable';
    const [transport] = this.transports;
    if (transport === undefined) return;
    transport.setRemote(first.transport);
    this.addCandidatesOf(this.remote);
    for (const forwarder of this.#forwarders) forwarder.track.remove(forwarder);
    this.#forwarders = accepted.map(({ track, local, answer, mapping }) => {
      const [mid] = extensionsOf(answer.media, [midUri]);
      return new Forwarder(track, transport, local, {
        mid: answer.mid,
        payloadType: mapping.payloadType,
        rtxPayloadType: mapping.rtxPayloadType,
        midId: mid?.id,
      });
    });
    transport.start();
    this.#startDataChannels(transport);
    if (transport.isWritable) this.#startForwarding();
  }

  #startDataChannels(transport: Transport): void {
    const section = this.remote?.sections.find(({ kind }) => kind === 'application');
    if (section?.transport === undefined || this.#dataChannels !== undefined) return;
    const { sctpPort: port, maxMessageSize } = section.media;
    this.#dataChannels = new DataChannels(transport, { port, maxMessageSize }, (message) =>
      this.#source.relay(message, this),
    );
    this.#dataChannels.open(this.#source.streamId);
    this.#source.add(this);
  }

  #startForwarding(): void {
    for (const forwarder of this.#forwarders) {
      forwarder.track.remove(forwarder);
      forwarder.track.add(forwarder);
    }
  }

  getTransceivers(): readonly TransceiverLike[] {
    return this.sections
      .filter(({ kind }) => kind !== 'application')
      .map(({ mid, track, direction }) => ({
        mid,
        sender: { track: track === undefined || direction === 'inactive' ? null : { id: track.id } },
      }));
  }

  message(message: string | Buffer): void {
    this.#dataChannels?.send(message);
  }

  protected listenTo(transport: () => Transport): Omit<TransportListener, 'candidate'> {
    return {
      stateChanged: () => {
        if (transport().isWritable) {
          this.#dataChannels?.start();
          this.#startForwarding();
        } else for (const forwarder of this.#forwarders) forwarder.track.remove(forwarder);
      },
      rtp: () => {},
      rtcp: (packet) => this.#heard(packet),
    };
  }

  #heard(packet: RtcpPacket): void {
    if (packet instanceof RtcpTransportLayerFeedback && packet.feedback instanceof GenericNack) {
      const { mediaSourceSsrc, lost } = packet.feedback;
      const forwarder = this.#forwarders.find(({ ssrc }) => ssrc === mediaSourceSsrc);
      if (forwarder !== undefined && !forwarder.retransmit(lost)) forwarder.track.keyFrames.request();
    } else if (packet instanceof RtcpPayloadSpecificFeedback) {
      const { feedback: request } = packet;
      const asked =
        request instanceof PictureLossIndication
          ? [request.mediaSsrc]
          : 'fir' in request
            ? request.fir.map(({ ssrc }) => ssrc)
            : [];
      for (const forwarder of this.#forwarders) if (asked.includes(forwarder.ssrc)) forwarder.track.keyFrames.request();
    }
  }

  #report(): void {
    const now = performance.now();
    for (const transport of this.transports)
      transport.sendRtcp(this.#forwarders.flatMap((forwarder) => forwarder.report(now) ?? []));
  }

  protected end(): void {
    clearInterval(this.#timer);
    this.#dataChannels?.stop();
    this.#source.remove(this);
    for (const forwarder of this.#forwarders) forwarder.track.remove(forwarder);
  }
}
