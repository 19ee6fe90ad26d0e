import type { Action } from '@sigchart/conformance';
import {
  answer,
  candidates,
  close,
  connected,
  connection,
  idOf,
  offer,
  open,
  type PathScenario,
  pathScenario,
  say,
  stop,
  titleOfGroup,
} from '@sigchart/conformance/record';
import type { ConferenceServerEvent } from '@sigchart/core/machines';
import { fromOutside, graphOf, paths, subjects } from '@sigchart/model';

const room = 'r1';
const names = ['A', 'B'] as const;
const nameOf = (socket: number): string => names[socket - 1] ?? '?';
const streamOf = (socket: number): string => `m${socket}`;

/** Roles of one socket besides its membership. */
interface Socket {
  readonly publishes: 'nothing' | 'accepted' | 'live';
  readonly plays: 'nothing' | 'parked' | 'offered' | 'connected';
}

/** By the number of the socket; one that is closed is missing. */
type Sockets = { readonly [number: string]: Socket };

const idle: Socket = { publishes: 'nothing', plays: 'nothing' };

/** State of a socket after its own event, or `undefined` if it cannot cause the event. */
function after(socket: Socket, event: ConferenceServerEvent, isPlayer: boolean): Socket | undefined {
  switch (event.type) {
    case 'signal.joinRoom':
      return event.taken || event.right !== undefined ? undefined : socket;
    case 'signal.getRoomInfo':
      return socket;
    case 'signal.leaveFromRoom':
      // Its publisher and players end with it, in an order that the server chooses.
      return socket.publishes === 'nothing' && socket.plays === 'nothing' ? socket : undefined;
    case 'signal.enableTrack':
      return socket.plays === 'offered' || socket.plays === 'connected' ? socket : undefined;
    case 'role.brought':
      return socket.publishes === 'nothing' ? { ...socket, publishes: 'accepted' } : undefined;
    case 'role.announced':
      return socket.publishes === 'accepted' ? { ...socket, publishes: 'live' } : undefined;
    case 'role.released':
      return socket.publishes === 'nothing' ? undefined : { ...socket, publishes: 'nothing' };
    case 'role.subscribed':
      if (socket.plays !== 'nothing' || event.viewerLimit !== undefined) return undefined;
      return { ...socket, plays: isPlayer ? 'parked' : 'nothing' };
    case 'role.watching':
      return socket.plays === 'offered' ? { ...socket, plays: 'connected' } : undefined;
    case 'role.unsubscribed':
      return socket.plays === 'nothing' ? undefined : { ...socket, plays: 'nothing' };
    default:
      return undefined;
  }
}

/** State of the sockets after an event, or `undefined` if no client can cause it. */
function next(sockets: Sockets, event: ConferenceServerEvent, isOpen: boolean, isPlayer: boolean): Sockets | undefined {
  const { [event.from]: socket, ...others } = sockets;
  if (socket === undefined) return undefined;
  const own = event.type === 'socket.closed' ? undefined : after(socket, event, isPlayer);
  if (own === undefined && event.type !== 'socket.closed') return undefined;
  const all = own === undefined ? others : { ...others, [event.from]: own };
  // A waiting player gets an offer as soon as the room has a stream.
  return Object.fromEntries(
    Object.entries(all).map(([number, each]) => [
      number,
      isOpen && each.plays === 'parked' ? { ...each, plays: 'offered' } : each,
    ]),
  );
}

/** Words and actions that cause an event. */
function bringing(event: ConferenceServerEvent): { readonly words: string; readonly actions: readonly Action[] } {
  const who = nameOf(event.from);
  const streamId = streamOf(event.from);
  const [sends, receives] = [`of${who}`, `to${who}`];
  switch (event.type) {
    case 'signal.joinRoom':
      return {
        words: 'joins',
        actions: [say(who, 'joinRoom', { room: idOf(room), streamId: idOf(streamId) })],
      };
    case 'signal.leaveFromRoom':
      return { words: 'leaves', actions: [say(who, 'leaveFromRoom', { room: idOf(room) })] };
    case 'signal.getRoomInfo':
      return { words: 'asks for the members', actions: [say(who, 'getRoomInfo', { room: idOf(room) })] };
    case 'signal.enableTrack': {
      const { trackId, enabled } = event.message;
      return {
        words: enabled === false ? 'switches the other off' : 'switches the other on',
        actions: [say(who, 'enableTrack', { streamId: idOf(room), trackId: idOf(trackId), enabled })],
      };
    }
    case 'role.brought':
      return event.inMainTrack
        ? {
            words: 'publishes into the room',
            actions: [say(who, 'publish', { streamId: idOf(streamId), mainTrack: idOf(room) })],
          }
        : {
            words: 'publishes',
            actions: [say(who, 'publish', { streamId: idOf(streamId), streamName: event.streamName })],
          };
    case 'role.announced':
      return {
        words: 'sends media',
        actions: [offer(who, sends, streamId), candidates(who, sends, streamId), connected(who, sends)],
      };
    case 'role.released':
      return { words: 'stops publishing', actions: [stop(who, streamId)] };
    case 'role.subscribed': {
      const { userPublishId } = event;
      return {
        words: userPublishId === undefined ? 'plays the room' : 'plays the room and announces its stream',
        actions: [
          say(who, 'play', {
            streamId: idOf(room),
            ...(userPublishId !== undefined && { userPublishId: idOf(userPublishId) }),
          }),
        ],
      };
    }
    case 'role.watching':
      return {
        words: 'receives media',
        actions: [answer(who, receives, room), candidates(who, receives, room), connected(who, receives)],
      };
    case 'role.unsubscribed':
      return { words: 'stops playing', actions: [stop(who, room)] };
    case 'socket.closed':
      return { words: 'closes', actions: [close(who)] };
    default:
      return { words: event.type, actions: [] };
  }
}

/**
 * A room of two sockets, along the shortest paths through its machine that take every transition which the two can have taken.
 */
export function roomPathScenarios(): readonly PathScenario[] {
  const { machine, options } = subjects['conference.server'];
  const walk = {
    file: 'roomPaths',
    section: 'Conference',
    machine: machine.id,
    socket: 0,
    title: titleOfGroup('room'),
  };
  const beginning: Sockets = { 1: idle, 2: idle };
  const graph = fromOutside(graphOf(machine, options), beginning, (sockets, _, { event, to }) =>
    next(
      sockets,
      event,
      to.snapshot.matches('open'),
      to.snapshot.context.players.some(({ from }) => from === event.from),
    ),
  );
  return paths(graph, 'transitions').map(({ steps }) => {
    const events = steps.map(({ event }) => event as ConferenceServerEvent);
    const done = events.map((event) => ({ who: nameOf(event.from), event, ...bringing(event) }));
    const involved = names.filter((name) => done.some(({ who }) => who === name));
    const closed = done.flatMap(({ who, event }) => (event.type === 'socket.closed' ? [who] : []));
    return pathScenario(
      walk,
      events,
      done.map(({ who, words, actions }) => ({ words: `${who} ${words}`, actions })),
      {
        connections: involved.flatMap((who) => [
          connection(`of${who}`, who, 'publisher', streamOf(names.indexOf(who) + 1)),
          connection(`to${who}`, who, 'player', room),
        ]),
        before: involved.map((who) => open(who)),
        after: involved.filter((who) => !closed.includes(who)).map((who): Action => ({ does: 'hearNothing', who })),
      },
    );
  });
}
