import { lookup } from 'node:dns/promises';
import { isIPv6 } from 'node:net';
import type { IceServer } from '@sigchart/core/machines';
import { candidateFoundation, classes, IceCandidate, Message, methods, parseIceServers } from 'werift';
import type { Addresses } from '../transport/addresses.ts';
import {
  type Base,
  type DatagramListener,
  openHostBase,
  openRelayBase,
  priorityOf,
  type SocketOptions,
} from './base.ts';

/** Asks a STUN server for the address of a base, with this message. Resolves with the response, or `undefined` without one. */
type AskStunServer = (base: Base, request: Message, host: string, port: number) => Promise<Message | undefined>;

/** Dependencies and options of {@link gather}. */
export interface GatheringOptions extends Pick<SocketOptions, 'portRange' | 'sockets'> {
  readonly addresses: Addresses;
  readonly iceServers: readonly IceServer[];
  readonly received: DatagramListener;
  readonly askStunServer: AskStunServer;
  /** Takes each base, and each candidate of it. */
  readonly found: (candidate: IceCandidate, base: Base | undefined) => void;
}

/** The STUN and the TURN server to ask. */
type Servers = ReturnType<typeof parseIceServers>;

/** Opens sockets, and finds out under which addresses they can be reached. Resolves when that is all. @see RFC 8445 § 5.1.1 */
export async function gather(options: GatheringOptions): Promise<void> {
  const { addresses, iceServers } = options;
  const servers = parseIceServers(iceServers.map((server) => ({ ...server })));
  const hosts = addresses.listen.map((address) => gatherHost(address, servers, options).catch(() => {}));
  await Promise.all([...hosts, gatherRelay(servers, options).catch(() => {})]);
}

async function gatherHost(address: string, servers: Servers, options: GatheringOptions): Promise<void> {
  const { addresses, portRange, sockets, received, found } = options;
  const base = await openHostBase(address, { portRange, sockets, bind: addresses.bind }, received);
  const foundation = candidateFoundation('host', 'udp', address);
  found(new IceCandidate(1, foundation, address, base.port, base.priority, 'udp', 'host'), base);
  await gatherReflexive(base, servers, options);
}

async function gatherReflexive(
  base: Base,
  { stunServer }: Servers,
  { askStunServer, found }: GatheringOptions,
): Promise<void> {
  if (stunServer === undefined) return;
  const [host, port] = stunServer;
  const { address } = await lookup(host, { family: isIPv6(base.host) ? 6 : 4 });
  const response = await askStunServer(base, new Message(methods.BINDING, classes.REQUEST), address, port);
  const mapped = response?.getAttributeValue('XOR-MAPPED-ADDRESS') as readonly [string, number] | undefined;
  if (mapped === undefined) return;
  const foundation = candidateFoundation('srflx', 'udp', base.host);
  found(related(new IceCandidate(1, foundation, ...mapped, priorityOf('srflx'), 'udp', 'srflx'), base), undefined);
}

async function gatherRelay(
  { turnServer, turnUsername, turnPassword, turnTransport }: Servers,
  { addresses, portRange, sockets, received, found }: GatheringOptions,
): Promise<void> {
  if (turnServer === undefined || turnUsername === undefined || turnPassword === undefined) return;
  const server = { address: turnServer, username: turnUsername, password: turnPassword, transport: turnTransport };
  const { base, mapped } = await openRelayBase(server, { portRange, sockets, bind: addresses.bind }, received);
  const foundation = candidateFoundation('relay', 'udp', base.host);
  const candidate = new IceCandidate(1, foundation, base.host, base.port, base.priority, 'udp', 'relay');
  found(related(candidate, { host: mapped[0], port: mapped[1] }), base);
}

function related(
  candidate: IceCandidate,
  { host, port }: { readonly host: string; readonly port: number },
): IceCandidate {
  candidate.relatedAddress = host;
  candidate.relatedPort = port;
  return candidate;
}
