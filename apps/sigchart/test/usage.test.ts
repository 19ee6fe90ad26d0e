import { execFile } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';

const bin = fileURLToPath(new URL('../bin/sigchart.js', import.meta.url));

/** Runs the command as a user does. */
const sigchart = (...args: readonly string[]) =>
  new Promise<{ readonly code: unknown; readonly output: string }>((resolve) => {
    execFile(process.execPath, [bin, ...args], (error, stdout, stderr) =>
      resolve({ code: error === null ? 0 : error.code, output: stdout + stderr }),
    );
  });

test('doctor and serve refuse what is no port, no range and no server in one sentence', async () => {
  for (const args of [
    ['--port', '99999'],
    ['--media-ports', '5-3'],
    ['--ice-servers', 'turn:'],
  ]) {
    const { code, output } = await sigchart('doctor', ...args);
    expect([code, output.trim().split('\n')]).toEqual([2, [expect.stringMatching(/^error: option .* Write /)]]);
  }
});

test('load says at once that nothing listens at an address, or that what listens is no server of the protocol', async () => {
  const http = createServer((_, response) => response.writeHead(404).end());
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  const address = `ws://127.0.0.1:${(http.address() as AddressInfo).port}/live/websocket`;
  expect(await sigchart('load', address)).toEqual({ code: 1, output: expect.stringContaining('not a WebSocket') });
  await new Promise((resolve) => http.close(resolve));
  expect(await sigchart('load', address)).toEqual({
    code: 1,
    output: expect.stringContaining('nothing listens there'),
  });
});
