import type { SessionDescription, TrackAssignment } from '@sigchart/core/machines';
import { NoCommonCodecError, type TransceiverLike } from '@sigchart/webrtc';
import { Connection, type ConnectionOptions, InvalidStateError } from '../connection.ts';
import type { Schedule } from '../schedule.ts';
import {
  DescriptionError,
  type RemoteSection,
  readDescription,
  type TaggedSection,
  transportSectionOf,
} from '../sdp/remoteDescription.ts';
import { type Participant, relay, type Source } from '../source/source.ts';
import { type Track, trackIdOf } from '../source/track.ts';
import { DataChannels } from '../transport/dataChannels.ts';
import type { Transport } from '../transport/transport.ts';
import { acceptedTracks } from './acceptedTracks.ts';
import { answeredOffer } from './answeredOffer.ts';
import { extensionIds } from './extensionIds.ts';
import type { ForwarderOptions } from './forwarder.ts';
import { OfferSections } from './offerSections.ts';
import { Outlet } from './outlet.ts';
import { QualityMeter } from './qualityMeter.ts';
import { arrange, type SentTrack, type Slot } from './slots.ts';

/** Dependencies and options of a player's connection. */
export interface PlayerOptions extends ConnectionOptions {
  /** Name of the data channel. */
  readonly label: string;
  /** Tracks that are sent at the start. */
  readonly tracks: readonly TrackAssignment[];
  /** Source of a live stream, or `undefined`. */
  readonly sourceOf: (streamId: string) => Source | undefined;
}

/** The connection of a player: offers the tracks of its sources, and sends their packets. */
export class PlayerConnection extends Connection<Outlet> implements Participant {
  readonly #label: string;
  readonly #sourceOf: (streamId: string) => Source | undefined;
  #assignments: readonly TrackAssignment[];
  /** Latest switch for each name and kind. */
  readonly #enabled = new Map<string, boolean>();
  readonly #offerSections = new OfferSections();
  readonly quality: QualityMeter;
  readonly #schedule: Schedule;
  #slots: readonly Slot[] = [];
  #sources: readonly Source[] = [];
  #dataChannels: DataChannels | undefined;
  #state: 'stable' | 'created' | 'offered' | 'answering' = 'stable';
  /** True if it is the player that offers. */
  #answers = false;

  constructor(options: PlayerOptions) {
    super(options);
    this.#label = options.label;
    this.#sourceOf = options.sourceOf;
    this.#assignments = options.tracks;
    this.#schedule = options.schedule;
    this.quality = new QualityMeter(
      options.schedule,
      () => this.transports.flatMap((transport) => this.handlerOf(transport) ?? []),
      (track) => this.#isEnabled(track),
      (track) => this.#slots.find((slot) => slot.track === track)?.id ?? track.id,
    );
  }

  async createOffer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    if (this.#state === 'offered') throw new InvalidStateError('the previous offer is not answered yet');
    if (this.#answers) throw new InvalidStateError('only the player makes offers');
    this.#followPlayed();
    this.#slots = arrange(this.#slots, this.#sentTracks(), this.#isRoom ? 'first' : 'last');
    const { transport = this.openTransport(true) } =
      this.sections.find((section) => section.transport !== undefined) ?? {};
    this.sections = this.#offerSections.of(this.#slots, transport, this.sections);
    this.#state = 'created';
    return { sdp: this.write() };
  }

  /** Sends these tracks from the next offer on, and no others. */
  setTracks(assignments: readonly TrackAssignment[]): void {
    const before = this.#assignments;
    this.#assignments = assignments;
    const isSame = (one: TrackAssignment, other: TrackAssignment | undefined) =>
      one.streamId === other?.streamId && one.videoLabel === other.videoLabel && one.audioLabel === other.audioLabel;
    if (assignments.length !== before.length || !assignments.every((one, index) => isSame(one, before[index])))
      this.tracksChanged();
  }

  /** True if what is played is a room, and not one stream under its own id. */
  get #isRoom(): boolean {
    return !this.#assignments.some(({ streamId }) => streamId === this.#label);
  }

