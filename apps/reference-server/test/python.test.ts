import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, expect, test } from 'vitest';
import { heldNothing, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

const [aiortc, gstreamer] = ['aiortc', 'gstreamer'].map((library) =>
  fileURLToPath(new URL(`python/${library}_client.py`, import.meta.url)),
) as [string, string];

/** Programs, with their arguments. */
const clients = {
  aiortc: [aiortc],
  'GStreamer, bundled': [gstreamer, 'max-bundle'],
  'GStreamer, not bundled': [gstreamer],
} as const;

type ClientName = keyof typeof clients;

let server: RunningServer;
const children: ChildProcess[] = [];

beforeAll(async () => {
  server = await startServer();
});

afterAll(async () => {
  await server.stop();
});

afterEach(async () => {
  for (const child of children.splice(0)) child.kill('SIGKILL');
  await heldNothing(server);
});

/** Runs a client; Debian's Python, since that is the one that has the libraries. */
function run(name: ClientName, role: 'publish' | 'play', streamId: string) {
  const [script, ...told] = clients[name];
  const child = spawn('/usr/bin/python3', [script, role, `${server.ws}/live/websocket`, streamId, ...told]);
  children.push(child);
  let output = '';
  let errors = '';
  child.stdout.on('data', (chunk) => {
    output += String(chunk);
  });
  child.stderr.on('data', (chunk) => {
    errors += String(chunk);
  });
  const lines = () =>
    output
      .split('\n')
      .filter((line) => line.startsWith('{'))
      .map((line) => JSON.parse(line) as { state?: string; video?: number; audio?: number; definition?: string });
  return {
    hears: (definition: string) =>
      until(async () => expect(lines(), errors).toContainEqual(expect.objectContaining({ definition }))),
    /** Waits until video and audio arrive, and continue to arrive. */
    receives: () =>
      until(async () => {
        const last = lines().findLast(({ state }) => state !== undefined);
        expect(last?.video, errors).toBeGreaterThan(30);
        expect(last?.audio, errors).toBeGreaterThan(60);
      }),
  };
}

test.each<[ClientName, ClientName]>([
  ['aiortc', 'aiortc'],
  ['aiortc', 'GStreamer, bundled'],
  ['aiortc', 'GStreamer, not bundled'],
  ['GStreamer, bundled', 'aiortc'],
  ['GStreamer, bundled', 'GStreamer, bundled'],
  ['GStreamer, not bundled', 'aiortc'],
  ['GStreamer, not bundled', 'GStreamer, not bundled'],
])('a publisher by %s is seen and heard by a player by %s', async (publisher, player) => {
  await run(publisher, 'publish', 'python').hears('publish_started');
  await run(player, 'play', 'python').receives();
});
