import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Registry } from 'prom-client';
import sirv from 'sirv';

const built = (app: string) => fileURLToPath(new URL(`../../${app}/dist`, import.meta.url));

/** Serves the built pages, the demo at `/`, and `/metrics`. */
export function servePages(metrics: Registry): RequestListener {
  const demo = built('demo');
  const pages = existsSync(demo) ? sirv(demo, { etag: true }) : undefined;
  return async (request, response) => {
    const notFound = () => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    };
    if (request.url === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
    } else if (pages === undefined) {
      notFound();
    } else {
      pages(request, response, notFound);
    }
  };
}
