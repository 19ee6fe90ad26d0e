import { createServer, type IncomingMessage } from 'node:http';
import { type AddressInfo, connect } from 'node:net';
import { join } from 'node:path';
import sirv from 'sirv';

/** Folders served under one path; each is a fallback for the previous ones. */
export interface Site {
  readonly path: string;
  readonly folders: readonly string[];
  /** Fallback file, for a page that reads the address itself. */
  readonly single?: boolean;
}

/** Pages on the machine, and a signalling server behind them, as an installation of Ant Media Server has them. */
export interface Host {
  readonly url: string;
  close(): Promise<void>;
}

/** Serves sites, and passes WebSockets on to a server on this machine. */
export async function serveSites(sites: readonly Site[], serverPort: number): Promise<Host> {
  const served = sites.map(({ path, folders, single = false }) => ({
    path,
    handlers: folders.map((folder, index) =>
      sirv(folder, { dev: true, single: single && index === folders.length - 1 }),
    ),
  }));
  const http = createServer((request, response) => {
    const site = served.find(({ path }) => request.url?.startsWith(`${path}/`));
    const notFound = () => response.writeHead(404).end();
    if (site === undefined) return notFound();
    request.url = request.url?.slice(site.path.length) ?? '/';
    const next = (index: number): void => {
      const handler = site.handlers[index];
      if (handler === undefined) notFound();
      else handler(request, response, () => next(index + 1));
    };
    next(0);
  });
  http.on('upgrade', (request: IncomingMessage, socket, head) => {
    const upstream = connect(serverPort, 'localhost', () => {
      const headers = Array.from({ length: request.rawHeaders.length / 2 }, (_, index) =>
        request.rawHeaders.slice(2 * index, 2 * index + 2).join(': '),
      );
      upstream.write(`${request.method} ${request.url} HTTP/1.1\r\n${headers.join('\r\n')}\r\n\r\n`);
      upstream.write(head);
      socket.pipe(upstream).pipe(socket);
    });
    for (const end of [socket, upstream]) end.on('error', () => {});
    socket.on('close', () => upstream.destroy());
    upstream.on('close', () => socket.destroy());
  });
  await new Promise<void>((resolve) => http.listen(0, resolve));
  const { port } = http.address() as AddressInfo;
  return {
    url: `http://localhost:${port}`,
    close: () => new Promise((resolve) => http.close(() => resolve())),
  };
}

/** The pages of a checkout of `ant-media/StreamApp`; what its build would make is taken from the published SDK. */
export const streamAppSites = (checkout: string, sdk: string): readonly Site[] => {
  const pages = join(checkout, 'src/main/webapp');
  const newer = join(checkout, 'packages/webrtc-sdk');
  return [
    { path: '/live/v2/js', folders: [join(newer, 'dist'), join(checkout, 'src/main/js'), join(pages, 'js')] },
    { path: '/live/v2', folders: [join(newer, 'examples'), pages] },
    { path: '/live/js', folders: [join(pages, 'js'), sdk, join(checkout, 'src/main/js')] },
    { path: '/live', folders: [pages] },
  ];
};

/** Circle, as built by `npm run build` in the `react` folder of a checkout of `ant-media/conference-call-application`. */
export const circleSites = (checkout: string): readonly Site[] => [
  { path: '/Conference', folders: [join(checkout, 'react/build')], single: true },
];
