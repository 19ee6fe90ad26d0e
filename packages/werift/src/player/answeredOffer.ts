import { NoCommonCodecError } from '@sigchart/webrtc';
import type { Bundled } from '../connection.ts';
import { hasDataChannels } from '../sdp/answer.ts';
import { type CodecMapping, codecNames, codecsOf, isSameCodec, selectCodec } from '../sdp/codec.ts';
import { DescriptionError, type RemoteSection, transportSectionOf } from '../sdp/remoteDescription.ts';
import type { Track } from '../source/track.ts';
import type { Slot } from './slots.ts';

/** A section of a player's offer, and what the server answers to it. */
export interface AnsweredSlot extends Bundled {
  readonly slot: Slot;
  /** The codec of the track, under the player's payload types; `undefined` for data channels and when it is rejected. */
  readonly codec: CodecMapping | undefined;
}

const receives = ({ direction }: RemoteSection) => direction === 'recvonly' || direction === 'sendrecv';

/** The codec of a track as a section of the player has it, or `undefined` when the player cannot decode it. */
const codecFor = ({ media }: RemoteSection, { codec }: Track): CodecMapping | undefined =>
  codecsOf(media).find((offered) => isSameCodec(offered.codec, codec.codec));

/**
 * Decides over a player's offer: each section that receives gets a track of its kind that the player can decode. Tracks stay
 * where they were; what no track is left for stays empty.
 *
 * @throws {NoCommonCodecError} when there are tracks and the player can decode none of them.
 * @throws {DescriptionError} when no section of the offer can be accepted.
 * @see RFC 8829 § 5.3.1
 */
export function answeredOffer(
  sections: readonly RemoteSection[],
  tracks: readonly Track[],
  before: readonly Slot[],
): readonly AnsweredSlot[] {
  const left = new Set(tracks);
  const take = (section: RemoteSection, track: Track | undefined): Track | undefined => {
    if (track === undefined || !left.has(track) || codecFor(section, track) === undefined) return undefined;
    left.delete(track);
    return track;
  };
  const isOpen = (section: RemoteSection) => !section.isRejected && section.media.rtcpMux !== undefined;
  const kept = sections.map((section, index) =>
    isOpen(section) && receives(section) ? take(section, before[index]?.track) : undefined,
  );
  const answered = sections.map((offered, index): AnsweredSlot => {
    const { mid } = offered;
    const kind = offered.kind as Slot['kind'];
    const slot: Slot = { kind, mid, id: '', mediaStreamId: '', track: undefined, isRejected: false };
    if (!offered.isRejected && hasDataChannels(offered)) return { offered, tagged: undefined, slot, codec: undefined };
    const any = selectCodec(codecsOf(offered.media), codecNames);
    const rejected = { offered, tagged: undefined, slot: { ...slot, isRejected: true }, codec: undefined };
    if (!isOpen(offered) || any === undefined) return rejected;
    const candidates = receives(offered) ? [...left].filter((track) => track.kind === kind) : [];
    const track = kept[index] ?? candidates.find((one) => take(offered, one) !== undefined);
    const { id = '', streamId: mediaStreamId = '' } = track ?? {};
    return {
      offered,
      tagged: undefined,
      slot: { ...slot, id, mediaStreamId, track },
      codec: (track && codecFor(offered, track)) ?? any,
    };
  });
  if (tracks.length > 0 && answered.every(({ slot }) => slot.track === undefined))
    throw new NoCommonCodecError('the player can decode none of the tracks');
  const accepted = answered.filter(({ slot }) => !slot.isRejected).map(({ offered }) => offered);
  if (accepted.length === 0) throw new DescriptionError('no section of the offer can be accepted');
  return answered.map((one) => {
    if (one.slot.isRejected) return one;
    const section = transportSectionOf(one.offered, accepted);
    return { ...one, tagged: { section, transport: section.transport } };
  });
}
