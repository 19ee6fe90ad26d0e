import type { ClientUnderTest, HearsSocket, ParticipantSocket } from '@sigchart/conformance';
import {
  createClientSession,
  type MessageSocket,
  type SessionObserver,
  type SocketListener,
} from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { fakeNetwork, rtcPerformer } from '@sigchart/webrtc';
import { stateOf } from '../../src/handle.ts';
import { tell, type Wish } from './told.ts';

/** A turn of the event loop: everything that was promised by now has happened. */
const turn = (): Promise<void> => new Promise((resolve) => setImmediate(resolve));

const turns = 6;

/** Faults of a client, as changes to the texts that it sends and receives. For clients that are wrong. */
export interface Wire {
  /** Texts sent instead of one. */
  readonly says?: (text: string) => readonly string[];
  /** Texts received instead of one. */
  readonly hears?: (text: string) => readonly string[];
  /** Receives a function that sends a text on the current socket. */
  readonly blurts?: (speak: (text: string) => void) => void;
}

/** Options of a client in memory. */
export interface MemoryClientOptions {
  readonly observe?: SessionObserver;
  readonly wire?: Wire;
}

/** A socket that the client has dialled. */
interface Dialled {
  readonly listener: SocketListener;
  end: (() => void) | undefined;
  /** Sends a text to the server, once a server has accepted the socket. */
  heard: ((text: string) => void) | undefined;
}

/** A client in memory: its machines, sockets that are function calls, a virtual clock, fake media. */
export function memoryClient({ observe, wire = {} }: MemoryClientOptions = {}) {
  const clock = manualClock();
  const network = fakeNetwork();
  const { says = (text) => [text], hears: hearsOf = (text) => [text] } = wire;
  const later = (task: () => void) => queueMicrotask(() => task());
  let waiting: Dialled[] = [];

  const settle = async (holds: () => boolean = () => false) => {
    for (let index = 0; index < turns && !holds(); index += 1) await turn();
  };

  function dial(listener: SocketListener): MessageSocket {
    const dialled: Dialled = { listener, end: undefined, heard: undefined };
    waiting.push(dialled);
    return {
      send: (text) => {
        for (const said of says(text)) later(() => dialled.heard?.(said));
      },
      close: () => {
        waiting = waiting.filter((other) => other !== dialled);
        dialled.end?.();
      },
    };
  }

  async function next(): Promise<Dialled> {
    await settle(() => waiting.length > 0);
    const dialled = waiting.shift();
    if (dialled === undefined) throw new Error('the client does not dial');
    return dialled;
  }

  async function take(hears: HearsSocket): Promise<ParticipantSocket> {
    const dialled = await next();
    const { listener } = dialled;
    let isOpen = true;
    const end = (how: string) => {
      if (!isOpen) return;
      isOpen = false;
      dialled.heard = undefined;
      later(() => {
        listener.closed();
        hears.closed(how);
      });
    };
    dialled.end = () => end('closed by the client');
    dialled.heard = (text) => hears.received(text);
    wire.blurts?.((text) => later(() => dialled.heard?.(text)));
    later(() => listener.opened());
    return {
      send: (text) => {
        if (isOpen) for (const heard of hearsOf(text)) later(() => listener.received(heard));
      },
      // A browser's client ignores them before decoding.
      sendBytes: () => {},
      close: () => end('closed'),
    };
  }

  function makeClient(hears: HearsSocket): ParticipantSocket {
    const session = createClientSession({
      dial,
      clock,
      observe,
      rtc: rtcPerformer(({ role }) => network.connect(role === 'player' ? [] : ['video', 'audio'])),
      notify: ({ streamId }, { definition, data }) =>
        hears.received(JSON.stringify({ command: 'message', streamId, definition, data })),
      started(address, running) {
        const role = tell(address, hears);
        running.subscribe((snapshot) => {
          role.state(stateOf(snapshot));
          if (snapshot.status !== 'done') return;
          const { reason, definition } = snapshot.context;
          role.finished(reason === undefined ? {} : { reason, definition });
        });
      },
    });
    return {
      send(text) {
        const wish = JSON.parse(text) as Wish;
        if (wish.command === 'stop') session.stop(wish);
        else if (wish.command === 'close') session.close();
        else {
          const { command, ...request } = wish;
          session[command](request as never);
        }
      },
      sendBytes: () => {},
      close: () => session.close(),
    };
  }

  const system: ClientUnderTest = {
    run: 'm',
    now: () => performance.now(),
    connect: () => network.connect(['video', 'audio']),
    open: async ({ as }, hears) => (as === 'application' ? makeClient(hears) : take(hears)),
    async refuse() {
      const { listener } = await next();
      later(() => listener.closed());
    },
    async wait(ms, holds) {
      await settle(holds);
      if (ms === 0 || holds !== undefined) return;
      clock.pass(ms);
      await settle();
    },
  };
  return { system, network, clock };
}
