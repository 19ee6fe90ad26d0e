import type { IncomingMessage } from 'node:http';
import { BlockList, isIP } from 'node:net';

/** Proxies whose forwarding header is trusted. */
export interface TrustedProxies {
  /** Their addresses; or, as a number, how many of them every request passes. */
  readonly proxies: BlockList | number;
  /** The header in which they say it. They must remove or extend what a client sends in it. */
  readonly header: 'x-forwarded-for' | 'forwarded';
}

/** Names for ranges of addresses. */
const ranges: Readonly<Record<string, readonly string[]>> = {
  loopback: ['127.0.0.0/8', '::1/128'],
  private: ['10.0.0.0/8', '172.16.0.0/12', '192.168.0.0/16', 'fc00::/7'],
};

const familyOf = (address: string) => (isIP(address) === 6 ? 'ipv6' : 'ipv4');

/** True if a list of addresses and networks contains an address. */
const has = (list: BlockList, address: string): boolean => list.check(address, familyOf(address));

/** An IPv4 address that a socket of both families has is written as such. */
const plain = (address: string) => address.replace(/^::ffff:(?=\d+\.)/i, '');

/**
 * Parses the option for proxies: their number, or addresses, networks (`10.0.0.0/8`), `loopback` and `private`.
 *
 * @throws {Error} for anything else.
 */
export function proxiesOf(entries: readonly string[]): BlockList | number {
  const [first = ''] = entries;
  if (entries.length === 1 && /^[1-9]\d?$/.test(first)) return Number(first);
  const list = new BlockList();
  for (const entry of entries.flatMap((name) => ranges[name] ?? [name])) {
    const [address = '', prefix, ...rest] = entry.split('/');
    const bits = isIP(address) === 6 ? 128 : 32;
    if (
      isIP(address) === 0 ||
      rest.length > 0 ||
      (prefix !== undefined && !(/^\d{1,3}$/.test(prefix) && +prefix <= bits))
    )
      throw new Error(`${entry} is neither an address, nor a network such as 10.0.0.0/8, nor loopback or private.`);
    list.addSubnet(address, prefix === undefined ? bits : Number(prefix), familyOf(address));
  }
  return list;
}

/** The address in one entry of a forwarding header, without port and brackets; `undefined` if it has none. */
function addressIn(text: string): string | undefined {
  const [, bracketed, bare = text] = /^\[(.*)\](?::\d+)?$|^([\d.]+):\d+$/.exec(text) ?? [];
  const address = bracketed ?? bare;
  return isIP(address) === 0 ? undefined : plain(address);
}

/**
 * `for=192.0.2.60;proto=http`. Takes time that is linear in its length, because any client may send this header.
 *
 * @see RFC 7239 § 4
 */
function forwardedFor(element: string): string {
  const pair = element.split(';').find((one) => /^\s*for\s*=/i.test(one)) ?? '';
  const value = pair.slice(pair.indexOf('=') + 1).trim();
  return value.length > 1 && value.startsWith('"') && value.endsWith('"') ? value.slice(1, -1) : value;
}

/** Addresses that a request passed, the last first; `undefined` for an entry without one. */
function path({ headers, socket }: IncomingMessage, header: TrustedProxies['header']): (string | undefined)[] {
  const value = [headers[header] ?? []].flat().join(',');
  const entries = value === '' ? [] : value.split(',').map((entry) => entry.trim());
  const named = header === 'forwarded' ? entries.map(forwardedFor) : entries;
  return [addressIn(socket.remoteAddress ?? ''), ...named.map(addressIn).reverse()];
}

/**
 * Returns a function that reports whether an address is that of a proxy, through which many clients connect. With a number of
 * proxies, every address is.
 */
export const isProxyWith =
  (trusted: TrustedProxies | undefined) =>
  (address: string): boolean => {
    if (trusted === undefined) return false;
    const { proxies } = trusted;
    return typeof proxies === 'number' || has(proxies, plain(address));
  };

/**
 * Returns a function that determines the client's address of a request: that of the connection, or, as far as proxies are
 * trusted, the one that they report. Entries of untrusted senders are ignored.
 */
export function remoteAddressWith(trusted: TrustedProxies | undefined) {
  return (request: IncomingMessage): string | undefined => {
    if (trusted === undefined) return plain(request.socket.remoteAddress ?? '') || undefined;
    const { proxies, header } = trusted;
    const all = path(request, header);
    let believed = all[0];
    for (const [index, address] of all.entries()) {
      // If a proxy does not report the client's address, its own is used.
      if (address === undefined) break;
      believed = address;
      const isProxy = typeof proxies === 'number' ? index < proxies : has(proxies, address);
      if (!isProxy) break;
    }
    return believed;
  };
}
