import type { RoleHandle } from '@sigchart/browser';
import { createReader, decodeLines, feedProtocol, type ReadRun, replayAll, type TraceLine } from '@sigchart/inspect';
import type { Browser } from 'playwright-core';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';
import { bundledClient, type InspectedModule, inspectedPage } from './inspectedPage.ts';
import { until } from './page.ts';
import { type RunningServer, startServer } from './server.ts';

const path = '/inspector/feed';
const closing: (() => void)[] = [];

afterAll(() => {
  for (const close of closing) close();
});

/** Views a feed, every run of it. */
async function view(server: RunningServer, query = '') {
  const webSocket = new WebSocket(`${server.ws}${path}${query}`, feedProtocol);
  closing.push(() => webSocket.close());
  const reader = createReader();
  const lines: TraceLine[] = [];
  let text = '';
  webSocket.onmessage = ({ data }) => {
    text += data;
    const { records, illegible } = decodeLines(data);
    expect(illegible).toEqual([]);
    lines.push(...records);
    const before = reader.runs.size;
    reader.read(records);
    if (reader.runs.size > before) webSocket.send(JSON.stringify({ watch: [...reader.runs.keys()] }));
  };
  const opened = await new Promise<boolean>((resolve) => {
    webSocket.onopen = () => resolve(true);
    webSocket.onerror = () => resolve(false);
  });
  const find = (source: string, machine: string): ReadRun | undefined =>
    [...reader.runs.values()].find(
      ({ record }) => record.recorder === source && reader.machines.get(record.machine)?.id === machine,
    );
  return { opened, reader, lines, find, text: () => text };
}

describe('the inspector of a server', () => {
  test('requires its token from every client, and its page is found without the slash', async () => {
    const server = await startServer('--inspector-token', 'open sesame');
    expect((await view(server)).opened).toBe(false);
    expect((await view(server, '?token=open+sesame')).opened).toBe(true);
    const moved = await fetch(`${server.http}/inspector?token=a`, { redirect: 'manual' });
    expect([moved.status, moved.headers.get('location')]).toEqual([308, './inspector/?token=a']);
    expect(await server.stop()).toBe(0);
  });

  test('is not there when it is switched off', async () => {
    const server = await startServer('--no-inspector');
    expect((await view(server)).opened).toBe(false);
    expect((await fetch(`${server.http}/inspector/`)).status).toBe(404);
    expect(await server.stop()).toBe(0);
  });
});

describe('both halves of a conversation', () => {
  let bundle = '';
  let server: RunningServer;
  let browser: Browser;

  beforeAll(async () => {
    bundle = await bundledClient();
    [server, browser] = await Promise.all([startServer(), launchChromium()]);
  });

  afterAll(async () => {
    await browser.close();
    await server.stop();
  });

  test('of a real publisher are on the feed, go the same way when they are replayed, and keep their secrets', async () => {
    const { find, lines, reader, text } = await view(server, `?token=${server.key}`);
    const page = await inspectedPage(browser, server, bundle);
    await page.evaluate(
      async ([ws, key]) => {
        const { made } = window as unknown as { readonly made: InspectedModule };
        const inspect = made.inspectTo(`${ws}/inspector/feed?token=${key}`, { name: 'browser' });
        const client = made.createClient(`${ws}/live/websocket`, { inspect });
        const stream = await navigator.mediaDevices.getUserMedia({ video: true, audio: true });
        Object.assign(window, { handle: client.publish('both1', { stream, token: 'hunter2' }) });
      },
      [server.ws, server.key] as const,
    );
    const state = (one?: ReadRun) => JSON.stringify(one?.record.state);
    await until(async () => expect(state(find('browser', 'publisher.client'))).toContain('"publishing"'));
    await until(async () => expect(state(find('server', 'publisher.server'))).toContain('"owned"'));
    await page.evaluate(() => (window as unknown as { handle: RoleHandle }).handle.stop());
    await until(async () => expect(find('browser', 'publisher.client')?.record.status).toBe('done'));
    await until(async () => expect(find('server', 'publisher.server')?.record.status).toBe('done'));
    await until(async () => {
      for (const { record, transitions } of reader.runs.values())
        expect(transitions.at(-1)?.seq).toBeGreaterThanOrEqual(record.seq);
    });
    const { runs, deviations } = replayAll(lines);
    expect(deviations).toEqual([]);
    expect(runs.filter(({ unknown }) => unknown !== undefined)).toEqual([]);
    expect(runs.length).toBeGreaterThanOrEqual(4);
    for (const machine of ['publisher.client', 'publisher.server', 'socket.client', 'socket.server', 'stream.server'])
      expect(lines.some((line) => line.kind === 'machine' && line.definition.id === machine)).toBe(true);
    expect(text()).toContain('a=ice-ufrag:');
    expect(text()).not.toContain('hunter2');
    expect(text()).not.toMatch(/ice-pwd:(?!\[secret\])/);
    await page.close();
  });
});
