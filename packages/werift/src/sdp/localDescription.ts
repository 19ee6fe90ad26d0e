import { type MediaDescription, write } from 'sdp-transform';
import { maxMessageBytes, sctpPort } from '../transport/dataChannels.ts';
import type { Transport } from '../transport/transport.ts';
import type { CodecMapping } from './codec.ts';
import { dependencyUri, type HeaderExtension } from './extensions.ts';
import type { Direction } from './remoteDescription.ts';

/** Outgoing track of a section. */
export interface LocalTrack {
  readonly id: string;
  /** The `MediaStream` that it is in: `a=msid`. */
  readonly mediaStreamId: string;
  /** The stream that it belongs to, whose tracks have one clock: the canonical name. */
  readonly streamId: string;
  readonly ssrc: number;
  /** The SSRC of its retransmissions, or `undefined` without. */
  readonly rtxSsrc: number | undefined;
}

/** One `m=` section of an own description. */
export interface LocalSection {
  readonly mid: string;
  readonly kind: string;
  /** As the other side spells it. Default that of RFC 8829. */
  readonly protocol?: string | undefined;
  /** The formats of the other side, which are repeated when the section is rejected. */
  readonly payloads?: string | undefined;
  /** `undefined` when the section is rejected. */
  readonly transport: Transport | undefined;
  /** True if it is in a BUNDLE group, with those of the same transport: in an answer, if the offer had it in one. Default true. */
  readonly isBundled?: boolean | undefined;
  readonly setup: 'actpass' | 'active' | 'passive';
  readonly direction: Direction;
  /** `undefined` for data channels. */
  readonly codec?: CodecMapping | undefined;
  readonly extensions?: readonly HeaderExtension[];
  /** The encodings of simulcast that are received. */
  readonly rids?: readonly string[];
  /** Outgoing track; `undefined` in an answer. */
  readonly track?: LocalTrack | undefined;
}

/** @see RFC 8829 § 5.1.2 · RFC 8841 § 4.2 */
const protocolOf = (kind: string) => (kind === 'application' ? 'UDP/DTLS/SCTP' : 'UDP/TLS/RTP/SAVPF');

const rejected = ({ mid, kind, protocol, payloads }: LocalSection): MediaDescription => ({
  type: kind,
  port: 0,
  protocol: protocol ?? protocolOf(kind),
  payloads: payloads ?? (kind === 'application' ? 'webrtc-datachannel' : '0'),
  connection: { version: 4, ip: '0.0.0.0' },
  mid,
  direction: 'inactive',
  rtp: [],
  fmtp: [],
});

function transportOf(transport: Transport, setup: LocalSection['setup']): Partial<MediaDescription> {
  const { usernameFragment, password, fingerprint } = transport.local;
  return {
    connection: { version: 4, ip: '0.0.0.0' },
    iceUfrag: usernameFragment,
    icePwd: password,
    iceOptions: 'trickle',
    ...(fingerprint && { fingerprint: { type: fingerprint.algorithm, hash: fingerprint.value } }),
    setup,
  };
}

function codecOf({ codec, payloadType, rtxPayloadType, feedback }: CodecMapping): Partial<MediaDescription> {
  const { name, clockRate, channels, parameters } = codec;
  const rtp = { payload: payloadType, codec: name, rate: clockRate };
  const rtx = rtxPayloadType === undefined ? [] : [rtxPayloadType];
  return {
    payloads: [payloadType, ...rtx].join(' '),
    rtp: [
      channels === 1 ? rtp : { ...rtp, encoding: channels },
      ...rtx.map((payload) => ({ payload, codec: 'rtx', rate: clockRate })),
    ],
    fmtp: [
      ...(parameters === '' ? [] : [{ payload: payloadType, config: parameters }]),
      ...rtx.map((payload) => ({ payload, config: `apt=${payloadType}` })),
    ],
    rtcpFb: feedback.map((text) => {
      const [type = '', subtype] = text.split(' ');
      return subtype === undefined ? { payload: payloadType, type } : { payload: payloadType, type, subtype };
    }),
  };
}

