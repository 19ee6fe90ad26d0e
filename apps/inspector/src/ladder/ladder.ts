import type { ReadRun, TracedState, TransitionRecord } from '@sigchart/inspect';
import { partsOf } from '../look/state.ts';
import { duration } from '../look/time.ts';
import { meetingOf, type SeenMessage, type Sighting } from './meeting.ts';
import { merged, type PlacedRow } from './merged.ts';

/** One column of the ladder. */
interface Lane {
  readonly title: string;
  /** Line below the name: the machine, or that this side was not recorded. */
  readonly note: string;
  readonly runs: readonly string[];
}

/** A message from one lane to another. */
export interface Crossing {
  readonly kind: 'crossing';
  readonly from: number;
  readonly to: number;
  readonly message: unknown;
  /** The record of the sender and of the receiver, if that side was recorded. */
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

/** A run, and the id of its machine. */
export interface Party {
  readonly run: ReadRun;
  readonly machine: string;
}

interface Fields {
  readonly [name: string]: unknown;
}

const number = (value: unknown) => (typeof value === 'number' ? value : undefined);

const isMessageEvent = ({ type, message }: Fields) =>
  typeof type === 'string' && type.startsWith('signal.') && typeof message === 'object' && message !== null;

/** The messages that one transition received and sent. */
function seenBy(transition: TransitionRecord, isClient: boolean, socket: number | undefined): SeenMessage[] {
  const { run, seq, time, order } = transition;
  const seen = (fields: Fields, received: boolean, place: number): SeenMessage => ({
    up: isClient !== received,
    socket: number(received ? fields.from : fields.to) ?? socket,
    message: fields.message,
    at: { run, seq, time },
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

const socketOf = ({ run }: Party) => number(run.record.labels.socket);

const messagesOf = (party: Party): SeenMessage[] =>
  party.run.transitions.flatMap((transition) => seenBy(transition, isClientSide(party.machine), socketOf(party)));

/** The changes of state of one party. */
function changesOf({ run: { transitions } }: Party, lane: number, ahead: number): PlacedRow<Change>[] {
  let before: TracedState | undefined;
  return transitions.flatMap(({ run, seq, time, order, state }) => {
    // Of several regions, only those that changed are shown.
    const known = partsOf(before);
    const parts = partsOf(state);
    const changed = parts.filter((part, index) => parts.length !== known.length || part !== known[index]);
    before = state;
    if (changed.length === 0) return [];
    const at = { run, seq, time: time + ahead };
    const row: Change = { kind: 'change', lane, state: changed.join(' · '), at, time: at.time };
    return [{ row, time: at.time, order: order + 0.999 }];
  });
}

const moved = ({ at, ...seen }: SeenMessage, ahead: number): SeenMessage => ({
  ...seen,
  at: { ...at, time: at.time + ahead },
});

/** Less than this may be what recorders take to write things down. Milliseconds. */
const noticed = 1_000;

/** Note on the difference between a client's clock and the server's, if it is noticeable. */
const clockNote = (ahead: number): string =>
  Math.abs(ahead) < noticed ? '' : ` · clock ${duration(Math.abs(ahead))} ${ahead > 0 ? 'behind' : 'ahead'}`;

/**
 * The sequence diagram of some runs: one lane for each client, one for the server. A message that both ends have
 * recorded is one arrow; its ends are found by what it says, in order. Times are those of the server's clock.
 */
export function ladderOf(parties: readonly Party[]): Ladder {
  const servers = parties.filter(({ machine }) => !isClientSide(machine));
  const clients = parties.filter(({ machine }) => isClientSide(machine));
  const heard = servers.flatMap(messagesOf).toSorted((a, b) => a.order - b.order);
  const said = clients.map(messagesOf);
  const { clientEnds, sockets, ahead } = meetingOf(said, heard);

  // The first client stands left of the server, further ones right of it.
  const lanes: Lane[] = [];
  const laneOfSocket = new Map<number | undefined, number>();
  const addClient = (index: number): number => {
    const { machine, run } = clients[index] ?? { machine: '', run: undefined };
    const own = sockets[index] ?? [];
    const note = [machine, run?.record.recorder].filter(Boolean).join(' · ') + clockNote(ahead[index] ?? 0);
    const title = own.length === 0 ? 'Client' : `Client · socket ${own.join(', ')}`;
    const lane = lanes.push({ title, note, runs: run === undefined ? [] : [run.record.run] }) - 1;
    for (const socket of own) laneOfSocket.set(socket, lane);
    return lane;
  };
  const addUnknown = (socket: number | undefined): number => {
    const lane = lanes.push({ title: `Client · socket ${socket ?? '?'}`, note: 'not recorded', runs: [] }) - 1;
    laneOfSocket.set(socket, lane);
    return lane;
  };
  const first = clients.length > 0 ? addClient(0) : undefined;
  if (first === undefined && heard[0] !== undefined) addUnknown(heard[0].socket);
  const machines = [...new Set(servers.map(({ machine }) => machine))];
  const server =
    lanes.push({
      title: 'Server',
      note: machines.length === 0 ? 'not recorded' : machines.join(', '),
      runs: servers.map(({ run }) => run.record.run),
    }) - 1;
  const lanesOfClients = clients.map((_, index) => (index === 0 && first !== undefined ? first : addClient(index)));

  type Row = Crossing | Change;
  const rowOf = (lane: number, up: boolean, message: unknown, client?: Sighting, other?: Sighting): Crossing => {
    const [from, to, sent, received] = up ? [lane, server, client, other] : [server, lane, other, client];
    return { kind: 'crossing', from, to, message, sent, received, time: (sent ?? received)?.time ?? 0 };
  };
  const rows = new Map<SeenMessage, Crossing>();
  const serverSaw: PlacedRow<Row>[] = [];
  for (const seen of heard) {
    const end = clientEnds.get(seen);
    const index = end === undefined ? -1 : said.findIndex((all) => all.includes(end));
    const at = end === undefined ? undefined : moved(end, ahead[index] ?? 0).at;
    const row = rowOf(laneOfSocket.get(seen.socket) ?? addUnknown(seen.socket), seen.up, seen.message, at, seen.at);
    if (end !== undefined) rows.set(end, row);
    serverSaw.push({
      row,
      time: seen.at.time,
      order: seen.order,
      after: seen.up && end !== undefined ? row : undefined,
    });
  }
  for (const party of servers) serverSaw.push(...changesOf(party, server, 0));
  const clientsSaw = clients.map((party, index): PlacedRow<Row>[] => {
    const lane = lanesOfClients[index] ?? 0;
    const behind = ahead[index] ?? 0;
    const messages = (said[index] ?? []).map((seen): PlacedRow<Row> => {
      const { at } = moved(seen, behind);
      const known = rows.get(seen);
      const row = known ?? rowOf(lane, seen.up, seen.message, at);
      return { row, time: at.time, order: seen.order, after: seen.up ? undefined : known };
    });
    return [...messages, ...changesOf(party, lane, behind)];
  });
  return { lanes, rows: merged([serverSaw, ...clientsSaw]) };
}
