import { createServer, type IncomingMessage, type RequestListener, type Server } from 'node:http';
import { createServer as createSecureServer, type Server as SecureServer } from 'node:https';
import type { AddressInfo } from 'node:net';
import type { Duplex } from 'node:stream';
import { originForm } from '@sigchart/server';
import { type ConnectionLimits, limitConnections } from './connectionLimits.ts';
import type { RequestPace } from './requestPace.ts';
import { readCertificate } from './tls.ts';

/** Handler of a request for an upgrade. */
export type Upgrade = (request: IncomingMessage, socket: Duplex, head: Buffer) => void;

/** Address and certificate to listen with. */
export interface ListenerOptions {
  readonly port: number;
  readonly host: string | undefined;
  /** Files of a certificate, for HTTPS. */
  readonly tls: { readonly certificate: string; readonly key: string } | undefined;
  readonly limits: ConnectionLimits;
  readonly pace: RequestPace;
  /** Reports whether an address is one of a proxy, through which many clients come. */
  readonly isProxy: (address: string) => boolean;
}

/** Something that listens for HTTP or HTTPS. */
export interface Listener {
  /** The server, if it serves TLS. */
  readonly secure: SecureServer | undefined;
  /** Listens. Rejects when it cannot. */
  listen(): Promise<void>;
  /** Address for clients, such as `http://localhost:5080`. */
  address(): string;
  /** Takes no further connections. */
  close(): void;
  closeAllConnections(): void;
}

/**
 * Timeouts for slow clients: for the head of a request, for a whole request, and for a TLS handshake. Milliseconds; the first
 * number is the interval at which Node checks them.
 */
const [connectionsCheckingInterval, headersTimeout, requestTimeout, handshakeTimeout] = [2_000, 10_000, 30_000, 10_000];

/** Says in a sentence why it cannot listen, and what to do. */
function problemOf({ code, message }: NodeJS.ErrnoException, port: number, host: string | undefined): string {
  switch (code) {
    case 'EADDRINUSE':
      return `TCP port ${port} is in use: stop what listens there, or choose another port`;
    case 'EACCES':
      return `TCP port ${port} may not be used by this user: choose a port from 1024 up, or use a proxy`;
    case 'EADDRNOTAVAIL':
    case 'ENOTFOUND':
      return `"${host}" is not an address of this machine`;
    default:
      return message;
  }
}

/**
 * Makes a listener.
 *
 * @throws {Error} when the certificate cannot be used.
 */
export function createListener(
  { port, host, tls, limits, pace, isProxy }: ListenerOptions,
  answer: RequestListener,
  upgrade: Upgrade,
): Listener {
  const listener = pace.requests((request, response) => {
    request.url = originForm(request.url ?? '/');
    try {
      answer(request, response);
    } catch (error) {
      // Otherwise the client would wait for an answer, and its connection would stay open.
      if (response.headersSent) response.destroy();
      else response.writeHead(500, { connection: 'close' }).end();
      throw error;
    }
  });
  const times = { connectionsCheckingInterval, headersTimeout, requestTimeout };
  const secure = tls && createSecureServer({ ...readCertificate(tls), ...times, handshakeTimeout }, listener);
  const server: Server | SecureServer = secure ?? createServer(times, listener);
  limitConnections(server, limits, isProxy);
  server.on(secure === undefined ? 'connection' : 'secureConnection', pace.connected);
  server.on('upgrade', pace.upgrades(upgrade));
  return {
    secure,
    listen: () =>
      new Promise((resolve, reject) => {
        server.once('error', (error) => reject(new Error(problemOf(error, port, host), { cause: error })));
        server.listen(port, host, () => resolve());
      }),
    address() {
      const { port } = server.address() as AddressInfo;
      const name = host === undefined ? 'localhost' : host.includes(':') ? `[${host}]` : host;
      return `http${secure === undefined ? '' : 's'}://${name}:${port}`;
    },
    close: () => void server.close(),
    closeAllConnections: () => server.closeAllConnections(),
  };
}
