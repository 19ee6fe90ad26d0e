import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where connections can be reached. */
export interface AddressOptions {
  /** The local address to listen on. Default `::`, all of them; `0.0.0.0` is all of IPv4. */
  readonly bindAddress?: string;
  /** The address that peers are told instead of the local ones, such as the public one of a NAT. Default none. */
  readonly announcedAddress?: string;
}

/** What a connection listens on, and what it tells peers. */
export interface Addresses {
  /** One address for each socket: one for each family. */
  readonly listen: readonly string[];
  /** What the sockets are bound to, if not to all addresses. */
  readonly bind: { readonly udp4?: string; readonly udp6?: string };
  /** The addresses of host candidates, the most preferred first. */
  readonly announce: readonly string[];
}

const isLinkLocal = (address: string) => address.startsWith('fe80:') || address.startsWith('169.254.');

/** The addresses of this machine, with the loopback ones last: they are for tests, and for peers on the same machine. */
function localAddresses(): readonly string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !isLinkLocal(address));
  return [...all.filter(({ internal }) => !internal), ...all.filter(({ internal }) => internal)].map(
    ({ address }) => address,
  );
}

const isWildcard = (address: string) => address === '0.0.0.0' || address === '::';

/**
 * What to listen on and what to announce.
 *
 * A socket that is bound to no address hears what is sent to any of them, so that one for IPv4 and one for IPv6 are enough
 * and a port range counts connections, not network interfaces.
 *
 * @throws {TypeError} for an address that is none, or none of this machine.
 */
export function addressesOf({ bindAddress, announcedAddress }: AddressOptions): Addresses {
  const local = localAddresses();
  const bound = bindAddress === undefined || isWildcard(bindAddress) ? undefined : bindAddress;
  if (bound !== undefined && !local.includes(bound)) throw new TypeError(`${bound} is no address of this machine`);
  if (announcedAddress !== undefined && isIP(announcedAddress) === 0)
    throw new TypeError(`${announcedAddress} is no IP address`);
  const usable =
    bound === undefined ? local.filter((address) => bindAddress !== '0.0.0.0' || !isIPv6(address)) : [bound];
  const announce = announcedAddress === undefined ? usable : [announcedAddress];
  const families = [...new Set(announce.map((address) => isIPv6(address)))];
  return {
    listen: families.flatMap((family) => usable.find((address) => isIPv6(address) === family) ?? []),
    bind: bound === undefined ? {} : { [isIPv6(bound) ? 'udp6' : 'udp4']: bound },
    announce,
  };
}
