import type { AppInput } from '../app/input.ts';
import type { AppEffect, AppNotificationEffect, MachineEndEffect } from '../app/output.ts';
import { type Place, placeOfSocket, type SocketPlace } from '../app/state.ts';
import type { Event } from '../machines/event.ts';
import type { AccessEffect, AccessEvent } from '../machines/ports/access.ts';
import type { IceServer } from '../machines/ports/ice.ts';
import type { MediaEffect, MediaEvent } from '../machines/ports/media.ts';
import type { QuestionEffect, QuestionEvent } from '../machines/ports/question.ts';
import type { RoleAddress } from '../machines/ports/role.ts';
import type { RtcEffect, RtcEvent } from '../machines/ports/rtc.ts';
import type { SocketId } from '../machines/shared/envelope.ts';
import { maxTextLength } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { ServerMessage } from '../protocol/message.ts';
import type { Clock } from './clock.ts';
import type { MessageSocket, SocketListener } from './messageSocket.ts';
import { PlayerQuality } from './quality.ts';
import { type Performer, type SessionObserver, type Timers, timers } from './roles.ts';
import type { FailurePoint } from './run.ts';

/** An exception that nothing else of a session has handled: a defect of an adapter, or of this project. */
export interface SessionFailure {
  readonly error: unknown;
  readonly at: FailurePoint;
  /** The role that has ended by it, or `undefined` for the socket itself. After a failed listener nothing ends. */
  readonly address: RoleAddress | undefined;
}

/** ICE servers, or what makes them when they are used. */
export type IceServers = readonly IceServer[] | (() => readonly IceServer[]);

/** Options for adding a socket: dependencies of its session. */
export interface JoinOptions {
  /** Number by which shared machines refer to it. Not `noSocket`. */
  readonly id: SocketId;
  readonly socket: MessageSocket;
  /** Performs `rtc.*`. */
  readonly rtc: Performer<RtcEffect, RtcEvent>;
  /** Performs `media.*` effects for the quality of players. Default none: everything is sent. */
  readonly media?: Performer<MediaEffect, MediaEvent> | undefined;
  /** Performs `access.*`. Default everything is granted. */
  readonly access?: (effect: AccessEffect, report: (event: AccessEvent) => void) => void;
  /** Performs `question.ask`. Default: every stream is unknown. */
  readonly describe?: (effect: QuestionEffect, report: (event: QuestionEvent) => void) => void;
  /** ICE servers for `getIceServerConfig`, or a function that returns them each time, because credentials may expire. Default none. */
  readonly iceServers?: IceServers;
  /** Called when the socket is closed, after all its roles have ended. */
  readonly left?: (() => void) | undefined;
  /** Called with every machine of this socket when it starts; returns a listener for its transitions. */
  readonly observe?: SessionObserver | undefined;
  /** Called with exceptions. Each ends only the role, or otherwise the socket, in which it happened. Default none. */
  readonly failed?: ((failure: SessionFailure) => void) | undefined;
}

/** One socket of a server, and the roles that run on it. None of its methods throws. */
export interface ServerSession extends Omit<SocketListener, 'opened' | 'received'> {
  /**
   * Handles a text of the client. Returns its cost, for the rate limit.
   *
   * @see docs/limits.md § Message rates
   */
  received(text: string): number;
  /** The client has sent a binary message of this many bytes. Returns the same. */
  receivedBinary(length: number): number;
  /** The other side has answered a ping (RFC 6455 § 5.5.3). */
  ponged(): void;
  /** Notifies the client that the server stops, and closes the socket. */
  close(): void;
  /** Sends a message that is not an effect of a machine. */
  send(message: ServerMessage): void;
  /** Number of running roles, calls included. */
  readonly roles: number;
}

/** Dependencies and options of the performer of an app's socket effects. */
export interface PerformerOptions extends JoinOptions {
  readonly clock: Clock;
  /** Gives the app an input. */
  readonly hear: (input: AppInput) => void;
  /** Reports whether a machine runs at a place. */
  readonly runs: (place: Place) => boolean;
}

/** Effects for a socket and for the adapters of its machines. */
type SocketAppEffect = Exclude<AppEffect, AppNotificationEffect | MachineEndEffect>;

/** Resources of one machine while it runs. */
export interface Holding {
  readonly place: Place;
  isOver: boolean;
  timers?: Timers;
  rtc?: (effect: RtcEffect) => void;
  quality?: PlayerQuality | undefined;
}

const serverError = (streamId: string | undefined): ServerMessage => ({
  command: 'error',
  definition: 'server_error_check_logs',
  streamId,
});

const grant: Required<JoinOptions>['access'] = ({ type: _, ...request }, report) =>
  report({ type: 'access.granted', request });

const knowNothing: Required<JoinOptions>['describe'] = ({ question }, report) =>
  report({ type: 'question.answered', question, known: undefined });

