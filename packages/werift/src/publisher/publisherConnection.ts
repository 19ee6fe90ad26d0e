import { isDeepStrictEqual } from 'node:util';
import type { SessionDescription } from '@sigchart/core/machines';
import type { TransceiverLike } from '@sigchart/webrtc';
import { Connection, type ConnectionOptions, InvalidStateError } from '../connection.ts';
import { type AnsweredSection, answerOf } from '../sdp/answer.ts';
import { type CodecName, isSameCodec } from '../sdp/codec.ts';
import {
  audioLevelUri,
  dependencyUri,
  midUri,
  repairedRidUri,
  ridUri,
  sendTimeUri,
  transportSequenceUri,
} from '../sdp/extensions.ts';
import type { LocalSection } from '../sdp/localDescription.ts';
import { readDescription } from '../sdp/remoteDescription.ts';
import { simulcastSsrcs } from '../sdp/simulcast.ts';
import { noSsrcs, ssrcsOfEncodings } from '../sdp/ssrcs.ts';
import type { Encoding } from '../source/encoding.ts';
import { type Participant, relay, type Source } from '../source/source.ts';
import { Track, trackIdOf } from '../source/track.ts';
import { DataChannels } from '../transport/dataChannels.ts';
import type { Transport } from '../transport/transport.ts';
import { Ingest, type IngestSurroundings } from './ingest.ts';

/** Dependencies and options of a publisher's connection. */
export interface PublisherOptions extends ConnectionOptions, IngestSurroundings {
  readonly source: Source;
  /** The codecs that it may send. */
  readonly codecs: readonly CodecName[];
}

/** The connection of a publisher: answers its offers, and feeds its source with what it sends. */
export class PublisherConnection extends Connection<Ingest> implements Participant {
  readonly #source: Source;
  readonly #codecs: readonly CodecName[];
  readonly #surroundings: IngestSurroundings;
  #dataChannels: DataChannels | undefined;
  #isOffered = false;
  #audioLevel: number | undefined;

  constructor(options: PublisherOptions) {
    super(options);
    this.#source = options.source;
    this.#codecs = options.codecs;
    this.#surroundings = options;
    this.#source.participants.add(this);
  }

  async createOffer(): Promise<never> {
    throw new InvalidStateError('only the publisher makes offers');
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    this.assertOpen();
    if (description.type !== 'offer') throw new InvalidStateError('only an offer can be applied');
    const offered = readDescription(description);
    this.assertFollows(offered);
    const answered = answerOf(offered, this.#codecs);
    // Nothing below can fail, so if anything above fails, running media continues.
    this.#isOffered = true;
    this.sections = this.#sectionsOf(answered);
    this.expectCandidates(
      answered.flatMap(({ offered: section, tagged }) => (tagged?.section === section ? section.mid : [])),
      description.sdp.length,
    );
    for (const { mid, media } of offered) this.addCandidatesOf(mid, media);
    this.#updateTracks(answered);
    this.#updateDataChannels(answered);
  }

  #sectionsOf(answered: readonly AnsweredSection[]): readonly LocalSection[] {
    const transports = this.answeringTransports(answered);
    return answered.map(({ offered, tagged, codec, extensions, rids }): LocalSection => {
      const { mid, kind, direction, media, group } = offered;
      const isBundled = group.length > 0;
      const base = { mid, kind, protocol: media.protocol, payloads: media.payloads, extensions, rids, isBundled };
      const transport = tagged && transports.get(tagged.section);
      if (transport === undefined) return { ...base, transport, setup: 'passive', direction: 'inactive' };
      const sends = codec === undefined || direction === 'sendrecv' || direction === 'sendonly';
      return { ...base, transport, setup: transport.setup, codec, direction: sends ? 'recvonly' : 'inactive' };
    });
  }

