import {
  type ClientMessage,
  type conferenceClient,
  type conferenceServer,
  type Delivered,
  type Delivery,
  decodeClientMessage,
  decodeServerMessage,
  deliverClosed,
  deliverDisplacement,
  deliverEffect,
  deliverExpectation,
  deliverMessage,
  deliverPonged,
  encode,
  heardByClient,
  leaveCall,
  type Membership,
  noMembership,
  type peerClient,
  type peerServer,
  type playerServer,
  type publisherServer,
  type RoleName,
  type Routed,
  type RtcEffect,
  routeFromServer,
  type ServerMessage,
  type SharedEffect,
  type SharedState,
  sharedState,
  signallingMachines,
  type socketClient,
  type socketServer,
  type streamServer,
} from '@sigchart/core';
import type { EmittedFrom } from 'xstate';
import { performRtc } from './connection.ts';
import { Memo, type Said } from './memo.ts';
import { isPassedOver } from './passedOver.ts';
import { type Actor, type Link, nameOf, readName, type World } from './world.ts';

/** Every machine, once. */
const memos: Readonly<Record<string, Memo>> = Object.fromEntries(
  signallingMachines.map((machine) => [machine.id, new Memo(machine)]),
);

/** Anything that any machine may ask for. */
type Effect =
  | EmittedFrom<typeof conferenceClient>
  | EmittedFrom<typeof conferenceServer>
  | EmittedFrom<typeof peerClient>
  | EmittedFrom<typeof peerServer>
  | EmittedFrom<typeof playerServer>
  | EmittedFrom<typeof publisherServer>
  | EmittedFrom<typeof socketClient>
  | EmittedFrom<typeof socketServer>
  | EmittedFrom<typeof streamServer>;

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
  return decoded.ok ? { message: decoded.message, event: heardByClient(decoded.message) as Said } : undefined;
}

/** The same text comes many thousand times. */
function once<Value>(known: Map<string, Value>, text: string, read: (text: string) => Value): Value {
  if (!known.has(text)) known.set(text, read(text));
  return known.get(text) as Value;
}

/** What does not change from turn to turn. */
export interface TurnSettings {
  readonly retryLimit: number;
  readonly hasSockets: boolean;
  readonly isGrantedAtOnce: boolean;
  readonly hasMemberRoles: boolean;
}

/** How a world goes on by one move: machines hear events, and what they ask for is performed. */
export class Turn {
  readonly actors: Map<string, Actor>;
  readonly links: Map<number, Link>;
  readonly sockets: number[];
  readonly dialling: number[];
  #copies: World['copies'];
  #chances: World['chances'];
  readonly #faults: [string, string][] = [];
  /** What machines that are busy hear afterwards. */
  readonly #waiting = new Map<string, Said[]>();
  readonly #settings: TurnSettings;

  constructor(world: World, settings: TurnSettings) {
    this.actors = new Map(world.actors);
    this.links = new Map(world.links);
    this.sockets = [...world.sockets];
    this.dialling = [...world.dialling];
    this.#copies = world.copies;
    this.#chances = world.chances;
    this.#settings = settings;
  }

  /** The world afterwards. */
  finish(): World {
    for (const [name, actor] of this.actors) if (snapshotOf(actor).hasTag('unused')) this.actors.delete(name);
    return {
      actors: this.actors,
      links: this.links,
      sockets: this.sockets,
      dialling: this.dialling,
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

  /** Keeps a copy of a message, to be delivered once more. */
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

  /** Starts a machine. */
  begin(name: string, machine: string, input?: unknown): void {
    const { to, effects } = (memos[machine] as Memo).begin(input);
    this.actors.set(name, {
      machine,
      state: to,
      timers: [],
      connection: undefined,
      asked: [],
      started: false,
    });
    this.#busy(name, effects);
  }

  #busy(name: string, effects: readonly Said[]): void {
    const waiting: Said[] = [];
    this.#waiting.set(name, waiting);
    for (const effect of effects) this.#perform(name, effect as Effect);
    this.#waiting.delete(name);
    for (const event of waiting) this.tell(name, event);
  }

  /** Gives a machine an event, at once, or once it is done with what it hears. Nothing, if it does not run. */
  tell(name: string, event: Said): void {
    const actor = this.actors.get(name);
    if (actor === undefined) return;
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
    this.#end(name);
  }

  /** What waits for a machine that is shared, or for a role that ends, goes with it. */
  #end(name: string): void {
    const actor = this.actors.get(name);
    if (actor === undefined || snapshotOf(actor).status !== 'done') return;
    if (actor.connection !== undefined)
      this.fault('connections are closed', `${name} has ended, and its connection is open`);
    if (actor.started && actor.machine.endsWith('.server') && this.link(readName(name).number)?.closed === false)
      this.fault('started and finished pair up', `${name} has ended without a word after it had said that it started`);
    this.actors.delete(name);
  }

