import { randomBytes } from 'node:crypto';
import type { SessionDescription } from '@sigchart/core';
import { NoCommonCodecError, type TransceiverLike } from '@sigchart/webrtc';
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
import { Connection, InvalidStateError } from '../connection.ts';
import { type CodecMapping, type CodecName, codecsOf, selectCodec } from '../sdp/codec.ts';
import { extensionsOf, midUri, transportSequenceUri } from '../sdp/extensions.ts';
import type { LocalSection } from '../sdp/localDescription.ts';
import { DescriptionError, type RemoteSection, readDescription } from '../sdp/remoteDescription.ts';
import type { MessageReceiver, Source } from '../source/source.ts';
import { Track } from '../source/track.ts';
import { DataChannels } from '../transport/dataChannels.ts';
import type { Transport, TransportListener, TransportOptions } from '../transport/transport.ts';
import { Inbound } from './inbound.ts';
import { asRtcp, TransportFeedback } from './transportFeedback.ts';

/** What a publisher is asked to hear of a codec: what is forwarded to it, and what is measured for it. */
const feedbackTypes = ['nack', 'nack pli', 'ccm fir', 'transport-cc', 'goog-remb'];

/** How often congestion feedback goes out. Milliseconds. */
const feedbackMs = 50;

/** How often receiver reports go out. Milliseconds. */
const reportMs = 1_000;

export interface PublisherOptions extends TransportOptions {
  readonly codecs: readonly CodecName[];
}

/** The connection of a publisher: answers its offers, and feeds its source with what it sends. */
export class PublisherConnection extends Connection implements MessageReceiver {
  readonly #codecs: readonly CodecName[];
  readonly #source: Source;
  readonly #changed: () => void;
  readonly #ssrc = randomBytes(4).readUInt32BE();
  readonly #inbound = new Map<string, Inbound>();
  readonly #bySsrc = new Map<number, Inbound>();
  #dataChannels: DataChannels | undefined;
  #state: 'new' | 'offered' | 'answered' = 'new';
  #transportSequenceId = new Map<Transport, number>();
  #midId = new Map<Transport, number>();
  readonly #feedback = new Map<Transport, TransportFeedback>();
  readonly #timers: NodeJS.Timeout[];

  constructor(options: PublisherOptions, source: Source, changed: () => void, onClosed: () => void) {
    super(options, onClosed);
    this.#codecs = options.codecs;
    this.#source = source;
    this.#changed = changed;
    source.add(this);
    this.#timers = [setInterval(() => this.#sendFeedback(), feedbackMs), setInterval(() => this.#report(), reportMs)];
  }

