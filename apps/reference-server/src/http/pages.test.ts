import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { pageHeaders } from './headers.ts';
import { demoPages, embeddablePage, inOrder, pagesBelow } from './pages.ts';

let http: Server;
let origin: string;

beforeAll(async () => {
  const setHeaders = pageHeaders([]);
  http = createServer(
    inOrder(pagesBelow('/inspector', 'inspector', setHeaders), embeddablePage(setHeaders), demoPages(setHeaders)),
  );
  await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
  origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
});
afterAll(() => {
  http.closeAllConnections();
  return new Promise((resolve) => http.close(resolve));
});

const pages = ['/', '/inspector/', '/live/play/stream1'];

test.each(['bytes=5-2', 'bytes=0-0', 'bytes=-5', 'bytes=0--5', 'bytes=0-1,3-4', 'bytes=99999999-', 'nonsense'])(
  'a page is sent as a whole, whatever part of it is asked for: %s',
  async (range) => {
    for (const page of pages) {
      const response = await fetch(`${origin}${page}`, { headers: { range } });
      expect([page, response.status]).toEqual([page, 200]);
      expect(await response.text()).toMatch(/<\/html>\s*$/);
    }
  },
);

test.each(['POST', 'PUT', 'PATCH', 'DELETE'])('there is nothing to %s at a page', async (method) => {
  for (const page of pages) expect((await fetch(`${origin}${page}`, { method })).status).toBe(404);
});
