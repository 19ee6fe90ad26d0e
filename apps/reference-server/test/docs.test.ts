import { afterAll, beforeAll, expect, test } from 'vitest';
import { type RunningServer, startServer } from './server.ts';

let server: RunningServer;

beforeAll(async () => {
  server = await startServer('--no-inspector');
});

afterAll(() => server.stop());

const get = async (path: string, init: RequestInit = {}) => {
  const response = await fetch(new URL(path, server.http), init);
  return { status: response.status, type: response.headers.get('content-type') ?? '', text: await response.text() };
};

/** Addresses within the site in a page or a style sheet. */
const named = (text: string) =>
  [...text.matchAll(/(?:href|src)="([^"#]+)|url\(([^)"']+)\)/g)]
    .map(([, link, url]) => link ?? url ?? '')
    .filter((link) => !/^[a-z]+:/.test(link));

test.each(['/docs/', '/docs/guide/start', '/docs/protocol/messages', '/docs/decisions/'])(
  'everything that %s names is found, and relative to it, so that a proxy may add a prefix',
  async (path) => {
    const pending = [path];
    const found = new Set(pending);
    for (const from of pending) {
      const { status, text } = await get(from);
      expect([from, status]).toEqual([from, 200]);
      // Of other pages it is enough that they are there.
      const links = from === path || from.endsWith('.css') ? named(text) : [];
      expect(links.filter((link) => link.startsWith('/'))).toEqual([]);
      for (const link of links) {
        const { pathname } = new URL(link, `${server.http}${from}`);
        if (!found.has(pathname)) pending.push(pathname);
        found.add(pathname);
      }
    }
    expect([...found].filter((each) => each.endsWith('.css'))).not.toEqual([]);
    expect(found.size).toBeGreaterThan(20);
  },
);

test('a page runs no script of its own text, which its policy does not allow', async () => {
  const { text } = await get('/docs/');
  expect(text.match(/<script(?![^>]* src=)[^>]*>/g)).toBeNull();
});

test('the page about WHIP is read, and an app of the name docs has WHIP', async () => {
  const page = await get('/docs/whip');
  expect([page.status, page.type]).toEqual([200, expect.stringContaining('text/html')]);
  const offer = await get('/docs/whip/x', { method: 'POST', headers: { 'content-type': 'text/plain' }, body: 'x' });
  expect(offer.status).toBe(415);
});
