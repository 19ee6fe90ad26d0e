import { type Action, application, type ConnectionPurpose, type MessagePattern } from '@sigchart/conformance';
import {
  close,
  idOf,
  open,
  type PathScenario,
  pathScenario,
  silence,
  titleOf,
  wait,
} from '@sigchart/conformance/record';
import {
  backOffMs,
  type ClientEvent,
  graceMs,
  iceServersTimeoutMs,
  mediaTimeoutMs,
  pingMs,
  type RoleName,
  requestTimeoutMs,
  stopTimeoutMs,
} from '@sigchart/core/machines';
import { type GraphEdge, graphOf, isIn, paths, pruned, type Subject, subjects } from '@sigchart/model';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import {
  answer,
  type ClientScenario,
  candidate,
  connected,
  connection,
  offer,
  say,
  server,
  stop,
  taken,
  wish,
} from './verbs.ts';

/** A step of a path: the state, the previous event, and the next event. */
interface PathStep {
  readonly from: AnyMachineSnapshot;
  readonly event: ClientEvent;
  readonly next: ClientEvent | undefined;
  /** The connection of the moment. */
  readonly name: string;
}

interface StepActions {
  /** Title; absent for what follows by itself. */
  readonly words?: string;
  readonly actions: readonly Action[];
}

/** A path through the machine of a client, as its environment causes it. */
interface ClientPath {
  readonly file: string;
  readonly section: string;
  /** Name of the machine. */
  readonly name: string;
  readonly connections?: ConnectionPurpose;
  readonly possible: (snapshot: AnyMachineSnapshot, event: ClientEvent) => boolean;
  readonly does: (taken: PathStep) => StepActions;
}

const byItself: StepActions = { actions: [] };

const isFailure = (event: ClientEvent | undefined): boolean =>
  event?.type === 'rtc.failed' && event.step !== 'connection';

/** States of a role in which media flows. */
const flowing = ['publishing', 'playing', 'connected'] as const;

function possibleOfRole(snapshot: AnyMachineSnapshot, event: ClientEvent): boolean {
  const { type } = event;
  if (snapshot.value === 'idle') return type === 'app.publish' || type === 'app.play' || type === 'app.join';
  // No handle of a client can cause it.
  if (type === 'rtc.iceCandidate' || type === 'app.send') return false;
  const negotiating = (state: string) => isIn(snapshot, 'negotiation', state);
  const isConnecting = isIn(snapshot, 'media', 'connecting');
  if (type === 'timer.media') return negotiating('awaitingAnswer');
  if (type === 'timer.grace') return isIn(snapshot, 'media', 'interrupted');
  if (negotiating('offering')) return type === 'rtc.offerCreated';
  if (negotiating('answering') || negotiating('answeringAgain'))
    return type === 'rtc.answerCreated' || isFailure(event);
  // Once both descriptions are applied, the connection is made whatever else is sent.
  if (negotiating('stable') && isConnecting)
    return type === 'rtc.connected' || (isFailure(event) && snapshot.machine?.id !== 'player.client');
  if (type === 'rtc.disconnected') return flowing.some((state) => isIn(snapshot, 'media', state));
  return !type.startsWith('rtc.');
}

/** Ids and rooms of the alphabets, with their placeholders in cases. */
const placeholders: Readonly<Record<string, string>> = {
  s1: idOf('s1'),
  r1: idOf('r1'),
  own: idOf('own'),
  other: idOf('other'),
};

const general = (value: unknown): unknown => {
  if (Array.isArray(value)) return value.map(general);
  return typeof value === 'string' ? (placeholders[value] ?? value) : value;
};

/** The action that sends a message of the server. */
function saying(message: object): Action {
  const { command, ...fields } = JSON.parse(JSON.stringify(message)) as MessagePattern & { command: string };
  return say(command, Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, general(value)])));
}

const timers: Readonly<Record<string, number>> = {
  'timer.request': requestTimeoutMs,
  'timer.media': mediaTimeoutMs,
  'timer.grace': graceMs,
  'timer.stopping': stopTimeoutMs,
  'timer.ping': pingMs,
  'timer.iceServers': iceServersTimeoutMs,
};

const verbs: Readonly<Record<string, string>> = {
  'app.publish': 'publish',
  'app.play': 'play',
  'app.join': 'join',
  'app.enter': 'enter',
};

