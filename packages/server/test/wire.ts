import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { isDeepStrictEqual } from 'node:util';
import { begin, step } from '@sigchart/core/machines';
import { observeWith, type Transition } from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { createRecorder, decodeLines, encodeLines, type Recorder, replayAll } from '@sigchart/inspect';
import { fakeNetwork } from '@sigchart/webrtc';
import { afterAll, afterEach, beforeEach, expect, vi } from 'vitest';
import { WebSocket } from 'ws';
import {
  createSignallingServer,
  createWhip,
  memoryStore,
  type SignallingServer,
  type SignallingServerOptions,
  type Store,
  type Whip,
  type WhipOptions,
} from '../src/index.ts';
import { createRest, type RestOptions } from '../src/rest/rest.ts';

/** A client that sends given messages and records what it receives. */
export interface Wire {
  readonly webSocket: WebSocket;
  readonly heard: Record<string, unknown>[];
  send(message: unknown): void;
  /** Waits for a message with these fields. */
  hears(fields: Record<string, unknown>): Promise<void>;
  /** Waits until everything sent so far has been dealt with. */
  settle(): Promise<void>;
  /** Messages received since the last call, without answers to `settle`. */
  news(): Promise<Record<string, unknown>[]>;
}

/** Waits until a check passes. */
export const until = (check: () => void): Promise<void> => vi.waitFor(check, { timeout: 60_000, interval: 5 });

/**
 * A server with media in memory, created for each test of a file. After each test, no socket, role, stream, call, room,
 * connection or timer may be left. In addition, every machine is replayed with the same events and must take the same
 * transitions.
 */
export function useServer(
  options: Partial<SignallingServerOptions> = {},
  restOptions: Partial<RestOptions> = {},
  whipOptions: Partial<WhipOptions> = {},
) {
  const network = fakeNetwork();
  const clock = manualClock();
  let http: Server;
  let store: Store;
  let signalling: SignallingServer;
  let whip: Whip;
  let origin: string;
  let recorder: Recorder;
  let replayed = 0;
  /** Differences between the run and the replay of machines. */
  let impure: unknown[] = [];

  /** Replays each event through its machine. */
  const again = () => {
    let before: unknown;
    return ({ machine, running, seq, event, state, context, effects }: Transition) => {
      const twice =
        seq === 1
          ? begin(running.machine, (event as { readonly input?: unknown }).input as never)
          : step(running.machine, before as never, event);
      const { snapshot } = twice;
      const both = [
        { state, context, effects },
        { state: snapshot.value, context: snapshot.context, effects: twice.effects },
      ];
      if (!isDeepStrictEqual(both[0], both[1])) impure.push({ machine, event, both });
      before = running.getSnapshot();
    };
  };
  let connected = 0;

  beforeEach(async () => {
    store = memoryStore();
    recorder = createRecorder();
    impure = [];
    const record = recorder.observer();
    signalling = createSignallingServer({
      clock,
      store,
      media: {
        connect: (_app, { role, streamId }) =>
          network.connect(role === 'player' ? [`ARDAMSv${streamId}`, `ARDAMSa${streamId}`] : []),
        streamInfo: () => ({
          streamWidth: 640,
          streamHeight: 480,
          videoBitrate: 1,
          audioBitrate: 1,
          videoCodec: 'VP8',
        }),
      },
      ...options,
      observe: observeWith(record, again, options.observe),
    });
    const rest = createRest({ live: signalling.live, store, ...restOptions });
    whip = createWhip({ server: signalling, ...whipOptions });
    http = createServer((request, response) => {
      if (!whip.serve(request, response) && !rest.serve(request, response))
        response.writeHead(404).end('not of the REST API');
    });
    http.on('upgrade', signalling.upgrade);
    await new Promise<void>((resolve) => http.listen(0, resolve));
    origin = `ws://localhost:${(http.address() as AddressInfo).port}`;
  });

  afterEach(async () => {
    await signalling.close();
    await new Promise((resolve) => http.close(resolve));
    expect(signalling.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
    expect(whip.resources).toBe(0);
    expect(network.open).toBe(0);
    expect(clock.running).toBe(0);
    const { runs, deviations } = replayAll(decodeLines(encodeLines(recorder.trace())).records);
    expect(deviations).toEqual([]);
    expect(impure).toEqual([]);
    expect(runs.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
    replayed += runs.reduce((sum, { transitions }) => sum + transitions, 0);
  });

  // Each socket has a machine of its own, which starts.
  afterAll(() => expect(replayed).toBeGreaterThanOrEqual(connected));

  async function connect(path = '/live/websocket'): Promise<Wire> {
    connected += 1;
    const webSocket = new WebSocket(`${origin}${path}`);
    const heard: Record<string, unknown>[] = [];
    let read = 0;
    webSocket.on('message', (data) => heard.push(JSON.parse(String(data))));
    await new Promise((resolve, reject) => {
      webSocket.once('open', resolve);
      webSocket.once('error', reject);
    });
    const send = (message: unknown) => webSocket.send(typeof message === 'string' ? message : JSON.stringify(message));
    const settle = async () => {
      send({ command: 'ping' });
      await until(() => expect(heard).toContainEqual({ command: 'pong' }));
      heard.splice(
        heard.findIndex(({ command }) => command === 'pong'),
        1,
      );
    };
    return {
      webSocket,
      heard,
      send,
      settle,
      hears: (fields) => until(() => expect(heard).toContainEqual(expect.objectContaining(fields))),
      async news() {
        await settle();
        const news = heard.slice(read);
        read = heard.length;
        return news;
      },
    };
  }

  /** Publishes by hand with a fake connection, up to `publish_started`. */
  async function publish(wire: Wire, streamId: string, more: object = {}) {
    const connection = network.connect(['v', 'a']);
    wire.send({ command: 'publish', streamId, ...more });
    await wire.hears({ command: 'start', streamId });
    const { sdp = '' } = await connection.createOffer();
    await connection.setLocalDescription({ type: 'offer', sdp });
    wire.send({ command: 'takeConfiguration', streamId, type: 'offer', sdp });
    await wire.hears({ command: 'takeConfiguration', type: 'answer', streamId });
    const answer = wire.heard.findLast(({ type }) => type === 'answer') as { sdp: string };
    await connection.setRemoteDescription({ type: 'answer', sdp: answer.sdp });
    await wire.hears({ command: 'takeCandidate', streamId });
    await connection.addIceCandidate({ candidate: 'theirs', sdpMid: '0', sdpMLineIndex: 0 });
    await wire.hears({ definition: 'publish_started', streamId });
    return connection;
  }

  return {
    network,
    clock,
    connect,
    publish,
    /** Recorder of this test's server. */
    get recorder() {
      return recorder;
    },
    get signalling() {
      return signalling;
    },
    get whip() {
      return whip;
    },
    get store() {
      return store;
    },
    get origin() {
      return origin;
    },
  };
}
