import { setup } from 'xstate';
import type { ClientMessage } from '../../protocol/message.ts';
import { actionKinds, on, send, sendActions, startTimer, stopTimer, timerActions } from '../action.ts';
import type { ClientSocketEffect } from '../effect.ts';
import type { ClientEvent } from '../event.ts';
import { retryGuards } from '../fragments/retry.ts';
import type { IceServer } from '../ports/ice.ts';
import { backOffMs, iceServersTimeoutMs, pingMs, requestTimeoutMs } from '../timer.ts';

/** Context of a client's socket. */
export interface SocketClientContext {
  /** The ICE servers to open connections with. */
  readonly iceServers: readonly IceServer[];
  /** True to ask the server for them each time the socket opens. */
  readonly askIceServers: boolean;
  /** Number of failed attempts in a row to open it. */
  readonly attempt: number;
}

/** Parameters of a client's socket. */
export interface SocketClientInput {
  /** ICE servers to use. Without any, the server is asked (`getIceServerConfig`). */
  readonly iceServers?: readonly IceServer[];
}

const kinds = actionKinds<SocketClientContext, ClientEvent, ClientSocketEffect>();
const { effect, update } = kinds;

/** A question for a sign of life, and the time that the answer may take. */
const ping = [send({ command: 'ping' }), startTimer('ping', pingMs)] as const;

/**
 * Client side of a socket: opens it, asks for the ICE servers, sends `ping`, and reopens the socket with growing delays when it
 * is lost.
 *
 * Roles may send messages once it emits `socket.ready`, which the session forwards to them as `socket.opened`.
 *
 * @see docs/protocol.md § Socket
 */
export const socketClient = setup({
  types: {
    context: {} as SocketClientContext,
    events: {} as ClientEvent,
    emitted: {} as ClientSocketEffect,
    input: {} as SocketClientInput,
  },
  actions: {
    ...timerActions<SocketClientContext, ClientEvent>(),
    ...sendActions<SocketClientContext, ClientEvent, ClientMessage>(),
    dial: effect(() => ({ type: 'socket.dial' })),
    closeSocket: effect(() => ({ type: 'socket.close' })),
    adoptIceServers: update(
      on('signal.iceServerConfig', ({ event: { message } }) => ({
        iceServers:
          message.stunServerUri === ''
            ? []
            : [
                {
                  urls: message.stunServerUri,
                  ...(message.turnServerUsername === undefined ? {} : { username: message.turnServerUsername }),
                  ...(message.turnServerCredential === undefined ? {} : { credential: message.turnServerCredential }),
                },
              ],
      })),
    ),
    startRetryTimer: effect(({ context }) => ({ type: 'timer.start', name: 'retry', ms: backOffMs(context.attempt) })),
    countAttempt: update(({ context }) => ({ attempt: context.attempt + 1 })),
    readyRoles: effect(() => ({ type: 'socket.ready' })),
    resetAttempts: update(() => ({ attempt: 0 })),
  },
  guards: {
    hasSlept: retryGuards.hasSlept,
    asksIceServers: ({ context }) => context.askIceServers,
  },
}).createMachine({
  id: 'socket.client',
  context: ({ input }) => ({
    iceServers: input.iceServers ?? [],
    askIceServers: input.iceServers === undefined,
    attempt: 0,
  }),
  initial: 'idle',
  on: { 'app.close': '.closed', 'socket.closed': '.closed' },
  states: {
    idle: {
      on: { 'app.open': 'dialling' },
    },
    dialling: {
      entry: ['dial', startTimer('request', requestTimeoutMs)],
      exit: stopTimer('request'),
      on: {
        'socket.opened': 'open',
        // A server that takes the connection and never answers the handshake.
        'timer.request': { target: 'waiting', actions: 'closeSocket' },
        'socket.lost': 'waiting',
        'app.suspend': { target: 'suspended', actions: 'closeSocket' },
        'app.close': { target: 'closed', actions: 'closeSocket' },
      },
    },
    open: {
      entry: 'resetAttempts',
      type: 'parallel',
      on: {
        'socket.lost': 'waiting',
        'app.close': { target: 'closed', actions: 'closeSocket' },
        'app.suspend': { target: 'suspended', actions: 'closeSocket' },
        // The server closes next; who hangs up first is sooner back.
        'signal.server_will_stop': { target: 'waiting', actions: 'closeSocket' },
      },
      states: {
        liveness: {
          entry: startTimer('ping', pingMs),
          exit: stopTimer('ping'),
          initial: 'unproven',
          on: {
            'signal.pong': '.alive',
            // The socket may be dead without an event, so it is checked at once, and only once.
            'clock.skipped': { guard: 'hasSlept', target: '.doubtful', actions: ping },
            'app.resume': { target: '.doubtful', actions: ping },
          },
          states: {
            // Some servers never send `pong`; silence counts only for a client that has received one.
            unproven: {
              on: {
                'timer.ping': { actions: ping },
                'clock.skipped': { guard: 'hasSlept', actions: ping },
                'app.resume': { actions: ping },
              },
            },
            alive: {
              on: { 'timer.ping': { target: 'awaitingPong', actions: ping } },
            },
            awaitingPong: {
              on: { 'timer.ping': { target: 'doubtful', actions: ping } },
            },
            doubtful: {
              on: { 'timer.ping': { target: '#waiting', actions: 'closeSocket' } },
            },
          },
        },
        iceServers: {
          initial: 'deciding',
          states: {
            deciding: {
              always: [{ guard: 'asksIceServers', target: 'asking' }, { target: 'known' }],
            },
            asking: {
              entry: [send({ command: 'getIceServerConfig' }), startTimer('iceServers', iceServersTimeoutMs)],
              exit: stopTimer('iceServers'),
              on: {
                'signal.iceServerConfig': { target: 'known', actions: 'adoptIceServers' },
                // A server without this command may answer with an error, or not at all.
                'signal.error': 'known',
                'timer.iceServers': 'known',
              },
            },
            // The server may send more ICE servers once a role has shown a right.
            known: {
              entry: 'readyRoles',
              on: { 'signal.iceServerConfig': { guard: 'asksIceServers', actions: 'adoptIceServers' } },
            },
          },
        },
      },
    },
    waiting: {
      id: 'waiting',
      entry: 'startRetryTimer',
      exit: [stopTimer('retry'), 'countAttempt'],
      on: { 'timer.retry': 'dialling', 'app.resume': 'dialling', 'app.suspend': 'suspended' },
    },
    // A page that is put away keeps no socket; its roles wait as after any other loss.
    suspended: {
      on: { 'app.resume': 'dialling' },
    },
    closed: { type: 'final' },
  },
});
