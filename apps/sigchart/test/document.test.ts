import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { exitCodes } from '../src/exit.ts';
import { serveDocument } from './document.ts';
import type { Served } from './serve.ts';

const bin = fileURLToPath(new URL('../bin/sigchart.js', import.meta.url));
let server: Served;

beforeAll(async () => {
  server = await serveDocument();
});
afterAll(() => server.stop());

async function conform(...args: readonly string[]) {
  const address = `ws://localhost:${server.port}/live/websocket`;
  const child = spawn(process.execPath, [bin, 'conform', address, ...args], { stdio: ['ignore', 'pipe', 'inherit'] });
  let output = '';
  for await (const data of child.stdout) output += String(data);
  return { code: child.exitCode ?? (await new Promise((resolve) => child.once('exit', resolve))), output };
}

test('a server of nothing but the original document follows it in every case', { timeout: 300_000 }, async () => {
  const { code, output } = await conform('--required-by', 'spec', '--timeout', '20000');
  expect(output).not.toContain('✗');
  expect(output).toMatch(/follows the protocol in all \d\d cases/);
  expect(code).toBe(exitCodes.passed);
});

test('features beyond the document are not followed, and counted by cause', {
  timeout: 300_000,
}, async () => {
  const { code, output } = await conform('--only', '^(question/.*-of-a-room|play/no-stream)', '--timeout', '3000');
  expect(output).not.toContain('✗');
  expect(output).toContain(
    '– not followed: beyond the document\n    – A expected  error {"definition":"no_stream_exist"',
  );
  expect(output).toMatch(/was not asked about the original document; beyond it, (\d+) of \1 cases are not followed\./);
  expect(output).toMatch(
    /By cause\n {2}– \d × expected publish_started, received nothing: .*, and \d more\n {2}– \d × expected no_stream_exist/,
  );
  expect(code).toBe(exitCodes.notFollowed);
});
