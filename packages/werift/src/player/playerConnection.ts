import { randomBytes } from 'node:crypto';
import type { SessionDescription } from '@sigchart/core';
import { NoCommonCodecError, type TransceiverLike } from '@sigchart/webrtc';
import { Connection, type ConnectionOptions, InvalidStateError } from '../connection.ts';
import { type CodecMapping, codecsOf, isSameCodec } from '../sdp/codec.ts';
import { extensionsOf, midUri } from '../sdp/extensions.ts';
import type { LocalSection, LocalTrack } from '../sdp/localDescription.ts';
import { PayloadTypes } from '../sdp/payloadTypes.ts';
import { DescriptionError, type RemoteSection, readDescription, taggedOf } from '../sdp/remoteDescription.ts';
import { type Participant, relay, type Source } from '../source/source.ts';
import type { Track } from '../source/track.ts';
import { DataChannels } from '../transport/dataChannels.ts';
import type { Transport } from '../transport/transport.ts';
import { Forwarder, type ForwarderOptions } from './forwarder.ts';
import { Outlet } from './outlet.ts';
import { arrange, type Slot } from './slots.ts';

/** What a player's connection needs. */
export interface PlayerOptions extends ConnectionOptions {
  /** What the data channel is called. */
  readonly label: string;
  /** The streams that are played from the beginning. */
  readonly streamIds: readonly string[];
  /** Who publishes a stream now, if anybody. */
  readonly sourceOf: (streamId: string) => Source | undefined;
}

/** What a player may say of what it gets. It tells nothing of its bandwidth, since nobody would listen. */
const feedback = { audio: [], video: ['nack', 'nack pli', 'ccm fir'] } as const;

const randomSsrc = () => randomBytes(4).readUInt32BE();

/** The connection of a player: offers the tracks of its sources, and sends their packets. */
export class PlayerConnection extends Connection<Outlet> implements Participant {
  readonly #label: string;
  readonly #sourceOf: (streamId: string) => Source | undefined;
  readonly #streamIds: Set<string>;
  /** What is not sent for now, by stream id and kind. */
  readonly #disabled = new Set<string>();
  readonly #payloadTypes = new PayloadTypes();
  readonly #localTracks = new Map<Track, LocalTrack>();
  #slots: readonly Slot[] = [];
  #sources: readonly Source[] = [];
  #dataChannels: DataChannels | undefined;
  #state: 'stable' | 'created' | 'offered' = 'stable';

  constructor(options: PlayerOptions) {
    super(options);
    this.#label = options.label;
    this.#sourceOf = options.sourceOf;
    this.#streamIds = new Set(options.streamIds);
  }

  async createOffer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    if (this.#state === 'offered') throw new InvalidStateError('there is an offer that is not answered yet');
    this.#follow([...this.#streamIds].flatMap((streamId) => this.#sourceOf(streamId) ?? []));
    this.#slots = arrange(this.#slots, this.#tracks);
    for (const track of this.#localTracks.keys()) if (!this.#tracks.includes(track)) this.#localTracks.delete(track);
    const mids = this.#slots.map(({ mid }) => mid);
    const transport = this.transportOf(mids, { isOffering: true });
    this.sections = this.#slots.map((slot, index) => this.#sectionOf(slot, transport, this.sections[index]));
    this.#state = 'created';
    return { sdp: this.write() };
  }

  /** Sends the tracks of one more stream, from the next offer on. */
  addTracks(streamId: string): void {
    this.#streamIds.add(streamId);
    this.tracksChanged();
  }

  /** Sends the tracks of a stream no more, from the next offer on. */
  removeTracks(streamId: string): void {
    this.#streamIds.delete(streamId);
    this.tracksChanged();
  }

  /** Sends, or does not send for a while, the tracks of one kind of a stream. Needs no offer. */
  setEnabled(streamId: string, kind: 'audio' | 'video', enabled: boolean): void {
    if (enabled) this.#disabled.delete(`${streamId} ${kind}`);
    else this.#disabled.add(`${streamId} ${kind}`);
    for (const transport of this.transports) this.handlerOf(transport)?.run();
  }

  /** Sends a text on the data channel, if it is open. */
  sendData(text: string): void {
    this.#dataChannels?.send(text);
  }

  get #tracks(): readonly Track[] {
    return this.#sources.flatMap(({ tracks }) => tracks);
  }

  #follow(sources: readonly Source[]): void {
    for (const source of this.#sources) if (!sources.includes(source)) source.participants.delete(this);
    for (const source of sources) source.participants.add(this);
    this.#sources = sources;
  }

  tracksChanged(): void {
    // What nobody has been offered needs no other offer.
    if (this.#slots.length > 0) this.needNegotiation();
  }

  #sectionOf(slot: Slot, transport: Transport, before: LocalSection | undefined): LocalSection {
    const { kind, mid, track, isRejected } = slot;
    const base = { kind, mid, transport, setup: 'actpass' } as const;
    if (isRejected) return { ...base, ...before, transport: undefined, track: undefined };
    if (kind === 'application') return { ...base, direction: 'sendrecv' };
    // An empty section repeats what was in it.
    if (track === undefined) return { ...base, ...before, direction: 'inactive', track: undefined };
    const { codec, rtxPayloadType: publisherRtx } = track.codec;
    const payloadType = this.#payloadTypes.of(codec);
    const rtxPayloadType = publisherRtx === undefined ? undefined : this.#payloadTypes.ofRetransmissions(payloadType);
    return {
      ...base,
      direction: 'sendonly',
      codec: { codec, payloadType, rtxPayloadType, feedback: feedback[codec.kind] },
      extensions: [{ id: 1, uri: midUri }],
      track: this.#localTrack(track, rtxPayloadType !== undefined),
    };
  }

