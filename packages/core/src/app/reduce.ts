/**
 * A server's app as one function: from its state and an input to the next state and effects. The server runs it (`createApp`),
 * and `@sigchart/model` explores it.
 */
import type { AnyMachineSnapshot, AnyStateMachine, EmittedFrom } from 'xstate';
import type { ServerEvent } from '../machines/event.ts';
import type { HookEffect } from '../machines/ports/hook.ts';
import { playerServer } from '../machines/roles/player/server.ts';
import { publisherServer } from '../machines/roles/publisher/server.ts';
import { peerServer } from '../machines/shared/call.ts';
import { noSocket, type SocketId } from '../machines/shared/envelope.ts';
import { conferenceServer } from '../machines/shared/room.ts';
import { streamServer } from '../machines/shared/stream.ts';
import { socketServer } from '../machines/socket/server.ts';
import { begin, type Step, step } from '../machines/step.ts';
import { claimsAfter, noClaims } from './claims.ts';
import {
  type Delivery,
  type DeliveryPlan,
  deliverClosed,
  deliverDisplacement,
  deliverEffect,
  deliverExpectation,
  deliverMessage,
  deliverPonged,
  leaveCall,
  leaveRoom,
  type NewRoleAddress,
  noMembership,
  type SharedEffect,
  type SharedState,
  sharedState,
} from './delivery.ts';
import { isHeld, isLive, notificationOf } from './directory.ts';
import type { AppFacts, AppInput } from './input.ts';
import { type AppLimits, defaultAppLimits } from './limits.ts';
import type { AppEffect, AppFailure, AppOutput, AppRequest, AppStep, EffectCause } from './output.ts';
import { type RoleRoute, ufragsAfter } from './route.ts';
import {
  type AppState,
  callOf,
  keyOfRole,
  type MachineState,
  type Place,
  placeOfRole,
  placeOfShared,
  placeOfSocket,
  roomOf,
  type SharedKind,
  type SocketState,
  streamOf,
} from './state.ts';

/** Every effect of an app's machines. */
type MachineEffect = EmittedFrom<
  | typeof conferenceServer
  | typeof peerServer
  | typeof playerServer
  | typeof publisherServer
  | typeof socketServer
  | typeof streamServer
>;

/** Takes the steps of machines: those of this package, or the same remembered by who walks them again and again. */
export interface Stepper {
  begin(machine: AnyStateMachine, input: unknown): Step<AnyStateMachine>;
  step(machine: AnyStateMachine, snapshot: AnyMachineSnapshot, event: { readonly type: string }): Step<AnyStateMachine>;
}

const stepper: Stepper = {
  begin: (machine, input) => begin(machine, input as never),
  step: (machine, snapshot, event) => step(machine, snapshot as never, event as never),
};

/** Options of a reducer. */
export interface ReducerOptions {
  /** Limits for the app's clients. Default {@link defaultAppLimits}. */
  readonly limits?: Partial<AppLimits> | undefined;
  /** Takes the steps of its machines. Default those of this package. */
  readonly stepper?: Stepper | undefined;
}

/** Event that a machine receives after its current effects are performed. */
interface PendingEvent {
  readonly event: { readonly type: string };
  readonly cause: EffectCause | undefined;
}

type Events = { readonly type: string };

const machineOfRole = { publisher: publisherServer, player: playerServer } as const;

const machineOfShared = { stream: streamServer, call: peerServer, room: conferenceServer } as const;

/** XState's names of the initial event, and of the one that stops a machine. */
const [init, stop] = ['xstate.init', 'xstate.stop'];

const noUfrags: ReadonlySet<string> = new Set();

/** Place of an error that did not happen in a machine. */
const placeOf = (input: AppInput): Place => {
  if (input.type === 'machine.told') return input.place;
  return 'socket' in input ? placeOfSocket(input.socket) : placeOfShared('stream', input.streamId);
};

/** The state of an app that changes in place. */
interface Draft {
  readonly sockets: Map<SocketId, SocketState>;
  readonly machines: Map<string, MachineState>;
  readonly counts: Record<SharedKind, number>;
}

/**
 * Reduces one input after another, and changes its own copy of the state in place. Servers use it, so that the cost of an input
 * depends on what it changes, not on the size of the state. {@link reduceApp} is the pure form.
 *
 * Effects on other machines are performed at once. A machine that receives an event while its own effects are performed handles
 * it after the last of them. Effects for adapters are collected, in order.
 */
export class AppReducer {
  readonly #state: Draft;
  readonly #stepper: Stepper;
  readonly #shared: SharedState;
  #facts: AppFacts = { now: 0, freshId: '' };
  #steps: AppStep[] = [];
  #requests: AppRequest[] = [];
  #failures: AppFailure[] = [];
  /** Events that wait for busy machines. */
  readonly #waiting = new Map<string, PendingEvent[]>();
  /** Shared machines that received an event during the current input. */
  readonly #touched = new Set<string>();

