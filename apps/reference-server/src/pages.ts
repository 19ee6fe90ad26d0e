import { existsSync } from 'node:fs';
import type { RequestListener } from 'node:http';
import { fileURLToPath } from 'node:url';
import type { Registry } from 'prom-client';
import sirv from 'sirv';

/** Where the pages of an app are: in the package when it is installed, beside it in a checkout. */
const built = (app: string) => {
  const [packed, beside] = [`pages/${app}`, `../../${app}/dist`].map((path) =>
    fileURLToPath(new URL(path, import.meta.url)),
  ) as [string, string];
  return existsSync(packed) ? packed : beside;
};

const serve = (app: string) => (existsSync(built(app)) ? sirv(built(app), { etag: true }) : undefined);

const inspectorPath = '/inspector';

/** Serves the built pages, the demo at `/` and the inspector at `/inspector/`, and `/metrics`. */
export function servePages(metrics: Registry, withInspector: boolean): RequestListener {
  const demo = serve('demo');
  const inspector = withInspector ? serve('inspector') : undefined;
  return async (request, response) => {
    const notFound = () => {
      response.writeHead(404, { 'content-type': 'text/plain' }).end('Not found\n');
    };
    const { url = '/' } = request;
    const [path = '/', query] = url.split('?');
    if (path === '/metrics') {
      response.writeHead(200, { 'content-type': metrics.contentType }).end(await metrics.metrics());
    } else if (path === inspectorPath) {
      // Its page names what belongs to it relative to the folder.
      const location = `${inspectorPath}/${query === undefined ? '' : `?${query}`}`;
      response.writeHead(308, { location }).end();
    } else if (path.startsWith(`${inspectorPath}/`)) {
      if (inspector === undefined) notFound();
      else inspector(Object.assign(request, { url: url.slice(inspectorPath.length) }), response, notFound);
    } else if (demo === undefined) {
      notFound();
    } else {
      demo(request, response, notFound);
    }
  };
}
