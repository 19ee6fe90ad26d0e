import { isIP, isIPv6 } from 'node:net';
import type { MediaDescription } from 'sdp-transform';
import { candidateFoundation, candidatePriority, IceCandidate } from 'werift';

/** A candidate of this end, as `sdp-transform` has it. */
export type LocalCandidate = NonNullable<MediaDescription['candidates']>[number];

/** A candidate as W3C's `RTCIceCandidate.candidate` has it. @see RFC 8839 § 5.1 */
export function lineOf({ foundation, component, transport, priority, ip, port, type, raddr, rport }: LocalCandidate) {
  const related = raddr === undefined ? '' : ` raddr ${raddr} rport ${rport}`;
  return `candidate:${foundation} ${component} ${transport} ${priority} ${ip} ${port} typ ${type}${related}`;
}

/**
 * Candidates to announce: for a host candidate one for every announced address of its family, any other unchanged.
 *
 * @see RFC 8445 § 5.1.2.1
 */
export function announced(candidate: IceCandidate, addresses: readonly string[]): readonly LocalCandidate[] {
  const {
    foundation,
    component,
    protocol: transport,
    priority,
    ip,
    port,
    type,
    relatedAddress,
    relatedPort,
  } = candidate;
  const base = { foundation, component, transport, priority, ip, port, type };
  if (type !== 'host')
    return [{ ...base, ...(relatedAddress && { raddr: relatedAddress }), ...(relatedPort && { rport: relatedPort }) }];
  return addresses
    .filter((address) => isIPv6(address) === isIPv6(ip))
    .map((address, index) => ({
      ...base,
      foundation: candidateFoundation('host', 'udp', address),
      priority: candidatePriority('host', { transport: 'udp', localPreference: 65_535 - index }),
      ip: address,
    }));
}

/** A name that hides an address on the local network. @see draft-ietf-mmusic-mdns-ice-candidates § 3.1.1 */
const multicastName = /^[0-9a-f]{8}(?:-[0-9a-f]{4}){3}-[0-9a-f]{12}\.local$/i;

/** True if a candidate has a name instead of an address. */
export const isMulticastName = (host: string): boolean => multicastName.test(host);

/**
 * Reads a remote candidate.
 *
 * Refuses what werift accepts and then fails on: a host name, which it would resolve for any client, or an invalid port.
 *
 * @throws {TypeError} if it is not a candidate that can be reached over UDP.
 */
export function readCandidate(line: string): IceCandidate {
  const candidate = IceCandidate.fromJSON({ candidate: line.trim() });
  if (candidate === undefined) throw new TypeError('not a candidate');
  const { component, protocol, ip, port } = candidate;
  const isReachable = (isIP(ip) !== 0 && !ip.includes('%')) || isMulticastName(ip);
  if (!isReachable || component !== 1 || protocol.toLowerCase() !== 'udp' || !(port > 0 && port < 65_536))
    throw new TypeError('not a candidate for UDP');
  return candidate;
}
