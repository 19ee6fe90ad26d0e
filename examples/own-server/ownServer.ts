import { createServer, type Server } from 'node:http';
import { createSignallingServer, type SignallingServer } from '@sigchart/server';
import { createMedia, type Media } from '@sigchart/werift';

/** An HTTP server that does what it likes, and signalling beside it. */
export interface OwnServer {
  readonly http: Server;
  readonly signalling: SignallingServer;
  readonly media: Media;
}

/** Lets everyone play. To publish, the token `backstage` is required. */
export function createOwnServer(log: (line: string) => void): OwnServer {
  const media = createMedia();
  const signalling = createSignallingServer({
    media,
    authorize: ({ action, token }) =>
      action === 'publish' && token !== 'backstage' ? 'unauthorized_access' : undefined,
    observe:
      () =>
      ({ machine, event, state }) =>
        log(`${machine}  ${event.type}  →  ${JSON.stringify(state)}`),
  });
  const http = createServer((_, response) => response.end('The pages of your own.\n'));
  http.on('upgrade', signalling.upgrade);
  return { http, signalling, media };
}
