/**
 * Checks descriptions and candidates as far as the protocol and the RFCs define them.
 *
 * @see docs/protocol.md § Negotiation · RFC 3264 · RFC 8829 · RFC 9143
 */
import type { MessagePattern } from './case.ts';

/** One `m=` section of a description. */
interface Section {
  readonly kind: string;
  readonly port: string;
  readonly payloadTypes: readonly string[];
  readonly lines: readonly string[];
}

interface Description {
  readonly session: readonly string[];
  readonly sections: readonly Section[];
}

const directions = ['sendrecv', 'sendonly', 'recvonly', 'inactive'] as const;

/** The directions that may answer each direction. @see RFC 3264 § 6.1 */
const answers: Readonly<Record<string, readonly string[]>> = {
  sendrecv: directions,
  sendonly: ['recvonly', 'inactive'],
  recvonly: ['sendonly', 'inactive'],
  inactive: ['inactive'],
};

function read(sdp: string): Description {
  const lines = sdp.split(/\r?\n/).filter((line) => line !== '');
  const starts = lines.flatMap((line, index) => (line.startsWith('m=') ? [index] : []));
  const sections = starts.map((start, index): Section => {
    const [media = '', ...own] = lines.slice(start, starts[index + 1]);
    const [kind = '', port = '', , ...payloadTypes] = media.slice(2).split(' ');
    return { kind, port, payloadTypes, lines: own };
  });
  return { session: lines.slice(0, starts[0] ?? lines.length), sections };
}

const attribute = (lines: readonly string[], name: string): string | undefined =>
  lines.find((line) => line.startsWith(`a=${name}:`))?.slice(name.length + 3);

const midOf = ({ lines }: Section, index: number) => attribute(lines, 'mid') ?? String(index);

const directionOf = ({ session }: Description, { lines }: Section): string =>
  directions.find((name) => lines.includes(`a=${name}`)) ??
  directions.find((name) => session.includes(`a=${name}`)) ??
  'sendrecv';

const isMedia = ({ kind }: Section) => kind === 'audio' || kind === 'video';

const isRejected = ({ port, lines }: Section) => port === '0' && !lines.includes('a=bundle-only');

/** The mids of the BUNDLE group. */
const bundleOf = ({ session }: Description): readonly string[] =>
  session
    .find((line) => line.startsWith('a=group:BUNDLE'))
    ?.split(' ')
    .slice(1) ?? [];

/** The codec of a payload type, such as `vp8/90000`. */
const codecOf = ({ lines }: Section, payloadType: string): string | undefined =>
  lines
    .find((line) => line.startsWith(`a=rtpmap:${payloadType} `))
    ?.split(' ')[1]
    ?.toLowerCase();

/** Reports whether a text has media sections, which a description of a connection without a network has not. */
export const isDescription = (sdp: string): boolean => /^m=/m.test(sdp);

function transportFaults(description: Description, setups: readonly string[]): readonly string[] {
  const { session, sections } = description;
  const bundle = bundleOf(description);
  return sections.flatMap((section, index) => {
    const mid = midOf(section, index);
    // The others of a group may leave it to its first section (RFC 9143 § 7.1).
    if (isRejected(section) || (bundle.includes(mid) && bundle[0] !== mid)) return [];
    const of = (name: string) => attribute(section.lines, name) ?? attribute(session, name);
    const setup = of('setup') ?? '';
    return [
      ...['ice-ufrag', 'ice-pwd', 'fingerprint'].flatMap((name) =>
        of(name) === undefined ? [`section ${mid} has no a=${name}`] : [],
      ),
      ...(setups.includes(setup) ? [] : [`section ${mid} has a=setup:${setup}, not one of ${setups.join(', ')}`]),
    ];
  });
}

function bundleFaults(description: Description, offered?: readonly string[]): readonly string[] {
  const mids = description.sections.map(midOf);
  return bundleOf(description).flatMap((mid) => {
    if (!mids.includes(mid)) return [`BUNDLE names ${mid}, which is no section`];
    return offered === undefined || offered.includes(mid)
      ? []
      : [`BUNDLE names ${mid}, which the offer did not bundle`];
  });
}

