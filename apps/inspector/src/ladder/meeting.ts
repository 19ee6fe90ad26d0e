/** Place where a message was recorded. */
export interface Sighting {
  readonly run: string;
  readonly seq: number;
  /** By the server's clock, as far as that is known. */
  readonly time: number;
}

/** One message as one side saw it. */
export interface SeenMessage {
  /** True if it goes from client to server. */
  readonly up: boolean;
  /** The socket, if it is known. */
  readonly socket: number | undefined;
  readonly message: unknown;
  readonly at: Sighting;
  readonly order: number;
}

type Fields = Readonly<Record<string, unknown>>;

const isFields = (value: unknown): value is Fields => typeof value === 'object' && value !== null;

/** True if two records may be of the same message. Each end records the fields that it knows, so only fields of both are compared. */
function isSame(one: unknown, other: unknown): boolean {
  if (!isFields(one) || !isFields(other)) return Object.is(one, other);
  if (Array.isArray(one) && one.length !== (other as unknown as readonly unknown[]).length) return false;
  return Object.entries(one).every(([key, value]) => !(key in other) || isSame(value, other[key]));
}

const couldMeet = (one: SeenMessage, other: SeenMessage): boolean =>
  one.up === other.up &&
  isFields(one.message) &&
  isFields(other.message) &&
  one.message.command === other.message.command &&
  isSame(one.message, other.message);

/** Both ends of a message. */
interface Ends {
  readonly client: SeenMessage;
  readonly server: SeenMessage;
}

/** Matches sent with received messages in order: of two equal messages, the first sent is the first received. */
function endsOf(said: readonly SeenMessage[], heard: readonly SeenMessage[]): readonly Ends[] {
  const left = [...said];
  return heard.flatMap((server) => {
    const index = left.findIndex((client) => couldMeet(client, server));
    const [client] = index < 0 ? [] : left.splice(index, 1);
    return client === undefined ? [] : [{ client, server }];
  });
}

/** Matches of clients and sockets in a ladder. */
export interface Meeting {
  /** The end at the client of what the server saw. */
  readonly clientEnds: ReadonlyMap<SeenMessage, SeenMessage>;
  /** The sockets of each client, by its index; several if it has reconnected. */
  readonly sockets: readonly (readonly number[])[];
  /** Offset of the server's clock from each client's. Milliseconds; 0 if there is no contradiction. */
  readonly ahead: readonly number[];
}

/**
 * Offset of the server's clock from a client's: the smallest with which no message arrives before it was sent. Recorders write a
 * moment later, so offsets of a few milliseconds mean nothing.
 */
function aheadOf(ends: readonly Ends[]): number {
  const ways = (up: boolean) =>
    ends.flatMap(({ client, server }) => (client.up === up ? [server.at.time - client.at.time] : []));
  const [most, least] = [Math.min(...ways(true)), Math.max(...ways(false))];
  if (least <= 0 && 0 <= most) return 0;
  return most < 0 ? most : least;
}

/**
 * Matches clients with sockets by their messages. A client gets the socket that shares the most messages with it. If several do,
 * as when two clients only joined the same call, it gets the one that received them soonest.
 */
export function meetingOf(clients: readonly (readonly SeenMessage[])[], heard: readonly SeenMessage[]): Meeting {
  const left = clients.map((said) => [...said]);
  const all = clients.map((): Ends[] => []);
  const sockets = clients.map((): number[] => []);
  const open = new Map<number, SeenMessage[]>();
  for (const seen of heard)
    if (seen.socket !== undefined) open.set(seen.socket, [...(open.get(seen.socket) ?? []), seen]);
  const clientEnds = new Map<SeenMessage, SeenMessage>();
  while (open.size > 0) {
    let best:
      | { readonly client: number; readonly socket: number; readonly ends: readonly Ends[]; readonly gap: number }
      | undefined;
    for (const [socket, own] of open)
      for (const [client, said] of left.entries()) {
        const ends = endsOf(said, own);
        const [first] = ends;
        if (first === undefined) continue;
        const gap = Math.abs(first.server.at.time - first.client.at.time);
        const isBetter =
          best === undefined || ends.length > best.ends.length || (ends.length === best.ends.length && gap < best.gap);
        if (isBetter) best = { client, socket, ends, gap };
      }
    if (best === undefined) break;
    const { client, socket, ends } = best;
    open.delete(socket);
    sockets[client]?.push(socket);
    all[client]?.push(...ends);
    const met = new Set(ends.map((each) => each.client));
    left[client] = (left[client] ?? []).filter((seen) => !met.has(seen));
    for (const each of ends) clientEnds.set(each.server, each.client);
  }
  return { clientEnds, sockets, ahead: all.map(aheadOf) };
}
