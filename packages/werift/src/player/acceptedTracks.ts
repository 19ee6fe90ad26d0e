import { type CodecMapping, codecsOf, isSameCodec } from '../sdp/codec.ts';
import type { LocalSection } from '../sdp/localDescription.ts';
import type { RemoteSection } from '../sdp/remoteDescription.ts';
import { extensionIds } from './extensionIds.ts';
import type { ForwarderOptions } from './forwarder.ts';
import type { Slot } from './slots.ts';

/** True if a codec of an answer is the one that was offered. Some answerers leave out format parameters they agree with. */
function isAnswered(offered: CodecMapping, answered: CodecMapping): boolean {
  if (answered.codec.name !== offered.codec.name) return false;
  return answered.payloadType === offered.payloadType || isSameCodec(offered.codec, answered.codec);
}

function acceptedTrack({ track }: Slot, offered: LocalSection, answer: RemoteSection): ForwarderOptions | undefined {
  const { codec, track: local } = offered;
  if (track === undefined || codec === undefined || local === undefined || answer.isRejected) return undefined;
  if (answer.direction === 'sendonly' || answer.direction === 'inactive') return undefined;
  const taken = codecsOf(answer.media).find((mapping) => isAnswered(codec, mapping));
  if (taken === undefined) return undefined;
  const { ssrc, rtxSsrc } = local;
  const { payloadType, rtxPayloadType } = taken;
  const hasRtx = rtxSsrc !== undefined && rtxPayloadType !== undefined;
  return {
    track,
    ssrc,
    payloadType,
    rtx: hasRtx ? { ssrc: rtxSsrc, payloadType: rtxPayloadType } : undefined,
    mid: offered.mid,
    extensions: extensionIds(
      offered.extensions ?? [],
      answer.media.ext?.map(({ value, uri }) => ({ id: value, uri })) ?? [],
    ),
  };
}

/**
 * Parameters for the tracks that a player accepted: payload types and extension ids of its answer, which may differ from those of
 * the offer.
 *
 * @see RFC 3264 § 6.1
 */
export const acceptedTracks = (
  slots: readonly Slot[],
  offered: readonly LocalSection[],
  answered: readonly RemoteSection[],
): readonly ForwarderOptions[] =>
  slots.flatMap((slot, index) => {
    const [section, answer] = [offered[index], answered[index]];
    return (section && answer && acceptedTrack(slot, section, answer)) ?? [];
  });
