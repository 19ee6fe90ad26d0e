import type { MediaDescription } from 'sdp-transform';

/** A header extension under its number. @see RFC 8285 */
export interface HeaderExtension {
  readonly id: number;
  readonly uri: string;
}

/** Header extension with the media section of a packet. @see RFC 9143 § 15.1 */
export const midUri = 'urn:ietf:params:rtp-hdrext:sdes:mid';

/** Header extension with the encoding of a packet (restriction identifier). @see RFC 8852 § 4.1 */
export const ridUri = 'urn:ietf:params:rtp-hdrext:sdes:rtp-stream-id';

/** Header extension with the encoding of a retransmission. @see RFC 8852 § 4.2 */
export const repairedRidUri = 'urn:ietf:params:rtp-hdrext:sdes:repaired-rtp-stream-id';

/** A number for each packet of a transport. @see draft-holmer-rmcat-transport-wide-cc-extensions-01 § 2 */
export const transportSequenceUri = 'http://www.ietf.org/id/draft-holmer-rmcat-transport-wide-cc-extensions-01';

/** Time a packet was sent. */
export const sendTimeUri = 'http://www.webrtc.org/experiments/rtp-hdrext/abs-send-time';

/** Header extension with the audio level of a packet. @see RFC 6464 § 4 */
export const audioLevelUri = 'urn:ietf:params:rtp-hdrext:ssrc-audio-level';

/** Dependency descriptor: the frames that the frame of a packet depends on. @see https://aomediacodec.github.io/av1-rtp-spec/ § A.9 */
export const dependencyUri = 'https://aomediacodec.github.io/av1-rtp-spec/#dependency-descriptor-rtp-header-extension';

/** Codecs whose layers only the dependency descriptor tells: payloads of the others do it themselves. */
export const dependencyCodecs: readonly string[] = ['AV1', 'H264'];

/** Codecs whose dependency descriptor is read: only it tells which frames of VP9 a larger spatial layer does without. */
export const describedCodecs: readonly string[] = [...dependencyCodecs, 'VP9'];

/** The extensions of a section that are also among `uris`. */
export const extensionsOf = ({ ext = [] }: MediaDescription, uris: readonly string[]): readonly HeaderExtension[] =>
  ext.filter(({ uri }) => uris.includes(uri)).map(({ value, uri }) => ({ id: value, uri }));