/** Actions that are the same for every machine. */
function common({ from, event }: PathStep, role: RoleName): StepActions {
  const { type } = event;
  const id = role === 'member' ? idOf('r1') : idOf('s1');
  if (type === 'timer.retry') {
    const ms = backOffMs((from.context as { attempt: number }).attempt);
    return { words: `${ms} ms pass`, actions: [wait(ms)] };
  }
  const ms = timers[type];
  if (ms !== undefined) return { words: `${ms} ms pass`, actions: [wait(ms)] };
  const verb = verbs[type];
  if (verb !== undefined) {
    const { type: _, ...fields } = event as { readonly type: string; readonly publish?: boolean };
    const asked = Object.fromEntries(Object.entries(fields).map(([field, value]) => [field, general(value)]));
    return { words: fields.publish === false ? `${verb} to watch` : verb, actions: [wish(verb, asked)] };
  }
  switch (event.type) {
    case 'app.stop':
      return { words: role === 'publisher' || role === 'player' ? 'stop' : 'leave', actions: [stop(role, id)] };
    case 'socket.closed':
    case 'app.close':
      return { words: 'close', actions: [wish('close')] };
    case 'socket.lost':
      return { words: 'the socket is lost', actions: [close(server)] };
    default:
      break;
  }
  if (!('message' in event)) return byItself;
  const { message } = event;
  const name = message.command === 'notification' || message.command === 'error' ? message.definition : message.command;
  const others = 'streams' in message && message.streams.length > 0 ? ' with another' : '';
  const reason = 'reason' in message && message.reason !== undefined ? ` with ${message.reason}` : '';
  return { words: `${name}${others}${reason}`, actions: [saying(message)] };
}

/** Actions for a role with connections. */
const ofRole =
  (role: RoleName): ClientPath['does'] =>
  (step) => {
    const { event, next, name } = step;
    const id = idOf('s1');
    switch (event.type) {
      case 'socket.opened':
        return { words: 'a socket', actions: taken };
      case 'rtc.connected':
        return { words: 'media connects', actions: connected(name) };
      case 'rtc.disconnected':
        return { words: 'media is lost', actions: [{ does: 'lose', who: server, connection: name }] };
      case 'signal.takeCandidate':
        return { words: 'a candidate', actions: [candidate(id)] };
      case 'signal.takeConfiguration': {
        const { type } = event.message;
        if (isFailure(next))
          return {
            words: `an invalid ${type}`,
            actions: [say('takeConfiguration', { streamId: id, type, sdp: 'none' })],
          };
        return { words: `an ${type}`, actions: [type === 'offer' ? offer(name) : answer(name)] };
      }
      default:
        return common(step, role);
    }
  };

const walked = {
  'publisher.client': {
    file: 'clientPublishPaths',
    section: 'Publish',
    name: 'publishing client',
    connections: 'player',
    possible: possibleOfRole,
    does: ofRole('publisher'),
  },
  'player.client': {
    file: 'clientPlayPaths',
    section: 'Play',
    name: 'playing client',
    connections: 'publisher',
    possible: possibleOfRole,
    does: ofRole('player'),
  },
  'peer.client': {
    file: 'clientCallPaths',
    section: 'Peer to peer',
    name: 'peer',
    connections: 'peer',
    possible: possibleOfRole,
    does: ofRole('peer'),
  },
  'conference.client': {
    file: 'clientRoomPaths',
    section: 'Conference',
    name: 'member',
    possible(snapshot, event) {
      if (snapshot.value === 'idle') return event.type === 'app.enter';
      // An id in use is the business of the publisher, if the member has one.
      const { established, request } = snapshot.context as { established: boolean; request: { publish?: boolean } };
      const isOfPublisher = event.type === 'signal.error' && event.message.definition === 'streamIdInUse';
      return !(isOfPublisher && established && request.publish !== false);
    },
    does: (step) =>
      step.event.type === 'socket.opened' ? { words: 'a socket', actions: taken } : common(step, 'member'),
  },
  'socket.client': {
    file: 'clientSocketPaths',
    section: 'Socket',
    name: 'client',
    possible(snapshot, { type }) {
      if (type === 'socket.closed') return false;
      // The first ping is sent long after the ICE servers were received or timed out.
      return type !== 'timer.ping' || !JSON.stringify(snapshot.value).includes('"asking"');
    },
    does(step) {
      const { event, from } = step;
      if (event.type === 'app.open') return { words: 'play', actions: [wish('play', { streamId: idOf('s1') })] };
      if (event.type === 'socket.opened') return { words: 'a socket', actions: [open(server)] };
      if (event.type === 'socket.lost' && from.value === 'dialling')
        return { words: 'the socket is refused', actions: [{ does: 'refuse', who: server }] };
      return common(step, 'player');
    },
  },
} as const satisfies Readonly<Record<string, ClientPath>>;

