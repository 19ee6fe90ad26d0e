import { spawn } from 'node:child_process';
import { mkdtempSync, readFileSync, rmSync } from 'node:fs';
import { createServer as createHttpServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { createConnection } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import type { Setting } from '@sigchart/conformance';
import { createSignallingServer, type SignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { afterAll, describe, expect, test } from 'vitest';
import { configured, told } from '../../../packages/server/test/conversation/configured.ts';
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

/** Settings of a run, as flags. */
const flags = (...names: readonly Setting[]) => names.flatMap((name) => ['--configured', `${name}=${told[name]}`]);

const reportOf = (file: string) => JSON.parse(readFileSync(file, 'utf8'));
const idsOf = (report: { cases: { id: string; outcome: string }[] }, outcome: string) =>
  report.cases.filter((each) => each.outcome === outcome).map(({ id }) => id);

describe('against a server with real media', () => {
  const media = createMedia();
  const served: { readonly signalling: SignallingServer; readonly stop: () => Promise<void> }[] = [];

  /** A server that refuses what is needed. */
  async function serve(...needs: readonly Setting[]) {
    const signalling = createSignallingServer({ media, ...(await configured('live', needs)) });
    const http = createHttpServer();
    http.on('upgrade', signalling.upgrade);
    await new Promise<void>((resolve) => http.listen(0, resolve));
    const stop = async () => {
      await signalling.close();
      http.close();
    };
    served.push({ signalling, stop });
    return { signalling, address: `ws://localhost:${(http.address() as AddressInfo).port}/live/websocket` };
  }

  afterAll(async () => {
    for (const { stop } of served) await stop();
    await media.close();
  });

  test('this project’s passes every case, and leaves nothing behind', { timeout: 300_000 }, async () => {
    const { signalling, address } = await serve();
    const [json, junit] = [join(folder, 'report.json'), join(folder, 'report.xml')];
    const { code, output } = await sigchart(
      ...['conform', address, '--json', json, '--junit', junit, '--timeout', '15000'],
      ...flags('one-viewer', 'not-now', 'room-not-now', 'blocked-stream', 'blocked', 'one-subtrack'),
    );
    const report = reportOf(json);
    expect(report.cases.filter(({ outcome }: { outcome: string }) => !['passed', 'notRun'].includes(outcome))).toEqual(
      [],
    );
    expect(code).toBe(exitCodes.passed);
    expect(output).toContain(`follows the protocol in all ${report.passed} cases`);
    expect(report).toMatchObject({ format: 'sigchart-conformance', version: 2, address, failed: 0, notFollowed: 0 });
    const notRun = ['unregistered', 'wrong-token', 'no-token', 'token', 'question-without-token'];
    expect(idsOf(report, 'notRun')).toEqual(notRun.map((name) => `configured/${name}`));
    for (const id of idsOf(report, 'notRun')) expect(output).toContain(`[${id}]\n      needs --configured`);
    expect(output).toContain(`5 not run: ${idsOf(report, 'notRun').join(', ')}`);
    expect(readFileSync(junit, 'utf8')).toContain(`tests="${report.cases.length}" failures="0" skipped="5"`);
    await expect
      .poll(() => signalling.counts, { timeout: 10_000 })
      .toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
    await expect.poll(() => media.open, { timeout: 10_000 }).toEqual({ connections: 0, sources: 0, sockets: 0 });
  });

  test.each<readonly [string, readonly Setting[], readonly string[]]>([
    [
      'asks for tokens',
      ['wrong-token', 'token-stream', 'token'],
      ['wrong-token', 'no-token', 'token', 'question-without-token'],
    ],
    ['lets only registered streams be published', ['unregistered'], ['unregistered']],
  ])('one that %s passes what is about that', { timeout: 60_000 }, async (_, needs, expected) => {
    const { address } = await serve(...needs);
    const json = join(folder, 'configured.json');
    const args = ['conform', address, '--only', '^configured/', '--json', json, '--timeout', '15000'];
    const { code, output } = await sigchart(...args, ...flags(...needs));
    expect(output).toContain(`follows the protocol in all ${expected.length} cases`);
    expect(idsOf(reportOf(json), 'passed')).toEqual(expected.map((name) => `configured/${name}`));
    expect(code).toBe(exitCodes.passed);
  });
});

describe('against a server that is wrong', () => {
  const wrongIn = (foundBy: string) => {
    const wrong = wrongServers.find((each) => each.foundBy === foundBy);
    if (wrong === undefined) throw new Error('no such server');
    return serveWrong(wrong);
  };

  test('reports deviations from the document, with the expected message', { timeout: 60_000 }, async () => {
    const server = await wrongIn('publish/without-stream-id');
    const json = join(folder, 'wrong.json');
    const junit = join(folder, 'wrong.xml');
    const { code, output } = await sigchart(
      ...[
        'conform',
        `ws://localhost:${server.port}/live/websocket`,
        '--only',
        '^(publish/without-stream|socket/silent)',
      ],
      ...['--timeout', '5000', '--json', json, '--junit', junit],
    );
    await server.stop();
    expect(output).toContain('✓ A server sends nothing before a client does  [socket/silent]');
    expect(output).toContain('✗ publish without a streamId is noStreamNameSpecified  [publish/without-stream-id]');
    expect(output).toContain('    ✗ A expected  error {"definition":"noStreamNameSpecified"}');
    expect(output).toContain('    ✗ A received  error {"definition":"no_stream_name_specified"}');
    expect(output).toContain('does not follow the original document in 1 of 2 cases.');
    expect(reportOf(json)).toMatchObject({ passed: 1, failed: 1, notFollowed: 0, notRun: 0 });
    expect(readFileSync(junit, 'utf8')).toContain('tests="2" failures="1" skipped="0"');
    expect(code).toBe(exitCodes.failed);
  });

  test('does not call it a failure when the document does not ask for it', { timeout: 60_000 }, async () => {
    const server = await wrongIn('socket/ping');
    const [json, junit] = [join(folder, 'beyond.json'), join(folder, 'beyond.xml')];
    const { code, output } = await sigchart(
      ...['conform', `ws://localhost:${server.port}/live/websocket`, '--only', '^socket/(ping|silent)'],
      ...['--timeout', '5000', '--json', json, '--junit', junit],
    );
    await server.stop();
    expect(output).toContain('– ping is answered with pong, every time  [socket/ping]');
    expect(output).toContain(
      'A→S ping\n    – not followed: beyond the document\n    – A expected  pong\n    – A received  nothing',
    );
    expect(output).toContain(
      'follows the original document in 1 of 1 cases; beyond it, 1 of 1 cases are not followed.',
    );
    expect(reportOf(json)).toMatchObject({
      passed: 1,
      failed: 0,
      notFollowed: 1,
      cases: [
        { outcome: 'passed' },
        { id: 'socket/ping', outcome: 'notFollowed', divergence: { expected: 'pong', received: 'nothing' } },
      ],
    });
    expect(readFileSync(junit, 'utf8')).toContain('<skipped message="not followed, beyond the document: expected pong');
    expect(code).toBe(exitCodes.notFollowed);
  });
});

test('a server that vanishes is reported as that, and not case by case', { timeout: 60_000 }, async () => {
  const server = await serveWrong({ what: 'nothing', foundBy: '' });
  let sockets = 0;
  let stopping: Promise<void> | undefined;
  const front = await serveTcp((socket) => {
    sockets += 1;
    const behind = createConnection(server.port);
    behind.on('error', () => socket.destroy());
    socket.pipe(behind).pipe(socket);
    if (sockets > 3) stopping ??= front.stop();
  });
  const { code, output } = await sigchart(
    ...['conform', `ws://localhost:${front.port}/live/websocket`, '--only', '^socket/', '--parallel', '1'],
    ...['--timeout', '2000'],
  );
  await stopping;
  await server.stop();
  expect(output).toMatch(/vanished: it took part in \d+ cases, and then could not be reached any more/);
  expect(code).toBe(exitCodes.vanished);
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
      'no message arrives within 5000 ms',
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
      'closed before any message arrived',
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
    ['every answer is some text', 'garbage', () => say('hello'), 'does not speak this protocol: "hello"'],
    [
      'every answer is JSON of something else',
      'garbage',
      () => say('{"jsonrpc":"2.0"}'),
      'does not speak this protocol',
    ],
    [
      'every answer is binary',
      'garbage',
      () => say(Buffer.from([1, 2, 3])),
      'does not speak this protocol: a binary message',
    ],
    [
      'frames are broken',
      'garbage',
      () =>
        keep(
          serveWebSocket((socket) =>
            (socket as unknown as { _socket: NodeJS.WritableStream })._socket.write(Buffer.alloc(64, 0xff)),
          ),
        ),
      'does not speak this protocol',
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
    ['with an invalid address', ['conform', 'localhost'], 'Write it like ws://'],
    ['with an address of another protocol', ['conform', 'http://localhost/'], 'Write it like ws://'],
    ['with an unknown option', ['conform', address, '--fast'], 'unknown option'],
    ['with an invalid timeout', ['conform', address, '--timeout', 'long'], 'number of at least 1'],
    ['with an invalid pattern', ['conform', address, '--only', '('], 'Invalid regular expression'],
    [
      'with an unknown setting',
      ['conform', address, '--configured', 'colour=red'],
      'with one of these names: unregistered, wrong-token',
    ],
    ['with an empty setting', ['conform', address, '--configured', 'token='], 'like name=value'],
    [
      'with a pattern that matches only cases with missing settings',
      ['conform', address, '--only', '^configured/one'],
      'need --configured one-viewer, one-subtrack',
    ],
    ['with a pattern without matches', ['conform', address, '--only', 'no such case'], 'no case fits'],
    ['with an unknown class', ['conform', address, '--required-by', 'me'], 'Allowed choices are spec, sdks, project'],
  ])('%s it ends with 2', async (_, args, words) => {
    const { code, output } = await sigchart(...args);
    expect(output.replaceAll(/\s+/g, ' ')).toContain(words);
    expect(code).toBe(exitCodes.usage);
  });

  test('--help lists every exit code, and ends with 0', async () => {
    const { code, output } = await sigchart('conform', '--help');
    expect(code).toBe(0);
    for (const number of Object.values(exitCodes)) expect(output).toMatch(new RegExp(`^  ${number} +\\w`, 'm'));
  });
});
