import { randomBytes } from 'node:crypto';
import type { Codec } from '../sdp/codec.ts';
import {
  dependencyCodecs,
  dependencyUri,
  extensionsOf,
  midUri,
  sendTimeUri,
  transportSequenceUri,
} from '../sdp/extensions.ts';
import type { LocalSection, LocalTrack } from '../sdp/localDescription.ts';
import { PayloadTypes } from '../sdp/payloadTypes.ts';
import type { RemoteSection } from '../sdp/remoteDescription.ts';
import type { Track } from '../source/track.ts';
import type { Transport } from '../transport/transport.ts';
import type { AnsweredSlot } from './answeredOffer.ts';
import type { Slot } from './slots.ts';

/** RTCP feedback that a player may send: on its reception and on its bandwidth. */
const feedback: Readonly<Record<'audio' | 'video', readonly string[]>> = {
  audio: ['transport-cc'],
  video: ['nack', 'nack pli', 'ccm fir', 'transport-cc', 'goog-remb'],
};

/** Header extensions of packets to players, with their ids in the server's offers. */
const playerExtensions = [midUri, transportSequenceUri, sendTimeUri, dependencyUri].map((uri, index) => ({
  id: index + 1,
  uri,
}));

const extensionsFor = ({ name }: Codec) =>
  playerExtensions.filter(({ uri }) => uri !== dependencyUri || dependencyCodecs.includes(name));

const randomSsrc = () => randomBytes(4).readUInt32BE();

/** Makes the sections of a player's descriptions: what was offered once stays under its numbers. */
export class OfferSections {
  readonly #payloadTypes = new PayloadTypes();
  /** By `mid`: what is sent there, and as what. */
  readonly #localTracks = new Map<string, { readonly track: Track; readonly local: LocalTrack }>();

  /** The sections of the next offer, after those `before`, which stay where they are. Others are bundled on `transport`. */
  of(slots: readonly Slot[], transport: Transport, before: readonly LocalSection[]): readonly LocalSection[] {
    for (const mid of this.#localTracks.keys())
      if (!slots.some((slot) => slot.mid === mid && slot.track !== undefined)) this.#localTracks.delete(mid);
    return slots.map((slot, index) => this.#sectionOf(slot, transport, before[index]));
  }

  /** The sections of an answer, under the numbers of the player. */
  answering(
    answered: readonly AnsweredSlot[],
    transports: ReadonlyMap<RemoteSection, Transport>,
  ): readonly LocalSection[] {
    return answered.map(({ offered, tagged, slot, codec }): LocalSection => {
      const { mid, kind, media, group } = offered;
      const base = { mid, kind, protocol: media.protocol, payloads: media.payloads, isBundled: group.length > 0 };
      const transport = tagged && transports.get(tagged.section);
      if (transport === undefined) return { ...base, transport, setup: 'passive', direction: 'inactive' };
      const accepted = { ...base, transport, setup: transport.setup };
      if (codec === undefined) return { ...accepted, direction: 'sendrecv' };
      const { track } = slot;
      return {
        ...accepted,
        codec: { ...codec, feedback: codec.feedback.filter((type) => feedback[codec.codec.kind].includes(type)) },
        extensions: extensionsOf(
          media,
          extensionsFor(codec.codec).map(({ uri }) => uri),
        ),
        direction: track === undefined ? 'inactive' : 'sendonly',
        track: track && this.#localTrack(slot, track, codec.rtxPayloadType !== undefined),
      };
    });
  }

  #sectionOf(slot: Slot, transport: Transport, before: LocalSection | undefined): LocalSection {
    const { kind, mid, track, isRejected } = slot;
    const base = { kind, mid, transport: before?.transport ?? transport, setup: 'actpass' } as const;
    if (isRejected) return { ...base, transport: undefined, direction: 'inactive' };
    if (kind === 'application') return { ...base, direction: 'sendrecv' };
    // An empty section repeats its previous content.
    if (track === undefined) return { ...base, codec: before?.codec, direction: 'inactive' };
    const { codec, rtxPayloadType: publisherRtx } = track.codec;
    const payloadType = this.#payloadTypes.of(codec);
    const rtxPayloadType = publisherRtx === undefined ? undefined : this.#payloadTypes.ofRetransmissions(payloadType);
    return {
      ...base,
      direction: 'sendonly',
      codec: { codec, payloadType, rtxPayloadType, feedback: feedback[codec.kind] },
      extensions: extensionsFor(codec),
      track: this.#localTrack(slot, track, rtxPayloadType !== undefined),
    };
  }

  /** Another track is another SSRC, even of one that has moved from another section: a player takes none for two of them. */
  #localTrack({ mid, id, mediaStreamId }: Slot, track: Track, hasRtx: boolean): LocalTrack {
    const known = this.#localTracks.get(mid);
    if (known?.track === track) return known.local;
    const { streamId } = track;
    const local = { id, mediaStreamId, streamId, ssrc: randomSsrc(), rtxSsrc: hasRtx ? randomSsrc() : undefined };
    this.#localTracks.set(mid, { track, local });
    return local;
  }
}
