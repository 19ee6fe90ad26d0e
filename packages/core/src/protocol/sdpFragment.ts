/**
 * Trickle ICE over HTTP: the fragments of descriptions that WHIP and WHEP clients send and get.
 *
 * @see RFC 8840 § 9 · RFC 9725 § 4.3
 */

/** One candidate of a fragment. */
interface FragmentCandidate {
  /** As in an SDP attribute, without `a=`. */
  readonly candidate: string;
  /** The media section that it belongs to. */
  readonly mid: string;
}

/** A part of a description: the credentials of an ICE session, and candidates of it. */
export interface SdpFragment {
  /** `undefined` when the fragment names none. */
  readonly ufrag: string | undefined;
  readonly pwd: string | undefined;
  readonly candidates: readonly FragmentCandidate[];
}

/** Longest fragment that is read, in UTF-16 code units. 64 candidates take about 8 000. */
const maxFragmentLength = 32_768;

/** Most candidates that a fragment may have. */
const maxFragmentCandidates = 128;

const isAttribute = (line: string) => /^[a-z]=/.test(line);

const attributeOf = (line: string, name: string): string | undefined =>
  line.startsWith(`a=${name}:`) ? line.slice(name.length + 3).trim() : undefined;

/** The lines of a description or fragment. RFC 8866 ends each with CRLF; a bare LF is accepted. */
const linesOf = (text: string) => text.split('\n').map((line) => line.trimEnd());

/**
 * Reads a fragment (`application/trickle-ice-sdpfrag`), or the same parts of a whole description. Never throws.
 *
 * @returns `undefined` when the text is too long or no fragment.
 */
export function decodeFragment(text: string): SdpFragment | undefined {
  const lines = linesOf(text).filter((line) => line !== '');
  if (text.length > maxFragmentLength || lines.length === 0 || !lines.every(isAttribute)) return undefined;
  return partsOf(lines);
}

/** Directions of a media section, the default first. */
const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

type Direction = (typeof directions)[number];

/** The direction of each audio and video section of a description. @see RFC 8866 § 6.7 */
export function directionsOf(sdp: string): readonly Direction[] {
  const found: Direction[] = [];
  let ofSession: Direction = directions[0];
  let place: 'session' | 'media' | 'other' = 'session';
  for (const line of linesOf(sdp)) {
    if (line.startsWith('m=')) {
      place = line.startsWith('m=audio ') || line.startsWith('m=video ') ? 'media' : 'other';
      if (place === 'media') found.push(ofSession);
    }
    const direction = directions.find((known) => line === `a=${known}`);
    if (direction === undefined) continue;
    if (place === 'session') ofSession = direction;
    else if (place === 'media') found[found.length - 1] = direction;
  }
  return found;
}

/** The credentials and candidates of a description. */
export const fragmentOf = (sdp: string): SdpFragment => partsOf(linesOf(sdp));

function partsOf(lines: readonly string[]): SdpFragment {
  let ufrag: string | undefined;
  let pwd: string | undefined;
  let mid = '';
  let section = -1;
  const candidates: FragmentCandidate[] = [];
  for (const line of lines) {
    if (line.startsWith('m=')) {
      section += 1;
      mid = String(section);
    }
    ufrag ??= attributeOf(line, 'ice-ufrag');
    pwd ??= attributeOf(line, 'ice-pwd');
    mid = attributeOf(line, 'mid') ?? mid;
    const isCandidate = line.startsWith('a=candidate:') && candidates.length < maxFragmentCandidates;
    if (isCandidate) candidates.push({ candidate: line.slice(2), mid: mid === '' ? '0' : mid });
  }
  return { ufrag, pwd, candidates };
}

const iceLine = /^a=(?:ice-ufrag|ice-pwd|candidate|end-of-candidates|remote-candidates)\b/;

/** An offer that restarts ICE (RFC 8839 § 4.4.1.1): `offer` with the credentials and candidates of a fragment. */
export function restartedOffer(offer: string, { ufrag = '', pwd = '', candidates }: SdpFragment): string {
  const credentials = [`a=ice-ufrag:${ufrag}`, `a=ice-pwd:${pwd}`];
  const kept = linesOf(offer).filter((line) => line !== '' && !iceLine.test(line));
  const restarted = kept.flatMap((line) => {
    if (line.startsWith('m=')) return [line, ...credentials];
    const mid = attributeOf(line, 'mid');
    if (mid === undefined) return [line];
    const own = candidates.filter((candidate) => candidate.mid === mid);
    return [line, ...own.map(({ candidate }) => `a=${candidate}`)];
  });
  return `${restarted.join('\r\n')}\r\n`;
}

/**
 * The fragment that answers an ICE restart: the credentials and candidates of the answer, under its first media section.
 *
 * @see RFC 9725 § 4.3.3
 */
export function encodeFragment(answer: string): string {
  const lines = linesOf(answer);
  const { ufrag = '', pwd = '', candidates } = partsOf(lines);
  const group = lines.find((line) => line.startsWith('a=group:BUNDLE'));
  const media = lines.find((line) => line.startsWith('m='));
  const mid = lines.find((line) => line.startsWith('a=mid:'));
  return [
    `a=ice-ufrag:${ufrag}`,
    `a=ice-pwd:${pwd}`,
    ...[group, media, mid].filter((line) => line !== undefined),
    ...candidates.map(({ candidate }) => `a=${candidate}`),
    'a=end-of-candidates',
    '',
  ].join('\r\n');
}
