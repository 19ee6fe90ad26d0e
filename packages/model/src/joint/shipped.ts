import { type AppState, placeOfRole, placeOfShared, placeOfSocket } from '@sigchart/core/app';
import type { AccessEffect, AccessEvent, QuestionEvent, RoleName, RtcEvent } from '@sigchart/core/machines';
import { encode } from '@sigchart/core/protocol';
import {
  type App,
  type ClientSession,
  type Clock,
  createApp,
  createClientSession,
  type Run,
  type ServerSession,
  type SocketListener,
  type Transition,
} from '@sigchart/core/session';
import type { AnyMachineSnapshot, AnyStateMachine } from 'xstate';
import { serialize } from '../machine/graph.ts';
import type { JointEvent } from './memo.ts';
import type { Recorder, Stimulus } from './recorder.ts';
import { snapshotOf } from './turn.ts';
import { nameOf, readName, type World } from './world.ts';

/** A timer that a session has started. */
interface StartedTimer {
  readonly elapsed: () => void;
  isRunning: boolean;
}

/** Clock of one side, whose timers elapse on request. */
class StoppedClock implements Clock {
  readonly #all = new Set<StartedTimer>();
  /** Timers whose machine is not known yet, in the order of their start. */
  readonly started: StartedTimer[] = [];

  start(_ms: number, elapsed: () => void): () => void {
    const timer: StartedTimer = { elapsed, isRunning: true };
    this.#all.add(timer);
    this.started.push(timer);
    return () => this.stop(timer);
  }

  stop(timer: StartedTimer): void {
    timer.isRunning = false;
    this.#all.delete(timer);
  }

  get running(): number {
    return this.#all.size;
  }
}

/** One WebSocket between the shipped sessions: texts under way. */
interface Wire {
  readonly toServer: string[];
  readonly toClient: string[];
  readonly session: ServerSession;
}

/** A client of the shipped sessions. */
interface ShippedClient {
  readonly session: ClientSession;
  readonly clock: StoppedClock;
  readonly roles: Map<string, Run<AnyStateMachine>>;
  /** The listener of its socket, once it is dialled. */
  listener: SocketListener | undefined;
  socket: number;
}

/** The request that a role of a client starts with, and how its session is asked for it. */
const start: Readonly<Record<RoleName, (session: ClientSession, event: JointEvent) => void>> = {
  publisher: (session, event) => void session.publish(event as never),
  player: (session, event) => void session.play(event as never),
  peer: (session, event) => void session.join(event as never),
  member: (session, event) => void session.enter(event as never),
};

const sideOf = (name: string): string => {
  const { side, number } = readName(name);
  return side === 'client' ? `client ${number}` : 'server';
};

const textOf = (name: string, effect: object) => `${name} ${JSON.stringify(effect)}`;

/**
 * The sessions as they are shipped (`createApp` and `createClientSession`), given the same stimuli as a world. They have to do the
 * same: {@link difference} says where they do not.
 */
export class Shipped implements Recorder {
  readonly app: App;
  /** Every transition that was observed, in order. */
  readonly transitions: Transition[] = [];
  readonly #clients: ShippedClient[];
  readonly #wires = new Map<number, Wire>();
  readonly #clocks = new Map<string, StoppedClock>();
  readonly #timers = new Map<string, StartedTimer>();
  readonly #reports = new Map<string, (event: never) => void>();
  readonly #failures: unknown[] = [];
  readonly #grant: (request: Omit<AccessEffect, 'type'>) => AccessEvent | undefined;
  /** By side: what adapters were asked for, in the world and here. */
  #expected: string[] = [];
  #performed: string[] = [];
  #starts: (readonly [name: string, timer: string])[] = [];
  #stimuli: Stimulus[] = [];

  constructor({
    clients,
    retryLimit,
    limits,
    grant,
  }: {
    readonly clients: number;
    readonly retryLimit: number;
    readonly limits: World['limits'];
    /** Decision of the authorization at once; `undefined` if it is made later. */
    readonly grant: (request: Omit<AccessEffect, 'type'>) => AccessEvent | undefined;
  }) {
    this.#grant = grant;
    const clock = this.#clockOf('server');
    this.app = createApp({
      clock,
      freshId: () => 'fresh',
      limits,
      notify: (notification) => void this.#performed.push(textOf('server', notification)),
      observe: () => this.#observe,
      failed: ({ error }) => void this.#failures.push(error),
    });
    this.#clients = Array.from({ length: clients }, (_, index) => this.#client(index + 1, retryLimit));
  }

  readonly #observe = (transition: Transition): void => void this.transitions.push(transition);