  constructor(initial: AppState, options: ReducerOptions = {}) {
    const { sockets, machines, counts } = initial;
    const state: Draft = { sockets: new Map(sockets), machines: new Map(machines), counts: { ...counts } };
    this.#state = state;
    this.#stepper = options.stepper ?? stepper;
    this.#shared = sharedState(
      (id) => streamOf(state, id),
      (id) => roomOf(state, id),
      () => this.#facts.freshId,
      { ...defaultAppLimits, ...options.limits },
      {
        rooms: () => state.counts.room,
        calls: () => state.counts.call,
        isCall: (id) => callOf(state, id) !== undefined,
      },
    );
  }

  /** The app now. */
  get state(): AppState {
    return this.#state;
  }

  /** Takes one input. */
  take(input: AppInput, facts: AppFacts): AppOutput {
    this.#facts = facts;
    this.#steps = [];
    this.#requests = [];
    this.#failures = [];
    try {
      this.#hear(input);
    } catch (error) {
      // A defect in the delivery of events. A machine may have missed some of its events.
      this.#waiting.clear();
      this.#failures.push({ place: placeOf(input), error });
    }
    this.#sweep();
    return { steps: this.#steps, requests: this.#requests, failures: this.#failures };
  }

  #hear(input: AppInput): void {
    switch (input.type) {
      case 'machine.told':
        this.#tell(input.place.key, input.event, undefined);
        return;
      case 'app.end':
        this.#endPublishers(input.streamId);
        return;
      case 'app.data':
        this.#sendData(input.streamId, input.text);
        return;
      case 'socket.joined':
        this.#join(input.socket, input.pings);
        return;
      default: {
        const socket = this.#state.sockets.get(input.socket);
        if (socket !== undefined) this.#hearSocket(socket, input);
      }
    }
  }

  #hearSocket(socket: SocketState, input: Extract<AppInput, { readonly socket: SocketId }>): void {
    const { place, membership } = socket;
    const id = place.socket;
    switch (input.type) {
      case 'socket.received':
        this.#deliver(
          id,
          deliverMessage(id, membership, input.message, (streamId) => this.#rolesOf(id, streamId)),
          undefined,
        );
        break;
      case 'socket.malformed':
        this.#tell(place.key, { type: 'signal.malformed', malformed: input.malformed } as Events, undefined);
        break;
      case 'socket.ponged':
        this.#deliver(id, deliverPonged(id, membership, this.#rolesOf(id)), undefined);
        break;
      case 'socket.failed':
        this.#request(place, { type: 'socket.close' }, undefined);
        this.#close(id, undefined);
        break;
      case 'socket.closed':
        this.#close(id, undefined);
        this.#state.sockets.delete(id);
        break;
      default:
    }
  }

  #join(id: SocketId, pings: boolean): void {
    const place = placeOfSocket(id);
    this.#state.sockets.set(id, { place, roles: [], membership: noMembership, claims: noClaims });
    this.#begin(place, socketServer, { pings }, undefined);
  }

  /** Notifies everything on a socket that it is closed. */
  #close(id: SocketId, cause: EffectCause | undefined): void {
    const socket = this.#state.sockets.get(id);
    if (socket !== undefined) this.#deliver(id, deliverClosed(id, socket.membership, this.#rolesOf(id)), cause);
  }

  #endPublishers(streamId: string): void {
    if (isHeld(this.#state, streamId)) this.#tellShared('stream', streamId, { type: 'app.end' }, undefined);
    if (roomOf(this.#state, streamId) !== undefined)
      this.#tellShared('room', streamId, { type: 'app.end', from: noSocket } as Events, undefined);
  }

  #sendData(streamId: string, text: string): void {
    if (isLive(this.#state, streamId))
      this.#tellShared('stream', streamId, { type: 'app.data', text } as Events, undefined);
    if (roomOf(this.#state, streamId) !== undefined)
      this.#tellShared('room', streamId, { type: 'app.data', text, from: noSocket } as Events, undefined);
  }

  /** The roles of a socket, or those of one id. */
  #rolesOf(id: SocketId, streamId?: string): readonly RoleRoute[] {
    const roles = this.#state.sockets.get(id)?.roles ?? [];
    const routed: RoleRoute[] = [];
    for (const address of roles) {
      if (streamId !== undefined && address.streamId !== streamId) continue;
      const role = this.#state.machines.get(keyOfRole(id, address));
      if (role !== undefined) routed.push({ address, ufrags: role.ufrags });
    }
    return routed;
  }

  #update(id: SocketId, change: Partial<SocketState>): void {
    const socket = this.#state.sockets.get(id);
    if (socket !== undefined) this.#state.sockets.set(id, { ...socket, ...change });
  }

  #request(place: Place, effect: AppEffect, cause: EffectCause | undefined): void {
    this.#requests.push({ place, effect, cause });
  }

  /** Starts a machine. */
  #begin(place: Place, machine: AnyStateMachine, input: object | undefined, cause: EffectCause | undefined): void {
    const { snapshot, effects, taken } = this.#stepper.begin(machine, input);
    if (snapshot.status === 'error') this.#failures.push({ place, error: snapshot.error });
    this.#state.machines.set(place.key, { place, machine, snapshot, ufrags: noUfrags });
    const event = { type: init, ...(input !== undefined && { input }) } as Events;
    this.#steps.push({ place, machine, event, before: undefined, snapshot, effects, taken, cause });
    this.#performAll(place, effects);
  }

  /** Gives a machine an event, at once or after its current one. Ignored if it does not run. */
  #tell(key: string, event: Events, cause: EffectCause | undefined): void {
    const known = this.#state.machines.get(key);
    if (known === undefined) return;
    const waiting = this.#waiting.get(key);
    if (waiting !== undefined) {
      waiting.push({ event, cause });
      return;
    }
    const { place, machine, snapshot: before } = known;
    let stepped: Step<AnyStateMachine>;
    try {
      stepped = this.#stepper.step(machine, before, event);
    } catch (error) {
      this.#failures.push({ place, error });
      return;
    }
    const { snapshot, effects, taken } = stepped;
    if (snapshot !== before) this.#state.machines.set(key, { place, machine, snapshot, ufrags: known.ufrags });
    this.#steps.push({ place, machine, event, before, snapshot, effects, taken, cause });
    this.#performAll(place, effects);
  }

  /** Performs the effects of the latest step, and then gives the machine its waiting events. */
  #performAll(place: Place, effects: readonly Events[]): void {
    const { key } = place;
    if (effects.length > 0) {
      const waiting: PendingEvent[] = [];
      this.#waiting.set(key, waiting);
      const number = this.#steps.length - 1;
      for (let effect = 0; effect < effects.length; effect += 1)
        this.#perform(place, effects[effect] as MachineEffect, { step: number, effect });
      this.#waiting.delete(key);
      this.#end(place);
      for (const { event, cause } of waiting) this.#tell(key, event, cause);
    } else this.#end(place);
  }

  /** Lets go of a machine that has ended. */
  #end(place: Place): void {
    if (this.#state.machines.get(place.key)?.snapshot.status !== 'active') this.#remove(place);
  }

  #remove(place: Place): void {
    if (!this.#state.machines.delete(place.key)) return;
    if (place.kind === 'role') {
      const { role, streamId } = place.address;
      const roles = (this.#state.sockets.get(place.socket)?.roles ?? []).filter(
        (other) => other.role !== role || other.streamId !== streamId,
      );
      this.#update(place.socket, { roles });
    } else if (place.kind !== 'socket') this.#state.counts[place.kind] -= 1;
    this.#request(place, { type: 'machine.end' }, undefined);
  }

  #perform(place: Place, effect: MachineEffect, cause: EffectCause): void {
    const socket = 'socket' in place ? place.socket : noSocket;
    switch (effect.type) {
      case 'signal.send':
        if ('to' in effect) this.#requestOf(effect.to, { type: 'signal.send', message: effect.message }, cause);
        else this.#request(place, effect, cause);
        break;
      case 'socket.ping':
        if ('to' in effect) this.#requestOf(effect.to, { type: 'socket.ping' }, cause);
        else this.#request(place, effect, cause);
        break;
      case 'socket.doubt':
        for (const { address } of this.#rolesOf(socket))
          this.#tellRole(keyOfRole(socket, address), { type: 'socket.silent' }, cause);
        break;
      case 'socket.vouch':
        this.#hand(socket, { to: 'socket', event: { type: 'socket.vouched' } }, cause);
        break;
      case 'socket.close':
        this.#request(place, effect, cause);
        this.#close(socket, cause);
        break;
      case 'hook.call':
        this.#notify(place, effect, cause);
        break;
      case 'role.tell':
        this.#tell(keyOfRole(effect.to, effect), effect.event, cause);
        break;
      case 'role.end':
        this.#leave(effect.to, place);
        break;
      case 'room.displace':
        this.#hand(socket, deliverDisplacement(effect), cause);
        break;
      case 'stream.expect':
      case 'stream.unexpect':
        this.#hand(socket, deliverExpectation(effect), cause);
        break;
      case 'role.start':
      case 'room.tell':
      case 'room.bring':
      case 'stream.claim':
      case 'stream.announce':
      case 'stream.update':
      case 'stream.keep':
      case 'stream.talk':
      case 'stream.release':
      case 'stream.subscribe':
      case 'stream.watch':
      case 'stream.unsubscribe':
        this.#share(socket, effect, cause);
        break;
      default:
        this.#request(place, effect, cause);
    }
  }

  /** Requests an effect for a socket on behalf of a shared machine. */
  #requestOf(id: SocketId, effect: AppEffect, cause: EffectCause): void {
    const socket = this.#state.sockets.get(id);
    if (socket !== undefined) this.#request(socket.place, effect, cause);
  }

  #notify(place: Place, effect: HookEffect, cause: EffectCause): void {
    this.#request(place, { type: 'hook.call', notification: notificationOf(this.#state, effect) }, cause);
  }

  #leave(id: SocketId, place: Place): void {
    const socket = this.#state.sockets.get(id);
    if (socket === undefined) return;
    if (place.kind === 'call') this.#update(id, { membership: leaveCall(socket.membership, place.id) });
    if (place.kind === 'room') this.#update(id, { membership: leaveRoom(socket.membership, place.id) });
  }

  #share(id: SocketId, effect: SharedEffect, cause: EffectCause): void {
    const socket = this.#state.sockets.get(id);
    if (socket === undefined) return;
    this.#deliver(id, deliverEffect(id, socket.membership, effect, this.#shared, socket.roles.length), cause);
  }

  #deliver(id: SocketId, { membership, deliveries }: DeliveryPlan, cause: EffectCause | undefined): void {
    if (membership !== this.#state.sockets.get(id)?.membership) this.#update(id, { membership });
    for (const delivery of deliveries) this.#hand(id, delivery, cause);
  }

  #hand(id: SocketId, delivery: Delivery, cause: EffectCause | undefined): void {
    switch (delivery.to) {
      case 'stream':
      case 'call':
        this.#tellShared(delivery.to, delivery.streamId, delivery.event, cause);
        break;
      case 'room':
        this.#tellShared('room', delivery.room, delivery.event, cause);
        break;
      case 'newRole':
        this.#startRole(id, delivery.address, delivery.event, cause);
        break;
      case 'roles':
        for (const { address } of delivery.roles) this.#tellRole(keyOfRole(id, address), delivery.event, cause);
        break;
      case 'socket': {
        const socket = this.#state.sockets.get(id);
        if (socket !== undefined) this.#tell(socket.place.key, delivery.event, cause);
        break;
      }
      case 'record': {
        const claims = this.#state.sockets.get(id)?.claims;
        if (claims !== undefined) this.#update(id, { claims: claimsAfter(claims, delivery.effect, this.#facts.now) });
      }
    }
  }

  #startRole(id: SocketId, address: NewRoleAddress, event: ServerEvent, cause: EffectCause | undefined): void {
    const socket = this.#state.sockets.get(id);
    if (socket === undefined) return;
    const place = placeOfRole(id, address);
    this.#update(id, { roles: [...socket.roles, address] });
    this.#begin(place, machineOfRole[address.role], undefined, cause);
    this.#tellRole(place.key, event, cause);
  }

  #tellRole(key: string, event: ServerEvent, cause: EffectCause | undefined): void {
    const role = this.#state.machines.get(key);
    if (role !== undefined && event.type === 'signal.takeConfiguration')
      this.#state.machines.set(key, { ...role, ufrags: ufragsAfter(role.ufrags, event.message.sdp) });
    this.#tell(key, event, cause);
  }

  /** Gives a shared machine an event; the first one starts it. */
  #tellShared(kind: SharedKind, id: string, event: Events, cause: EffectCause | undefined): void {
    const place = placeOfShared(kind, id);
    const { key } = place;
    this.#touched.add(key);
    if (!this.#state.machines.has(key)) {
      this.#state.counts[kind] += 1;
      this.#begin(place, machineOfShared[kind], kind === 'room' ? { room: id } : { streamId: id }, cause);
    }
    this.#tell(key, event, cause);
  }

  /**
   * Ends shared machines that are no longer used. This happens after the input, because events may still be on their way to them
   * before.
   */
  #sweep(): void {
    for (const key of this.#touched) {
      const known = this.#state.machines.get(key);
      if (!known?.snapshot.hasTag('unused')) continue;
      const { place, machine, snapshot: before } = known;
      const event = { type: stop } as const;
      const { snapshot, effects, taken } = this.#stepper.step(machine, before, event);
      this.#steps.push({ place, machine, event, before, snapshot, effects, taken, cause: undefined });
      this.#remove(place);
    }
    this.#touched.clear();
  }
}

/** An app after one input, and what it did with it. */
export interface AppResult extends AppOutput {
  readonly state: AppState;
}

/** Reduces one input of an app, purely: the given state is not changed. */
export function reduceApp(state: AppState, input: AppInput, facts: AppFacts, options?: ReducerOptions): AppResult {
  const reducer = new AppReducer(state, options);
  return { ...reducer.take(input, facts), state: reducer.state };
}
