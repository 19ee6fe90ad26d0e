import { isIP, isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Addresses of connections. */
export interface AddressOptions {
  /** The local address to listen on. Default `::`, all of them; `0.0.0.0` is all of IPv4. */
  readonly bindAddress?: string;
  /** Announced instead of the local addresses, such as the public one of a NAT; several for IPv4 and IPv6. Default none. */
  readonly announcedAddress?: string | readonly string[];
}

/** Addresses to bind and to announce. */
export interface Addresses {
  /** One address for each socket: one for each family. */
  readonly listen: readonly string[];
  /** Addresses of the sockets; absent means all addresses. */
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
 * Addresses to bind and to announce.
 *
 * A socket that is bound to all addresses receives what is sent to any of them. So one for IPv4 and one for IPv6 are enough, and
 * a port range counts connections, not network interfaces.
 *
 * @throws {TypeError} for an invalid address, or one that this machine does not have.
 */
export function addressesOf({ bindAddress, announcedAddress }: AddressOptions): Addresses {
  const local = localAddresses();
  const bound = bindAddress === undefined || isWildcard(bindAddress) ? undefined : bindAddress;
  if (bound !== undefined && !local.includes(bound)) throw new TypeError(`${bound} is not an address of this machine`);
  const announced = announcedAddress === undefined ? undefined : [announcedAddress].flat();
  const invalid = announced?.find((address) => isIP(address) === 0);
  if (invalid !== undefined) throw new TypeError(`${invalid} is not an IP address`);
  const usable =
    bound === undefined ? local.filter((address) => bindAddress !== '0.0.0.0' || !isIPv6(address)) : [bound];
  // A name may have an IPv6 address although this machine has none, and nothing would arrive there.
  const announce = announced?.filter((address) => usable.some((own) => isIPv6(own) === isIPv6(address))) ?? usable;
  if (announce.length === 0) throw new TypeError(`this machine has no address of the family of ${announced?.join()}`);
  const families = [...new Set(announce.map((address) => isIPv6(address)))];
  return {
    listen: families.flatMap((family) => usable.find((address) => isIPv6(address) === family) ?? []),
    bind: bound === undefined ? {} : { [isIPv6(bound) ? 'udp6' : 'udp4']: bound },
    announce,
  };
}