  async createOffer(): Promise<never> {
    throw new InvalidStateError('a publisher makes the offers');
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    this.assertOpen();
    if (description.type !== 'offer') throw new InvalidStateError('there is no offer to answer');
    const remote = readDescription(description);
    const before = this.remote?.sections ?? [];
    if (
      before.some(
        ({ mid, kind }, index) => remote.sections[index]?.mid !== mid || remote.sections[index]?.kind !== kind,
      )
    )
      throw new DescriptionError('the media sections are not those of before');
    const chosen = new Map(
      remote.sections.map((section) => [section, selectCodec(codecsOf(section.media), this.#codecs)] as const),
    );
    const isAccepted = (section: RemoteSection) =>
      section.transport !== undefined &&
      (section.kind === 'application'
        ? (section.media.payloads ?? '').includes('webrtc-datachannel') || section.media.sctpmap !== undefined
        : chosen.get(section) !== undefined && section.media.rtcpMux !== undefined);
    if (!remote.sections.some(isAccepted) && remote.sections.some(({ transport }) => transport !== undefined))
      throw new NoCommonCodecError('no codec of the offer can be forwarded');

    this.remote = remote;
    this.#state = 'offered';
    this.sections = remote.sections.map((section): LocalSection => {
      const { mid, kind, media, transport: parameters } = section;
      const base = {
        mid,
        kind,
        protocol: media.protocol,
        ...(media.payloads === undefined ? {} : { payloads: media.payloads }),
      };
      if (parameters === undefined || !isAccepted(section))
        return { ...base, transport: undefined, setup: 'passive', direction: 'inactive' };
      const transport = this.transport(section.bundledWith, false);
      if (section.bundledWith === mid || !transport.isOf(parameters)) transport.setRemote(parameters);
      const setup = parameters.setup === 'passive' ? 'active' : 'passive';
      const mapping = chosen.get(section);
      if (mapping === undefined) return { ...base, transport, setup, direction: 'sendrecv' };
      const extensions = extensionsOf(media, [midUri, transportSequenceUri]);
      for (const { id, uri } of extensions)
        (uri === midUri ? this.#midId : this.#transportSequenceId).set(transport, id);
      const sends = section.direction === 'sendrecv' || section.direction === 'sendonly';
      const codec = { ...mapping, feedback: mapping.feedback.filter((type) => feedbackTypes.includes(type)) };
      return { ...base, transport, setup, codec, extensions, direction: sends ? 'recvonly' : 'inactive' };
    });
    this.dropUnusedTransports();
    this.addCandidatesOf(remote);
    this.#updateTracks(remote.sections);
  }

  #updateTracks(sections: readonly RemoteSection[]): void {
    const before = this.#source.tracks;
    const counts = { audio: 0, video: 0 };
    this.#source.tracks = this.sections.flatMap(({ mid, codec, direction, transport }) => {
      if (codec === undefined || direction !== 'recvonly' || transport === undefined) return [];
      const { kind } = codec.codec;
      const number = counts[kind]++;
      const known = before.find((track) => track.mid === mid && track.mapping.payloadType === codec.payloadType);
      const track = known ?? this.#openTrack(mid, codec, number, transport);
      const media = sections.find((section) => section.mid === mid)?.media;
      const inbound = this.#inbound.get(mid);
      for (const { id } of media?.ssrcs ?? []) if (inbound) this.#bySsrc.set(id, inbound);
      return [track];
    });
    for (const track of before) if (!this.#source.tracks.includes(track)) this.#closeTrack(track);
    if (before.length !== this.#source.tracks.length || this.#source.tracks.some((track) => !before.includes(track)))
      this.#changed();
  }

  #openTrack(mid: string, mapping: CodecMapping, number: number, transport: Transport): Track {
    const { kind } = mapping.codec;
    const id = `ARDAMS${kind === 'video' ? 'v' : 'a'}${this.#source.streamId}${number === 0 ? '' : `_${number}`}`;
    const track: Track = new Track(id, mid, mapping, () => {
      const mediaSsrc = this.#inbound.get(mid)?.ssrc;
      if (mediaSsrc === undefined) return;
      const feedback = new PictureLossIndication({ senderSsrc: this.#ssrc, mediaSsrc });
      transport.sendRtcp([new RtcpPayloadSpecificFeedback({ feedback })]);
    });
    this.#inbound.set(mid, new Inbound(track, transport));
    return track;
  }

  #closeTrack(track: Track): void {
    track.close();
    this.#inbound.delete(track.mid);
    for (const [ssrc, inbound] of this.#bySsrc) if (inbound.track === track) this.#bySsrc.delete(ssrc);
  }

  async createAnswer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    if (this.#state !== 'offered') throw new InvalidStateError('no offer to answer');
    return { sdp: this.write() };
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.assertOpen();
    if (type !== 'answer' || this.#state !== 'offered') throw new InvalidStateError('no offer to answer');
    this.#state = 'answered';
    await this.describe();
    for (const transport of this.transports) transport.start();
    this.#startDataChannels();
  }

  #startDataChannels(): void {
    const section = this.remote?.sections.find(({ kind, transport }) => kind === 'application' && transport);
    const transport = this.sections.find(({ mid }) => mid === section?.mid)?.transport;
    if (section === undefined || transport === undefined || this.#dataChannels !== undefined) return;
    const { sctpPort: port = section.media.sctpmap?.sctpmapNumber, maxMessageSize } = section.media;
    this.#dataChannels = new DataChannels(transport, { port, maxMessageSize }, (message) =>
      this.#source.relay(message, this),
    );
    if (transport.isWritable) this.#dataChannels.start();
  }

  getTransceivers(): readonly TransceiverLike[] {
    return this.sections.map(({ mid }) => ({ mid, sender: { track: null } }));
  }

  message(message: string | Buffer): void {
    this.#dataChannels?.send(message);
  }

  protected listenTo(transport: () => Transport): Omit<TransportListener, 'candidate'> {
    return {
      stateChanged: () => {
        if (transport().isWritable) this.#dataChannels?.start();
      },
      rtp: (packet) => this.#received(packet, transport()),
      rtcp: (packet) => this.#heard(packet),
    };
  }

  #received(packet: RtpPacket, transport: Transport): void {
    const now = performance.now();
    const { header } = packet;
    const sequenceId = this.#transportSequenceId.get(transport);
    const sequence = header.extensions.find(({ id }) => id === sequenceId)?.payload;
    if (sequence?.length === 2) this.#feedbackOf(transport).received(sequence.readUInt16BE(), now);
    const inbound = this.#bySsrc.get(header.ssrc) ?? this.#learn(packet, transport);
    inbound?.received(packet, now);
    const missing = inbound?.missing(now) ?? [];
    if (inbound?.ssrc !== undefined && missing.length > 0) {
      const feedback = new GenericNack({ senderSsrc: this.#ssrc, mediaSourceSsrc: inbound.ssrc, lost: [...missing] });
      transport.sendRtcp([new RtcpTransportLayerFeedback({ feedback })]);
    }
  }

  #feedbackOf(transport: Transport): TransportFeedback {
    const known = this.#feedback.get(transport) ?? new TransportFeedback();
    this.#feedback.set(transport, known);
    return known;
  }

  /** Finds the section of a source that no description named. @see RFC 9143 § 9.2 */
  #learn({ header }: RtpPacket, transport: Transport): Inbound | undefined {
    const midId = this.#midId.get(transport);
    const mid = header.extensions.find(({ id }) => id === midId)?.payload.toString();
    const ofType = [...this.#inbound.values()].filter(
      (one) => one.transport === transport && one.takes(header.payloadType),
    );
    const inbound = mid === undefined ? (ofType.length === 1 ? ofType[0] : undefined) : this.#inbound.get(mid);
    if (inbound !== undefined && this.#bySsrc.size < 64) this.#bySsrc.set(header.ssrc, inbound);
    return inbound;
  }

  #heard(packet: RtcpPacket): void {
    if (packet instanceof RtcpSrPacket) this.#bySsrc.get(packet.ssrc)?.heard(packet, performance.now());
  }

  #sendFeedback(): void {
    for (const [transport, feedback] of this.#feedback) {
      const mediaSsrc = [...this.#inbound.values()].find((one) => one.transport === transport)?.ssrc ?? 0;
      for (const bytes of feedback.flush(this.#ssrc, mediaSsrc)) transport.sendRtcp([asRtcp(bytes)]);
    }
  }

  #report(): void {
    for (const transport of this.transports) {
      const now = performance.now();
      const reports = [...this.#inbound.values()]
        .filter((one) => one.transport === transport)
        .flatMap((one) => one.reception?.report(now) ?? []);
      if (reports.length > 0) transport.sendRtcp([new RtcpRrPacket({ ssrc: this.#ssrc, reports })]);
    }
  }

  protected end(): void {
    for (const timer of this.#timers) clearInterval(timer);
    this.#dataChannels?.stop();
    for (const track of this.#source.tracks) track.close();
    this.#source.remove(this);
  }
}
