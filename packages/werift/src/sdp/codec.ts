import { type MediaDescription, parseParams, parsePayloads } from 'sdp-transform';

/** The codecs that can be forwarded, as `a=rtpmap` spells them. */
export const codecNames = ['VP8', 'H264', 'VP9', 'AV1', 'H265', 'opus', 'PCMU', 'PCMA'] as const;

/** The name of a codec that can be forwarded. */
export type CodecName = (typeof codecNames)[number];

/** A codec and how it is configured; two ends that have the same one understand each other. */
export interface Codec {
  readonly kind: 'audio' | 'video';
  readonly name: CodecName;
  /** Hz. */
  readonly clockRate: number;
  readonly channels: number;
  /** The format parameters of `a=fmtp`, unchanged; empty if absent. */
  readonly parameters: string;
}

/** A codec under the payload types of one media section. */
export interface CodecMapping {
  readonly codec: Codec;
  readonly payloadType: number;
  /** The payload type of its retransmissions (RFC 4588), or `undefined` without. */
  readonly rtxPayloadType: number | undefined;
  /** Values of `a=rtcp-fb`, such as `nack pli`. */
  readonly feedback: readonly string[];
}

const nameOf = (encoding: string): CodecName | undefined =>
  codecNames.find((name) => name.toLowerCase() === encoding.toLowerCase());

/** Payload types that need no `a=rtpmap`. @see RFC 3551 § 6 */
const staticPayloads = [
  { payload: 0, codec: 'PCMU', rate: 8000, encoding: 1 },
  { payload: 8, codec: 'PCMA', rate: 8000, encoding: 1 },
];

const textOf = (value: number | string | undefined): string => (value === undefined ? '' : String(value));

/** First attribute for each payload type. */
const firstByPayload = <Attribute extends { readonly payload: number }>(attributes: readonly Attribute[]) =>
  new Map(attributes.toReversed().map((attribute) => [attribute.payload, attribute]));

/** The codecs of a media section that can be forwarded, in its order of preference. */
export function codecsOf(media: MediaDescription): readonly CodecMapping[] {
  const kind = media.type;
  if (kind !== 'audio' && kind !== 'video') return [];
  const maps = firstByPayload([...media.rtp, ...staticPayloads]);
  const formats = firstByPayload(media.fmtp);
  const parametersOf = (payloadType: number) => formats.get(payloadType)?.config.trim() ?? '';
  // Others are invalid: the field has 7 bits (RFC 3550 § 5.1). An offer of thousands would take seconds to compare.
  const payloadTypes = [...new Set(parsePayloads(media.payloads ?? ''))].filter((type) => type >= 0 && type < 128);
  const rtxOf = (primary: number) =>
    payloadTypes.find(
      (payloadType) =>
        maps.get(payloadType)?.codec.toLowerCase() === 'rtx' &&
        textOf(parseParams(parametersOf(payloadType)).apt) === String(primary),
    );
  return payloadTypes.flatMap((payloadType) => {
    const map = maps.get(payloadType);
    const name = map && nameOf(map.codec);
    if (map === undefined || name === undefined || map.rate === undefined) return [];
    const feedback = (media.rtcpFb ?? [])
      .filter(({ payload }) => String(payload) === String(payloadType) || payload === '*')
      .map(({ type, subtype }) => (subtype ? `${type} ${subtype}` : type));
    const channels = Number(map.encoding ?? 1);
    const codec: Codec = { kind, name, clockRate: map.rate, channels, parameters: parametersOf(payloadType) };
    return [{ codec, payloadType, rtxPayloadType: rtxOf(payloadType), feedback: [...new Set(feedback)] }];
  });
}

/**
 * The profile of an H.264 `profile-level-id`, without the level, which each direction chooses for itself.
 *
 * @see RFC 6184 § 8.1, table 5
 */
function h264Profile(profileLevelId: string): string {
  const profile = profileLevelId.slice(0, 2);
  const constraints = Number.parseInt(profileLevelId.slice(2, 4), 16);
  const isConstrainedBaseline =
    (profile === '42' && (constraints & 0x40) !== 0) ||
    (profile === '4d' && (constraints & 0x80) !== 0) ||
    (profile === '58' && (constraints & 0xc0) === 0xc0);
  return isConstrainedBaseline ? 'constrained baseline' : profileLevelId.slice(0, 4);
}

/** The profile and the mode of a codec's format: what both ends must have alike. */
function formatOf({ name, parameters }: Codec): string {
  const value = parseParams(parameters);
  const read = (key: string, absent: string) => textOf(value[key] ?? absent).toLowerCase();
  switch (name) {
    case 'H264':
      return `${read('packetization-mode', '0')} ${h264Profile(read('profile-level-id', '420010'))}`;
    case 'VP9':
      return read('profile-id', '0');
    case 'AV1':
      return read('profile', '0');
    case 'H265':
      return `${read('profile-id', '1')} ${read('tier-flag', '0')}`;
    default:
      return '';
  }
}

/** True if a stream of one codec can be decoded by who has the other. */
export const isSameCodec = (one: Codec, other: Codec): boolean =>
  one.name === other.name &&
  one.clockRate === other.clockRate &&
  one.channels === other.channels &&
  formatOf(one) === formatOf(other);

/**
 * The formats of a codec that the most players decode, for an offer that has several of one name. Chromium names H.264
 * Baseline before Constrained Baseline and sends the latter under either, and Firefox takes the latter only.
 */
const commonFormats: Partial<Record<CodecName, string>> = { H264: '1 constrained baseline', VP9: '0', AV1: '0' };

/** The codec to receive of those a media section has: the first that is `allowed`, in its most common format. */
export function selectCodec(offered: readonly CodecMapping[], allowed: readonly CodecName[]): CodecMapping | undefined {
  const first = offered.find(({ codec }) => allowed.includes(codec.name));
  const sameName = offered.filter(({ codec }) => codec.name === first?.codec.name);
  return sameName.find(({ codec }) => formatOf(codec) === commonFormats[codec.name]) ?? first;
}
