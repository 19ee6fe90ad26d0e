import {
  type CaseResult,
  type ClientUnderTest,
  type ConnectionPurpose,
  clientConversations,
  type HearsSocket,
  type ParticipantSocket,
  runCase,
} from '@sigchart/conformance';
import type { RoleAddress } from '@sigchart/core/machines';
import { manualClock } from '@sigchart/core/testing';
import { type ConferenceHandle, createClient, type RoleHandle } from '../../src/index.ts';
import { tell, type Wish } from './told.ts';

// A page in which conversations are held with the client of this package: its own sockets and connections, a clock that is turned.
// The suite runs in the same page, and uses the relay of the page's server.

const pollMs = 4;

/** The sockets that clients have dialled, by the address that they were given. */
const dialled = new Map<string, WatchedSocket[]>();

const PlainSocket = WebSocket;

/** A socket of which one sees what has reached its owner. */
class WatchedSocket extends PlainSocket {
  /** Number of the socket to this address. */
  readonly dial: number;
  received = 0;

  constructor(url: string | URL) {
    const dials = dialled.get(String(url)) ?? [];
    super(`${url}&dial=${dials.length}`);
    this.dial = dials.length;
    dialled.set(String(url), [...dials, this]);
    this.addEventListener('message', () => {
      this.received += 1;
    });
  }
}

async function until(holds: () => boolean, ms: number): Promise<boolean> {
  const end = performance.now() + ms;
  while (!holds() && performance.now() < end) await new Promise((resolve) => setTimeout(resolve, pollMs));
  return holds();
}

/** Time the browser, the relay and the network between them may take for what they always do in the end. */
const patienceMs = 20_000;

const bound = async (holds: () => boolean, what: string) => {
  if (!(await until(holds, patienceMs))) throw new Error(what);
};

/** Place where a case runs. */
interface Place {
  /** The address of what takes and refuses sockets. */
  readonly relay: string;
  /** The address to dial. */
  readonly door: string;
  readonly number: number;
}

let media: MediaStream;

function openEnd(as: ConnectionPurpose, streamId: string): RTCPeerConnection {
  const connection = new RTCPeerConnection();
  if (as === 'player') return connection;
  for (const track of media.getTracks()) connection.addTrack(track, media);
  connection.createDataChannel(streamId);
  return connection;
}

const keyOf = ({ role, streamId }: RoleAddress) => `${role} ${streamId}`;

