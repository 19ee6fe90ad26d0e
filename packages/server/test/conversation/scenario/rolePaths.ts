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
  publishing,
  say,
  stop,
  titleOf,
  wait,
} from '@sigchart/conformance/record';
import { contestMs, graceMs, mediaTimeoutMs, type ServerEvent } from '@sigchart/core/machines';
import { graphOf, isIn, paths, pruned, type Subject, subjects } from '@sigchart/model';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';

const s1 = { streamId: idOf('s1') };

/** A step of a path with the steps after it: they tell whether an offer is to be valid. */
interface PathStep {
  readonly event: ServerEvent;
  readonly next: ServerEvent | undefined;
}

/** A path through the machine of one role, as a client causes it. */
interface RolePath {
  readonly file: string;
  readonly section: string;
  readonly who: string;
  readonly name: string;
  /** Index of its socket among those that are opened. */
  readonly socket: number;
  readonly before: readonly Action[];
  /** True if this can happen here, of what the machine would bear. */
  readonly possible: (snapshot: AnyMachineSnapshot, event: ServerEvent) => boolean;
  /** Words and actions that cause it. Without actions, it follows by itself. */
  readonly does: (taken: PathStep) => { readonly words?: string; readonly actions: readonly Action[] };
}

/** Time a server may take to notice that media is lost. Milliseconds. */
const noticeMs = 7_000;

const byItself = { actions: [] } as const;

/** States that end before a client can send anything. */
const passing: Readonly<Record<string, readonly string[]>> = {
  authorizing: ['access.granted'],
  deciding: ['stream.claimed', 'stream.live'],
};

const never: readonly string[] = [
  'access.refused',
  'stream.refused',
  'stream.parked',
  'stream.ended',
  'stream.trackAdded',
  'stream.trackRemoved',
  'stream.tracksAssigned',
  'stream.talkers',
  'rtc.iceCandidate',
  'rtc.negotiationNeeded',
  'rtc.dataChannelOpened',
  'rtc.audioLevel',
  // A participant that loses its media sends close_notify.
  'rtc.mediaMissing',
  // The owner of a socket that is silent for longer than a case takes.
  'socket.silent',
];

const isFailure = (event: ServerEvent | undefined): boolean =>
  event?.type === 'rtc.failed' && event.step === 'setRemoteDescription' && event.reason !== 'noCommonCodec';

function possible(snapshot: AnyMachineSnapshot, event: ServerEvent): boolean {
  const { type } = event;
  if (never.includes(type) || (type === 'stream.live' && event.isRoom)) return false;
  const only = typeof snapshot.value === 'string' ? passing[snapshot.value] : undefined;
  if (only !== undefined) return only.includes(type);
  const negotiating = (state: string) => isIn(snapshot, 'negotiation', state);
  if (negotiating('answering') || negotiating('answeringAgain'))
    return type === 'rtc.answerCreated' || isFailure(event);
  if (negotiating('offering')) return type === 'rtc.offerCreated';
  if (isIn(snapshot, 'media', 'pinging')) return type === 'socket.ponged' || type === 'timer.contest';
  if (isIn(snapshot, 'media', 'checking')) return type === 'rtc.mediaReceived';
  if (type === 'rtc.failed' || type === 'rtc.mediaReceived') return false;
  // Once both descriptions are applied, the connection is made whatever else is sent.
  if (negotiating('stable') && isIn(snapshot, 'media', 'connecting')) return type === 'rtc.connected';
  if (type === 'rtc.connected') return false;
  if (type === 'rtc.disconnected') return isIn(snapshot, 'media', 'owned') || isIn(snapshot, 'media', 'sending');
  return type !== 'socket.ponged';
}