/** Faults of an answer to an offer; empty if it is valid. */
export function answerFaults(offer: string, answer: string): readonly string[] {
  const [offered, answered] = [read(offer), read(answer)];
  if (answered.sections.length !== offered.sections.length)
    return [`the answer has ${answered.sections.length} sections, the offer ${offered.sections.length}`];
  const faults = answered.sections.flatMap((section, index): readonly string[] => {
    const asked = offered.sections[index] as Section;
    const mid = midOf(asked, index);
    if (section.kind !== asked.kind) return [`section ${mid} is ${section.kind}, and was offered as ${asked.kind}`];
    if (midOf(section, index) !== mid) return [`section ${mid} is answered as ${midOf(section, index)}`];
    if (isRejected(section) || !isMedia(section)) return [];
    const direction = directionOf(answered, section);
    const wanted = directionOf(offered, asked);
    return [
      ...(answers[wanted]?.includes(direction) ? [] : [`section ${mid} is ${direction}, and was offered as ${wanted}`]),
      ...section.payloadTypes.flatMap((type) => {
        if (!asked.payloadTypes.includes(type))
          return [`section ${mid} has payload type ${type}, which was not offered`];
        const [one, other] = [codecOf(section, type), codecOf(asked, type)];
        return one === other || one === undefined || other === undefined
          ? []
          : [`payload type ${type} of section ${mid} is ${one}, and was offered as ${other}`];
      }),
    ];
  });
  return [...faults, ...bundleFaults(answered, bundleOf(offered)), ...transportFaults(answered, ['active', 'passive'])];
}

/** The DTLS roles that an offer may name: it lets the answerer choose, and a further one may keep what was chosen. @see RFC 8842 § 5 */
function offeredSetups(answered: string | undefined): readonly string[] {
  const [section] = answered === undefined ? [] : read(answered).sections;
  const chosen = section && attribute(section.lines, 'setup');
  return ['actpass', ...(chosen === 'active' ? ['passive'] : []), ...(chosen === 'passive' ? ['active'] : [])];
}

/**
 * Faults of a server's offer to a player.
 *
 * @param idMapping - The track of each section.
 * @param answered - The answer to the offer before it. Default none.
 */
export function offerFaults(offer: string, idMapping: unknown, answered?: string): readonly string[] {
  const description = read(offer);
  const { sections } = description;
  const mids = sections.map(midOf);
  const mapping = (typeof idMapping === 'object' && idMapping !== null ? idMapping : {}) as Record<string, unknown>;
  const prefixes: Readonly<Record<string, string>> = { video: 'ARDAMSv', audio: 'ARDAMSa' };
  return [
    ...(new Set(mids).size === mids.length ? [] : ['two sections have the same mid']),
    ...bundleFaults(description),
    ...transportFaults(description, offeredSetups(answered)),
    ...Object.keys(mapping).flatMap((mid) =>
      mids.includes(mid) ? [] : [`idMapping names ${mid}, which is no section`],
    ),
    ...sections.flatMap((section, index) => {
      const mid = midOf(section, index);
      const sends = ['sendonly', 'sendrecv'].includes(directionOf(description, section));
      if (!isMedia(section) || isRejected(section) || !sends) return [];
      const track = mapping[mid];
      const isOther =
        typeof track === 'string' && /^ARDAMS[va]/.test(track) && !track.startsWith(prefixes[section.kind] ?? '');
      return [
        ...(section.payloadTypes.length === 0 ? [`section ${mid} has no codec`] : []),
        ...(attribute(section.lines, 'msid') === undefined ? [`section ${mid} sends and has no a=msid`] : []),
        ...(track === undefined ? [`section ${mid} sends and is not in idMapping`] : []),
        ...(isOther ? [`section ${mid} is ${section.kind}, and idMapping calls it ${String(track)}`] : []),
      ];
    }),
  ];
}

/** Faults of a candidate that belongs to a description. */
export function candidateFaults(sdp: string, { label, id, candidate }: MessagePattern): readonly string[] {
  const { session, sections } = read(sdp);
  const index = Number(label);
  const section = sections[index];
  if (typeof candidate !== 'string') return ['candidate is no text'];
  const ufrag = / ufrag (\S+)/.exec(candidate)?.[1];
  const own = section && (attribute(section.lines, 'ice-ufrag') ?? attribute(session, 'ice-ufrag'));
  return [
    ...(candidate === '' || candidate.startsWith('candidate:') ? [] : ['candidate does not begin with "candidate:"']),
    ...(section === undefined ? [`label ${String(label)} is no section`] : []),
    ...(section !== undefined && id !== midOf(section, index)
      ? [`label ${index} is section ${midOf(section, index)}, and id is ${String(id)}`]
      : []),
    ...(ufrag !== undefined && own !== undefined && ufrag !== own
      ? [`the candidate is of ufrag ${ufrag}, and the description has ${own}`]
      : []),
  ];
}
