import { existsSync } from 'node:fs';
import type { IncomingMessage, ServerResponse } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Registry } from 'prom-client';
import sirv from 'sirv';
import type { pageHeaders } from './headers.ts';

/** Answers a request, or says `false` and leaves it to the next. */
export type Handler = (request: IncomingMessage, response: ServerResponse) => boolean;

/** Where the pages of an app are: in the package when it is installed, beside it in a checkout. */
const built = (app: string) => {
  const [packed, beside] = [`../pages/${app}`, `../../../${app}/dist`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  return existsSync(packed) ? packed : beside;
};

/** Serves the pages of an app that has been built; nothing when it has not been. */
const files = (app: string, setHeaders: ReturnType<typeof pageHeaders>) =>
  existsSync(built(app)) ? sirv(built(app), { etag: true, setHeaders }) : undefined;

/** Answers with plain text. */
export function answer(response: ServerResponse, status: number, text: string, type = 'text/plain'): void {
  response.writeHead(status, { 'content-type': type, 'x-content-type-options': 'nosniff' }).end(text);
}

const notFound = (response: ServerResponse) => answer(response, 404, 'Not found\n');

const inspectorPath = '/inspector';

/** Serves the demo at `/`. */
export function demoPages(setHeaders: ReturnType<typeof pageHeaders>): Handler {
  const demo = files('demo', setHeaders);
  return (request, response) => {
    if (demo === undefined) return false;
    demo(request, response, () => notFound(response));
    return true;
  };
}

/** Serves the inspector at `/inspector/`. */
export function inspectorPages(setHeaders: ReturnType<typeof pageHeaders>): Handler {
  const inspector = files('inspector', setHeaders);
  return (request, response) => {
    const { url = '/' } = request;
    const [path = '/', query] = url.split('?');
    if (path === inspectorPath) {
      // Its page names what belongs to it relative to the folder.
      const location = `${inspectorPath}/${query === undefined ? '' : `?${query}`}`;
      response.writeHead(308, { location, 'referrer-policy': 'no-referrer' }).end();
      return true;
    }
    if (!path.startsWith(`${inspectorPath}/`) || inspector === undefined) return false;
    inspector(Object.assign(request, { url: url.slice(inspectorPath.length) }), response, () => notFound(response));
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

/** Asks one after another to answer; what nobody answers is not found. */
export const inOrder =
  (...handlers: readonly (Handler | undefined)[]) =>
  (request: IncomingMessage, response: ServerResponse): void => {
    if (!handlers.some((handle) => handle?.(request, response))) notFound(response);
  };
