import { execFileSync } from 'node:child_process';
import { mkdtempSync, renameSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { connect } from 'node:tls';
import { afterAll, afterEach, beforeAll, describe, expect, test, vi } from 'vitest';
import { until } from '../page.ts';
import { startServer } from '../server.ts';

let folder: string;

beforeAll(() => {
  folder = mkdtempSync(join(tmpdir(), 'sigchart-configuration-'));
});

afterAll(() => rmSync(folder, { recursive: true }));

afterEach(() => vi.unstubAllEnvs());

const file = (name: string, text = '') => {
  const path = join(folder, name);
  writeFileSync(path, text);
  return path;
};

/** Error output of a server that does not start: one sentence. */
async function refusal(...args: readonly string[]): Promise<string> {
  const error = await startServer(...args).then(
    async (server) => {
      await server.stop();
      return new Error('it started');
    },
    (error: Error) => error,
  );
  const [, said = ''] = /^the server ended with 1: error: (.*)\n$/.exec(error.message) ?? [];
  return said === '' ? error.message : said;
}

describe('an invalid configuration is refused in one sentence', () => {
  test('an invalid option, wherever it stands', async () => {
    expect(await refusal('--prot', '80')).toBe('unknown option "prot"; did you mean "port"?');
    expect(await refusal('--nonsense-all-along')).toBe('unknown option "nonsense-all-along"');
    const config = file('unknown.json', '{"prot":80}');
    expect(await refusal('--config', config)).toBe(`${config}: unknown option "prot"; did you mean "port"?`);
    vi.stubEnv('SIGCHART_PROT', '80');
    expect(await refusal()).toBe('unknown option "SIGCHART_PROT"; did you mean "SIGCHART_PORT"?');
  });

  test('a file that is missing or invalid', async () => {
    expect(await refusal('--config', '/nowhere.json')).toBe(
      'cannot read the configuration file "/nowhere.json" (ENOENT)',
    );
    vi.stubEnv('SIGCHART_CONFIG', '/nowhere.json');
    expect(await refusal()).toBe('cannot read the configuration file "/nowhere.json" (ENOENT)');
    vi.unstubAllEnvs();
    expect(await refusal('--config', file('list.json', '[]'))).toMatch(/list\.json is not a JSON object$/);
    expect(await refusal('--config', file('bad.json', '{'))).toMatch(/bad\.json is not JSON: /);
    expect(await refusal('--tls-certificate', '/no.pem', '--tls-key', '/no.key')).toBe(
      'cannot read "/no.pem" (ENOENT)',
    );
    const [certificate, key] = [file('certificate.txt', 'none'), file('key.txt', 'none')];
    expect(await refusal('--tls-certificate', certificate, '--tls-key', key)).toMatch(
      /are not a certificate and its key: /,
    );
  });

  test('one of two options that belong together', async () => {
    const sentence = 'tlsCertificate needs tlsKey: without the key the server could only speak plain HTTP';
    expect(await refusal('--tls-certificate', '/some.pem')).toBe(sentence);
    vi.stubEnv('TLS_CERTIFICATE', '/some.pem');
    expect(await refusal()).toBe(sentence);
    vi.unstubAllEnvs();
    expect(await refusal('--config', file('tls.json', '{"tlsCertificate":"/some.pem"}'))).toBe(sentence);
    expect(await refusal('--tls-key', '/some.key')).toBe('tlsKey needs tlsCertificate');
    expect(await refusal('--admin-host', '::1')).toBe('adminHost needs adminPort');
    // Otherwise the server would start, and require nothing.
    expect(await refusal('--stream-jwt-algorithms', 'RS256')).toBe(
      'streamJwtAlgorithms needs streamJwtSecret or streamJwksUrl',
    );
    expect(await refusal('--code-publish-secret', 'JBSWY3DPEHPK3PXP')).toBe('codePublishSecret needs subscriberCodes');
    expect(await refusal('--authorize', 'publish')).toMatch(
      /^authorize needs oneTimeTokens, .* or authorizationHookUrl$/,
    );
    expect(await refusal('--turn-secret', 'secret')).toBe('turnSecret needs iceServers');
    expect(await refusal('--trust-proxy', 'example.org')).toMatch(/^trustProxy: It must be a number of proxies/);
    expect(await refusal('--origins', 'example.org')).toMatch(/^origins\.0: It must look like/);
  });

  test('an empty text, such as that of an unset variable', async () => {
    expect(await refusal('--port', '')).toMatch(/'--port <number>'.* is invalid. It must be a whole number/);
    expect(await refusal('--apps', '')).toBe('apps: Name at least one app.');
    expect(await refusal('--hook-secret', 'whsec_no base64')).toBe('hookSecret: After whsec_ it must be base64.');
  });

  test('a port in use, an address of another machine, a name without an address, and a store in no folder', async () => {
    const first = await startServer();
    const { port } = new URL(first.http);
    expect(await refusal('--port', port)).toBe(
      `TCP port ${port} is in use: stop what listens there, or choose another port`,
    );
    await first.stop();
    expect(await refusal('--host', '203.0.113.9')).toBe('"203.0.113.9" is not an address of this machine');
    expect(await refusal('--announced-address', 'nobody.invalid')).toMatch(/"nobody\.invalid" has no address/);
    expect(await refusal('--store', '/nowhere/streams.db')).toMatch(
      /^The store \/nowhere\/streams\.db cannot be opened/,
    );
  });

  test('a store that another process uses, until that has ended, however it did', async () => {
    const store = join(folder, 'streams.db');
    const first = await startServer('--store', store);
    expect(await refusal('--store', store)).toBe(
      `Another process uses the store ${store}: stop it first, or use another file.`,
    );
    first.signal('SIGKILL');
    await until(async () => {
      const second = await startServer('--store', store);
      expect(await second.stop()).toBe(0);
    });
  });
});

test('a configuration file may begin with a byte order mark', async () => {
  const server = await startServer('--config', file('mark.json', '\uFEFF{"apps":["live"]}'));
  expect(await server.stop()).toBe(0);
});

test('a signal that arrives twice, as through npm, stops the server once; a later one ends it', async () => {
  const server = await startServer('--drain-seconds', '1');
  server.signal('SIGTERM');
  await new Promise((resolve) => setTimeout(resolve, 100));
  expect(await server.stop()).toBe(0);
  const other = await startServer('--drain-seconds', '60');
  other.signal('SIGTERM');
  await until(async () => expect((await fetch(`${other.http}/readyz`)).status).toBe(503));
  await new Promise((resolve) => setTimeout(resolve, 1_200));
  expect(await other.stop()).toBe(1);
});

test('a server without a certificate goes on after SIGHUP, as `systemctl reload` sends it', async () => {
  const server = await startServer();
  server.signal('SIGHUP');
  await until(async () => expect(server.log()).toContain('no certificate is configured'));
  expect((await fetch(`${server.http}/healthz`)).status).toBe(200);
  expect(await server.stop()).toBe(0);
});

describe('a certificate', () => {
  const make = (name: string) => {
    const [certificate, key] = [join(folder, `${name}.pem`), join(folder, `${name}.key`)];
    const subject = ['-subj', `/CN=${name}`, '-days', '1', '-nodes'];
    const options = ['req', '-x509', '-newkey', 'ec', '-pkeyopt', 'ec_paramgen_curve:P-256', ...subject];
    execFileSync('openssl', [...options, '-out', certificate, '-keyout', key], { stdio: 'ignore' });
    return { certificate, key };
  };

  const nameAt = (port: number) =>
    new Promise<unknown>((resolve, reject) => {
      const socket = connect({ port, host: '127.0.0.1', rejectUnauthorized: false }, () => {
        resolve(socket.getPeerCertificate().subject.CN);
        socket.destroy();
      });
      socket.on('error', reject);
    });

  test('is read again when its files change, and on SIGHUP', async () => {
    const used = make('first');
    const server = await startServer('--tls-certificate', used.certificate, '--tls-key', used.key);
    expect(server.printed()).toContain('https://localhost:');
    expect(server.printed()).toContain('wss://localhost:');
    const port = Number(new URL(server.http).port);
    expect(await nameAt(port)).toBe('first');
    const second = make('second');
    renameSync(second.certificate, used.certificate);
    renameSync(second.key, used.key);
    await until(async () => expect(await nameAt(port)).toBe('second'));
    const third = make('third');
    renameSync(third.certificate, used.certificate);
    renameSync(third.key, used.key);
    server.signal('SIGHUP');
    await until(async () => expect(await nameAt(port)).toBe('third'));
    // One that is broken leaves that of before.
    writeFileSync(used.certificate, 'broken');
    server.signal('SIGHUP');
    await until(async () => expect(server.log()).toContain('the certificate could not be read again'));
    expect(await nameAt(port)).toBe('third');
    expect(await server.stop()).toBe(0);
  });
});
