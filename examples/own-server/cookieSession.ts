import { randomBytes } from 'node:crypto';
import { createServer, type IncomingMessage, type Server } from 'node:http';
import { createSignallingServer, type SignallingServer } from '@sigchart/server';
import { createMedia, type Media } from '@sigchart/werift';

/** An HTTP server whose users log in, and signalling that identifies them by their cookie. */
export interface SessionServer {
  readonly http: Server;
  readonly signalling: SignallingServer;
  readonly media: Media;
}

const cookieOf = ({ headers }: IncomingMessage, name: string): string | undefined =>
  headers.cookie
    ?.split(/; */)
    .find((pair) => pair.startsWith(`${name}=`))
    ?.slice(name.length + 1);

/**
 * Lets a logged-in user publish under their own name and play anything, and refuses everyone else. The pages of the SDKs need no
 * token: the browser sends the cookie with the handshake of the WebSocket.
 *
 * @param origin - Origin of the own pages. Pages of other origins send the cookie too.
 */
export function createSessionServer(origin: () => string): SessionServer {
  const users = new Map<string, string>();
  const media = createMedia();
  const signalling = createSignallingServer({
    media,
    identify: (request) =>
      request.headers.origin === origin() ? users.get(cookieOf(request, 'session') ?? '') : undefined,
    authorize({ action, identity, streamId, message }) {
      if (typeof identity !== 'string') return 'unauthorized_access';
      const own = action === 'enter' ? (message?.streamId ?? identity) : streamId;
      const publishes = action === 'publish' || action === 'enter';
      if (publishes && own !== identity) return 'unauthorized_access';
      return { right: 'stream' };
    },
  });
  const http = createServer((request, response) => {
    const user = new URL(request.url ?? '', 'http://localhost').searchParams.get('user') ?? '';
    // A real one checks a password.
    if (request.method !== 'POST' || user === '') {
      response.writeHead(400).end();
      return;
    }
    const session = randomBytes(24).toString('base64url');
    users.set(session, user);
    response.writeHead(204, { 'set-cookie': `session=${session}; HttpOnly; SameSite=Strict; Path=/` }).end();
  });
  http.on('upgrade', signalling.upgrade);
  return { http, signalling, media };
}
