import type { ReadSession, TracedState, TransitionRecord } from '@sigchart/inspect';
import { partsOf } from '../look/state.ts';

/** One column of the ladder. */
interface Lane {
  readonly title: string;
  /** What stands below it: the machine, or that nobody recorded this side. */
  readonly note: string;
  readonly sessions: readonly string[];
}

/** Where a message was seen. */
interface Sighting {
  readonly session: string;
  readonly seq: number;
  readonly time: number;
}

/** A message from one lane to another. */
export interface Crossing {
  readonly kind: 'crossing';
  readonly from: number;
  readonly to: number;
  readonly message: unknown;
  /** As it was sent and as it was received, where that side was recorded. */
  readonly sent: Sighting | undefined;
  readonly received: Sighting | undefined;
  readonly time: number;
}

/** A lane comes into another state. */
export interface Change {
  readonly kind: 'change';
  readonly lane: number;
  readonly state: string;
  readonly at: Sighting;
  readonly time: number;
}

/** A sequence diagram. */
export interface Ladder {
  readonly lanes: readonly Lane[];
  readonly rows: readonly (Crossing | Change)[];
}

/** A session, and the id of its machine. */
export interface Party {
  readonly session: ReadSession;
  readonly machine: string;
}

/** One message as one side saw it. */
interface Seen {
  /** Whether it goes from client to server. */
  readonly up: boolean;
  /** The socket that it went over, where that is known. */
  readonly socket: number | undefined;
  readonly key: string;
  readonly message: unknown;
  readonly at: Sighting;
  readonly order: number;
}

interface Fields {
  readonly [name: string]: unknown;
}

/** What was said with the fields in whatever order, and without those that are not there. */
const keyOf = (message: unknown): string =>
  JSON.stringify(message, (_, value: unknown) =>
    typeof value === 'object' && value !== null && !Array.isArray(value)
      ? Object.fromEntries(Object.entries(value).toSorted(([a], [b]) => (a < b ? -1 : 1)))
      : value,
  ) ?? '';

const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

const isMessageEvent = ({ type, message }: Fields) =>
  typeof type === 'string' && type.startsWith('signal.') && typeof message === 'object' && message !== null;

/** The messages that one transition received and sent. */
function seenBy(transition: TransitionRecord, isClient: boolean, socket: number | undefined): Seen[] {
  const { session, seq, time, order } = transition;
  const seen = (fields: Fields, received: boolean, place: number): Seen => ({
    up: isClient !== received,
    socket: number(received ? fields.from : fields.to) ?? socket,
    key: keyOf(fields.message),
    message: fields.message,
    at: { session, seq, time },
    order: order + place / 1_000,
  });
  const event = transition.event as Fields;
  const effects = transition.effects as readonly Fields[];
  return [
    ...(isMessageEvent(event) ? [seen(event, true, 0)] : []),
    ...effects.flatMap((effect, index) => (effect.type === 'signal.send' ? [seen(effect, false, index + 1)] : [])),
  ];
}

const isClientSide = (machine: string) => machine.endsWith('.client');

const socketOf = ({ session }: Party) => number(session.record.labels.socket);

const messagesOf = (party: Party): Seen[] =>
  party.session.transitions.flatMap((transition) => seenBy(transition, isClientSide(party.machine), socketOf(party)));

/** The socket over which a client was most likely heard: the one that shares the most messages with it. */
function socketFor(client: readonly Seen[], heard: readonly Seen[]): number | undefined {
  const own = new Set(client.map(({ up, key }) => `${up} ${key}`));
  const shared = new Map<number, number>();
  for (const { up, key, socket } of heard)
    if (socket !== undefined && own.has(`${up} ${key}`)) shared.set(socket, (shared.get(socket) ?? 0) + 1);
  return [...shared].toSorted(([, a], [, b]) => b - a)[0]?.[0];
}

/** The changes of state of one party. */
function changesOf({ session: { transitions } }: Party, lane: number): (Change & { readonly order: number })[] {
  let before: TracedState | undefined;
  return transitions.flatMap(({ session, seq, time, order, state }) => {
    // Of several regions only those that changed are told.
    const known = partsOf(before);
    const parts = partsOf(state);
    const changed = parts.filter((part, index) => parts.length !== known.length || part !== known[index]);
    before = state;
    if (changed.length === 0) return [];
    const name = changed.join(' · ');
    return [{ kind: 'change' as const, lane, state: name, at: { session, seq, time }, time, order: order + 0.999 }];
  });
}