  /** Tracks to send now. A room's videos come first, because pages hide the element of a label whose first track is audio. */
  #sentTracks(): readonly SentTrack[] {
    return this.#assignments.flatMap(({ streamId, videoLabel, audioLabel, mediaStreamId }) => {
      const tracks = this.#sources.find((source) => source.streamId === streamId)?.tracks ?? [];
      const [videos, audios] = (['video', 'audio'] as const).map((kind) =>
        tracks.filter((track) => track.kind === kind),
      );
      const ordered = streamId === this.#label ? tracks : [...(videos ?? []), ...(audios ?? [])];
      return ordered.flatMap((track) => {
        const [label, ofKind] = track.kind === 'video' ? [videoLabel, videos] : [audioLabel, audios];
        if (label === undefined) return [];
        return { track, id: trackIdOf(track.kind, label, ofKind?.indexOf(track) ?? 0), mediaStreamId };
      });
    });
  }

  /**
   * Sends, or does not send for a while, tracks of one kind: one track by its id, those of a stream by the id of that, or all
   * by the id of what is played. Needs no offer.
   */
  setEnabled(name: string, kind: 'audio' | 'video', enabled: boolean): void {
    if (name === this.#label) {
      for (const key of this.#enabled.keys()) if (key.endsWith(` ${kind}`)) this.#enabled.delete(key);
    } else if (!this.#slots.some(({ id, track }) => [id, track?.id, track?.streamId].includes(name))) return;
    this.#enabled.set(`${name} ${kind}`, enabled);
    for (const transport of this.transports) this.handlerOf(transport)?.run();
  }

  #isEnabled(track: Track): boolean {
    const { id, streamId, kind } = track;
    const label = this.#slots.find((slot) => slot.track === track)?.id;
    const said = [label, id, streamId, this.#label].map((name) => this.#enabled.get(`${name} ${kind}`));
    return said.find((enabled) => enabled !== undefined) ?? true;
  }

  /** Sends a text on the data channel, if it is open. */
  sendData(text: string): void {
    this.#dataChannels?.send(text);
  }

  get #tracks(): readonly Track[] {
    return this.#sources.flatMap(({ tracks }) => tracks);
  }

  #followPlayed(): void {
    this.#follow(this.#assignments.flatMap(({ streamId }) => this.#sourceOf(streamId) ?? []));
  }

  #follow(sources: readonly Source[]): void {
    for (const source of this.#sources) if (!sources.includes(source)) source.participants.delete(this);
    for (const source of sources) source.participants.add(this);
    this.#sources = sources;
  }

  tracksChanged(): void {
    // Before the first offer, no further one is needed.
    if (this.#slots.length > 0 && !this.#answers) this.needNegotiation();
  }

  async createAnswer(): Promise<{ readonly sdp: string }> {
    this.assertOpen();
    if (this.#state !== 'answering') throw new InvalidStateError('there is no offer to answer');
    return { sdp: this.write() };
  }

  async setLocalDescription({ type }: SessionDescription): Promise<void> {
    this.assertOpen();
    if (type === 'answer') {
      if (this.#state !== 'answering') throw new InvalidStateError('there is no offer to answer');
      this.#state = 'stable';
      await this.describe();
      this.dropUnusedTransports();
      for (const transport of this.transports) transport.start();
      return;
    }
    if (this.#state !== 'created') throw new InvalidStateError('there is no offer');
    this.#state = 'offered';
    await this.describe();
  }

  async setRemoteDescription(description: SessionDescription): Promise<void> {
    this.assertOpen();
    if (description.type === 'offer') this.#applyOffer(readDescription(description), description.sdp.length);
    else await this.#applyAnswer(readDescription(description), description.sdp.length);
  }

  /** Takes an offer of the player, which the server then answers. Once a side has offered, it is that side that does. */
  #applyOffer(offered: readonly RemoteSection[], bytes: number): void {
    if (this.#slots.length > 0 && !this.#answers) throw new InvalidStateError('only the server makes offers');
    this.assertFollows(offered);
    this.#followPlayed();
    const answered = answeredOffer(offered, this.#tracks, this.#slots);
    // Nothing below can fail, so if anything above fails, running media continues.
    this.#answers = true;
    this.#state = 'answering';
    this.#slots = answered.map(({ slot }) => slot);
    this.sections = this.#offerSections.answering(answered, this.answeringTransports(answered));
    const speaking = answered.filter(({ offered: section, tagged }) => tagged?.section === section);
    this.expectCandidates(
      speaking.map(({ offered: { mid } }) => mid),
      bytes,
    );
    for (const { mid, media } of offered) this.addCandidatesOf(mid, media);
    for (const transport of this.transports) this.handlerOf(transport)?.update(this.#sentOn(transport));
    this.quality.apply();
    this.#updateDataChannels(offered);
  }

  /** Negotiated tracks of one transport, by the answer. */
  #sentOn(transport: Transport): readonly ForwarderOptions[] {
    return this.sections.flatMap(({ mid, codec, extensions, track: local, transport: own }, index) => {
      const track = this.#slots[index]?.track;
      if (own !== transport || track === undefined || codec === undefined || local === undefined) return [];
      const { ssrc, rtxSsrc } = local;
      const { payloadType, rtxPayloadType } = codec;
      const hasRtx = rtxSsrc !== undefined && rtxPayloadType !== undefined;
      const rtx = hasRtx ? { ssrc: rtxSsrc, payloadType: rtxPayloadType } : undefined;
      return [{ track, ssrc, payloadType, rtx, mid, extensions: extensionIds(extensions ?? [], extensions ?? []) }];
    });
  }

  async #applyAnswer(read: readonly RemoteSection[], bytes: number): Promise<void> {
    if (this.#state !== 'offered') throw new InvalidStateError('there is no offer to answer');
    // A section that was offered as released is released, whatever the answer says.
    const answered = read.map((section, index) =>
      this.#slots[index]?.isRejected ? { ...section, isRejected: true } : section,
    );
    const differs = this.#slots.some(({ kind }, index) => answered[index]?.kind !== kind);
    if (differs || answered.length !== this.#slots.length)
      throw new DescriptionError('the sections are not those of the offer');
    const forwarded = acceptedTracks(this.#slots, this.sections, answered);
    const isHeld = answered.some(({ kind, isRejected }) => kind !== 'application' && !isRejected);
    if (forwarded.length === 0 && !isHeld && this.#tracks.length > 0)
      throw new NoCommonCodecError('the player accepts none of the tracks');
    const accepted = answered.filter(({ isRejected }) => !isRejected);
    const tagged = answered.map((section) => (section.isRejected ? undefined : transportSectionOf(section, accepted)));
    if (accepted.length === 0) throw new DescriptionError('every section is rejected');

    this.#state = 'stable';
    this.#slots = this.#slots.map((slot, index) => ({ ...slot, isRejected: answered[index]?.isRejected ?? false }));
    const transports = this.#divide(tagged);
    this.expectCandidates(
      Array.from(transports.keys(), ({ mid }) => mid),
      bytes,
    );
    for (const [{ mid, media, transport: remote }, transport] of transports) {
      transport.setRemote(remote);
      this.addCandidatesOf(mid, media);
      const own = forwarded.filter((one) => this.transportAt(one.mid) === transport);
      this.handlerOf(transport)?.update(own);
    }
    this.quality.apply();
    this.#updateDataChannels(answered);
    this.dropUnusedTransports();
    await this.gather();
    for (const transport of this.transports) transport.start();
  }

  /**
   * Assigns transports to sections according to an answer. A section that was offered in a bundle, but is not bundled in the
   * answer, gets a transport of its own. So does an answer from another connection than before.
   *
   * @param tagged - For each section, the one whose transport it uses; `undefined` if it is rejected.
   * @returns the used transports, by the tagged section of the answer.
   * @see RFC 9143 § 7.3.3
   */
  #divide(tagged: readonly (TaggedSection | undefined)[]): ReadonlyMap<TaggedSection, Transport> {
    const transports = new Map<TaggedSection, Transport>();
    const isOne = new Set(tagged.filter((section) => section !== undefined)).size === 1;
    for (const [index, section] of tagged.entries()) {
      if (section === undefined || transports.has(section)) continue;
      const offered = this.sections[index]?.transport;
      // Its candidates were sent for the first section that it was offered for.
      const first = this.sections.findIndex(({ transport }) => transport === offered);
      const keeps = offered?.fits(section.transport) === true && (isOne || tagged[first] === section);
      transports.set(section, keeps && offered !== undefined ? offered : this.openTransport(true, offered));
    }
    const used = new Set(transports.values());
    this.sections = this.sections.map((section, index) => {
      const own = tagged[index];
      const transport = own === undefined ? section.transport : transports.get(own);
      return { ...section, transport: transport !== undefined && used.has(transport) ? transport : undefined };
    });
    return transports;
  }

  #updateDataChannels(answered: readonly RemoteSection[]): void {
    const index = answered.findIndex(({ kind, isRejected }) => kind === 'application' && !isRejected);
    const [section, transport] = [answered[index], this.sections[index]?.transport];
    if (section === undefined || transport === undefined) return;
    if (this.#dataChannels?.isWithRemoteOf(transport) === false) {
      this.#dataChannels.stop();
      this.#dataChannels = undefined;
    }
    if (this.#dataChannels === undefined) {
      const { sctpPort: port, maxMessageSize } = section.media;
      this.#dataChannels = new DataChannels(
        transport,
        { port, maxMessageSize },
        (message) => relay(this.#sources, message, this),
        () => this.changed('datachannelopen'),
      );
      this.#dataChannels.open(this.#label);
    }
    this.#dataChannels.startOn(transport);
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
    return new Outlet(
      transport,
      this.#schedule,
      (track) => this.#isEnabled(track),
      () => this.quality.congested(),
    );
  }

  protected transportChanged(transport: Transport): void {
    this.handlerOf(transport)?.run();
    if (transport.isWritable) this.quality.start();
    this.#dataChannels?.start();
  }

  protected end(): void {
    this.#dataChannels?.stop();
    this.quality.stop();
    this.#follow([]);
  }
}
