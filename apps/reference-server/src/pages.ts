import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import sirv from 'sirv';

const built = (app: string) => fileURLToPath(new URL(`../../${app}/dist`, import.meta.url));

/** Serves the built pages: the demo at `/`. */
export function servePages(): RequestListener {
  const demo = built('demo');
  const pages = existsSync(demo) ? sirv(demo, { etag: true }) : undefined;
  return (request, response) => {
    const notFound = () => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    };
    if (pages === undefined) notFound();
    else pages(request, response, notFound);
  };
}
