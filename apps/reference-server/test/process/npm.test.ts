import { spawn } from 'node:child_process';
import { fileURLToPath } from 'node:url';
import { expect, test } from 'vitest';
import { until } from '../page.ts';

const root = fileURLToPath(new URL('../../../..', import.meta.url));

test('SIGTERM to npm ends the server that it started', async () => {
  const npm = spawn('npm', ['start', '--', '--port', '0'], {
    cwd: root,
    stdio: ['ignore', 'pipe', 'ignore'],
    detached: true,
  });
  let printed = '';
  npm.stdout.on('data', (chunk) => {
    printed += String(chunk);
  });
  try {
    await until(async () => expect(printed).toMatch(/Signalling.*\n/));
    const [, port] = /:(\d+)\/live\/websocket/.exec(printed) ?? [];
    const url = `http://localhost:${port}/metrics`;
    expect((await fetch(url)).status).toBe(200);
    npm.kill('SIGTERM');
    await until(async () =>
      expect(
        await fetch(url).then(
          () => 'answers',
          () => 'gone',
        ),
      ).toBe('gone'),
    );
  } finally {
    // The group of npm, so that nothing is left when it fails.
    try {
      process.kill(-(npm.pid ?? 0), 'SIGKILL');
    } catch {
      // It has ended, as it should.
    }
  }
});
