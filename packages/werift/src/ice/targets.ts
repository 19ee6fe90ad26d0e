import { BlockList, isIPv6, SocketAddress } from 'node:net';

const listOf = (subnets: readonly (readonly [string, number])[]): BlockList => {
  const list = new BlockList();
  for (const [network, prefix] of subnets) list.addSubnet(network, prefix, isIPv6(network) ? 'ipv6' : 'ipv4');
  return list;
};

/** Addresses that no remote can have: unspecified, link-local, multicast, broadcast and reserved. @see RFC 6890 · RFC 8445 § 5.1.1.1 */
const nowhere = listOf([
  ['0.0.0.0', 8],
  ['169.254.0.0', 16],
  ['224.0.0.0', 4],
  ['240.0.0.0', 4],
  ['::', 128],
  ['fe80::', 10],
  ['fec0::', 10],
  ['ff00::', 8],
]);

const loopback = listOf([
  ['127.0.0.0', 8],
  ['::1', 128],
]);

/** @see RFC 1918 · RFC 6598 · RFC 4193 */
const privateNetworks = listOf([
  ['10.0.0.0', 8],
  ['100.64.0.0', 10],
  ['172.16.0.0', 12],
  ['192.168.0.0', 16],
  ['fc00::', 7],
]);

/** An IPv4 address as one of IPv6, which the sockets here do not send to. `BlockList` takes it for the IPv4 address. */
const isMapped = (host: string) => host.startsWith('::ffff:');

const isIn = (list: BlockList, host: string) => list.check(host, isIPv6(host) ? 'ipv6' : 'ipv4');

/** An address in the one way to write it, in which sockets report it. */
export const canonical = (host: string): string =>
  isIPv6(host) ? new SocketAddress({ address: host, family: 'ipv6' }).address : host;

/** Policy for the addresses of candidates. */
export interface TargetOptions {
  /** The addresses that this server is reached at. */
  readonly announced: readonly string[];
  /** True if candidates on private networks are checked. Default when this server is on one itself. */
  readonly privateCandidates?: boolean | undefined;
}

/**
 * True if a remote's candidate may be checked. This keeps clients from making the server send to hosts that only the server can
 * reach. Checks that arrive are answered wherever they come from: the policy concerns signalled candidates only.
 *
 * Ports below 1024 belong to services. No browser and no NAT uses them.
 */
export function isTarget(host: string, port: number, { announced, privateCandidates }: TargetOptions): boolean {
  if (port < 1024 || isMapped(host) || isIn(nowhere, host)) return false;
  if (isIn(loopback, host)) return announced.every((own) => isIn(loopback, own));
  if (!isIn(privateNetworks, host)) return true;
  return privateCandidates ?? announced.some((own) => isIn(privateNetworks, own));
}