  #clockOf(side: string): StoppedClock {
    const known = this.#clocks.get(side) ?? new StoppedClock();
    this.#clocks.set(side, known);
    return known;
  }

  #client(number: number, retryLimit: number): ShippedClient {
    const roles = new Map<string, Run<AnyStateMachine>>();
    const clock = this.#clockOf(`client ${number}`);
    const session = createClientSession({
      clock,
      retryLimit,
      dial: (listener) => {
        const { client } = this.#own(number);
        client.listener = listener;
        return {
          send: (text) => {
            const wire = this.#wires.get(client.socket);
            if (client.listener === listener) wire?.toServer.push(text);
          },
          close: () => this.#forget(client),
        };
      },
      rtc: ({ role, streamId }, report) => {
        const name = nameOf('client', number, role, streamId);
        this.#reports.set(`${name} rtc`, report as never);
        return (effect) => void this.#performed.push(textOf(name, effect));
      },
      notify: ({ role, streamId }, effect) =>
        void this.#performed.push(textOf(nameOf('client', number, role, streamId), effect)),
      started: ({ role, streamId }, running) =>
        void roles.set(nameOf('client', number, role, streamId), running as unknown as Run<AnyStateMachine>),
      observe: () => this.#observe,
      failed: (error) => void this.#failures.push(error),
    });
    return { session, clock, roles, listener: undefined, socket: 0 };
  }

  #own(number: number): { readonly client: ShippedClient } {
    return { client: this.#clients[number - 1] as ShippedClient };
  }

  /** A client's end of its socket is closed: nothing reaches it any more. */
  #forget(client: ShippedClient): void {
    const wire = this.#wires.get(client.socket);
    wire?.toClient.splice(0);
    client.socket = 0;
    client.listener = undefined;
  }

  stimulus(stimulus: Stimulus): void {
    this.#stimuli.push(stimulus);
  }

  effect(name: string, effect: object): void {
    this.#expected.push(textOf(name, effect));
  }

  timer(name: string, timer: string): void {
    this.#starts.push([name, timer]);
  }

  /** Gives the sessions what the world was given in its last move. */
  follow(): void {
    const stimuli = this.#stimuli;
    this.#stimuli = [];
    for (const stimulus of stimuli) this.#take(stimulus);
    for (const [name, timer] of this.#starts) {
      const started = this.#clockOf(sideOf(name)).started.shift();
      if (started !== undefined) this.#timers.set(`${name} ${timer}`, started);
    }
    this.#starts = [];
  }

  #take(stimulus: Stimulus): void {
    switch (stimulus.type) {
      case 'opened':
        this.#open(stimulus.client, stimulus.socket);
        break;
      case 'lost': {
        const { client } = this.#own(stimulus.client);
        const { listener } = client;
        this.#forget(client);
        listener?.closed();
        break;
      }
      case 'closed':
        this.#wires.get(stimulus.socket)?.toServer.splice(0);
        this.#wires.get(stimulus.socket)?.session.closed();
        break;
      case 'ponged':
        this.#wires.get(stimulus.socket)?.session.ponged();
        break;
      case 'toServer': {
        const wire = this.#wires.get(stimulus.socket);
        const text = wire?.toServer.shift();
        if (text !== undefined) wire?.session.received(text);
        break;
      }
      case 'toClient': {
        const { client } = this.#own(stimulus.client);
        const text = this.#wires.get(client.socket)?.toClient.shift();
        if (text !== undefined) client.listener?.received(text);
        break;
      }
      case 'started':
        start[stimulus.role](this.#own(stimulus.client).client.session, stimulus.event);
        break;
      case 'asked':
        this.#wires.get(this.#own(stimulus.client).client.socket)?.toServer.push(encode(stimulus.message));
        break;
      case 'data':
        this.app.sendData(stimulus.streamId, stimulus.text);
        break;
      case 'ended':
        this.app.end(stimulus.streamId);
        break;
      case 'elapsed': {
        const timer = this.#timers.get(`${stimulus.name} ${stimulus.timer}`);
        if (timer === undefined || !timer.isRunning) break;
        this.#clockOf(sideOf(stimulus.name)).stop(timer);
        timer.elapsed();
        break;
      }
      case 'report':
        this.#report(stimulus.name, stimulus.event);
    }
  }

  #report(name: string, event: JointEvent): void {
    const { side, number, what, id } = readName(name);
    if (event.type === 'app.close') this.#wires.get(number)?.session.close();
    else if (event.type === 'app.stop') this.#own(number).client.session.stop({ role: what as RoleName, streamId: id });
    else if (event.type === 'app.send')
      this.#own(number)
        .client.roles.get(name)
        ?.send(event as never);
    else {
      const prefix = event.type.slice(0, event.type.indexOf('.'));
      const request = (event as { readonly request?: { readonly action: string; readonly streamId: string } }).request;
      const question = (event as { readonly question?: object }).question;
      const about = request === undefined ? '' : ` ${request.action} ${request.streamId}`;
      const asked = question === undefined ? '' : ` ${JSON.stringify(question)}`;
      const key = side === 'client' ? `${name} rtc` : `${name} ${prefix}${about}${asked}`;
      this.#reports.get(key)?.(event as never);
    }
  }

  #open(number: number, socket: number): void {
    const { client } = this.#own(number);
    const toClient: string[] = [];
    const session: ServerSession = this.app.join({
      id: socket,
      socket: {
        send: (text) => void toClient.push(text),
        ping: () => void this.#performed.push(textOf(nameOf('server', socket, 'socket'), { type: 'socket.ping' })),
        close: () => session.closed(),
      },
      rtc: ({ role, streamId }, report) => {
        const name = nameOf('server', socket, role, streamId);
        this.#reports.set(`${name} rtc`, report as (event: RtcEvent) => void);
        return (effect) => void this.#performed.push(textOf(name, effect));
      },
      access: ({ type: _, ...request }, report) => {
        const decision = this.#grant(request);
        if (decision !== undefined) {
          report(decision);
          return;
        }
        const { action, streamId } = request;
        const role = action === 'publish' ? 'publisher' : action === 'play' ? 'player' : undefined;
        const name = role === undefined ? nameOf('server', socket, 'socket') : nameOf('server', socket, role, streamId);
        this.#reports.set(`${name} access ${action} ${streamId}`, report as (event: AccessEvent) => void);
      },
      describe: ({ question }, report) =>
        void this.#reports.set(
          `${nameOf('server', socket, 'socket')} question ${JSON.stringify(question)}`,
          report as (event: QuestionEvent) => void,
        ),
      observe: () => this.#observe,
      failed: ({ error }) => void this.#failures.push(error),
    });
    client.socket = socket;
    this.#wires.set(socket, { toServer: [], toClient, session });
    client.listener?.opened();
  }

  /** First difference between the sessions and a world after its last move, in words. */
  difference(world: World): string | undefined {
    if (this.#failures.length > 0) return `a session has failed: ${this.#failures}`;
    const expected = this.#expected;
    const performed = this.#performed;
    this.#expected = [];
    this.#performed = [];
    for (const side of new Set([...expected, ...performed].map(firstWords)))
      if (of(side, expected) !== of(side, performed))
        return `adapters of ${side} are asked for\n${of(side, performed)}\ninstead of\n${of(side, expected)}`;
    return this.#differenceOfMachines(world) ?? this.#differenceOfWires(world) ?? this.#differenceOfTimers(world);
  }

  #differenceOfMachines({ actors }: World): string | undefined {
    let onServer = 0;
    for (const [name, actor] of actors) {
      const { side, number, what, id } = readName(name);
      if (side === 'server') onServer += 1;
      const snapshot = side === 'server' ? serverMachine(this.app.state, number, what, id) : this.#clientMachine(name);
      if (snapshot === undefined) return `${name} does not run`;
      if (serialize(snapshot) !== serialize(snapshotOf(actor)))
        return `${name} is in ${serialize(snapshot)} instead of ${serialize(snapshotOf(actor))}`;
    }
    if (this.app.state.machines.size !== onServer)
      return `the server runs ${this.app.state.machines.size} machines instead of ${onServer}`;
    for (const { roles } of this.#clients)
      for (const [name, role] of roles)
        if (role.getSnapshot().status === 'active' && !actors.has(name)) return `${name} runs, and should have ended`;
    return undefined;
  }

  #clientMachine(name: string): AnyMachineSnapshot | undefined {
    const { number, what } = readName(name);
    const { session, roles } = this.#own(number).client;
    return (what === 'socket' ? session.socket : roles.get(name))?.getSnapshot() as AnyMachineSnapshot | undefined;
  }

  #differenceOfWires({ links, sockets }: World): string | undefined {
    for (const [number, { client, toServer, toClient, closed }] of links) {
      const wire = this.#wires.get(number);
      if (wire === undefined) return `socket ${number} is not open`;
      if (sockets[client - 1] === number && wire.toClient.join('\n') !== toClient.join('\n'))
        return `socket ${number} carries ${wire.toClient} instead of ${toClient}`;
      if (!closed && wire.toServer.join('\n') !== toServer.join('\n'))
        return `socket ${number} carries ${wire.toServer} instead of ${toServer}`;
    }
    const open = [...links].filter(([, { closed }]) => !closed).map(([number]) => number);
    const joined = [...this.app.sessions.keys()];
    return joined.join() === open.join() ? undefined : `the app has sockets ${joined} instead of ${open}`;
  }

  #differenceOfTimers({ actors }: World): string | undefined {
    for (const [side, clock] of this.#clocks) {
      const running = [...actors].filter(([name]) => sideOf(name) === side).flatMap(([, { timers }]) => timers);
      if (clock.started.length > 0) return `${side} has started timers that no machine asked for`;
      if (clock.running !== running.length) return `${side} runs ${clock.running} timers instead of ${running}`;
    }
    return undefined;
  }
}

const firstWords = (line: string): string => /^(client \d+|server)/.exec(line)?.[0] ?? line;

const of = (side: string, lines: readonly string[]): string =>
  lines.filter((line) => firstWords(line) === side).join('\n');

const serverMachine = (state: AppState, number: number, what: string, id: string): AnyMachineSnapshot | undefined => {
  const place =
    what === 'socket'
      ? placeOfSocket(number)
      : what === 'publisher' || what === 'player'
        ? placeOfRole(number, { role: what, streamId: id })
        : placeOfShared(what as 'stream' | 'call' | 'room', id);
  return state.machines.get(place.key)?.snapshot;
};
