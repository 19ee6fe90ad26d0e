import { generateKeyPairSync } from 'node:crypto';
import { createSocket } from 'node:dgram';
import { mkdtempSync, writeFileSync } from 'node:fs';
import { type AddressInfo, createServer } from 'node:net';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { expect, test } from 'vitest';
import {
  checkAddress,
  checkIceServer,
  checkMediaPorts,
  checkNode,
  checkOpenFiles,
  checkPort,
  checkTls,
} from './checks.ts';
import { doctorReport } from './report.ts';

test('Node below 22 is wrong', () => {
  expect(checkNode('20.11.0')).toMatchObject({ verdict: 'wrong', remedy: 'Install Node 22 or later.' });
  expect(checkNode('24.0.0')).toMatchObject({ verdict: 'fine' });
});

test('a port in use is a fault', async () => {
  const server = createServer();
  await new Promise<void>((resolve) => server.listen(0, resolve));
  const { port } = server.address() as AddressInfo;
  expect(await checkPort(port)).toMatchObject({ verdict: 'wrong', remedy: expect.stringContaining('--port') });
  await new Promise((resolve) => server.close(resolve));
  expect(await checkPort(port)).toMatchObject({ verdict: 'fine' });
});

test('a range without free UDP ports is wrong, a small one a warning', async () => {
  const socket = createSocket('udp4');
  await new Promise<void>((resolve) => socket.bind(0, resolve));
  const { port } = socket.address();
  expect(await checkMediaPorts([port, port])).toMatchObject({ verdict: 'wrong' });
  await new Promise<void>((resolve) => socket.close(resolve));
  expect(await checkMediaPorts([port, port])).toMatchObject({ verdict: 'warning' });
  expect(await checkMediaPorts(undefined)).toMatchObject({ verdict: 'warning' });
});

test('private addresses are not reachable from outside', async () => {
  expect(await checkAddress(undefined, ['10.0.0.5'])).toMatchObject({ verdict: 'warning' });
  expect(await checkAddress(undefined, ['10.0.0.5', '203.0.113.5'])).toMatchObject({ verdict: 'fine' });
  expect(await checkAddress('203.0.113.5', ['203.0.113.5'])).toMatchObject({ verdict: 'fine' });
  expect(await checkAddress('203.0.113.5', ['10.0.0.5'])).toMatchObject({
    verdict: 'warning',
    remedy: expect.stringContaining('NAT'),
  });
  expect(await checkAddress('no-such-name.invalid', [])).toMatchObject({ verdict: 'wrong' });
});

test('a TURN server that does not answer is wrong', async () => {
  const silent = createSocket('udp4');
  await new Promise<void>((resolve) => silent.bind(0, '127.0.0.1', resolve));
  const urls = `turn:127.0.0.1:${silent.address().port}`;
  const finding = await checkIceServer({ urls, username: 'u', credential: 'p' }, 300);
  expect(finding).toMatchObject({ verdict: 'wrong', subject: `TURN server ${urls}` });
  silent.close();
});

test('TLS needs two files that can be read', () => {
  const folder = mkdtempSync(join(tmpdir(), 'sigchart-'));
  const key = join(folder, 'key.pem');
  writeFileSync(
    key,
    generateKeyPairSync('ec', { namedCurve: 'P-256' }).privateKey.export({ type: 'pkcs8', format: 'pem' }),
  );
  expect(checkTls(undefined, undefined)).toMatchObject({ verdict: 'warning' });
  expect(checkTls(key, undefined)).toMatchObject({ verdict: 'wrong' });
  expect(checkTls(join(folder, 'missing.pem'), key)).toMatchObject({
    verdict: 'wrong',
    found: expect.stringContaining('ENOENT'),
  });
  expect(checkTls(key, key)).toMatchObject({ verdict: 'wrong' });
});

test('few open files are a warning', () => {
  expect(checkOpenFiles('Max open files            256                  4096                 files')).toMatchObject({
    verdict: 'warning',
  });
  expect(checkOpenFiles('Max open files            65536                65536                files')).toMatchObject({
    verdict: 'fine',
  });
  expect(checkOpenFiles('')).toBeUndefined();
});

test('the report has the remedies', () => {
  expect(doctorReport([checkNode('20.0.0'), checkNode('22.0.0')])).toBe(
    '✗ Node: 20.0.0\n    Install Node 22 or later.\n✓ Node: 22.0.0\n',
  );
});
