import { type ChildProcess, fork } from 'node:child_process';
import { createServer } from 'node:http';
import type { AddressInfo } from 'node:net';
import { fileURLToPath } from 'node:url';
import type { Clock } from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { createSignallingServer } from '@sigchart/server';
import { createMedia } from '@sigchart/werift';
import { afterEach, describe, expect, test, vi } from 'vitest';
import { openSocket } from '../src/socket.ts';

const stops: (() => unknown)[] = [];

afterEach(async () => {
  for (const stop of stops.splice(0)) await stop();
});

async function serve(clock?: Clock): Promise<string> {
  const media = createMedia();
  const signalling = createSignallingServer({ media, ...(clock && { clock }) });
  const http = createServer().on('upgrade', signalling.upgrade);
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  stops.push(signalling.close, media.close, () => void http.close());
  return `ws://127.0.0.1:${(http.address() as AddressInfo).port}/live/websocket`;
}

/** Waits as long as a busy machine may need. */
const until = (check: () => void) => vi.waitFor(check, { timeout: 30_000, interval: 20 });

/** Starts a publisher of `s1` in a process of its own, and waits until it is live. */
async function publishing(url: string): Promise<{ readonly process: ChildProcess; readonly told: unknown[] }> {
  const owner = fork(fileURLToPath(new URL('owner.ts', import.meta.url)), [url, 's1'], {
    execArgv: ['--conditions=@sigchart/source', '--disable-warning=ExperimentalWarning'],
  });
  const told: unknown[] = [];
  owner.on('message', (message) => told.push(message));
  stops.unshift(() => void owner.kill('SIGKILL'));
  await until(() => expect(told).toEqual(['live']));
  return { process: owner, told };
}

/** Publishes `s1` from another socket again and again. */
async function claiming(url: string) {
  const heard: string[] = [];
  const text = (message: string) => {
    const { command, definition = command } = JSON.parse(message);
    heard.push(definition);
  };
  const socket = await openSocket(new URL(url), { timeoutMs: 20_000 }, { text, binary() {}, closed() {} });
  const timer = setInterval(() => socket.send('{"command":"publish","streamId":"s1"}'), 50);
  stops.unshift(() => {
    clearInterval(timer);
    socket.terminate();
  });
  return heard;
}

describe('a stream id that another socket claims again and again', { timeout: 120_000 }, () => {
  test('stays with a publisher whose media flows, while its TCP connection is held up', async () => {
    const url = await serve();
    const owner = await publishing(url);
    owner.process.send('hold');
    const heard = await claiming(url);
    const refusals = () => heard.filter((definition) => definition === 'streamIdInUse').length;
    await until(() => expect(refusals()).toBeGreaterThanOrEqual(3));
    owner.process.send('read');
    const before = refusals();
    await until(() => expect(refusals()).toBeGreaterThan(before + 1));
    expect(heard).not.toContain('start');
    expect(owner.told).toEqual(['live']);
  });

  test('stays with it even after its socket has answered no ping for 20 s', async () => {
    const clock = manualClock();
    const url = await serve(clock);
    const owner = await publishing(url);
    owner.process.send('hold');
    const heard = await claiming(url);
    for (let round = 0; round < 3; round += 1) {
      clock.pass(10_000);
      // The answer to the last check is real.
      await new Promise((resolve) => setTimeout(resolve, 1_200));
    }
    clock.pass(1_500);
    await until(() => expect(heard).toContain('streamIdInUse'));
    expect(heard).not.toContain('start');
    expect(owner.told).toEqual(['live']);
  });

  test('is taken from a publisher that is frozen with its media', async () => {
    const url = await serve();
    const owner = await publishing(url);
    owner.process.kill('SIGSTOP');
    const heard = await claiming(url);
    const start = performance.now();
    await until(() => expect(heard).toContain('start'));
    // Before its socket is found dead, which takes 10 s at least.
    expect(performance.now() - start).toBeLessThan(9_000);
  });

  test('is free at once when its publisher is killed', async () => {
    // Nothing that waits ends on this clock.
    const url = await serve(manualClock());
    const owner = await publishing(url);
    owner.process.kill('SIGKILL');
    const heard = await claiming(url);
    await until(() => expect(heard).toContain('start'));
  });
});
