import { type ChildProcess, spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, afterEach, beforeAll, describe, expect, test } from 'vitest';
import { heldNothing, until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

const scripts = {
  aiortc: fileURLToPath(new URL('python/aiortc_client.py', import.meta.url)),
  GStreamer: fileURLToPath(new URL('python/gstreamer_client.py', import.meta.url)),
};

type Library = keyof typeof scripts;

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
function run(library: Library, role: 'publish' | 'play', streamId: string) {
  const child = spawn('/usr/bin/python3', [scripts[library], role, `${server.ws}/live/websocket`, streamId]);
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
    /** Waits until pictures have been decoded and sound has come, and more of both later. */
    receives: () =>
      until(async () => {
        const last = lines().findLast(({ state }) => state !== undefined);
        expect(last?.video, errors).toBeGreaterThan(30);
        expect(last?.audio, errors).toBeGreaterThan(60);
      }),
  };
}

describe.each(['aiortc', 'GStreamer'] as const)('a publisher by %s', (publisher) => {
  test.each(['aiortc', 'GStreamer'] as const)('is seen and heard by a player by %s', async (player) => {
    await run(publisher, 'publish', 'python').hears('publish_started');
    await run(player, 'play', 'python').receives();
  });
});