/** Timers of a machine of an app, which receives their events. */
export const timersFor = (clock: Clock, { place }: Holding, hear: PerformerOptions['hear']): Timers =>
  timers(clock, (event) => hear({ type: 'machine.told', place, event }));

/** Performs the effects of one socket's machines in an app. */
export class SocketPerformer {
  readonly #options: PerformerOptions;
  readonly #place: SocketPlace;
  #isGivenUp = false;

  constructor(options: PerformerOptions) {
    this.#options = options;
    this.#place = placeOfSocket(options.id);
  }

  /** Performs one effect. What it throws ends the machine that it is for. */
  perform(effect: SocketAppEffect, holding: Holding): void {
    try {
      this.#perform(effect, holding);
    } catch (error) {
      this.fail(holding.place, error, 'effect');
    }
  }

  #perform(effect: SocketAppEffect, holding: Holding): void {
    switch (effect.type) {
      case 'signal.send':
        this.#send(effect.message);
        break;
      case 'timer.start':
      case 'timer.stop':
        holding.timers ??= timersFor(this.#options.clock, holding, this.#options.hear);
        holding.timers.perform(effect);
        break;
      case 'access.request':
        this.#access(effect, holding);
        break;
      case 'question.ask':
        (this.#options.describe ?? knowNothing)(effect, this.#reportFor(holding));
        break;
      case 'ice.request':
        this.#iceServers(effect.withCredentials, holding);
        break;
      case 'socket.ping':
        this.#options.socket.ping?.();
        break;
      case 'socket.close':
        this.#close();
        break;
      case 'quality.prefer':
        holding.quality?.prefer(effect);
        break;
      default:
        this.#rtc(effect, holding);
    }
  }

  /** Reports an exception, and ends what it happened in, so that nothing half done remains of it. */
  fail(place: Place, error: unknown, at: FailurePoint): void {
    const address = place.kind === 'role' ? place.address : undefined;
    try {
      this.#options.failed?.({ error, at, address });
    } catch {
      // No listener is left.
    }
    if (at === 'listener') return;
    if (address === undefined) {
      if (!this.#isGivenUp) this.#options.hear({ type: 'socket.failed', socket: this.#place.socket });
      return;
    }
    if (!this.#options.runs(place)) return;
    this.#options.hear({ type: 'machine.told', place, event: { type: 'socket.closed' } });
    try {
      this.#send(serverError(address.streamId));
    } catch {
      // Then the socket has failed. The failure is reported to the operator only.
    }
  }

  /** Sends a message that is not an effect of a machine. */
  send(message: ServerMessage): void {
    try {
      this.#send(message);
    } catch (error) {
      this.fail(this.#place, error, 'effect');
    }
  }

  #send(message: ServerMessage): void {
    const text = encode(message);
    if (text.length <= maxTextLength) {
      this.#options.socket.send(text);
      return;
    }
    // A client ignores a message of this length. Its cause is data of the server, such as the registration of a stream.
    this.fail(this.#place, new RangeError(`a message of ${text.length} code units`), 'listener');
    this.#options.socket.send(encode(serverError('streamId' in message ? message.streamId : undefined)));
  }

  #close(): void {
    this.#isGivenUp = true;
    this.#options.socket.close();
  }

  /** Returns a function that reports events to a machine while it runs. A later machine at the same place does not receive them. */
  #reportFor(holding: Holding): (event: Event | AccessEvent | RtcEvent | QuestionEvent) => void {
    const { hear } = this.#options;
    return (event) => {
      if (!holding.isOver) hear({ type: 'machine.told', place: holding.place, event: event as Event });
    };
  }

  #rtc(effect: RtcEffect, holding: Holding): void {
    const { place } = holding;
    if (place.kind !== 'role') return;
    holding.rtc ??= this.#openRtc(place.address, holding);
    holding.quality?.follow(effect);
    holding.rtc(effect);
  }

  #openRtc(address: RoleAddress, holding: Holding): (effect: RtcEffect) => void {
    const { media, rtc, clock, observe } = this.#options;
    if (media !== undefined && address.role === 'player')
      holding.quality = new PlayerQuality({
        address,
        clock,
        media,
        send: (message) => this.#send(message),
        observe,
      });
    return rtc(address, this.#reportFor(holding));
  }

  #access(effect: AccessEffect, holding: Holding): void {
    const { access = grant, hear } = this.#options;
    const report = this.#reportFor(holding);
    access(effect, (event) => {
      // First, so that a client knows its ICE servers before it opens a connection.
      if (holding.place.kind === 'role' && event.type === 'access.granted' && event.right !== undefined)
        hear({ type: 'machine.told', place: this.#place, event: { type: 'access.shown' } });
      report(event);
    });
  }

  #iceServers(withCredentials: boolean, holding: Holding): void {
    const { iceServers = [] } = this.#options;
    const all = typeof iceServers === 'function' ? iceServers() : iceServers;
    const told = withCredentials ? all : all.filter(({ credential }) => credential === undefined);
    this.#reportFor(holding)({ type: 'ice.servers', iceServers: told } as Event);
  }
}
