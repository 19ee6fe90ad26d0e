import type { Action } from '@sigchart/conformance';
import { close, idOf, open, type PathScenario, pathScenario, say, titleOf, wait } from '@sigchart/conformance/record';
import { livenessMs, type ServerEvent } from '@sigchart/core/machines';
import { maxLengths } from '@sigchart/core/protocol';
import { fromOutside, graphOf, paths, subjects } from '@sigchart/model';

/** State of the environment of a socket's machine. */
interface World {
  /** Next step that the server takes by itself. */
  readonly due: 'nothing' | 'decision' | 'answer';
  /** True if the next decision is about a question. */
  readonly asks: boolean;
  /** True if there is a role, or a place in a call, for which further messages of the id are. */
  readonly isTaken: boolean;
}

const beginning: World = { due: 'nothing', asks: false, isTaken: false };

const questions: readonly string[] = [
  'signal.getStreamInfo',
  'signal.getDebugInfo',
  'signal.getTrackList',
  'signal.getBroadcastObject',
  'signal.getSubtracks',
  'signal.getSubtracksCount',
  'signal.getSubscriberCount',
  'signal.getSubscribers',
];

/** Messages that go to a role or a call instead of the socket. */
const forRoles: readonly string[] = [
  'signal.publish',
  'signal.play',
  'signal.join',
  'signal.leave',
  'signal.stop',
  'signal.takeConfiguration',
  'signal.takeCandidate',
  'signal.peerMessageCommand',
];

/** State of the environment after an event, or `undefined` if no client can cause it. */
function next(world: World, event: ServerEvent, isPinged: boolean): World | undefined {
  const { type } = event;
  if (world.due === 'answer') return type === 'question.answered' ? { ...world, due: 'nothing' } : undefined;
  if (world.due === 'decision')
    return type === 'access.granted' && (event.request.action === 'query') === world.asks
      ? { ...world, due: world.asks ? 'answer' : 'nothing' }
      : undefined;
  if (['app.close', 'question.answered', 'role.refused'].includes(type) || /^(access|ice)\./.test(type))
    return undefined;
  if (type === 'socket.vouched' || (type === 'socket.ponged' && !isPinged)) return undefined;
  // A room's information is a room's answer: once it is granted, the socket has nothing more to do.
  if (type === 'signal.getRoomInfo') return undefined;
  if (questions.includes(type)) return { ...world, due: 'decision', asks: true };
  if (type === 'signal.joinRoom') return { ...world, due: 'decision', asks: false };
  if (!forRoles.includes(type)) return world;
  if (world.isTaken) return undefined;
  if (type === 'signal.join') return { ...world, due: 'decision', asks: false, isTaken: true };
  // A player of a stream that is not live ends at once, and its id counts as used.
  return { ...world, isTaken: type === 'signal.publish' };
}

const misspelt = (field: string) => (field === 'sdp' ? { type: 'offer' } : {});

/** Words and actions that cause an event. Events that follow by themselves have neither. */
function bringing(
  event: ServerEvent,
  isMute: boolean,
): { readonly words?: string; readonly actions: readonly Action[] } {
  if (event.type === 'signal.malformed') {
    const { fault, command = '', field = '', missing, tooLong } = event.malformed;
    if (fault === 'text')
      return { words: 'a text that is no message', actions: [{ does: 'sendText', who: 'A', text: 'no message' }] };
    if (fault === 'command') return { words: 'an unknown command', actions: [say('A', 'makeCoffee')] };
    const id = field === 'streamId' || field === 'room' ? {} : { streamId: idOf('s1') };
    if (tooLong)
      return {
        words: `${command} with a ${field} that is too long`,
        actions: [say('A', command, { ...id, [field]: 'x'.repeat(maxLengths.name + 1) })],
      };
    return {
      words: missing ? `${command} without ${field}` : `${command} with an invalid ${field}`,
      actions: [say('A', command, missing ? { ...id, ...misspelt(field) } : { [field]: 'no id' })],
    };
  }
  if ('message' in event) {
    const { command, ...fields } = event.message as { readonly command: string; readonly [field: string]: unknown };
    const ids = {
      ...('streamId' in fields && { streamId: idOf('s1') }),
      ...('room' in fields && { room: idOf('r1') }),
    };
    return { words: command, actions: [say('A', command, { ...fields, ...ids })] };
  }
  if (event.type === 'timer.liveness')
    return { words: `${livenessMs} ms pass${isMute ? ' without a pong' : ''}`, actions: [wait(livenessMs)] };
  if (event.type === 'socket.closed') return { words: 'the socket closes', actions: [close('A')] };
  return { actions: [] };
}

/** A socket, along the shortest paths that take every transition of its server machine that a client can cause. */
export function socketPathScenarios(): readonly PathScenario[] {
  const { machine, options } = subjects['socket.server'];
  const graph = fromOutside(graphOf(machine, options), beginning, (world, { snapshot }, { event }) =>
    next(world, event as ServerEvent, snapshot.matches({ open: 'awaitingPong' })),
  );
  return paths(graph, 'transitions').map(({ steps }) => {
    const events = steps.map(({ event }) => event as ServerEvent);
    const isMute =
      events.some(({ type }) => type === 'timer.liveness') && !events.some(({ type }) => type === 'socket.ponged');
    const closes = events.some(({ type }) => type === 'socket.closed');
    const isOver = !closes && steps.at(-1)?.to.snapshot.matches('closed') === true;
    const walk = {
      file: 'socketPaths',
      section: 'Socket',
      machine: machine.id,
      socket: 1,
      title: (words: readonly string[]) => `${titleOf('socket')(words)}${isOver ? ', and it is closed' : ''}`,
    };
    return pathScenario(
      walk,
      events,
      events.map((event) => bringing(event, isMute)),
      {
        before: [open('A', isMute ? { answersPings: false } : {})],
        after: closes || isOver ? [] : [{ does: 'hearNothing', who: 'A' }],
      },
    );
  });
}