/**
 * The sequence diagram of some sessions: one lane for each client, one for the server. A message that both ends have
 * recorded is one arrow; its ends are found by what it says, in order.
 */
export function ladderOf(parties: readonly Party[]): Ladder {
  const servers = parties.filter(({ machine }) => !isClientSide(machine));
  const clients = parties.filter(({ machine }) => isClientSide(machine));
  const heard = servers.flatMap(messagesOf).toSorted((a, b) => a.order - b.order);
  const said = clients.map((party) => ({ party, seen: messagesOf(party) }));

  const lanes: (Lane & { readonly key: string })[] = [];
  const laneOf = (key: string, title: string, note: string, session?: string): number => {
    const index = lanes.findIndex((lane) => lane.key === key);
    const lane = lanes[index] ?? { key, title, note: '', sessions: [] };
    const named = { ...lane, note: note === '' ? lane.note : note };
    if (session !== undefined) named.sessions = [...lane.sessions, session];
    if (index < 0) return lanes.push(named) - 1;
    lanes[index] = named;
    return index;
  };

  // The first client stands left of the server, further ones right of it.
  const clientLanes = said.map(({ party, seen }) => {
    const { record } = party.session;
    const socket = socketFor(seen, heard);
    const key = socket === undefined ? record.session : `socket ${socket}`;
    const title = socket === undefined ? 'Client' : `Client · socket ${socket}`;
    return { socket, lane: () => laneOf(key, title, party.machine, record.session) };
  });
  const first =
    clientLanes[0]?.lane() ??
    (heard[0] ? laneOf(`socket ${heard[0].socket}`, `Client · socket ${heard[0].socket ?? '?'}`, '') : undefined);
  const server = laneOf('server', 'Server', [...new Set(servers.map(({ machine }) => machine))].join(', '));
  for (const { session } of servers) laneOf('server', 'Server', '', session.record.session);
  const lanesOfClients = clientLanes.map(({ lane, socket }, index) => ({
    socket,
    lane: index === 0 && first !== undefined ? first : lane(),
  }));
  const laneOfSocket = (socket: number | undefined) =>
    laneOf(`socket ${socket}`, `Client · socket ${socket ?? '?'}`, '');

  type Row = (Crossing | Change) & { readonly order: number };
  const rows: Row[] = [];
  const open = said.map(({ seen }) => [...seen]);
  for (const { up, key, socket, message, at, order } of heard) {
    const client = laneOfSocket(socket);
    let other: Seen | undefined;
    lanesOfClients.forEach((known, index) => {
      if (other !== undefined || known.socket !== socket) return;
      const found = open[index]?.findIndex((seen) => seen.up === up && seen.key === key) ?? -1;
      if (found >= 0) [other] = open[index]?.splice(found, 1) ?? [];
    });
    const [from, to] = up ? [client, server] : [server, client];
    const [sent, received] = up ? [other?.at, at] : [at, other?.at];
    rows.push({ kind: 'crossing', from, to, message, sent, received, time: (sent ?? at).time, order });
  }
  open.forEach((left, index) => {
    const lane = lanesOfClients[index]?.lane ?? 0;
    for (const { up, message, at, order } of left) {
      const [from, to] = up ? [lane, server] : [server, lane];
      const ends = up ? { sent: at, received: undefined } : { sent: undefined, received: at };
      rows.push({ kind: 'crossing', from, to, message, ...ends, time: at.time, order });
    }
  });
  for (const party of servers) rows.push(...changesOf(party, server));
  for (const [index, party] of clients.entries()) rows.push(...changesOf(party, lanesOfClients[index]?.lane ?? 0));

  // `order` is of one recorder: it decides only what its clock does not.
  rows.sort((a, b) => a.time - b.time || a.order - b.order);
  return {
    lanes: lanes.map(({ title, note, sessions }) => ({ title, note: note === '' ? 'not recorded' : note, sessions })),
    rows: rows.map(({ order: _, ...row }) => row),
  };
}
