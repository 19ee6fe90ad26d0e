import {
  type AppInput,
  type AppOutput,
  type AppRequest,
  type AppState,
  type AppStep,
  liveBroadcastOf,
  noMembership,
  type Place,
  placeOfRole,
  placeOfShared,
  placeOfSocket,
  playersOf,
  type RoleRoute,
  reduceApp,
  routeFromServer,
  type Stepper,
} from '@sigchart/core/app';
import {
  type AccessRequest,
  type AccessRight,
  type conferenceClient,
  heardByClient,
  type peerClient,
  type playerClient,
  type publisherClient,
  type QuestionEffect,
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
import { performRtc, ufragsIn } from './connection.ts';
import { hasAccepted, holdingsOf, ownerOf } from './holding.ts';
import { mayIgnore } from './ignored.ts';
import { type JointEvent, Memo } from './memo.ts';
import { notifiedAfter } from './notification.ts';
import type { Recorder } from './recorder.ts';
import { relayTargetOf } from './relay.ts';
import {
  checkAnswer,
  checkCandidate,
  checkMembers,
  checkPong,
  checkSilence,
  checkStarted,
  idOf,
  without,
} from './turnChecks.ts';
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

type MemberStartEffect = Extract<Effect, { readonly type: 'role.start' }>;

/** Settings that are the same for every turn. */
export interface TurnSettings {
  readonly retryLimit: number;
  readonly hasSockets: boolean;
  readonly isGrantedAtOnce: boolean;
  readonly hasMemberRoles: boolean;
  readonly hasUfrags: boolean;
  /** Told everything that comes from outside of the machines, and what their environment is asked for. Default none. */
  readonly recorder?: Recorder | undefined;
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
  readonly #limits: World['limits'];
  #notified: World['notified'];
  #copies: World['copies'];
  #chances: World['chances'];
  readonly #faults: [string, string][] = [];
  /** Events that wait until a client's machine is done with its current one. */
  readonly #waiting = new Map<string, JointEvent[]>();
  /** Inputs that the app receives after its effects are performed. */
  readonly #inputs: AppInput[] = [];
  #isAppBusy = false;
  /** Texts that the server's players were given for their data channels, by their names. */
  readonly #data: [name: string, text: string][] = [];
  readonly #settings: TurnSettings;

  constructor(world: World, settings: TurnSettings) {
    this.actors = new Map(world.actors);
    this.links = new Map(world.links);
    this.sockets = [...world.sockets];
    this.dialling = [...world.dialling];
    this.#app = world.app;
    this.#limits = world.limits;
    this.#notified = world.notified;
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
      limits: this.#limits,
      notified: this.#notified,
      copies: this.#copies,
      chances: this.#chances,
      faults: this.#faults,
    };
  }

  get hasUfrags(): boolean {
    return this.#settings.hasUfrags;
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
    this.actors.set(name, {
      machine,
      state,
      timers: [],
      connection: undefined,
      asked: [],
      started: false,
      ufrags: [],
      heard: [],
    });
  }

  #busy(name: string, effects: readonly JointEvent[]): void {
    const waiting: JointEvent[] = [];
    this.#waiting.set(name, waiting);
    for (const effect of effects) this.#perform(name, effect as Effect);
    this.#waiting.delete(name);
    for (const event of waiting) this.tell(name, event);
  }

  /** Gives a machine a report of its environment. */
  report(name: string, event: JointEvent): void {
    this.#record({ type: 'report', name, event });
    this.tell(name, event);
  }

  /** A timer of a machine elapses. */
  elapse(name: string, timer: string): void {
    this.#record({ type: 'elapsed', name, timer });
    this.#stopTimer(name, timer);
    this.tell(name, { type: `timer.${timer}` });
  }

  #record(stimulus: Parameters<Recorder['stimulus']>[0]): void {
    this.#settings.recorder?.stimulus(stimulus);
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
    const facts = { now, freshId: `m${this.link(socket)?.client}` };
    const before = new Map(this.links);
    const reduced = reduceApp(this.#app, input, facts, { stepper, limits: this.#limits });
    this.#app = reduced.state;
    this.#performAll(reduced);
    if (input.type === 'machine.told' && isSilenceTimer(input.event.type)) checkSilence(this, before);
    if (input.type === 'socket.closed') this.#forgetLink(input.socket);
  }

  /** The server's end of a socket is closed. Its client is told after what is still on its way. */
  #forgetLink(socket: number): void {
    const link = this.link(socket);
    if (link === undefined) return;
    if (this.sockets[link.client - 1] !== socket) this.links.delete(socket);
    else this.links.set(socket, { ...emptyLink(link.client), toClient: link.toClient, closed: true });
  }

  #performAll({ steps, requests, failures }: AppOutput): void {
    for (const step of steps) this.#note(step);
    for (const [number, { membership, claims }] of this.#app.sockets) {
      const link = this.link(number);
      if (link === undefined) continue;
      const claimed = [
        ...[...claims.published.keys()].map((id) => `publisher ${id}`),
        ...[...claims.played.keys()].map((id) => `player ${id}`),
      ];
      if (link.membership !== membership || link.claimed.join() !== claimed.join())
        this.updateLink(number, { membership, claimed });
    }
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
    const ufrags = [...(this.#app.machines.get(place.key)?.ufrags ?? [])];
    if (this.actors.get(name)?.ufrags.join() !== ufrags.join()) this.update(name, { ufrags });
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
      if (!mayIgnore(actor.machine, state, event.type.slice('signal.'.length)))
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
        this.#startForMember(number, effect);
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
        this.#settings.recorder?.effect(name, effect);
        this.#notify(name, String(effect.data));
        break;
      default:
        this.#settings.recorder?.effect(name, effect);
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
        this.updateLink(number, { refused: without(this.link(number)?.refused ?? [], keyOfRequest(request)) });
        if (this.#settings.isGrantedAtOnce) this.tell(name, this.#grant(request));
        else this.#ask(name, request);
        break;
      }
      case 'ice.request':
        if (effect.withCredentials && this.link(number)?.refused.some((request) => request.startsWith('relay')))
          this.fault('who was refused holds nothing', `${name} is given credentials of a relay`);
        this.tell(name, { type: 'ice.servers', iceServers: [] } as JointEvent);
        break;
      case 'socket.ping':
        this.#settings.recorder?.effect(name, effect);
        this.updateLink(number, { ponging: true });
        break;
      case 'socket.close':
        this.closed(number);
        break;
      case 'hook.call': {
        this.#settings.recorder?.effect('server', effect.notification);
        const { notified, fault } = notifiedAfter(this.#notified, effect.notification, this.#app);
        this.#notified = notified;
        if (fault !== undefined) this.fault('notifications of starts and ends pair up', fault);
        break;
      }
      case 'question.ask':
        this.#ask(name, effect);
        break;
      case 'quality.prefer':
        throw new TypeError(`no adapter performs ${effect.type}`);
      default:
        this.#settings.recorder?.effect(name, effect);
        performRtc(this, name, effect satisfies RtcEffect);
    }
  }

  #ask(name: string, question: object): void {
    this.update(name, { asked: [...(this.actors.get(name)?.asked ?? []), question] });
  }

  /** Grants a request, within the limits. */
  #grant(request: AccessRequest, right?: AccessRight): JointEvent {
    const { viewers, subtracks } = this.#limits;
    const limit = request.action === 'play' ? viewers : request.action === 'publish' ? subtracks : undefined;
    return {
      type: 'access.granted',
      request,
      ...(limit !== undefined && { limit }),
      ...(right !== undefined && { right }),
    } as JointEvent;
  }

  /** Decides a request of a machine of the server. Whoever is refused keeps what it had, and gets nothing. */
  decide(name: string, request: AccessRequest, isGranted: boolean, right?: AccessRight): void {
    const { number: socket } = readName(name);
    const { action, streamId } = request;
    const had = holdingsOf(this.#app, socket, action, streamId);
    const asked = this.actors.get(name)?.asked ?? [];
    this.update(name, { asked: asked.filter((other) => other !== request) });
    if (action === 'relay' && !isGranted)
      this.updateLink(socket, { refused: [...(this.link(socket)?.refused ?? []), keyOfRequest(request)] });
    this.report(
      name,
      isGranted
        ? this.#grant(request, right)
        : ({ type: 'access.refused', request, definition: 'unauthorized_access' } as JointEvent),
    );
    // A role that asks is there, and has nothing else. Of calls and rooms, the socket itself asks, and may be in them already.
    const held = (action === 'join' || action === 'enter') && had.length > 0;
    const isAccepted = isGranted && hasAccepted(this.#app, socket, action, streamId);
    const link = this.link(socket);
    if (link === undefined || isAccepted || held || action === 'query' || action === 'relay') return;
    this.updateLink(socket, { refused: [...link.refused, keyOfRequest(request)] });
  }

  /** A client asks the server something that is no request of a role. */
  ask(client: number, message: ClientMessage): void {
    const socket = this.sockets[client - 1] as number;
    const link = this.link(socket);
    if (link === undefined || link.closed) return;
    this.#record({ type: 'asked', client, message });
    this.updateLink(socket, {
      toServer: [...link.toServer, encode(message)],
      questions: [...link.questions, idOf(message)],
    });
  }

  /** Answers a question with what the app knows. */
  answerQuestion(name: string, effect: QuestionEffect): void {
    const { question } = effect;
    const { streamId } = question;
    const asked = this.actors.get(name)?.asked ?? [];
    this.update(name, { asked: asked.filter((other) => other !== effect) });
    const known =
      liveBroadcastOf(this.#app, streamId) === undefined
        ? undefined
        : { subscribers: playersOf(this.#app, streamId), subtracks: [] };
    this.report(name, { type: 'question.answered', question, known } as JointEvent);
  }

  /** The application of the server sends data to the players of a stream or room. */
  sendData(streamId: string, text: string): void {
    const playing = [...this.actors].flatMap(([name, actor]) => {
      const { side, what, id } = readName(name);
      const isPlaying = side === 'server' && what === 'player' && id === streamId;
      return isPlaying && snapshotOf(actor).matches('accepted') ? [name] : [];
    });
    this.#record({ type: 'data', streamId, text });
    this.#hear({ type: 'app.data', streamId, text });
    const given = this.#data.filter(([, other]) => other === text).map(([name]) => name);
    if (given.sort().join() !== playing.sort().join())
      this.fault('what is relayed arrives, once, in order', `data for ${playing.join()} is sent to ${given.join()}`);
  }

  /** Notes a text for the data channel of a player. */
  noteData(name: string, text: string): void {
    this.#data.push([name, text]);
  }

  /** The application of the server ends a stream, or the streams of a room. */
  endStream(streamId: string): void {
    const owner = ownerOf(this.#app, streamId);
    const before = owner === undefined ? undefined : this.actors.get(nameOf('server', owner, 'publisher', streamId));
    this.#record({ type: 'ended', streamId });
    this.#hear({ type: 'app.end', streamId });
    const after = owner === undefined ? undefined : this.actors.get(nameOf('server', owner, 'publisher', streamId));
    if (after !== undefined && before !== undefined && snapshotOf(before).matches('accepted'))
      this.fault('what is relayed arrives, once, in order', `the publisher of ${streamId} was to end, and runs`);
  }

  /** The server stops: it closes every socket. */
  stopServer(): void {
    for (const number of [...this.#app.sockets.keys()]) this.report(nameOf('server', number, 'socket'), closing);
  }

  /** A message of the other application of a call, for the own. */
  #notify(name: string, data: string): void {
    const heard = this.actors.get(name)?.heard ?? [];
    const [sender, count] = data.split('.');
    const last = heard.find((other) => other.startsWith(`${sender}.`));
    if (last !== undefined && Number(last.split('.')[1]) >= Number(count))
      this.fault('what is relayed arrives, once, in order', `${name} hears ${data} after ${last}`);
    this.update(name, { heard: [...heard.filter((other) => other !== last), data].sort() });
  }

  #startTimer(name: string, timer: string): void {
    this.#settings.recorder?.timer(name, timer);
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
    if (link === undefined || socket === 0 || link.closed) return;
    checkCandidate(this, name, message);
    this.updateLink(socket, { toServer: [...link.toServer, encode(message)] });
  }

  /** The server sends a message on a socket, if it is open. */
  #answer(socket: number, message: ServerMessage, name: string): void {
    const link = this.link(socket);
    if (link === undefined || link.closed) return;
    checkCandidate(this, name, message);
    checkStarted(this, name, message);
    this.updateLink(socket, { toClient: [...link.toClient, encode(message)] });
    if (readName(name).what === 'socket') checkAnswer(this, socket, message);
    checkMembers(this, socket, message);
  }

  /** The roles of a client, or of a socket of the server. */
  rolesOf(side: 'client' | 'server', number: number): string[] {
    const prefix = `${side} ${number} · `;
    return [...this.actors.keys()].filter((name) => name.startsWith(prefix) && !name.endsWith('· socket'));
  }

  #routed(side: 'client' | 'server', number: number): RoleRoute[] {
    return this.rolesOf(side, number).map((name) => {
      const { what, id } = readName(name);
      const ufrags = new Set(this.actors.get(name)?.ufrags);
      return { address: { role: what as RoleName, streamId: id }, ufrags };
    });
  }

  /** The application of a client asks for a role. */
  startRole(client: number, role: RoleName, id: string, event: JointEvent): void {
    this.#record({ type: 'started', client, role, event });
    this.#startClientRole(client, role, id, event);
  }

  /** Starts a client's role if it does not run, and gives it an event. */
  #startClientRole(client: number, role: RoleName, id: string, event: JointEvent): void {
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

  #startForMember(client: number, { address, token, room, streamName, metaData }: MemberStartEffect): void {
    if (!this.#settings.hasMemberRoles) return;
    const { role, streamId } = address;
    const request =
      role === 'publisher'
        ? { type: 'app.publish', streamId, token, streamName, metaData }
        : { type: 'app.play', streamId, token, room };
    this.#startClientRole(client, role, streamId, request);
  }

  /** Delivers what a client has sent. */
  deliverToServer(socket: number, text: string): void {
    const message = once(heardOnServer, text, readOnServer);
    if (this.link(socket) === undefined || message === undefined) return;
    this.#record({ type: 'toServer', socket });
    const target = relayTargetOf(this.#app, socket, message);
    const before = new Map([...this.links].map(([number, { toClient }]) => [number, toClient.length]));
    this.#hear({ type: 'socket.received', socket, message });
    if (message.command === 'ping') checkPong(this, socket, before);
    const relayed = encode(message as never);
    for (const [number, { toClient }] of this.links) {
      const copies = toClient.slice(before.get(number)).filter((sent) => sent === relayed).length;
      if (copies !== (number === target ? 1 : 0))
        this.fault('what is relayed arrives, once, in order', `socket ${number} is sent ${copies} of ${relayed}`);
    }
  }

  /** Delivers what the server has sent. */
  deliverToClient(client: number, text: string): void {
    const heard = once(heardOnClient, text, readOnClient);
    if (heard === undefined) return;
    this.#record({ type: 'toClient', client });
    const { event, message } = heard;
    const routed = routeFromServer(message, this.#routed('client', client));
    for (const { address } of routed) {
      const name = nameOf('client', client, address.role, address.streamId);
      if (message.command === 'takeConfiguration') {
        const known = this.actors.get(name)?.ufrags ?? [];
        this.update(name, { ufrags: [...new Set([...ufragsIn(message.sdp), ...known.slice(0, 8)])] });
      }
      this.tell(name, event);
    }
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
    this.#record({ type: 'opened', client, socket: number });
    this.sockets[client - 1] = number;
    this.links.set(number, emptyLink(client));
    this.#hear({ type: 'socket.joined', socket: number, pings: true });
    if (this.#settings.hasSockets) this.tell(nameOf('client', client, 'socket'), { type: 'socket.opened' });
    else for (const role of this.rolesOf('client', client)) this.tell(role, { type: 'socket.opened' });
  }

  /** A client loses its socket; the server learns of it later. */
  lost(client: number): void {
    this.#record({ type: 'lost', client });
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
    if (this.link(socket)?.closed === true) this.links.delete(socket);
    else this.updateLink(socket, { toClient: [], ponging: false });
    for (const role of this.rolesOf('client', client)) this.tell(role, { type: 'socket.lost' });
  }

  /** The server learns that a socket is closed. */
  hungUp(socket: number): void {
    this.#record({ type: 'closed', socket });
    this.closed(socket);
  }

  /** The server learns that a socket is closed, or closes it. */
  closed(socket: number): void {
    const link = this.link(socket);
    if (link === undefined || link.closed) return;
    this.updateLink(socket, { toServer: [], closed: true });
    this.#hear({ type: 'socket.closed', socket });
  }

  /** The other side has answered a ping. */
  ponged(socket: number): void {
    this.#record({ type: 'ponged', socket });
    this.updateLink(socket, { ponging: false });
    this.#hear({ type: 'socket.ponged', socket });
  }
}

/** Event by which the server closes a socket. */
const closing: JointEvent = { type: 'app.close' };

const emptyLink = (client: number): Link => ({
  client,
  toServer: [],
  toClient: [],
  ponging: false,
  closed: false,
  membership: noMembership,
  claimed: [],
  refused: [],
  questions: [],
  told: [],
});

/** Timers whose end means that a remote gave no sign of life. */
const isSilenceTimer = (type: string) => type === 'timer.contest' || type === 'timer.liveness';

const keyOfRequest = ({ action, streamId }: AccessRequest) => `${action} ${streamId}`;

/** The outermost state, or states, of a state value. */
const topOf = (value: unknown): readonly string[] =>
  typeof value === 'string' ? [value] : Object.keys(value as object);
