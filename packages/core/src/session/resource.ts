import { performWith } from '../machines/perform.ts';
import type { HttpEffect, HttpEvent } from '../machines/ports/http.ts';
import { heardByClient } from '../machines/ports/signal.ts';
import { type ResourceEffect, resourceServer } from '../machines/resource/server.ts';
import { decodeServerMessage } from '../protocol/decode.ts';
import { encode } from '../protocol/encode.ts';
import type { Clock } from './clock.ts';
import type { MessageSocket } from './messageSocket.ts';
import type { TransitionListener } from './observation.ts';
import { timers } from './roles.ts';
import { run } from './run.ts';
import type { ServerSession } from './server.ts';

/** Dependencies and options of a WHIP or WHEP resource. */
export interface ResourceOptions {
  /** Takes the resource in as a socket of an app. */
  readonly join: (socket: MessageSocket) => ServerSession;
  readonly clock: Clock;
  /** Performs `http.respond`. */
  readonly respond: (effect: HttpEffect) => void;
  /** Called once when the resource has ended. */
  readonly ended: () => void;
  /** Called when it starts; returns a listener for its transitions. */
  readonly observe?: (() => TransitionListener) | undefined;
  /** Called with exceptions of effects, listeners and steps. After one of an effect or a step, the resource has ended. Default none. */
  readonly failed?: ((error: unknown) => void) | undefined;
}

/** A WHIP or WHEP resource that runs. */
export interface Resource {
  /** Gives it a request. */
  receive(event: HttpEvent): void;
}

/**
 * Runs one WHIP or WHEP resource: its machine, and a session of the server that it exchanges messages with in memory.
 *
 * The session's socket cannot be pinged: an HTTP client is alive as long as its media is.
 *
 * @see docs/whip.md
 */
export function createResource(options: ResourceOptions): Resource {
  const { join, clock, respond, ended, observe } = options;
  let isOpen = true;
  const close = () => {
    if (!isOpen) return;
    isOpen = false;
    own.stopAll();
    session.closed();
    ended();
  };
  // Each message arrives in a turn of its own, as over a network: a session is never called back from within its own `send`.
  const later = (task: () => void) => void Promise.resolve().then(task);

  const own = timers(clock, (event) => machine.send(event));
  const session = join({
    send: (text) =>
      later(() => {
        const decoded = decodeServerMessage(text);
        if (decoded.ok) machine.send(heardByClient(decoded.message));
      }),
    close: () => later(() => machine.send({ type: 'socket.closed' })),
  });
  const machine = run({
    machine: resourceServer,
    input: undefined,
    perform: performWith<ResourceEffect>({
      signal: ({ message }) => session.received(encode(message)),
      http: respond,
      timer: own.perform,
    }),
    ended: close,
    observe,
    failed: (error, at) => {
      options.failed?.(error);
      if (at !== 'listener') close();
    },
  });
  return { receive: (event) => machine.send(event) };
}
