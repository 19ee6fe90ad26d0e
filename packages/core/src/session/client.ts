import type { SnapshotFrom } from 'xstate';
import { routeFromServer } from '../app/route.ts';
import type { ClientMemberEffect, ClientRoleEffect, ClientSocketEffect } from '../machines/effect.ts';
import type { ClientEvent } from '../machines/event.ts';
import { type Performers, performWith } from '../machines/perform.ts';
import type { AppNotifyEffect, EnterRequest, JoinRequest, PlayRequest, PublishRequest } from '../machines/ports/app.ts';
import type { IceServer } from '../machines/ports/ice.ts';
import type { MemberRoleEffect, RoleAddress } from '../machines/ports/role.ts';
import type { RtcEffect, RtcEvent } from '../machines/ports/rtc.ts';
import { heardByClient } from '../machines/ports/signal.ts';
import { conferenceClient } from '../machines/roles/member/client.ts';
import { peerClient } from '../machines/roles/peer/client.ts';
import { playerClient } from '../machines/roles/player/client.ts';
import { publisherClient } from '../machines/roles/publisher/client.ts';
import { socketClient } from '../machines/socket/client.ts';
import { decodeServerMessage } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { ClientMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import type { MessageSocket, SocketListener } from './messageSocket.ts';
import { type Performer, Roles, type SessionObserver, socketScene, type Timers, timers } from './roles.ts';
import { type Run, run } from './run.ts';
import { watchClock } from './skip.ts';

/** Dependencies and options of a client's session. */
export interface ClientSessionOptions {
  /** Opens a socket to the server. */
  readonly dial: (listener: SocketListener) => MessageSocket;
  readonly clock: Clock;
  /** Performs `rtc.*`. */
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** Performs `app.notify`. Default: nothing. */
  readonly notify?: (address: RoleAddress, effect: AppNotifyEffect) => void;
  /** The ICE servers to use. Default: those the server names. */
  readonly iceServers?: readonly IceServer[] | undefined;
  /** Maximum number of retries of a role in a row. Default 10. */
  readonly retryLimit?: number | undefined;
  /** Called with every role that starts, including those that a member of a room starts. */
  readonly started?: (address: RoleAddress, running: ClientRole) => void;
  /** Called with every machine of this client when it starts; returns a listener for its transitions. */
  readonly observe?: SessionObserver | undefined;
  /** Called with exceptions of effects, listeners and steps. Default: an unhandled rejection. */
  readonly failed?: ((error: unknown) => void) | undefined;
}

type ClientMachine = typeof publisherClient | typeof playerClient | typeof peerClient | typeof conferenceClient;

/** A machine that plays a role on a client. */
export type ClientRole =
  | Run<typeof publisherClient>
  | Run<typeof playerClient>
  | Run<typeof peerClient>
  | Run<typeof conferenceClient>;

/** A client's socket, dialled again whenever it is lost, and the roles that run on it. */
export interface ClientSession {
  /** Becomes, or stays, the publisher of a stream. */
  publish(request: PublishRequest): Run<typeof publisherClient>;
  /** Becomes, or stays, a player of a stream. */
  play(request: PlayRequest): Run<typeof playerClient>;
  /** Becomes, or stays, a peer of a call. */
  join(request: JoinRequest): Run<typeof peerClient>;
  /** Becomes, or stays, a member of a conference. */
  enter(request: EnterRequest): Run<typeof conferenceClient>;
  /** Ends a role. A role that does not run, or is ending, is left alone. */
  stop(address: RoleAddress): void;
  /** Closes the socket until `resume`: the application is put away, and its roles wait as after any other loss of a socket. */
  suspend(): void;
  /** Reopens the socket after `suspend`, or at once instead of after a delay. An open socket is checked with `ping`. */
  resume(): void;
  /** Ends every role and closes the socket for good. */
  close(): void;
  /** The machine of the socket. */
  readonly socket: Run<typeof socketClient>;
  /** The ICE servers to open connections with. */
  readonly iceServers: readonly IceServer[];
}

/** Runs the client's machines. Dials at the first role. */
export function createClientSession(options: ClientSessionOptions): ClientSession {
  const { observe } = options;
  const clock = watchClock(options.clock, (ms) => {
    machine.send({ type: 'clock.skipped', ms });
    roles.tell(roles, { type: 'clock.skipped', ms });
  });
  const roles = new Roles();
  let socket: MessageSocket | undefined;
  let ready = false;

  const signal = ({ message }: { readonly message: ClientMessage }) => socket?.send(encode(message));

  const lose = () => {
    ready = false;
    roles.tell(roles, { type: 'socket.lost' });
  };

  const makeReady = () => {
    ready = true;
    roles.tell(roles, { type: 'socket.opened' });
  };

  const hangUp = () => {
    const left = socket;
    socket = undefined;
    lose();
    left?.close();
  };

  /** Opens a socket. An abandoned socket may still report events; only those of the latest one count. */
  const dial = () => {
    const current = (listener: () => void) => () => {
      if (socket !== dialled) return;
      clock.check();
      listener();
    };
    const dialled = options.dial({
      opened: () => current(() => machine.send({ type: 'socket.opened' }))(),
      received: (text) => current(() => receive(text))(),
      closed: () =>
        current(() => {
          socket = undefined;
          lose();
          machine.send({ type: 'socket.lost' });
        })(),
    });
    socket = dialled;
  };

  const receive = (text: string) => {
    const decoded = decodeServerMessage(text);
    if (!decoded.ok) return;
    const event = heardByClient(decoded.message);
    const addressed = routeFromServer(decoded.message, roles);
    roles.tell(addressed, event);
    // An error that names no stream may answer a role or the socket's own question.
    if (addressed.length === 0 || event.type === 'signal.error') machine.send(event);
  };

  const own = timers(clock, (event) => machine.send(event));
  const performers: Performers<ClientSocketEffect> = {
    signal,
    timer: own.perform,
    socket: ({ type }) => {
      if (type === 'socket.dial') dial();
      else if (type === 'socket.ready') makeReady();
      else hangUp();
    },
  };
  const machine = run({
    machine: socketClient,
    input: options.iceServers === undefined ? {} : { iceServers: options.iceServers },
    perform: performWith(performers),
    ended: own.stopAll,
    observe: observe && (() => observe(socketScene)),
    failed: options.failed,
  });

  type PerformerFor<Effect> = (
    address: RoleAddress,
    own: Timers,
    report: (event: RtcEvent) => void,
  ) => (effect: Effect) => void;

  const asRole: PerformerFor<ClientRoleEffect> = (address, own, report) =>
    performWith<ClientRoleEffect>({
      signal,
      timer: own.perform,
      rtc: options.rtc(address, report),
      app: (effect) => options.notify?.(address, effect),
    });

  const asMember: PerformerFor<ClientMemberEffect> = (_address, own) =>
    performWith<ClientMemberEffect>({ signal, timer: own.perform, role: performRole });

  function performRole(effect: MemberRoleEffect): void {
    const { address } = effect;
    if (effect.type === 'role.stop') {
      stop(address);
      return;
    }
    const { token, room, streamName, metaData } = effect;
    if (address.role === 'publisher') publish({ streamId: address.streamId, token, streamName, metaData });
    else play({ streamId: address.streamId, token, room });
  }

  function start<Machine extends ClientMachine>(
    machineOfRole: Machine,
    address: RoleAddress,
    event: ClientEvent,
    performing: PerformerFor<never>,
  ): Run<Machine> {
    let running = roles.get(address) as Run<Machine> | undefined;
    const fresh = running === undefined;
    running ??= roles.start<Machine>({
      address,
      machine: machineOfRole,
      input: options.retryLimit === undefined ? {} : { retryLimit: options.retryLimit },
      clock,
      performer: (own, report) => performing(address, own, report as (event: RtcEvent) => void) as never,
      observe,
      failed: options.failed,
    });
    if (fresh) options.started?.(address, running as unknown as ClientRole);
    running.send(event as never);
    if (fresh && ready) running.send({ type: 'socket.opened' } as never);
    machine.send({ type: 'app.open' });
    return running;
  }

  const publish = (request: PublishRequest) =>
    start(
      publisherClient,
      { role: 'publisher', streamId: request.streamId },
      { type: 'app.publish', ...request },
      asRole,
    );
  const play = (request: PlayRequest) =>
    start(playerClient, { role: 'player', streamId: request.streamId }, { type: 'app.play', ...request }, asRole);
  const stop = (address: RoleAddress) => roles.get(address)?.send({ type: 'app.stop' });

  return {
    publish,
    play,
    join: (request) =>
      start(peerClient, { role: 'peer', streamId: request.streamId }, { type: 'app.join', ...request }, asRole),
    enter: (request) =>
      start(conferenceClient, { role: 'member', streamId: request.room }, { type: 'app.enter', ...request }, asMember),
    stop,
    suspend: () => machine.send({ type: 'app.suspend' }),
    resume: () => machine.send({ type: 'app.resume' }),
    close() {
      for (const { address } of roles) roles.get(address)?.send({ type: 'socket.closed' });
      machine.send({ type: 'app.close' });
    },
    socket: machine,
    get iceServers() {
      return (machine.getSnapshot() as SnapshotFrom<typeof socketClient>).context.iceServers;
    },
  };
}