  #unheard(name: string, actor: Actor, event: Said): void {
    if (event.type.startsWith('timer.')) this.fault('no timer elapses unheard', `${name} is deaf to ${event.type}`);
    if (!event.type.startsWith('signal.')) return;
    for (const state of topOf(snapshotOf(actor).value))
      if (!isPassedOver(actor.machine, state, event.type.slice('signal.'.length)))
        this.fault('nothing unexpected arrives', `${actor.machine} in ${state} hears ${event.type}`);
  }

  #perform(name: string, effect: Effect): void {
    const { side, number, id } = readName(name);
    switch (effect.type) {
      case 'signal.send':
        if (side === 'client') this.#say(number, effect.message as ClientMessage, name);
        else this.#answer('to' in effect ? Number(effect.to) : number, effect.message as ServerMessage, name);
        break;
      case 'timer.start':
        this.#setTimers(name, (timers) => [...timers.filter((timer) => timer !== effect.name), effect.name].sort());
        break;
      case 'timer.stop':
        this.#setTimers(name, (timers) => timers.filter((timer) => timer !== effect.name));
        break;
      case 'access.request': {
        const { type: _, ...request } = effect;
        if (this.#settings.isGrantedAtOnce) this.tell(name, { type: 'access.granted', request } as Said);
        else this.update(name, { asked: [...(this.actors.get(name)?.asked ?? []), request] });
        break;
      }
      case 'role.start':
        if (side === 'client') this.#startForMember(number, effect.address);
        else this.#share(number, effect as SharedEffect);
        break;
      case 'role.stop':
        this.tell(nameOf('client', number, effect.address.role, effect.address.streamId), { type: 'app.stop' });
        break;
      case 'role.tell':
        this.tell(nameOf('server', effect.to, effect.role, effect.streamId), effect.event);
        break;
      case 'role.end':
        this.updateLink(effect.to, { membership: leaveCall(this.#membershipOf(effect.to), id) });
        break;
      case 'role.ready':
        for (const role of this.rolesOf('client', number)) this.tell(role, { type: 'socket.opened' });
        break;
      case 'socket.dial':
        this.dialling.push(number);
        break;
      case 'socket.close':
        if (side === 'client') this.#hangUp(number);
        else this.closed(number);
        break;
      case 'socket.ping': {
        const to = 'to' in effect ? Number(effect.to) : number;
        this.updateLink(to, { ponging: true });
        break;
      }
      case 'stream.expect':
      case 'stream.unexpect':
        this.#hand(number, deliverExpectation(effect));
        break;
      case 'room.displace':
        this.#hand(number, deliverDisplacement(effect));
        break;
      case 'ice.request':
        this.tell(name, { type: 'ice.servers', iceServers: [] } as Said);
        break;
      case 'app.notify':
        break;
      default:
        if (effect.type.startsWith('rtc.')) performRtc(this, name, effect as RtcEffect);
        else if (effect.type.startsWith('stream.') || effect.type.startsWith('room.'))
          this.#share(number, effect as SharedEffect);
        else throw new TypeError(`nobody performs ${(effect as Said).type}`);
    }
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

  #routed(side: 'client' | 'server', number: number): Routed[] {
    return this.rolesOf(side, number).map((name) => {
      const { what, id } = readName(name);
      return { address: { role: what as RoleName, streamId: id }, ufrags: new Set<string>() };
    });
  }

  /** Makes a client's role, if it does not run, and gives it an event. */
  startClientRole(client: number, role: RoleName, id: string, event: Said): void {
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

  #startForMember(client: number, { role, streamId }: Routed['address']): void {
    if (!this.#settings.hasMemberRoles) return;
    const request = role === 'publisher' ? { type: 'app.publish', streamId } : { type: 'app.play', streamId };
    this.startClientRole(client, role, streamId, request);
  }

  #membershipOf(socket: number): Membership {
    return this.link(socket)?.membership ?? noMembership;
  }

  /** What the session of a socket knows of streams and rooms. */
  #stateFor(socket: number): SharedState {
    const of = (what: 'stream' | 'room') => (id: string) => {
      const actor = this.actors.get(nameOf('server', 0, what, id));
      return actor && (snapshotOf(actor) as never);
    };
    return sharedState(of('stream'), of('room'), () => `m${this.link(socket)?.client}`);
  }

  #share(socket: number, effect: SharedEffect): void {
    this.#deliver(socket, deliverEffect(socket, this.#membershipOf(socket), effect, this.#stateFor(socket)));
  }

  #deliver(socket: number, { membership, deliveries }: Delivered): void {
    this.updateLink(socket, { membership });
    for (const delivery of deliveries) this.#hand(socket, delivery);
  }

  #hand(socket: number, delivery: Delivery): void {
    switch (delivery.to) {
      case 'stream':
        this.#tellShared('stream', 'stream.server', delivery.streamId, delivery.event, { streamId: delivery.streamId });
        break;
      case 'call':
        this.#tellShared('call', 'peer.server', delivery.streamId, delivery.event, { streamId: delivery.streamId });
        break;
      case 'room':
        this.#tellShared('room', 'conference.server', delivery.room, delivery.event, { room: delivery.room });
        break;
      case 'newRole': {
        const { role, streamId } = delivery.address;
        const name = nameOf('server', socket, role, streamId);
        this.begin(name, `${role}.server`);
        this.tell(name, delivery.event);
        break;
      }
      case 'roles':
        for (const { address } of delivery.roles)
          this.tell(nameOf('server', socket, address.role, address.streamId), delivery.event);
        break;
      case 'socket':
        this.tell(nameOf('server', socket, 'socket'), delivery.event);
        break;
      // No machine hears what is only kept to be told of.
      case 'record':
    }
  }

  /** Gives a machine that sockets share an event; it begins with the first. */
  #tellShared(what: 'stream' | 'call' | 'room', machine: string, id: string, event: Said, input: object): void {
    const name = nameOf('server', 0, what, id);
    if (!this.actors.has(name)) this.begin(name, machine, input);
    this.tell(name, event);
  }

  /** Delivers what a client has sent. */
  deliverToServer(socket: number, text: string): void {
    const message = once(heardOnServer, text, readOnServer);
    if (this.link(socket) === undefined || message === undefined) return;
    const rolesOf = (id: string) =>
      this.#routed('server', socket).filter(({ address: { streamId } }) => streamId === id);
    this.#deliver(socket, deliverMessage(socket, this.#membershipOf(socket), message, rolesOf));
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
    this.begin(nameOf('server', number, 'socket'), 'socket.server', {});
    if (this.#settings.hasSockets) this.tell(nameOf('client', client, 'socket'), { type: 'socket.opened' });
    else for (const role of this.rolesOf('client', client)) this.tell(role, { type: 'socket.opened' });
  }

  /** A client loses its socket; the server hears of it later. */
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

  /** The server hears that a socket is closed, or gives it up. */
  closed(socket: number): void {
    if (this.link(socket) === undefined) return;
    this.updateLink(socket, { toServer: [], toClient: [], closed: true });
    this.#deliver(socket, deliverClosed(socket, this.#membershipOf(socket), this.#routed('server', socket)));
    this.links.delete(socket);
  }

  /** The other side has answered a ping. */
  ponged(socket: number): void {
    this.updateLink(socket, { ponging: false });
    this.#deliver(socket, deliverPonged(socket, this.#membershipOf(socket), this.#routed('server', socket)));
  }
}

/** The outermost state, or states, of a state value. */
const topOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.keys(value as object);
