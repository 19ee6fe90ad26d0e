import { lookup } from 'node:dns/promises';
import { isIP } from 'node:net';

/**
 * Resolves the addresses and names that clients reach media at. A name gives all its addresses, of IPv4 and IPv6, as of the start.
 *
 * @throws {Error} if a name has no address.
 */
export async function announcedAddresses(names: readonly string[]): Promise<readonly string[]> {
  const found = await Promise.all(
    names.map(async (name) => {
      if (isIP(name) !== 0) return [name];
      const addresses = await lookup(name, { all: true }).catch((cause: NodeJS.ErrnoException) => {
        throw new Error(`announcedAddress: "${name}" has no address (${cause.code})`, { cause });
      });
      return addresses.map(({ address }) => address);
    }),
  );
  return [...new Set(found.flat())];
}
