import { NoCommonCodecError } from '@sigchart/webrtc';
import { type Codec, type CodecMapping, type CodecName, codecsOf, selectCodec } from './codec.ts';
import {
  audioLevelUri,
  dependencyUri,
  describedCodecs,
  extensionsOf,
  type HeaderExtension,
  midUri,
  repairedRidUri,
  ridUri,
  sendTimeUri,
  transportSequenceUri,
} from './extensions.ts';
import { DescriptionError, type RemoteSection, type RemoteTransport, transportSectionOf } from './remoteDescription.ts';
import { offeredRids } from './simulcast.ts';

/** Result of answering one section of a publisher's offer. */
export interface AnsweredSection {
  readonly offered: RemoteSection;
  /** The section whose transport it uses, and what the publisher says of that; `undefined` when it is rejected. */
  readonly tagged: { readonly section: RemoteSection; readonly transport: RemoteTransport } | undefined;
  /** The only codec that the publisher may send, `undefined` for data channels. */
  readonly codec: CodecMapping | undefined;
  readonly extensions: readonly HeaderExtension[];
  /** The encodings of simulcast that it may send. */
  readonly rids: readonly string[];
}

/**
 * RTCP feedback for codecs of a publisher. The server reports arrivals, from which the publisher estimates its bandwidth;
 * `goog-remb` carries the maximum of its players.
 */
const feedbackTypes = ['nack', 'nack pli', 'ccm fir', 'transport-cc', 'goog-remb'];

/** True if a section is for data channels, as RFC 8841 or the draft before it has them. */
export const hasDataChannels = ({ kind, media }: RemoteSection) =>
  kind === 'application' && (media.payloads === 'webrtc-datachannel' || media.sctpmap !== undefined);

/** The header extensions that are read of what a publisher sends. */
const extensionUris = [midUri, ridUri, repairedRidUri, sendTimeUri, transportSequenceUri, audioLevelUri];

const extensionUrisOf = ({ name }: Codec): readonly string[] =>
  describedCodecs.includes(name) ? [...extensionUris, dependencyUri] : extensionUris;

/**
 * Decides over a publisher's offer: one codec for each media section, so that it is known what players get, the data
 * channels, and nothing else.
 *
 * @throws {NoCommonCodecError} when none of its media, or nothing of it, can be forwarded.
 * @throws {DescriptionError} when a section has no transport, or none would share its port with RTCP.
 */
export function answerOf(
  sections: readonly RemoteSection[],
  allowed: readonly CodecName[],
): readonly AnsweredSection[] {
  const codecs = new Map(sections.map((section) => [section, selectCodec(codecsOf(section.media), allowed)] as const));
  const accepted = sections.filter((section) => {
    if (section.isRejected) return false;
    // Without rtcp-mux it would need another port, which no WebRTC endpoint asks for (RFC 8834 § 4.5).
    return hasDataChannels(section) || (codecs.get(section) !== undefined && section.media.rtcpMux !== undefined);
  });
  const open = sections.filter(({ isRejected }) => !isRejected);
  // It has common codecs, so the error for none would mislead its author.
  if (accepted.length === 0 && open.some((section) => codecs.get(section) !== undefined))
    throw new DescriptionError('no section has rtcp-mux');
  const offersMedia = open.some((section) => !hasDataChannels(section));
  const takesMedia = accepted.some((section) => !hasDataChannels(section));
  // A client that offers media would wait in vain if only its data channel were accepted.
  if (offersMedia ? !takesMedia : open.length > 0 && accepted.length === 0)
    throw new NoCommonCodecError('the offer has no codec that the server forwards');
  return sections.map((offered): AnsweredSection => {
    if (!accepted.includes(offered)) return { offered, tagged: undefined, codec: undefined, extensions: [], rids: [] };
    const section = transportSectionOf(offered, accepted);
    const codec = codecs.get(offered);
    return {
      offered,
      tagged: { section, transport: section.transport },
      codec: codec && { ...codec, feedback: codec.feedback.filter((type) => feedbackTypes.includes(type)) },
      extensions: codec === undefined ? [] : extensionsOf(offered.media, extensionUrisOf(codec.codec)),
      rids: codec === undefined ? [] : offeredRids(offered.media, codec.payloadType),
    };
  });
}
