import { randomBytes } from 'node:crypto';
import type { ServerUnderTest, Settings } from '@sigchart/conformance';
import { openConnection } from './media.ts';
import { openSocket } from './socket.ts';

/** Options to treat an address. */
export interface AddressOptions {
  /** Milliseconds until a socket must be open. */
  readonly timeoutMs: number;
  readonly insecure: boolean;
  /** Configuration of the server, as far as it is known. Default unknown. */
  readonly settings?: Settings;
}

const pollMs = 4;

const isLoopback = ({ hostname }: URL): boolean =>
  hostname === 'localhost' || hostname.startsWith('127.') || hostname === '[::1]';

/** The address for a case: its path, with the app of the given address. */
function addressFor(address: URL, path: string | undefined): URL {
  if (path === undefined) return address;
  const app = address.pathname.replace(/\/websocket\/*$/, '').replace(/^\/+/, '');
  const url = new URL(address);
  const [pathname = '', query] = path.replace('{{app}}', app).split('?');
  url.pathname = pathname;
  if (query !== undefined) url.search = url.search === '' ? query : `${url.search}&${query}`;
  return url;
}

/**
 * A server at an address, as `runCase` of `@sigchart/conformance` uses it: over sockets, with real media. Nothing is known about
 * the server.
 */
export function serverAt(address: URL, { timeoutMs, insecure, settings = {} }: AddressOptions): ServerUnderTest {
  return {
    run: `conform${randomBytes(4).toString('hex')}`,
    settings,
    now: () => performance.now(),
    connect: (as, streamId) => openConnection(as, streamId, isLoopback(address)),
    async open({ path, answersPings }, hears) {
      const socket = await openSocket(
        addressFor(address, path),
        { timeoutMs, answersPings, insecure },
        { text: (text) => hears.received(text), binary: () => {}, closed: (how) => hears.closed(how) },
      );
      return {
        send: (text) => socket.send(text, () => {}),
        sendBytes: (text) => socket.send(Buffer.from(text), { binary: true }, () => {}),
        close() {
          socket.close();
          setTimeout(() => socket.terminate(), 1_000).unref();
        },
      };
    },
    async wait(ms, holds) {
      const end = performance.now() + ms;
      while (!holds?.() && performance.now() < end)
        await new Promise((resolve) => setTimeout(resolve, Math.min(pollMs, Math.max(0, end - performance.now()))));
    },
  };
}