  #updateTracks(answered: readonly AnsweredSection[]): void {
    const before = this.#source.tracks;
    const counts = { audio: 0, video: 0 };
    const tracks = this.sections.flatMap(({ mid, codec, direction, transport }) => {
      if (codec === undefined || direction !== 'recvonly' || transport === undefined) return [];
      const { kind } = codec.codec;
      counts[kind] += 1;
      const { streamId } = this.#source;
      const id = trackIdOf(kind, streamId, counts[kind] - 1);
      const requestKeyFrame = (encoding: Encoding, isRepeated: boolean) =>
        this.#ingestOf(mid)?.requestKeyFrame(encoding, isRepeated);
      const { rids: announced = [] } = answered.find((section) => section.offered.mid === mid) ?? {};
      const media = answered.find((section) => section.offered.mid === mid)?.offered.media;
      const legacy = announced.length > 0 || media === undefined ? [] : simulcastSsrcs(media).map(() => undefined);
      const rids = announced.length > 0 ? announced : legacy;
      // Packets of other encodings than those of the track would be of nobody.
      const names = rids.length === 0 ? [undefined] : rids;
      const known = before.find(
        (track) =>
          track.mid === mid &&
          track.codec.payloadType === codec.payloadType &&
          isSameCodec(track.codec.codec, codec.codec) &&
          isDeepStrictEqual(
            track.encodings.map(({ rid }) => rid),
            names,
          ),
      );
      return [known ?? new Track({ id, streamId, mid, codec, rids, requestKeyFrame })];
    });
    this.#source.update(tracks);
    for (const transport of this.transports) this.#updateIngest(transport, answered);
  }

  #ingestOf(mid: string): Ingest | undefined {
    const transport = this.transportAt(mid);
    return transport && this.handlerOf(transport);
  }

  #updateIngest(transport: Transport, answered: readonly AnsweredSection[]): void {
    const own = this.sections.filter((section) => section.transport === transport);
    const idOf = (uri: string) =>
      own.flatMap(({ extensions = [] }) => extensions).find((extension) => extension.uri === uri)?.id;
    const tracks = this.#source.tracks.filter(({ mid }) => own.some((section) => section.mid === mid));
    this.handlerOf(transport)?.update({
      tracks,
      encodings: tracks.flatMap((track) => {
        const media = answered.find((section) => section.offered.mid === track.mid)?.offered.media;
        const described = ssrcsOfEncodings(media, track.encodings.length);
        return track.encodings.map((encoding, index) => ({ encoding, described: described[index] ?? noSsrcs }));
      }),
      midId: idOf(midUri),
      ridId: idOf(ridUri),
      repairedRidId: idOf(repairedRidUri),
      sendTimeId: idOf(sendTimeUri),
      transportSequenceId: idOf(transportSequenceUri),
      audioLevelId: idOf(audioLevelUri),
      dependencyId: idOf(dependencyUri),
    });
  }

  #updateDataChannels(answered: readonly AnsweredSection[]): void {
    const section = answered.find(({ offered: { kind }, tagged }) => kind === 'application' && tagged !== undefined);
    const transport = this.transportAt(section?.offered.mid);
    if (section === undefined || transport === undefined) return;
    const { sctpPort, sctpmap, maxMessageSize } = section.offered.media;
    const options = { port: sctpPort ?? sctpmap?.sctpmapNumber, maxMessageSize };
    if (this.#dataChannels?.isWithRemoteOf(transport) === false) {
      this.#dataChannels.stop();
      this.#dataChannels = undefined;
    }
    this.#dataChannels ??= new DataChannels(transport, options, (message) => relay([this.#source], message, this));
    this.#dataChannels.startOn(transport);
  }

  async createAnswer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    if (!this.#isOffered) throw new InvalidStateError('there is no offer to answer');
    return { sdp: this.write() };
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.assertOpen();
    if (type !== 'answer' || !this.#isOffered) throw new InvalidStateError('there is no offer to answer');
    this.#isOffered = false;
    await this.describe();
    this.dropUnusedTransports();
    for (const transport of this.transports) transport.start();
  }

  get audioLevel(): number | undefined {
    return this.#audioLevel;
  }

  getTransceivers(): readonly TransceiverLike[] {
    return this.sections.map(({ mid }) => ({ mid, sender: { track: null } }));
  }

  message(message: string | Buffer): void {
    this.#dataChannels?.send(message);
  }

  tracksChanged(): void {}

  protected handle(transport: Transport): Ingest {
    return new Ingest(transport, this.#surroundings, (level) => {
      this.#audioLevel = level;
      this.changed('audiolevelchange');
    });
  }

  protected transportChanged(): void {
    this.#dataChannels?.start();
  }

  protected end(): void {
    this.#dataChannels?.stop();
    this.#source.close();
  }
}
