import type { Action } from '@sigchart/conformance';
import {
  close,
  idOf,
  open,
  type PathScenario,
  pathScenario,
  say,
  titleOfGroup,
  wait,
} from '@sigchart/conformance/record';
import { contestMs, lateMs, type PeerServerEvent } from '@sigchart/core/machines';
import { graphOf, paths, subjects } from '@sigchart/model';

const names = ['A', 'B', 'C', 'D'] as const;
const nameOf = (socket: number): string => names[socket - 1] ?? '?';

const verbs: Readonly<Record<string, string>> = {
  'signal.join': 'joins',
  'signal.leave': 'leaves',
  'signal.stop': 'stops',
  'signal.takeConfiguration': 'offers',
  'signal.takeCandidate': 'sends a candidate',
  'signal.peerMessageCommand': 'sends a message',
  'signal.publish': 'publishes',
  'signal.play': 'plays',
  'socket.closed': 'closes',
  'socket.ponged': 'is alive',
};

const inWords = (event: PeerServerEvent): string => {
  if ('from' in event) return `${nameOf(event.from)} ${verbs[event.type] ?? event.type}`;
  return event.type === 'timer.contest' ? `${contestMs} ms pass` : `${lateMs} ms pass`;
};

function actionsOf(event: PeerServerEvent): readonly Action[] {
  if (!('from' in event)) return [wait(event.type === 'timer.contest' ? contestMs : lateMs)];
  const who = nameOf(event.from);
  // That it is alive follows from the ping, if the participant is one that answers.
  if (!('message' in event)) return event.type === 'socket.closed' ? [close(who)] : [];
  const { command, ...fields } = event.message as { readonly command: string };
  return [say(who, command, { ...fields, streamId: idOf('c1') })];
}

/**
 * A call, along the shortest paths that take every transition of its machine.
 *
 * Recording shows whether a client can cause a path.
 */
export function callPathScenarios(): readonly PathScenario[] {
  const { machine, options } = subjects['peer.server'];
  const walk = {
    file: 'callPaths',
    section: 'Peer to peer',
    machine: machine.id,
    socket: 0,
    title: titleOfGroup('call'),
  };
  return paths(graphOf(machine, options), 'transitions').map(({ steps }) => {
    const events = steps.map(({ event }) => event as PeerServerEvent);
    const involved = names.filter((_, index) => events.some((event) => 'from' in event && event.from === index + 1));
    // From the third peer on, the call checks who is alive, and decides soon after.
    const pings = involved.length > 2;
    const isSettled = !steps.at(-1)?.to.snapshot.matches({ paired: 'contested' });
    const answers = (who: string) =>
      events.some((event) => event.type === 'socket.ponged' && nameOf(event.from) === who);
    const isSilent = (who: string) =>
      isSettled && !events.some((event) => event.type === 'socket.closed' && nameOf(event.from) === who);
    return pathScenario(
      walk,
      events,
      events.map((event) => ({ words: inWords(event), actions: actionsOf(event) })),
      {
        before: involved.map((who) => open(who, pings && !answers(who) ? { answersPings: false } : {})),
        after: involved.filter(isSilent).map((who): Action => ({ does: 'hearNothing', who })),
      },
    );
  });
}
