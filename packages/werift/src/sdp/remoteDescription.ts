import type { SessionDescription } from '@sigchart/core/machines';
import { type MediaDescription, type SessionDescription as ParsedDescription, parse } from 'sdp-transform';
import { dependencyUri } from './extensions.ts';

/** Direction of media, from the point of view of the description's author. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** Transport parameters of one end. */
export interface RemoteTransport {
  readonly usernameFragment: string;
  readonly password: string;
  readonly iceLite: boolean;
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
  /** The name of the DTLS association in the description (`a=tls-id`), if any. */
  readonly tlsId?: string | undefined;
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** One `m=` section of a description that has been read. */
export interface RemoteSection {
  readonly mid: string;
  readonly kind: string;
  readonly direction: Direction;
  readonly isRejected: boolean;
  /** `undefined` when it is rejected, or leaves that to another section of its group. */
  readonly transport: RemoteTransport | undefined;
  /** The `mid` of each section in its BUNDLE group, itself among them; empty when it is in none. */
  readonly group: readonly string[];
  readonly media: MediaDescription;
}

/** The tagged section of a transport (RFC 9143). */
export type TaggedSection = RemoteSection & { readonly transport: RemoteTransport };

/** A description that cannot be applied. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
}

/** The most sections of a description: what is done for each of them is done for all that it is bundled with. */
const maxSections = 256;

/** Maximum number of transports of a description, each of which has its own sockets. */
const maxTransports = 32;

/** @see RFC 8839 § 5.4 */
const usernameFragmentPattern = /^[A-Za-z0-9+/]{4,256}$/;
const passwordPattern = /^[A-Za-z0-9+/]{22,256}$/;

const setups: readonly string[] = ['actpass', 'active', 'passive'];

/** The fingerprints of the session, and then of each section. `sdp-transform` keeps the last of several. */
function fingerprintsOf(sdp: string): readonly RemoteTransport['fingerprints'][] {
  return sdp.split(/^m=/m).map((part) =>
    [...part.matchAll(/^a=fingerprint:(\S+) ([\dA-Fa-f:]+)\s*$/gm)].map(([, algorithm = '', value = '']) => ({
      algorithm,
      value,
    })),
  );
}

/**
 * A section without the dependency descriptor, if two-byte headers are not allowed beside one-byte headers: descriptors are too long for
 * one byte.
 *
 * @see RFC 8285 § 6
 */
function withoutLongExtensions(media: MediaDescription, session: ParsedDescription): MediaDescription {
  const { ext, extmapAllowMixed = session.extmapAllowMixed } = media;
  if (ext === undefined || extmapAllowMixed !== undefined) return media;
  return { ...media, ext: ext.filter(({ uri }) => uri !== dependencyUri) };
}

/** The `a=tls-id` of the session, and then of each section. `sdp-transform` does not read it. @see RFC 8842 § 4 */
const tlsIdsOf = (sdp: string): readonly (string | undefined)[] =>
  sdp.split(/^m=/m).map((part) => /^a=tls-id:([\w+/-]{20,255})\s*$/m.exec(part)?.[1]);

/**
 * Reports whether two descriptions of a transport belong to one DTLS association. Another certificate means another connection,
 * such as a new `RTCPeerConnection` of a browser.
 *
 * @see RFC 8842 § 5 and RFC 8829 § 5.11
 */
export function isSameAssociation(one: RemoteTransport, other: RemoteTransport): boolean {
  const textOf = ({ tlsId = '', fingerprints }: RemoteTransport) =>
    [tlsId, ...fingerprints.map(({ algorithm, value }) => `${algorithm} ${value}`.toLowerCase()).sort()].join();
  return textOf(one) === textOf(other);
}

function transportOf(
  media: MediaDescription,
  session: ParsedDescription,
  fingerprints: RemoteTransport['fingerprints'],
  tlsId: string | undefined,
  type: 'offer' | 'answer',
): RemoteTransport {
  const { iceUfrag, icePwd, setup = type === 'offer' ? 'actpass' : 'active' } = { ...session, ...media };
  if (!iceUfrag || !icePwd) throw new DescriptionError('no ICE credentials');
  if (!usernameFragmentPattern.test(String(iceUfrag)))
    throw new DescriptionError('a=ice-ufrag is not 4 to 256 letters, digits, + or /');
  if (!passwordPattern.test(String(icePwd)))
    throw new DescriptionError('a=ice-pwd is not 22 to 256 letters, digits, + or /');
  if (fingerprints.length === 0) throw new DescriptionError('no fingerprint');
  if (!setups.includes(setup) || (type === 'answer' && setup === 'actpass'))
    throw new DescriptionError(`a=setup:${setup} in an ${type}`);
  return {
    // `sdp-transform` converts digits to a number, unless that would change them.
    usernameFragment: String(iceUfrag),
    password: String(icePwd),
    iceLite: session.icelite !== undefined,
    fingerprints,
    tlsId,
    setup: setup as RemoteTransport['setup'],
  };
}

/**
 * Reads a description and checks the parameters that a transport needs, because werift accepts any text.
 *
 * A port of 0 rejects a section, unless it is `bundle-only`: then it has the port of its group.
 *
 * @throws {DescriptionError} if the text is not a description, lacks ICE credentials or a fingerprint, or exceeds a limit.
 * @see RFC 8829 § 5.8 · RFC 9143 § 6
 */
export function readDescription({ type, sdp }: SessionDescription): readonly RemoteSection[] {
  if (!/^v=0\r?\n/.test(sdp)) throw new DescriptionError('not a session description');
  const session = parse(sdp);
  if (session.media.length === 0) throw new DescriptionError('no media section');
  if (session.media.length > maxSections) throw new DescriptionError('too many media sections');
  const mids = session.media.map(({ mid }, index) => String(mid ?? index));
  const known = new Set(mids);
  if (known.size !== mids.length) throw new DescriptionError('two sections have the same mid');
  const groups = (session.groups ?? [])
    .filter((group) => group.type === 'BUNDLE')
    .map((group) => [...new Set(String(group.mids).split(' '))].filter((mid) => known.has(mid)));
  const [ofSession = [], ...ofSections] = fingerprintsOf(sdp);
  const [tlsId, ...tlsIds] = tlsIdsOf(sdp);

  const sections = session.media.map((media, index): RemoteSection => {
    const mid = mids[index] ?? '';
    const group = groups.find((members) => members.includes(mid)) ?? [];
    const isBundleOnly = media.bundleOnly !== undefined && group.length > 1;
    const isRejected = media.port === 0 && !isBundleOnly;
    const own = ofSections[index] ?? [];
    const fingerprints = own.length > 0 ? own : ofSession;
    const isWithout = isRejected || (isBundleOnly && media.iceUfrag === undefined && session.iceUfrag === undefined);
    return {
      mid,
      kind: media.type,
      direction: media.direction ?? session.direction ?? 'sendrecv',
      isRejected,
      transport: isWithout ? undefined : transportOf(media, session, fingerprints, tlsIds[index] ?? tlsId, type),
      group,
      media: withoutLongExtensions(media, session),
    };
  });
  const open = sections.filter(({ isRejected }) => !isRejected);
  if (new Set(open.map((section) => taggedOf(section, open))).size > maxTransports)
    throw new DescriptionError('too many sections that are not bundled');
  return sections;
}

/**
 * The section whose transport a section uses: the first of its BUNDLE group among those that are `accepted`.
 *
 * @see RFC 9143 § 7.3.1
 */
export function taggedOf(section: RemoteSection, accepted: readonly RemoteSection[]): RemoteSection {
  for (const member of section.group) {
    const tagged = accepted.find(({ mid }) => mid === member);
    if (tagged !== undefined) return tagged;
  }
  return section;
}

const isTagged = (section: RemoteSection): section is TaggedSection => section.transport !== undefined;

/**
 * As {@link taggedOf}, with what its author says of the transport.
 *
 * @throws {DescriptionError} when that is nothing.
 */
export function transportSectionOf(section: RemoteSection, accepted: readonly RemoteSection[]): TaggedSection {
  const tagged = taggedOf(section, accepted);
  if (!isTagged(tagged))
    throw new DescriptionError('a section has no ICE credentials, and is not bundled with one that has');
  return tagged;
}