const early = (who: string): Action =>
  say(who, 'takeCandidate', { ...s1, label: 0, id: '0', candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' });

const common = (who: string, name: string, { event }: PathStep) => {
  switch (event.type) {
    case 'signal.stop':
      return { words: 'stop', actions: [stop(who)] };
    case 'signal.join':
      return { words: 'join', actions: [say(who, 'join', s1)] };
    case 'signal.takeCandidate':
      return { words: 'a candidate', actions: [early(who)] };
    case 'rtc.connected':
      return { words: 'media connects', actions: [candidates(who, name), connected(who, name)] };
    case 'rtc.disconnected':
      return { words: 'media is lost', actions: [{ does: 'lose', who, connection: name }, wait(noticeMs)] as const };
    case 'timer.media':
      return { words: `${mediaTimeoutMs} ms pass`, actions: [wait(mediaTimeoutMs)] };
    case 'timer.grace':
      return { words: `${graceMs} ms pass`, actions: [wait(graceMs)] };
    case 'timer.contest':
      return { words: `${contestMs} ms without a pong`, actions: [wait(contestMs)] };
    case 'socket.closed':
      return { words: 'the socket closes', actions: [close(who)] };
    case 'stream.contested':
      return { words: 'another publishes the id', actions: [say('B', 'publish', s1)] };
    default:
      return byItself;
  }
};

const walked: Readonly<Record<'publisher.server' | 'player.server', RolePath>> = {
  'publisher.server': {
    file: 'publishPaths',
    section: 'Publish',
    who: 'A',
    name: 'publisher',
    socket: 1,
    before: [],
    possible,
    does(taken) {
      const { event, next } = taken;
      if (event.type === 'signal.publish') return { words: 'publish', actions: [say('A', 'publish', s1)] };
      if (event.type !== 'signal.takeConfiguration') return common('A', 'publisher', taken);
      if (event.message.type === 'answer')
        return { words: 'an answer', actions: [say('A', 'takeConfiguration', { ...s1, type: 'answer', sdp: 'v=0' })] };
      return isFailure(next)
        ? {
            words: 'an invalid offer',
            actions: [say('A', 'takeConfiguration', { ...s1, type: 'offer', sdp: 'none' })],
          }
        : { words: 'an offer', actions: [offer('A', 'publisher')] };
    },
  },
  'player.server': {
    file: 'playPaths',
    section: 'Play',
    who: 'B',
    name: 'player',
    socket: 2,
    before: publishing('A'),
    possible: (snapshot, event) => possible(snapshot, event) && event.type !== 'stream.contested',
    does(taken) {
      const { event } = taken;
      switch (event.type) {
        case 'signal.play':
          return { words: 'play', actions: [say('B', 'play', s1)] };
        case 'signal.toggleVideo':
        case 'signal.toggleAudio':
          return {
            words: event.message.command,
            actions: [say('B', event.message.command, { ...s1, enabled: false })],
          };
        case 'stream.gone':
          return { words: 'the publisher stops', actions: [stop('A')] };
        case 'signal.takeConfiguration':
          return event.message.type === 'answer'
            ? { words: 'an answer', actions: [answer('B', 'player')] }
            : { words: 'an offer', actions: [say('B', 'takeConfiguration', { ...s1, type: 'offer', sdp: 'v=0' })] };
        default:
          return common('B', 'player', taken);
      }
    },
  },
};

/** Publishers and players, along the shortest paths that take every transition of their server machines that a client can cause. */
export function rolePathScenarios(): readonly PathScenario[] {
  return Object.entries(walked).flatMap(([id, walk]) => {
    const { machine, options } = subjects[id as keyof typeof walked] as unknown as Subject<AnyStateMachine>;
    const possible = walk.possible as (snapshot: AnyMachineSnapshot, event: unknown) => boolean;
    return paths(pruned(graphOf(machine, options), possible), 'transitions').map(({ steps }): PathScenario => {
      const events = steps.map(({ event }) => event as unknown as ServerEvent);
      const isMute = events.some(({ type }) => type === 'timer.contest');
      const closed = events.some(({ type }) => type === 'socket.closed');
      return pathScenario(
        { ...walk, machine: id, title: titleOf(walk.name) },
        events,
        events.map((event, index) => walk.does({ event, next: events[index + 1] })),
        {
          connections: [
            connection('publisher', 'A', 'publisher'),
            ...(walk.name === 'player' ? [connection('player', 'B', 'player')] : []),
          ],
          before: [open('A', isMute ? { answersPings: false } : {}), open('B'), ...walk.before],
          after: closed ? [] : [{ does: 'hearNothing', who: walk.who }],
        },
      );
    });
  });
}
