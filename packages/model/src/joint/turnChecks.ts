import { type ClientMessage, encode, type ServerMessage } from '@sigchart/core/protocol';
import type { Actor, Link } from './world.ts';

/** A turn of a joint exploration, as its checks see it. */
interface CheckedTurn {
  readonly actors: ReadonlyMap<string, Actor>;
  readonly links: ReadonlyMap<number, Link>;
  readonly sockets: readonly number[];
  link(number: number): Link | undefined;
  updateLink(number: number, change: Partial<Link>): void;
  update(name: string, change: Partial<Actor>): void;
  /** Notes that a property does not hold. */
  fault(property: string, detail: string): void;
}

/** The stream or room that a question, or an answer, is about. */
export const idOf = (message: ClientMessage | ServerMessage): string => {
  const { streamId, room } = message as { readonly streamId?: string; readonly room?: string };
  return room ?? streamId ?? '';
};

/** Without the first of several equal entries. */
export const without = (list: readonly string[], entry: string): readonly string[] => {
  const index = list.indexOf(entry);
  return index === -1 ? list : list.filter((_, other) => other !== index);
};

/** A machine may end nothing of a socket for its silence that has answered every ping. */
export function checkSilence(turn: CheckedTurn, before: ReadonlyMap<number, Link>): void {
  for (const [number, { client, ponging, closed, membership, claimed }] of before) {
    if (ponging || closed || turn.sockets[client - 1] !== number) continue;
    const link = turn.link(number);
    const isClosed = link === undefined || link.closed;
    if (isClosed || claimed.length > link.claimed.length || membership.calls.length > link.membership.calls.length)
      turn.fault('who answers keeps what it has', `socket ${number} has answered, and loses something`);
  }
}

/** A ping of a client is answered by one pong, to it alone. */
export function checkPong(turn: CheckedTurn, socket: number, before: ReadonlyMap<number, number>): void {
  for (const [number, { toClient, closed }] of turn.links) {
    const pongs = toClient.slice(before.get(number)).filter((text) => text === encode({ command: 'pong' })).length;
    if (pongs !== (number === socket && !closed ? 1 : 0))
      turn.fault('a question is answered once', `socket ${number} gets ${pongs} pongs for a ping of socket ${socket}`);
  }
}

/** Every question has one answer. */
export function checkAnswer(turn: CheckedTurn, socket: number, message: ServerMessage): void {
  const { questions } = turn.link(socket) as Link;
  const isAnswer =
    message.command === 'roomInformation' ||
    (message.command === 'notification' && message.definition === 'subscriberCount');
  if (!isAnswer && message.command !== 'error') return;
  const id = idOf(message);
  if (questions.includes(id)) turn.updateLink(socket, { questions: without(questions, id) });
  else if (isAnswer) turn.fault('a question is answered once', `socket ${socket} is answered twice about ${id}`);
}

/** A member is told once that another came, and once that it left. */
export function checkMembers(turn: CheckedTurn, socket: number, message: ServerMessage): void {
  if (message.command !== 'notification') return;
  const { told } = turn.link(socket) as Link;
  const { definition } = message;
  if (definition === 'joinedTheRoom') turn.updateLink(socket, { told: [...message.streams].sort() });
  if (definition === 'leavedFromRoom') turn.updateLink(socket, { told: [] });
  if (definition !== 'streamJoined' && definition !== 'streamLeaved') return;
  const { streamId } = message;
  if (told.includes(streamId) === (definition === 'streamJoined'))
    turn.fault('what is relayed arrives, once, in order', `socket ${socket} hears ${definition} ${streamId} twice`);
  const others = without(told, streamId);
  turn.updateLink(socket, { told: definition === 'streamJoined' ? [...others, streamId].sort() : others });
}

/** A machine sends no candidate before its description. */
export function checkCandidate(turn: CheckedTurn, name: string, message: ClientMessage | ServerMessage): void {
  if (message.command !== 'takeCandidate') return;
  const connection = turn.actors.get(name)?.connection;
  if (connection !== undefined && connection.local === '')
    turn.fault('no candidate before its description', `${name} sends a candidate first`);
}

/** A role says once that it has started, and nothing else of its media before that. */
export function checkStarted(turn: CheckedTurn, name: string, message: ServerMessage): void {
  const actor = turn.actors.get(name);
  if (actor === undefined) return;
  if (message.command === 'error') turn.update(name, { started: false });
  if (message.command !== 'notification') return;
  const { definition } = message;
  if (definition === 'publish_started' || definition === 'play_started') {
    if (actor.started) turn.fault('started and finished pair up', `${name} says ${definition} twice`);
    turn.update(name, { started: true });
  }
  if (definition === 'session_restored' && !actor.started)
    turn.fault('started and finished pair up', `${name} says session_restored before it has started`);
  if (definition === 'publish_finished' || definition === 'play_finished') turn.update(name, { started: false });
}
