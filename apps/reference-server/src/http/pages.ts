import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Registry } from 'prom-client';
import sirv from 'sirv';
import type { pageHeaders } from './headers.ts';

/** Answers a request, or says `false` and leaves it to the next. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Folder of built pages: in the package if it is installed; in a checkout beside this app, or at the root. */
const built = (app: string) =>
  [`../pages/${app}`, `../../../${app}/dist`, `../../../../${app}/dist`]
    .map((path) => fileURLToPath(new URL(path, import.meta.url)))
    .find((path) => existsSync(path));

/** Answers a request for a file, or calls `next` if there is none. */
type Files = (request: IncomingMessage, response: ServerResponse, next: () => void) => void;

/**
 * Serves the pages of an app that has been built; nothing when it has not been. Ranges are ignored (RFC 9110 § 14.2): the pages are
 * small, and `sirv` throws at some and misreads others.
 */
function files(app: string, setHeaders: ReturnType<typeof pageHeaders>): Files | undefined {
  const folder = built(app);
  if (folder === undefined) return undefined;
  const send = sirv(folder, { etag: true, setHeaders });
  return (request, response, next) => {
    delete request.headers.range;
    send(request, response, next);
  };
}

/** Reports whether a request is for something to show. */
const isRead = ({ method }: IncomingMessage): boolean => method === 'GET' || method === 'HEAD';

/** Answers with plain text. */
export function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

const notFound = (response: ServerResponse) => answer(response, 404, 'Not found\n');

/** Serves the demo at `/`. */
export function demoPages(setHeaders: ReturnType<typeof pageHeaders>): Handler {
  const demo = files('demo', setHeaders);
  return (request, response) => {
    if (demo === undefined || !isRead(request)) return false;
    demo(request, response, () => notFound(response));
    return true;
  };
}

/**
 * Serves `/<app>/play/<streamId>`: a stream and nothing else, for `<iframe>`s. With it, the scripts and styles of the demo, but none of its
 * pages.
 */
export function embeddablePage(setHeaders: ReturnType<typeof pageHeaders>): Handler {
  const demo = files('demo', setHeaders);
  return (request, response) => {
    const [path = '/', query] = (request.url ?? '/').split('?');
    const isPage = /^\/[^/]+\/play\/[^/]+$/.test(path);
    if (demo === undefined || !isRead(request) || !(isPage || path.startsWith('/assets/'))) return false;
    const url = `${isPage ? '/embed/play/stream.html' : path}${query === undefined ? '' : `?${query}`}`;
    demo(Object.assign(request, { url }), response, () => notFound(response));
    return true;
  };
}

/** Serves the pages of an app below a path of its own, such as `/inspector`. They name what belongs to them relative to their folder. */
export function pagesBelow(path: string, app: string, setHeaders: ReturnType<typeof pageHeaders>): Handler {
  const pages = files(app, setHeaders);
  return (request, response) => {
    const { url = '/' } = request;
    if (!isRead(request)) return false;
    const [asked = '/', query] = url.split('?');
    if (asked === path) {
      // Relative, because a proxy may have removed a prefix of the path.
      const location = `.${path}/${query === undefined ? '' : `?${query}`}`;
      response.writeHead(308, { location, 'referrer-policy': 'no-referrer' }).end();
      return true;
    }
    if (!asked.startsWith(`${path}/`) || pages === undefined) return false;
    pages(Object.assign(request, { url: url.slice(path.length) }), response, () => notFound(response));
    return true;
  };
}

/** Serves `/metrics`. */
export const metricsPage =
  (metrics: Registry): Handler =>
  ({ url = '/' }, response) => {
    if (url.split('?')[0] !== '/metrics') return false;
    metrics.metrics().then(
      (text) => answer(response, 200, text, metrics.contentType),
      () => answer(response, 500, 'The metrics cannot be read.\n'),
    );
    return true;
  };

/** Calls handlers in order until one answers; otherwise the answer is 404. */
export const inOrder =
  (...handlers: readonly (Handler | undefined)[]) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (!handlers.some((handle) => handle?.(request, response))) notFound(response);
  };