/** Limits paths to fewer retries than a client makes. */
const within = ({ context }: AnyMachineSnapshot): boolean => ((context as { attempt?: number }).attempt ?? 0) <= 1;

const ordinals = ['first', 'second', 'third', 'fourth'] as const;

function scenarioOf(
  id: string,
  walk: ClientPath,
  steps: readonly GraphEdge<AnyStateMachine>[],
  initial: AnyMachineSnapshot,
) {
  const events = steps.map(({ event }) => event as unknown as ClientEvent);
  let opened = 0;
  /** True if the server has the socket that the client dialled last. */
  let isOpen = false;
  const done = steps.map(({ effects, event }, index): StepActions => {
    if (effects.some(({ type }) => type === 'rtc.open')) opened += 1;
    const step: PathStep = {
      from: index === 0 ? initial : (steps[index - 1]?.to.snapshot as AnyMachineSnapshot),
      event: event as unknown as ClientEvent,
      next: events[index + 1],
      name: ordinals[opened - 1] ?? '',
    };
    const { actions, words } = walk.does(step);
    // A role that waits for a socket waits for the client to dial again.
    const isAgain =
      step.event.type === 'socket.opened' &&
      id !== 'socket.client' &&
      events.slice(0, index).some(({ type }) => type === 'socket.lost');
    for (const action of actions) {
      if (action.does === 'open' && action.who === server) isOpen = true;
      if (action.does === 'close' || action.does === 'refuse') isOpen = false;
    }
    return { ...(words !== undefined && { words }), actions: isAgain ? [wait(backOffMs(0)), ...actions] : actions };
  });
  // Where it ends with both described, the connection is made whatever the path is about.
  const last = steps.at(-1)?.to.snapshot as AnyMachineSnapshot;
  const isDescribed = ['answering', 'stable'].some((state) => isIn(last, 'negotiation', state));
  const connects = isDescribed && isIn(last, 'media', 'connecting');
  const hangsUp = events.some(({ type }) => type === 'app.close' || type === 'socket.closed');
  const scenario = pathScenario({ ...walk, machine: id, socket: 0, title: titleOf(walk.name) }, events, done, {
    connections: ordinals
      .slice(0, walk.connections === undefined ? 0 : opened)
      .map((name) => connection(name, walk.connections as ConnectionPurpose)),
    before: [open(application)],
    after: [
      ...(connects ? connected(ordinals[opened - 1] ?? '') : []),
      ...(hangsUp ? [] : silence(isOpen ? server : application)),
    ],
  });
  return { ...scenario, underTest: 'client', aboutQuestions: id === 'socket.client' } as const;
}

/**
 * The machines of a client, along the shortest paths that take every transition which a server, an application, and time can have
 * taken.
 */
export function clientPathScenarios(): readonly (PathScenario & ClientScenario)[] {
  return Object.entries<ClientPath>(walked).flatMap(([id, walk]) => {
    const { machine, options } = subjects[id as keyof typeof walked] as unknown as Subject<AnyStateMachine>;
    const { within: isFew = () => true } = options;
    const graph = graphOf(machine, {
      ...options,
      inputs: [{}],
      within: (snapshot) => isFew(snapshot) && within(snapshot as AnyMachineSnapshot),
    });
    const possible = walk.possible as (snapshot: AnyMachineSnapshot, event: unknown) => boolean;
    return paths(pruned(graph, possible), 'transitions').map(({ steps }) =>
      scenarioOf(id, walk, steps, graph.initial[0]?.snapshot as AnyMachineSnapshot),
    );
  });
}
