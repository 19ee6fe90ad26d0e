import { execFile, spawn } from 'node:child_process';
import { existsSync, mkdtempSync, readdirSync, readFileSync, rmSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { afterAll, beforeAll, expect, test } from 'vitest';

const run = promisify(execFile);
const root = fileURLToPath(new URL('../../../', import.meta.url));

/** The folders of everything that is published. */
const published = ['packages', 'apps']
  .flatMap((folder) => readdirSync(join(root, folder)).map((name) => join(folder, name)))
  // A folder that a removed package has left behind has none.
  .filter((path) => existsSync(join(root, path, 'package.json')))
  .filter((path) => JSON.parse(readFileSync(join(root, path, 'package.json'), 'utf8')).private !== true);

let folder: string;
let bin: string;

beforeAll(async () => {
  folder = mkdtempSync(join(tmpdir(), 'sigchart-packed-'));
  const packages = join(folder, 'packages');
  for (const path of published) await run('pnpm', ['pack', '--pack-destination', packages], { cwd: join(root, path) });
  writeFileSync(join(folder, 'package.json'), JSON.stringify({ private: true }));
  const tarballs = readdirSync(packages).map((name) => join(packages, name));
  tarballs.push('react-dom@19');
  await run('npm', ['install', '--no-audit', '--no-fund', '--prefer-offline', ...tarballs], { cwd: folder });
  bin = join(folder, 'node_modules', 'sigchart', 'bin', 'sigchart.js');
}, 240_000);

afterAll(() => rmSync(folder, { recursive: true, force: true }));

/** Starts the installed server and waits for the port that it prints. */
async function serve() {
  const child = spawn(process.execPath, [bin, 'serve', '--port', '0'], { cwd: folder });
  const exited = new Promise<number | null>((resolve) => child.once('exit', resolve));
  let output = '';
  const port = await new Promise<string>((resolve, reject) => {
    for (const stream of [child.stdout, child.stderr])
      stream.on('data', (chunk) => {
        output += String(chunk);
        const match = /:(\d+)\/live\/websocket/.exec(output);
        if (match?.[1] !== undefined) resolve(match[1]);
      });
    exited.then((code) => reject(new Error(`the server ended with ${code}: ${output}`)));
  });
  return {
    address: `localhost:${port}`,
    stop: () => {
      child.kill('SIGTERM');
      return exited;
    },
  };
}

test('installed from its packages, it serves pages, streams media, and prints its version', async () => {
  const { stdout } = await run(process.execPath, [bin, '--version']);
  expect(stdout.trim()).toMatch(/^\d+\.\d+\.\d+$/);
  const server = await serve();
  const page = await fetch(`http://${server.address}/`);
  expect(page.status).toBe(200);
  expect(await page.text()).toContain('<title>');
  const load = await run(process.execPath, [
    bin,
    'load',
    `ws://${server.address}/live/websocket`,
    '--players',
    '2',
    '--seconds',
    '1',
  ]);
  expect(load.stdout).toMatch(/^players +2 of 2 connected/m);
  expect(load.stdout).toMatch(/^packets received +[1-9]/m);
  const conform = await run(process.execPath, [
    bin,
    'conform',
    `ws://${server.address}/live/websocket`,
    ...['--only', '^(socket/ping|description/offer)$', '--timeout', '60000'],
  ]);
  expect(conform.stdout).toContain('follows the protocol in all 2 cases.');
  expect(await server.stop()).toBe(0);
});

test('the hooks, installed from their package, render on a server', async () => {
  const script = `
    import { createElement } from 'react';
    import { renderToString } from 'react-dom/server';
    import { ClientProvider, usePlayer } from '@sigchart/react';
    const State = () => usePlayer('stream1').state;
    process.stdout.write(renderToString(createElement(ClientProvider, { url: 'ws://localhost' }, createElement(State))));`;
  const { stdout } = await run(process.execPath, ['--input-type=module', '--eval', script], { cwd: folder });
  expect(stdout).toBe('idle');
});

test('options that make no sense end with a sentence', async () => {
  await expect(run(process.execPath, [bin, 'load', 'http://localhost/'])).rejects.toMatchObject({
    code: 2,
    stderr: expect.stringContaining('ws://host:5080/App/websocket'),
  });
});