function trackOf({ id, mediaStreamId, streamId, ssrc, rtxSsrc }: LocalTrack): Partial<MediaDescription> {
  const ssrcs = rtxSsrc === undefined ? [ssrc] : [ssrc, rtxSsrc];
  return {
    msid: [{ id: mediaStreamId, appdata: id }],
    ssrcs: ssrcs.flatMap((one) => [
      { id: one, attribute: 'cname', value: streamId },
      { id: one, attribute: 'msid', value: `${mediaStreamId} ${id}` },
    ]),
    ...(rtxSsrc === undefined ? {} : { ssrcGroups: [{ semantics: 'FID', ssrcs: ssrcs.join(' ') }] }),
  };
}

/** @see RFC 8853 § 5.3.2 */
const simulcastOf = (rids: readonly string[]): Partial<MediaDescription> => ({
  rids: rids.map((id) => ({ id, direction: 'recv' })),
  simulcast: { dir1: 'recv', list1: rids.join(';') },
});

/** aiortc 1.4 follows an early draft of RFC 8841, in which the port is the format. */
function dataChannelsOf(
  protocol: string,
): Pick<MediaDescription, 'protocol' | 'rtp' | 'fmtp'> & Partial<MediaDescription> {
  const base = { protocol, maxMessageSize: maxMessageBytes, rtp: [], fmtp: [] };
  const app = 'webrtc-datachannel';
  if (protocol !== 'DTLS/SCTP') return { ...base, payloads: app, sctpPort };
  return { ...base, payloads: String(sctpPort), sctpmap: { sctpmapNumber: sctpPort, app, maxMessageSize: 65_535 } };
}

function mediaOf(section: LocalSection): MediaDescription {
  const { mid, kind, transport, setup, codec, track, rids = [] } = section;
  if (transport === undefined) return rejected(section);
  const base = { type: kind, port: 9, mid, ...transportOf(transport, setup) };
  if (codec === undefined) return { ...base, ...dataChannelsOf(section.protocol ?? protocolOf(kind)) };
  return {
    ...base,
    protocol: section.protocol ?? protocolOf(kind),
    direction: section.direction,
    rtp: [],
    fmtp: [],
    ...codecOf(codec),
    ext: (section.extensions ?? []).map(({ id, uri }) => ({ value: id, uri })),
    // Descriptors that are longer than 16 bytes need two-byte headers.
    ...(section.extensions?.some(({ uri }) => uri === dependencyUri) && { extmapAllowMixed: 'extmap-allow-mixed' }),
    rtcpMux: 'rtcp-mux',
    rtcpRsize: 'rtcp-rsize',
    ...(track && trackOf(track)),
    ...(rids.length > 0 && simulcastOf(rids)),
  };
}

/** Writes an own description, with the candidates gathered so far. @see RFC 8829 § 5.2.1 */
export function writeDescription(sessionId: string, version: number, sections: readonly LocalSection[]): string {
  const transports = [...new Set(sections.flatMap(({ transport }) => transport ?? []))];
  const groups = transports.map((transport) => sections.filter((section) => section.transport === transport));
  const firsts = groups.map(([first]) => first);
  return write({
    version: 0,
    origin: { username: '-', sessionId, sessionVersion: version, netType: 'IN', ipVer: 4, address: '127.0.0.1' },
    name: '-',
    timing: { start: 0, stop: 0 },
    groups: groups
      .filter((group) => group.every(({ isBundled = true }) => isBundled))
      .map((group) => ({ type: 'BUNDLE', mids: group.map(({ mid }) => mid).join(' ') })),
    msidSemantic: { semantic: 'WMS', token: '*' },
    media: sections.map((section) => ({
      ...mediaOf(section),
      ...(firsts.includes(section) && { candidates: [...(section.transport?.candidates ?? [])] }),
    })),
  });
}
