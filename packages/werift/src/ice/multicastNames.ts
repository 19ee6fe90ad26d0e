import createMulticastDns, { type MulticastDNS, type ResponsePacket } from 'multicast-dns';

/** Time after which the resolution of a name fails. Milliseconds. */
const lookupMs = 5_000;

/** Interval of repeated queries. Milliseconds. */
const repeatMs = 1_000;

/** The one socket of the process, open while any name is being resolved. */
let shared: { readonly dns: MulticastDNS; users: number } | undefined;

/**
 * Resolves an mDNS name that hides an address on the local network. `undefined` without an answer.
 *
 * werift opens a socket for each connection that receives such a name, and keeps it.
 *
 * @see draft-ietf-mmusic-mdns-ice-candidates § 3.2.1
 */
export async function resolveMulticastName(name: string): Promise<string | undefined> {
  shared ??= { dns: createMulticastDns().setMaxListeners(0), users: 0 };
  const current = shared;
  const { dns } = current;
  current.users += 1;
  // An error of the socket counts as no answer.
  if (dns.listenerCount('error') === 0) dns.on('error', () => {});
  const ask = () => dns.query({ questions: (['A', 'AAAA'] as const).map((type) => ({ name, type })) });
  let stop = () => {};
  try {
    return await new Promise<string | undefined>((resolve) => {
      const received = ({ answers = [] }: ResponsePacket) => {
        const answer = answers.find(
          (one) => one.name.toLowerCase() === name.toLowerCase() && (one.type === 'A' || one.type === 'AAAA'),
        );
        if (answer !== undefined && 'data' in answer) resolve(String(answer.data));
      };
      const timeout = setTimeout(resolve, lookupMs, undefined);
      const repeat = setInterval(ask, repeatMs);
      dns.on('response', received);
      stop = () => {
        clearTimeout(timeout);
        clearInterval(repeat);
        dns.off('response', received);
      };
      ask();
    });
  } finally {
    stop();
    current.users -= 1;
    if (current.users === 0) {
      shared = undefined;
      dns.destroy();
    }
  }
}
