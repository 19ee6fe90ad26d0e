import {
  type AppInput,
  type AppOutput,
  type AppRequest,
  type AppState,
  type AppStep,
  noMembership,
  type Place,
  placeOfRole,
  placeOfShared,
  placeOfSocket,
  type RoleRoute,
  reduceApp,
  routeFromServer,
  type Stepper,
} from '@sigchart/core/app';
import {
  type conferenceClient,
  heardByClient,
  type peerClient,
  type playerClient,
  type publisherClient,
  type RoleName,
  type RtcEffect,
  signallingMachines,
  type socketClient,
} from '@sigchart/core/machines';
import {
  type ClientMessage,
  decodeClientMessage,
  decodeServerMessage,
  encode,
  type ServerMessage,
} from '@sigchart/core/protocol';
import type { AnyStateMachine, EmittedFrom } from 'xstate';
import { performRtc } from './connection.ts';
import { type JointEvent, Memo } from './memo.ts';
import { isPassedOver } from './passedOver.ts';
import { type Actor, type Link, nameOf, readName, type World } from './world.ts';

/** Every machine, once. */
const memos: Readonly<Record<string, Memo>> = Object.fromEntries(
  signallingMachines.map((machine) => [machine.id, new Memo(machine)]),
);

const memoFor = ({ id }: AnyStateMachine): Memo => memos[id] as Memo;

/** Takes the steps of the server's machines, each once. */
const stepper: Stepper = {
  begin: (machine, input) => memoFor(machine).begin(input).step,
  step(machine, snapshot, event) {
    const memo = memoFor(machine);
    return memo.step(memo.numberOf(snapshot), event).step;
  },
};

/** Every effect of a client's machines. */
type Effect =
  | EmittedFrom<typeof conferenceClient>
  | EmittedFrom<typeof peerClient>
  | EmittedFrom<typeof playerClient>
  | EmittedFrom<typeof publisherClient>
  | EmittedFrom<typeof socketClient>;

const memoOf = ({ machine }: Actor): Memo => memos[machine] as Memo;

/** The state that an actor is in, as XState has it. */
export const snapshotOf = (actor: Actor) => memoOf(actor).snapshot(actor.state);

const heardOnServer = new Map<string, ReturnType<typeof readOnServer>>();
const heardOnClient = new Map<string, ReturnType<typeof readOnClient>>();

function readOnServer(text: string) {
  const decoded = decodeClientMessage(text);
  return decoded.ok ? decoded.message : undefined;
}

function readOnClient(text: string) {
  const decoded = decodeServerMessage(text);
  return decoded.ok ? { message: decoded.message, event: heardByClient(decoded.message) as JointEvent } : undefined;
}

/** The same text comes many thousand times. */
function once<Value>(known: Map<string, Value>, text: string, read: (text: string) => Value): Value {
  if (!known.has(text)) known.set(text, read(text));
  return known.get(text) as Value;
}

/** Settings that are the same for every turn. */
export interface TurnSettings {
  readonly retryLimit: number;
  readonly hasSockets: boolean;
  readonly isGrantedAtOnce: boolean;
  readonly hasMemberRoles: boolean;
}

/** Time of a world's server, which is constant. */
const now = 0;

/** The name of a machine of the server. */
function nameOfPlace(place: Place): string {
  switch (place.kind) {
    case 'socket':
      return nameOf('server', place.socket, 'socket');
    case 'role':
      return nameOf('server', place.socket, place.address.role, place.address.streamId);
    default:
      return nameOf('server', 0, place.kind, place.id);
  }
}

/** Place of the machine of that name. */
function placeOf(name: string): Place {
  const { number: socket, what, id } = readName(name);
  if (what === 'socket') return placeOfSocket(socket);
  if (what === 'publisher' || what === 'player') return placeOfRole(socket, { role: what, streamId: id });
  return placeOfShared(what as 'stream' | 'call' | 'room', id);
}