  #localTrack(track: Track, hasRtx: boolean): LocalTrack {
    const { id, streamId } = track;
    const rtxSsrc = hasRtx ? randomSsrc() : undefined;
    const local = this.#localTracks.get(track) ?? { id, streamId, ssrc: randomSsrc(), rtxSsrc };
    this.#localTracks.set(track, local);
    return local;
  }

  async createAnswer(): Promise<never> {
    throw new InvalidStateError('it is the server that makes offers');
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.assertOpen();
    if (type !== 'offer' || this.#state !== 'created') throw new InvalidStateError('there is no offer');
    this.#state = 'offered';
    await this.describe();
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    this.assertOpen();
    if (description.type !== 'answer' || this.#state !== 'offered')
      throw new InvalidStateError('there is no offer that this answers');
    const answered = readDescription(description);
    const differs = this.#slots.some(({ kind }, index) => answered[index]?.kind !== kind);
    if (differs || answered.length !== this.#slots.length)
      throw new DescriptionError('the sections are not those of the offer');
    const forwarded = this.#slots.flatMap((slot, index) =>
      this.#forwarded(slot, answered[index], this.sections[index]),
    );
    const isTaken = answered.some(({ kind, isRejected }) => kind !== 'application' && !isRejected);
    if (this.#slots.some(({ track }) => track !== undefined) && (!isTaken || forwarded.length === 0))
      throw new NoCommonCodecError('none of the tracks is accepted');
    const accepted = answered.filter(({ isRejected }) => !isRejected);
    const [first] = accepted;
    const tagged = first && taggedOf(first, accepted);
    const [transport] = this.transports;
    if (tagged?.transport === undefined || transport === undefined)
      throw new DescriptionError('every section is rejected');

    this.#state = 'stable';
    this.#slots = this.#slots.map((slot, index) => ({ ...slot, isRejected: answered[index]?.isRejected ?? false }));
    transport.setRemote(tagged.transport);
    this.expectCandidates([tagged.mid]);
    this.addCandidatesOf(tagged.mid, tagged.media);
    this.#updateOutlet(transport, forwarded);
    this.#updateDataChannels(transport, answered);
    transport.start();
  }

  /** How the track in a slot is to be sent, if the player takes it. */
  #forwarded({ track }: Slot, answer: RemoteSection | undefined, offer: LocalSection | undefined): ForwarderOptions[] {
    if (answer === undefined || answer.isRejected || track === undefined) return [];
    if (answer.direction === 'sendonly' || answer.direction === 'inactive') return [];
    const offered = offer?.codec;
    const local = offer?.track;
    const taken = offered && codecsOf(answer.media).find((mapping) => isAnswered(offered, mapping));
    if (taken === undefined || local === undefined) return [];
    const { ssrc, rtxSsrc } = local;
    const { payloadType, rtxPayloadType } = taken;
    const rtx =
      rtxSsrc === undefined || rtxPayloadType === undefined
        ? undefined
        : { ssrc: rtxSsrc, payloadType: rtxPayloadType };
    const [midExtension] = extensionsOf(answer.media, [midUri]);
    return [{ track, ssrc, payloadType, rtx, mid: answer.mid, midId: midExtension?.id }];
  }

  #updateOutlet(transport: Transport, forwarded: readonly ForwarderOptions[]): void {
    const outlet = this.handlerOf(transport);
    outlet?.update(
      forwarded.map(
        (options) => outlet.forwarders.find(({ ssrc }) => ssrc === options.ssrc) ?? new Forwarder(transport, options),
      ),
    );
  }

  #updateDataChannels(transport: Transport, answered: readonly RemoteSection[]): void {
    const section = answered.find(({ kind, isRejected }) => kind === 'application' && !isRejected);
    if (this.#dataChannels === undefined && section !== undefined) {
      const { sctpPort: port, maxMessageSize } = section.media;
      this.#dataChannels = new DataChannels(transport, { port, maxMessageSize }, (message) =>
        relay(this.#sources, message, this),
      );
      this.#dataChannels.open(this.#label);
      if (transport.isWritable) this.#dataChannels.start();
    }
  }

  getTransceivers(): readonly TransceiverLike[] {
    return this.sections
      .filter(({ kind }) => kind !== 'application')
      .map(({ mid, track }) => ({ mid, sender: { track: track === undefined ? null : { id: track.id } } }));
  }

  message(message: string | Buffer): void {
    this.#dataChannels?.send(message);
  }

  protected handle(transport: Transport): Outlet {
    return new Outlet(transport, ({ streamId, kind }) => !this.#disabled.has(`${streamId} ${kind}`));
  }

  protected transportChanged(transport: Transport): void {
    this.handlerOf(transport)?.run();
    if (transport.isWritable) this.#dataChannels?.start();
  }

  protected end(): void {
    this.#dataChannels?.stop();
    this.#follow([]);
  }
}

/** Whether a codec of an answer is the one that was offered. Some answerers leave out format parameters they agree with. */
function isAnswered(offered: CodecMapping, answered: CodecMapping): boolean {
  if (answered.codec.name !== offered.codec.name) return false;
  return answered.payloadType === offered.payloadType || isSameCodec(offered.codec, answered.codec);
}
