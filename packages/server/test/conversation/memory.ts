import type { ServerUnderTest } from '@sigchart/conformance';
import type { MessageSocket } from '@sigchart/core';
import type { TrackAssignment } from '@sigchart/core/machines';
import type { ServerSession } from '@sigchart/core/session';
import { type ManualClock, manualClock } from '@sigchart/core/testing';
import { type FakeConnection, fakeNetwork } from '@sigchart/webrtc';
import { createSignallingServer, type SignallingServerOptions } from '../../src/index.ts';

/** A turn of the event loop: everything that was promised by now has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const turns = 6;

/** Media that touches no network: what a server needs, and the ends of participants. */
function fakeMedia() {
  const network = fakeNetwork();
  const tracksOf = (tracks: readonly TrackAssignment[]) =>
    tracks.flatMap(({ videoLabel, audioLabel }) => [
      ...(videoLabel === undefined ? [] : [`ARDAMSv${videoLabel}`]),
      `ARDAMSa${audioLabel}`,
    ]);
  return {
    network,
    media: {
      connect: (_app: string, { role, tracks = [] }: { role: string; tracks?: readonly TrackAssignment[] }) =>
        renegotiating(network.connect(role === 'player' ? tracksOf(tracks) : [])),
      streamInfo: () => ({ streamWidth: 640, streamHeight: 480, videoBitrate: 1, audioBitrate: 1, videoCodec: 'VP8' }),
    },
    connect: () => network.connect(['video', 'audio']),
  };
}

/** Fires `negotiationneeded` when the tracks that it sends change, as W3C has it. */
function renegotiating(connection: FakeConnection) {
  const changed: (() => void)[] = [];
  const listen = connection.addEventListener.bind(connection) as (type: string, listener: () => void) => void;
  const change = () => {
    for (const listener of changed) queueMicrotask(listener);
  };
  return Object.assign(connection, {
    setTracks: change,
    addEventListener(type: string, listener: () => void) {
      if (type === 'negotiationneeded') changed.push(listener);
      else listen(type, listener);
    },
  });
}

/** Interceptor between a socket and the server: it receives the messages of both, and forwards what it chooses. */
export type Between = (
  socket: MessageSocket,
  session: () => ServerSession,
  clock: ManualClock,
) => { readonly socket: MessageSocket; received(text: string): void };

const nothingBetween: Between = (socket, session) => ({ socket, received: (text) => session().received(text) });

/** A server in memory: its machines, sockets that are function calls, a virtual clock, fake media. */
export function memoryServer(options: Partial<SignallingServerOptions> = {}, between = nothingBetween) {
  const clock = manualClock();
  const { network, media, connect } = fakeMedia();
  const server = createSignallingServer({ clock, media, ...options });
  const settle = async (holds: () => boolean = () => false) => {
    for (let index = 0; index < turns && !holds(); index += 1) await turn();
  };
  const system: ServerUnderTest = {
    run: 'm',
    now: () => performance.now(),
    connect,
    async open({ answersPings }, hears) {
      let open = true;
      const later = (task: () => void) => queueMicrotask(() => task());
      const end = (how: string) => {
        if (!open) return;
        open = false;
        later(() => {
          session.closed();
          hears.closed(how);
        });
      };
      const { socket, received } = between(
        {
          send: (text) => open && later(() => hears.received(text)),
          ping: () => open && answersPings && later(() => session.ponged()),
          close: () => end('closed by the server'),
        },
        () => session,
        clock,
      );
      const session: ServerSession = server.join('live', socket);
      return {
        send: (text) => open && later(() => received(text)),
        sendBytes: (text) => open && later(() => session.receivedBinary(text.length)),
        close: () => end('closed'),
      };
    },
    async wait(ms, holds) {
      await settle(holds);
      if (ms === 0 || holds?.()) return;
      clock.pass(ms);
      await settle(holds);
    },
  };
  return { system, server, network, clock };
}
