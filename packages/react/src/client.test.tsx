// @vitest-environment happy-dom
import type { Client } from '@sigchart/browser';
import { Activity, act, type ReactNode, StrictMode } from 'react';
import { createRoot, type Root } from 'react-dom/client';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { type MemoryServer, settle, startMemoryServer } from '../test/memoryServer.ts';
import { ClientProvider, useClient, usePublisher } from './index.ts';

let server: MemoryServer;
let root: Root;
let state: string;
let client: Client;

function Publisher() {
  client = useClient();
  state = usePublisher('s1', { stream: null }).state;
  return null;
}

const render = async (children: ReactNode) => {
  await act(async () => root.render(<StrictMode>{children}</StrictMode>));
  await act(settle);
};

beforeEach(() => {
  vi.stubGlobal('IS_REACT_ACT_ENVIRONMENT', true);
  server = startMemoryServer();
  root = createRoot(document.createElement('div'));
});

afterEach(async () => {
  await act(async () => root.unmount());
  await act(settle);
  expect(server.open).toBe(0);
  vi.unstubAllGlobals();
});

const page = (url: string) => (
  <ClientProvider url={url} options={{ clock: server.clock }}>
    <Publisher />
  </ClientProvider>
);

test('one client and one socket for each address, closed with the provider', async () => {
  await render(page('ws://memory/a/websocket'));
  const first = client;
  await render(page('ws://memory/a/websocket'));
  expect(client).toBe(first);
  expect([state, server.dialled]).toEqual(['publishing', 1]);
  await render(page('ws://memory/b/websocket'));
  expect(client).not.toBe(first);
  expect([state, server.dialled, server.open]).toEqual(['publishing', 2, 1]);
  await render(null);
  expect([server.open, server.connections]).toEqual([0, 0]);
});

test('a provider that was hidden serves again when it is shown', async () => {
  const activity = (mode: 'visible' | 'hidden') => <Activity mode={mode}>{page('ws://memory/a/websocket')}</Activity>;
  await render(activity('visible'));
  await render(activity('hidden'));
  expect(server.open).toBe(0);
  await render(activity('visible'));
  expect([state, server.open]).toEqual(['publishing', 1]);
});

test('a hook without a provider throws an error that says what to do', async () => {
  vi.spyOn(console, 'error').mockImplementation(() => {});
  await expect(act(async () => root.render(<Publisher />))).rejects.toThrow(/ClientProvider/);
});
