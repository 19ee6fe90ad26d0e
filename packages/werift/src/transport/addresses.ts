import { isIPv6 } from 'node:net';
import { networkInterfaces } from 'node:os';

/** Where a connection can be reached. */
export interface AddressOptions {
  /** The local address to listen on. Default all of them. */
  readonly bindAddress?: string;
  /** The address that peers are told instead of the local ones, such as the public one of a NAT. Default none. */
  readonly announcedAddress?: string;
}

/** What a connection listens on, and what it tells peers. */
export interface Addresses {
  /** The sockets: one for each family. */
  readonly listen: readonly string[];
  /** The addresses of host candidates, the most preferred first. */
  readonly announce: readonly string[];
}

const isLinkLocal = (address: string) => address.startsWith('fe80:') || address.startsWith('169.254.');

/** The addresses of this machine, the loopback ones last: they serve tests and servers behind a proxy of media. */
function localAddresses(): string[] {
  const all = Object.values(networkInterfaces())
    .flatMap((addresses) => addresses ?? [])
    .filter(({ address }) => !isLinkLocal(address));
  return [...all.filter(({ internal }) => !internal), ...all.filter(({ internal }) => internal)].map(
    ({ address }) => address,
  );
}

/**
 * What to listen on and what to announce.
 *
 * A socket that is bound to no address hears what is sent to any of them, so one for IPv4 and one for IPv6 are enough and
 * `portRange` counts connections, not network interfaces.
 */
export function addressesOf({ bindAddress, announcedAddress }: AddressOptions): Addresses {
  const local = bindAddress === undefined ? localAddresses() : [bindAddress];
  const listen = [local.find((address) => !isIPv6(address)), local.find(isIPv6)].filter(
    (address) => address !== undefined,
  );
  return { listen, announce: announcedAddress === undefined ? local : [announcedAddress] };
}
