import type { SessionDescription } from '@sigchart/core';
import { type MediaDescription, parse } from 'sdp-transform';

/** Which way media goes, seen from who made the description. */
export type Direction = 'sendrecv' | 'sendonly' | 'recvonly' | 'inactive';

/** What one end says of its transport. */
export interface RemoteTransport {
  readonly usernameFragment: string;
  readonly password: string;
  readonly iceLite: boolean;
  readonly fingerprints: readonly { readonly algorithm: string; readonly value: string }[];
  readonly setup: 'actpass' | 'active' | 'passive';
}

/** One `m=` section of a description that has been checked. */
export interface RemoteSection {
  readonly mid: string;
  readonly kind: string;
  readonly direction: Direction;
  /** `undefined` when the section is rejected. */
  readonly transport: RemoteTransport | undefined;
  /** The section whose transport this one uses: itself, or the first of its BUNDLE group. */
  readonly bundledWith: string;
  readonly media: MediaDescription;
}

/** A description that has been checked. */
export interface RemoteDescription {
  readonly sections: readonly RemoteSection[];
}

/** A description that cannot be applied. */
export class DescriptionError extends Error {
  override readonly name = 'DescriptionError';
}

const setups: readonly string[] = ['actpass', 'active', 'passive'];

/**
 * Reads a description and checks what a transport needs of it, because werift takes any text for a description.
 *
 * @throws {DescriptionError} for a text that is none, or lacks ICE credentials or a fingerprint.
 * @see RFC 8829 § 5.8
 */
export function readDescription({ type, sdp }: SessionDescription): RemoteDescription {
  if (!/^v=0\r?\n/.test(sdp)) throw new DescriptionError('not a session description');
  const session = parse(sdp);
  const groups = (session.groups ?? [])
    .filter((group) => group.type === 'BUNDLE')
    .map(({ mids }) => String(mids).split(' '));
  if (session.media.length === 0) throw new DescriptionError('no media section');

  const transportOf = (media: MediaDescription): RemoteTransport => {
    const usernameFragment = media.iceUfrag ?? session.iceUfrag;
    const password = media.icePwd ?? session.icePwd;
    const fingerprint = media.fingerprint ?? session.fingerprint;
    const setup = media.setup ?? session.setup ?? (type === 'offer' ? 'actpass' : 'active');
    if (!usernameFragment || !password) throw new DescriptionError('no ICE credentials');
    if (fingerprint === undefined) throw new DescriptionError('no fingerprint');
    if (!setups.includes(setup) || (type === 'answer' && setup === 'actpass'))
      throw new DescriptionError(`setup is ${setup}`);
    return {
      usernameFragment: String(usernameFragment),
      password: String(password),
      iceLite: session.icelite !== undefined,
      fingerprints: [{ algorithm: fingerprint.type, value: fingerprint.hash }],
      setup: setup as RemoteTransport['setup'],
    };
  };

  const isRejected = ({ port, bundleOnly }: MediaDescription) => port === 0 && bundleOnly === undefined;
  const midOf = (media: MediaDescription, index: number) =>
    media.mid === undefined ? String(index) : String(media.mid);
  const mids = session.media.map(midOf);
  if (new Set(mids).size !== mids.length) throw new DescriptionError('a mid is used twice');
  const transports = new Map<string, RemoteTransport>();
  const sections = session.media.map((media, index): RemoteSection => {
    const mid = midOf(media, index);
    const rejected = isRejected(media);
    const group = groups.find((members) => members.includes(mid));
    const tag = group?.find((member) => {
      const tagged = session.media[mids.indexOf(member)];
      return tagged !== undefined && !isRejected(tagged);
    });
    const bundledWith = rejected ? mid : (tag ?? mid);
    const tagged = session.media[mids.indexOf(bundledWith)] ?? media;
    const known = transports.get(bundledWith);
    const transport = rejected ? undefined : (known ?? transportOf(tagged));
    if (transport !== undefined) transports.set(bundledWith, transport);
    return {
      mid,
      kind: media.type,
      direction: media.direction ?? session.direction ?? 'sendrecv',
      transport,
      bundledWith,
      media,
    };
  });
  return { sections };
}