/** One move of a world: clients and the server's app receive events, and their effects are performed. */
export class Turn {
  readonly actors: Map<string, Actor>;
  readonly links: Map<number, Link>;
  readonly sockets: number[];
  readonly dialling: number[];
  #app: AppState;
  #copies: World['copies'];
  #chances: World['chances'];
  readonly #faults: [string, string][] = [];
  /** Events that wait until a client's machine is done with its current one. */
  readonly #waiting = new Map<string, JointEvent[]>();
  /** Inputs that the app receives after its effects are performed. */
  readonly #inputs: AppInput[] = [];
  #isAppBusy = false;
  readonly #settings: TurnSettings;

  constructor(world: World, settings: TurnSettings) {
    this.actors = new Map(world.actors);
    this.links = new Map(world.links);
    this.sockets = [...world.sockets];
    this.dialling = [...world.dialling];
    this.#app = world.app;
    this.#copies = world.copies;
    this.#chances = world.chances;
    this.#settings = settings;
  }

  /** The world afterwards. */
  finish(): World {
    return {
      actors: this.actors,
      links: this.links,
      sockets: this.sockets,
      dialling: this.dialling,
      app: this.#app,
      copies: this.#copies,
      chances: this.#chances,
      faults: this.#faults,
    };
  }

  /** Notes that a property does not hold. */
  fault(property: string, detail: string): void {
    this.#faults.push([property, detail]);
  }

  /** Uses up a chance. */
  spend(chance: Exclude<keyof World['chances'], 'app'>): void {
    this.#chances = { ...this.#chances, [chance]: this.#chances[chance] - 1 };
  }

