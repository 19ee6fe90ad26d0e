import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { createSignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { exitCodes } from '../src/exit.ts';
import { type Served, serveHttp, serveTcp, serveWebSocket, serveWrong } from './serve.ts';
import { wrongServers } from './wrong.ts';

const bin = fileURLToPath(new URL('../bin/sigchart.js', import.meta.url));
const folder = mkdtempSync(join(tmpdir(), 'sigchart-'));

/** Runs the command as a user does. */
function sigchart(...args: readonly string[]): Promise<{ readonly code: number | null; readonly output: string }> {
  const child = spawn(process.execPath, [bin, ...args], { stdio: ['ignore', 'pipe', 'pipe'] });
  let output = '';
  child.stdout.on('data', (data) => {
    output += String(data);
  });
  child.stderr.on('data', (data) => {
    output += String(data);
  });
  return new Promise((resolve) => child.on('close', (code) => resolve({ code, output })));
}

afterAll(() => rmSync(folder, { recursive: true }));

describe('against a server with real media', () => {
  const media = createMedia();
  const signalling = createSignallingServer({ media });
  const http = createHttpServer();
  let address = '';

  beforeAll(async () => {
    http.on('upgrade', signalling.upgrade);
    await new Promise<void>((resolve) => http.listen(0, resolve));
    address = `ws://localhost:${(http.address() as AddressInfo).port}/live/websocket`;
  });

  afterAll(async () => {
    await signalling.close();
    await media.close();
    http.close();
  });

  test('this project’s passes every case, and leaves nothing behind', { timeout: 180_000 }, async () => {
    const [json, junit] = [join(folder, 'report.json'), join(folder, 'report.xml')];
    const { code, output } = await sigchart('conform', address, '--json', json, '--junit', junit, '--timeout', '15000');
    const report = JSON.parse(readFileSync(json, 'utf8'));
    expect(report.cases.filter(({ passed }: { passed: boolean }) => !passed)).toEqual([]);
    expect(code).toBe(exitCodes.passed);
    expect(output).toContain(`follows the protocol in all ${report.cases.length} cases`);
    expect(report).toMatchObject({ format: 'sigchart-conformance', version: 1, address, failed: 0 });
    expect(readFileSync(junit, 'utf8')).toContain(`tests="${report.cases.length}" failures="0"`);
    await expect
      .poll(() => signalling.counts, { timeout: 10_000 })
      .toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
    await expect.poll(() => media.open, { timeout: 10_000 }).toEqual({ connections: 0, sources: 0, sockets: 0 });
  });
});

describe('against a server that is wrong', () => {
  test('says which case failed, where, and what should have been said', { timeout: 60_000 }, async () => {
    const wrong = wrongServers.find(({ foundBy }) => foundBy === 'socket/ping');
    if (wrong === undefined) throw new Error('no such server');
    const server = await serveWrong(wrong);
    const json = join(folder, 'wrong.json');
    const { code, output } = await sigchart(
      ...[
        'conform',
        `ws://localhost:${server.port}/live/websocket`,
        '--only',
        '^socket/(ping|silent)',
        '--timeout',
        '5000',
        '--json',
        json,
      ],
    );
    await server.stop();
    expect(code).toBe(exitCodes.failed);
    expect(output).toContain('✓ A server that nobody has asked anything says nothing  [socket/silent]');
    expect(output).toContain('✗ ping is answered with pong, every time  [socket/ping]');
    expect(output).toContain('A→S ping\n    ✗ A expected  pong\n    ✗ A received  nothing');
    expect(JSON.parse(readFileSync(json, 'utf8'))).toMatchObject({
      passed: 1,
      failed: 1,
      cases: [
        { passed: true },
        { id: 'socket/ping', passed: false, divergence: { expected: 'pong', received: 'nothing' } },
      ],
    });
  });
});

describe('against an address where no conversation can be held', () => {
  const served: Served[] = [];
  const keep = async (serving: Promise<Served>) => {
    const one = await serving;
    served.push(one);
    return `ws://localhost:${one.port}/live/websocket`;
  };
  afterAll(async () => {
    for (const { stop } of served) await stop();
  });

  const say = (text: string | Buffer) =>
    keep(serveWebSocket((socket) => socket.on('message', () => socket.send(text))));

  test.each<readonly [string, keyof typeof exitCodes, () => Promise<string>, string]>([
    ['nobody listens', 'refuses', async () => 'ws://localhost:1/live/websocket', 'nothing listens there'],
    ['the name is unknown', 'refuses', async () => 'ws://nowhere.invalid/live/websocket', 'nothing listens there'],
    [
      'TCP is accepted and nothing follows',
      'hangs',
      () => keep(serveTcp(() => {})),
      'no answer to the WebSocket handshake within 5000 ms',
    ],
    [
      'the WebSocket opens and nothing follows',
      'hangs',
      () => keep(serveWebSocket(() => {})),
      'not one message comes within 5000 ms',
    ],
    [
      'TCP is closed at once',
      'closes',
      () => keep(serveTcp((socket) => socket.destroy())),
      'closed during the WebSocket handshake',
    ],
    [
      'the WebSocket is closed at once',
      'closes',
      () => keep(serveWebSocket((socket) => socket.close())),
      'closed before a message came',
    ],
    [
      'HTTP says 404',
      'notWebSocket',
      () => keep(serveHttp((_, response) => response.writeHead(404).end())),
      'answers 404 Not Found',
    ],
    ['HTTP says 200', 'notWebSocket', () => keep(serveHttp((_, response) => response.end('hello'))), 'answers 200 OK'],
    [
      'another protocol is spoken',
      'notWebSocket',
      () => keep(serveTcp((socket) => socket.write('SSH-2.0-server\r\n'))),
      'does not speak WebSocket',
    ],
    ['every answer is some text', 'garbage', () => say('hello'), 'not this protocol: "hello"'],
    ['every answer is JSON of something else', 'garbage', () => say('{"jsonrpc":"2.0"}'), 'not this protocol'],
    ['every answer is binary', 'garbage', () => say(Buffer.from([1, 2, 3])), 'not this protocol: a binary message'],
    [
      'frames are broken',
      'garbage',
      () =>
        keep(
          serveWebSocket((socket) =>
            (socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(Buffer.alloc(64, 0xff)),
          ),
        ),
      'not this protocol',
    ],
  ])('%s: the fault is %s', async (_, fault, address, words) => {
    const url = await address();
    const begun = performance.now();
    const { code, output } = await sigchart('conform', url, '--timeout', '5000');
    expect(output).toContain(words);
    expect(code).toBe(exitCodes[fault]);
    expect(performance.now() - begun).toBeLessThan(25_000);
  });
});

describe('called wrongly', () => {
  const address = 'ws://localhost:1/live/websocket';
  test.each([
    ['without an address', ['conform'], 'missing required argument'],
    ['with an address that is none', ['conform', 'localhost'], 'It has to be like ws://'],
    ['with an address of another protocol', ['conform', 'http://localhost/'], 'It has to be like ws://'],
    ['with an unknown option', ['conform', address, '--fast'], 'unknown option'],
    ['with a timeout that is no number', ['conform', address, '--timeout', 'long'], 'number from 1 up'],
    ['with a pattern that is none', ['conform', address, '--only', '('], 'Invalid regular expression'],
    ['with a pattern that fits nothing', ['conform', address, '--only', 'no such case'], 'no case fits'],
    [
      'with a class that there is not',
      ['conform', address, '--required-by', 'me'],
      'Allowed choices are seed, sdks, project',
    ],
  ])('%s it ends with 2', async (_, args, words) => {
    const { code, output } = await sigchart(...args);
    expect(output).toContain(words);
    expect(code).toBe(exitCodes.usage);
  });

  test('--help says every exit code, and ends with 0', async () => {
    const { code, output } = await sigchart('conform', '--help');
    expect(code).toBe(0);
    for (const number of Object.values(exitCodes)) expect(output).toMatch(new RegExp(`^  ${number} +\\w`, 'm'));
  });
});