/** The client of one case, which dials `door`. */
function clientUnderTest({ relay, door, number }: Place): ClientUnderTest {
  const address = `${door}/live/websocket?case=${number}`;
  const clock = manualClock();
  /** Events that must reach the client before its clock may advance. */
  const underway = new Set<() => boolean>();

  const settle = () => bound(() => [...underway].every((isDone) => isDone()), 'what was said does not arrive');

  /** The socket that waits to be taken. */
  async function next(): Promise<WatchedSocket> {
    const waiting = () => dialled.get(address)?.findLast(({ readyState }) => readyState === WebSocket.CONNECTING);
    await bound(() => waiting() !== undefined, 'the client does not dial');
    return waiting() as WatchedSocket;
  }

  /** A socket to the relay that takes or refuses a socket of the client. */
  async function ask(watched: WatchedSocket, verb: 'take' | 'refuse', hears?: HearsSocket): Promise<WebSocket> {
    const asking = new PlainSocket(`${relay}/${verb}?case=${number}&dial=${watched.dial}`);
    let isOver = false;
    asking.onmessage = ({ data }) => hears?.received(String(data));
    asking.onclose = () => {
      isOver = true;
      hears?.closed('closed by the client');
    };
    await bound(() => asking.readyState === WebSocket.OPEN || isOver, 'the relay does not answer');
    return asking;
  }

  async function take(hears: HearsSocket): Promise<ParticipantSocket> {
    const watched = await next();
    const asking = await ask(watched, 'take', hears);
    let said = 0;
    let closes = false;
    underway.add(() => watched.readyState === WebSocket.CLOSED || (!closes && watched.received === said));
    await bound(() => watched.readyState !== WebSocket.CONNECTING, 'the socket does not open');
    const send = (data: string | Uint8Array<ArrayBuffer>) => {
      if (asking.readyState !== WebSocket.OPEN) return;
      said += 1;
      asking.send(data);
    };
    return {
      send,
      sendBytes: (text) => send(new TextEncoder().encode(text)),
      close() {
        closes = true;
        asking.close();
      },
    };
  }

  function makeClient(hears: HearsSocket): ParticipantSocket {
    const client = createClient(address, {
      clock,
      onPeerMessage: (streamId, { definition, data }) =>
        hears.received(JSON.stringify({ command: 'message', streamId, definition, data })),
    });
    const handles = new Map<string, RoleHandle | ConferenceHandle>();
    function watch(role: RoleAddress, handle: RoleHandle | ConferenceHandle): void {
      if (handles.get(keyOf(role)) === handle) return;
      handles.set(keyOf(role), handle);
      const told = tell(role, hears);
      const changed = () => {
        const snapshot = handle.getSnapshot();
        told.state(snapshot.state);
        if (!('players' in snapshot)) return;
        const { publisher, players } = snapshot;
        if (publisher !== undefined) watch({ role: 'publisher', streamId: publisher.streamId }, publisher);
        for (const player of players) watch({ role: 'player', streamId: player.streamId }, player);
      };
      handle.subscribe(changed);
      changed();
      handle.finished.then(() => told.finished(), told.finished);
    }
    const perform: { readonly [Command in Wish['command']]: (wish: Extract<Wish, { command: Command }>) => void } = {
      publish: ({ streamId }) => watch({ role: 'publisher', streamId }, client.publish(streamId, { stream: media })),
      play: ({ streamId }) => watch({ role: 'player', streamId }, client.play(streamId)),
      join: ({ streamId }) => watch({ role: 'peer', streamId }, client.join(streamId, { stream: media })),
      enter: ({ room, streamId, publish = true }) =>
        watch({ role: 'member', streamId: room }, client.enter(room, { streamId, ...(publish && { stream: media }) })),
      stop: (role) => handles.get(keyOf(role))?.stop(),
      close: () => client.close(),
    };
    return {
      send(text) {
        const wish = JSON.parse(text) as Wish;
        perform[wish.command](wish as never);
      },
      sendBytes: () => {},
      close: () => client.close(),
    };
  }

  return {
    run: 'browser',
    now: () => performance.now(),
    connect: openEnd,
    open: async ({ as }, hears) => (as === 'application' ? makeClient(hears) : take(hears)),
    async refuse() {
      const watched = await next();
      await ask(watched, 'refuse');
      await bound(() => watched.readyState === WebSocket.CLOSED, 'the socket is not refused');
    },
    async wait(ms, holds) {
      if (holds !== undefined) {
        // A participant that has waited for silence continues once earlier messages have arrived.
        if (!(await until(holds, ms))) await settle();
        return;
      }
      await settle();
      clock.pass(ms);
    },
  };
}

/** Runs every conversation, one at a time at each door, and returns the results by id. */
async function holdAll(relay: string, doors: readonly string[]): Promise<Readonly<Record<string, CaseResult>>> {
  media = await navigator.mediaDevices.getUserMedia({ video: { width: 160, height: 120, frameRate: 5 }, audio: true });
  const results: Record<string, CaseResult> = {};
  const queue = clientConversations.map((each, number) => ({ each, number }));
  const worker = async (door: string) => {
    for (let next = queue.shift(); next !== undefined; next = queue.shift()) {
      const { each, number } = next;
      results[each.id] = await runCase(each, clientUnderTest({ relay, door, number }), number, {
        timeoutMs: patienceMs,
      });
    }
  };
  await Promise.all(doors.map(worker));
  return results;
}

/** Globals of the page. */
export interface ConversationWindow {
  readonly holdAll: typeof holdAll;
}

Object.assign(window, { WebSocket: WatchedSocket, holdAll });