  /** Uses up something that an application may do. */
  spendApp(client: number, command: number): void {
    const app = this.#chances.app.map((counts, other) =>
      other === client - 1 ? counts.map((count, place) => (place === command ? count - 1 : count)) : counts,
    );
    this.#chances = { ...this.#chances, app };
  }

  /** Stores a copy of a message, to be delivered again. */
  keepCopy(copy: World['copies'][number]): void {
    this.#copies = [...this.#copies, copy];
  }

  dropCopy(index: number): void {
    this.#copies = this.#copies.filter((_, other) => other !== index);
  }

  /** All that is on its way and may name a description. */
  get underWay(): readonly string[] {
    const onWires = [...this.links.values()].flatMap(({ toServer, toClient }) => [...toServer, ...toClient]);
    return [...onWires, ...this.#copies.map(({ text }) => text)];
  }

  link(number: number): Link | undefined {
    return this.links.get(number);
  }

  updateLink(number: number, change: Partial<Link>): void {
    const link = this.links.get(number);
    if (link !== undefined) this.links.set(number, { ...link, ...change });
  }

  update(name: string, change: Partial<Actor>): void {
    const actor = this.actors.get(name);
    if (actor !== undefined) this.actors.set(name, { ...actor, ...change });
  }

  /** Starts a machine of a client. */
  begin(name: string, machine: string, input?: unknown): void {
    const { to, effects } = (memos[machine] as Memo).begin(input);
    this.#begun(name, machine, to);
    this.#busy(name, effects);
  }

  #begun(name: string, machine: string, state: number): void {
    this.actors.set(name, { machine, state, timers: [], connection: undefined, asked: [], started: false });
  }

  #busy(name: string, effects: readonly JointEvent[]): void {
    const waiting: JointEvent[] = [];
    this.#waiting.set(name, waiting);
    for (const effect of effects) this.#perform(name, effect as Effect);
    this.#waiting.delete(name);
    for (const event of waiting) this.tell(name, event);
  }

  /** Gives a machine an event, at once or after its current one. Does nothing if it does not run. */
  tell(name: string, event: JointEvent): void {
    const actor = this.actors.get(name);
    if (actor === undefined) return;
    if (readName(name).side === 'server') {
      this.#hear({ type: 'machine.told', place: placeOf(name), event: event as never });
      return;
    }
    const waiting = this.#waiting.get(name);
    if (waiting !== undefined) {
      waiting.push(event);
      return;
    }
    const { to, effects, heard } = memoOf(actor).step(actor.state, event);
    if (!heard) {
      this.#unheard(name, actor, event);
      return;
    }
    this.actors.set(name, { ...actor, state: to });
    this.#busy(name, effects);
    const after = this.actors.get(name);
    if (after !== undefined && snapshotOf(after).status === 'done') this.#end(name);
  }

  /** Gives the server's app an input, and performs its effects. */
  #hear(input: AppInput): void {
    this.#inputs.push(input);
    if (this.#isAppBusy) return;
    this.#isAppBusy = true;
    for (let next = this.#inputs.shift(); next !== undefined; next = this.#inputs.shift()) this.#take(next);
    this.#isAppBusy = false;
  }

  #take(input: AppInput): void {
    const place = input.type === 'machine.told' ? input.place : input;
    const socket = 'socket' in place ? place.socket : 0;
    const reduced = reduceApp(this.#app, input, { now, freshId: `m${this.link(socket)?.client}` }, { stepper });
    this.#app = reduced.state;
    this.#performAll(reduced);
    if (input.type === 'socket.closed') this.links.delete(input.socket);
  }

  #performAll({ steps, requests, failures }: AppOutput): void {
    for (const step of steps) this.#note(step);
    for (const [number, { membership }] of this.#app.sockets)
      if (this.link(number)?.membership !== membership) this.updateLink(number, { membership });
    for (const request of requests) this.#performForApp(request);
    for (const { error } of failures) throw error;
  }

  /** Notes what became of a machine of the server. */
  #note({ place, machine, event, before, snapshot, taken }: AppStep): void {
    const name = nameOfPlace(place);
    const state = (memos[machine.id] as Memo).numberOf(snapshot);
    if (before === undefined) this.#begun(name, machine.id, state);
    else if (taken.length > 0) this.update(name, { state });
    else if (event.type !== 'xstate.stop') this.#unheard(name, this.actors.get(name) as Actor, event);
  }

  /** Lets go of a machine that has ended. */
  #end(name: string): void {
    const actor = this.actors.get(name);
    if (actor === undefined) return;
    if (actor.connection !== undefined)
      this.fault('connections are closed', `${name} has ended, and its connection is open`);
    if (actor.started && actor.machine.endsWith('.server') && this.link(readName(name).number)?.closed === false)
      this.fault('started and finished pair up', `${name} has ended without a word after it had said that it started`);
    this.actors.delete(name);
  }

  #unheard(name: string, actor: Actor, event: JointEvent): void {
    if (event.type.startsWith('timer.')) this.fault('no timer elapses unheard', `${name} is deaf to ${event.type}`);
    if (!event.type.startsWith('signal.')) return;
    for (const state of topOf(snapshotOf(actor).value))
      if (!isPassedOver(actor.machine, state, event.type.slice('signal.'.length)))
        this.fault('nothing unexpected arrives', `${actor.machine} in ${state} hears ${event.type}`);
  }

  /** Performs an effect of a client. */
  #perform(name: string, effect: Effect): void {
    const { number } = readName(name);
    switch (effect.type) {
      case 'signal.send':
        this.#say(number, effect.message, name);
        break;
      case 'timer.start':
        this.#startTimer(name, effect.name);
        break;
      case 'timer.stop':
        this.#stopTimer(name, effect.name);
        break;
      case 'role.start':
        this.#startForMember(number, effect.address);
        break;
      case 'role.stop':
        this.tell(nameOf('client', number, effect.address.role, effect.address.streamId), { type: 'app.stop' });
        break;
      case 'socket.ready':
        for (const role of this.rolesOf('client', number)) this.tell(role, { type: 'socket.opened' });
        break;
      case 'socket.dial':
        this.dialling.push(number);
        break;
      case 'socket.close':
        this.#hangUp(number);
        break;
      case 'app.notify':
        break;
      default:
        performRtc(this, name, effect);
    }
  }

  /** Performs an effect of the server's app. */
  #performForApp({ place, effect }: AppRequest): void {
    const name = nameOfPlace(place);
    const number = 'socket' in place ? place.socket : 0;
    switch (effect.type) {
      case 'machine.end':
        this.#end(name);
        break;
      case 'signal.send':
        this.#answer(number, effect.message, name);
        break;
      case 'timer.start':
        this.#startTimer(name, effect.name);
        break;
      case 'timer.stop':
        this.#stopTimer(name, effect.name);
        break;
      case 'access.request': {
        const { type: _, ...request } = effect;
        if (this.#settings.isGrantedAtOnce) this.tell(name, { type: 'access.granted', request } as JointEvent);
        else this.update(name, { asked: [...(this.actors.get(name)?.asked ?? []), request] });
        break;
      }
      case 'ice.request':
        this.tell(name, { type: 'ice.servers', iceServers: [] } as JointEvent);
        break;
      case 'socket.ping':
        this.updateLink(number, { ponging: true });
        break;
      case 'socket.close':
        this.closed(number);
        break;
      case 'hook.call':
        break;
      case 'question.ask':
      case 'quality.prefer':
        throw new TypeError(`no adapter performs ${effect.type}`);
      default:
        performRtc(this, name, effect satisfies RtcEffect);
    }
  }

  #startTimer(name: string, timer: string): void {
    this.#setTimers(name, (timers) => [...timers.filter((other) => other !== timer), timer].sort());
  }

  #stopTimer(name: string, timer: string): void {
    this.#setTimers(name, (timers) => timers.filter((other) => other !== timer));
  }

  #setTimers(name: string, change: (timers: readonly string[]) => readonly string[]): void {
    this.update(name, { timers: change(this.actors.get(name)?.timers ?? []) });
  }

  /** A client sends a message on the socket that it has. */
  #say(client: number, message: ClientMessage, name: string): void {
    const socket = this.sockets[client - 1] as number;
    const link = this.link(socket);
    if (link === undefined || socket === 0) return;
    this.#checkCandidate(name, message);
    this.updateLink(socket, { toServer: [...link.toServer, encode(message)] });
  }

  /** The server sends a message on a socket, if it is open. */
  #answer(socket: number, message: ServerMessage, name: string): void {
    const link = this.link(socket);
    if (link === undefined || link.closed) return;
    this.#checkCandidate(name, message);
    this.#checkStarted(name, message);
    this.updateLink(socket, { toClient: [...link.toClient, encode(message)] });
  }

  #checkCandidate(name: string, message: ClientMessage | ServerMessage): void {
    if (message.command !== 'takeCandidate') return;
    const connection = this.actors.get(name)?.connection;
    if (connection !== undefined && connection.local === '')
      this.fault('no candidate before its description', `${name} sends a candidate first`);
  }

  #checkStarted(name: string, message: ServerMessage): void {
    const actor = this.actors.get(name);
    if (actor === undefined) return;
    if (message.command === 'error') this.update(name, { started: false });
    if (message.command !== 'notification') return;
    const { definition } = message;
    if (definition === 'publish_started' || definition === 'play_started') {
      if (actor.started) this.fault('started and finished pair up', `${name} says ${definition} twice`);
      this.update(name, { started: true });
    }
    if (definition === 'session_restored' && !actor.started)
      this.fault('started and finished pair up', `${name} says session_restored before it has started`);
    if (definition === 'publish_finished' || definition === 'play_finished') this.update(name, { started: false });
  }

  /** The roles of a client, or of a socket of the server. */
  rolesOf(side: 'client' | 'server', number: number): string[] {
    const prefix = `${side} ${number} · `;
    return [...this.actors.keys()].filter((name) => name.startsWith(prefix) && !name.endsWith('· socket'));
  }

  #routed(side: 'client' | 'server', number: number): RoleRoute[] {
    return this.rolesOf(side, number).map((name) => {
      const { what, id } = readName(name);
      return { address: { role: what as RoleName, streamId: id }, ufrags: new Set<string>() };
    });
  }

  /** Starts a client's role if it does not run, and gives it an event. */
  startClientRole(client: number, role: RoleName, id: string, event: JointEvent): void {
    const name = nameOf('client', client, role, id);
    const isFresh = !this.actors.has(name);
    if (isFresh)
      this.begin(name, `${role === 'member' ? 'conference' : role}.client`, { retryLimit: this.#settings.retryLimit });
    this.tell(name, event);
    if (isFresh && this.#isReady(client)) this.tell(name, { type: 'socket.opened' });
    if (this.#settings.hasSockets) this.tell(nameOf('client', client, 'socket'), { type: 'app.open' });
  }

  #isReady(client: number): boolean {
    if (this.sockets[client - 1] === 0) return false;
    const actor = this.actors.get(nameOf('client', client, 'socket'));
    return actor === undefined || snapshotOf(actor).matches({ open: { iceServers: 'known' } } as never);
  }

  #startForMember(client: number, { role, streamId }: RoleRoute['address']): void {
    if (!this.#settings.hasMemberRoles) return;
    const request = role === 'publisher' ? { type: 'app.publish', streamId } : { type: 'app.play', streamId };
    this.startClientRole(client, role, streamId, request);
  }

  /** Delivers what a client has sent. */
  deliverToServer(socket: number, text: string): void {
    const message = once(heardOnServer, text, readOnServer);
    if (this.link(socket) === undefined || message === undefined) return;
    this.#hear({ type: 'socket.received', socket, message });
  }

  /** Delivers what the server has sent. */
  deliverToClient(client: number, text: string): void {
    const heard = once(heardOnClient, text, readOnClient);
    if (heard === undefined) return;
    const { event, message } = heard;
    const routed = routeFromServer(message, this.#routed('client', client));
    for (const { address } of routed) this.tell(nameOf('client', client, address.role, address.streamId), event);
    if (routed.length === 0 || event.type === 'signal.error') this.tell(nameOf('client', client, 'socket'), event);
  }

  /** A client has a socket. */
  opened(client: number): void {
    const number =
      client +
      10 *
        Math.max(
          0,
          ...[...this.links.keys()].filter((key) => key % 10 === client).map((key) => (key - client) / 10 + 1),
        );
    this.sockets[client - 1] = number;
    this.links.set(number, {
      client,
      toServer: [],
      toClient: [],
      ponging: false,
      closed: false,
      membership: noMembership,
    });
    this.#hear({ type: 'socket.joined', socket: number, pings: true });
    if (this.#settings.hasSockets) this.tell(nameOf('client', client, 'socket'), { type: 'socket.opened' });
    else for (const role of this.rolesOf('client', client)) this.tell(role, { type: 'socket.opened' });
  }

  /** A client loses its socket; the server learns of it later. */
  lost(client: number): void {
    this.#forget(client);
    this.tell(nameOf('client', client, 'socket'), { type: 'socket.lost' });
  }

  #hangUp(client: number): void {
    const dialled = this.dialling.indexOf(client);
    if (dialled !== -1) this.dialling.splice(dialled, 1);
    this.#forget(client);
  }

  #forget(client: number): void {
    const socket = this.sockets[client - 1] as number;
    this.sockets[client - 1] = 0;
    this.updateLink(socket, { toClient: [] });
    for (const role of this.rolesOf('client', client)) this.tell(role, { type: 'socket.lost' });
  }

  /** The server learns that a socket is closed, or closes it. */
  closed(socket: number): void {
    if (this.link(socket) === undefined) return;
    this.updateLink(socket, { toServer: [], toClient: [], closed: true });
    this.#hear({ type: 'socket.closed', socket });
  }

  /** The other side has answered a ping. */
  ponged(socket: number): void {
    this.updateLink(socket, { ponging: false });
    this.#hear({ type: 'socket.ponged', socket });
  }
}

/** The outermost state, or states, of a state value. */
const topOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.keys(value as object);
