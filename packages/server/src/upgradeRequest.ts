import { type IncomingMessage, STATUS_CODES } from 'node:http';
import type { Duplex } from 'node:stream';
import { TLSSocket } from 'node:tls';

/** Reports whether a request asks for a WebSocket, the only upgrade that this server supports. */
export const asksForWebSocket = ({ headers }: IncomingMessage): boolean =>
  headers.upgrade?.toLowerCase() === 'websocket';

const isNamed = (text: string, ...names: readonly string[]) => names.includes(text.trim().toLowerCase());

/** Error listener of a socket. It is defined outside of the closures over a request, so that it holds no reference to one. */
const ignore = () => {};

/** Ignores errors of a socket that has no other listener. Each request of a connection may ask for it. */
export function ignoreErrors(socket: Duplex): void {
  if (!socket.listeners('error').includes(ignore)) socket.on('error', ignore);
}

/**
 * Upgrades of a connection that are ignored; the last is answered with the end of the connection. For each, Node adds its listeners
 * to the socket once more.
 */
const maxIgnored = 8;

const ignoredOf = new WeakMap<Duplex, number>();

/** The head of a request, without its upgrade. */
function headWithoutUpgrade({ method, url, httpVersion, rawHeaders }: IncomingMessage, isLast: boolean): string {
  const lines = [`${method} ${url} HTTP/${httpVersion}`];
  for (let index = 0; index < rawHeaders.length; index += 2) {
    const [name = '', value = ''] = rawHeaders.slice(index, index + 2);
    if (isNamed(name, 'upgrade', 'http2-settings')) continue;
    if (!isNamed(name, 'connection')) lines.push(`${name}: ${value}`);
    else {
      const options = value.split(',').filter((option) => !isNamed(option, 'upgrade', 'http2-settings'));
      if (options.length > 0 && !isLast) lines.push(`${name}: ${options.join(',')}`);
    }
  }
  if (isLast) lines.push('connection: close');
  return `${lines.join('\r\n')}\r\n\r\n`;
}

/**
 * Lets the HTTP server answer a request as if it asked for no upgrade. Java's HTTP client and `curl --http2` ask every server for
 * `h2c`.
 *
 * Node stops parsing a connection once it has emitted `upgrade`. So the server gets the connection again, with the head of the
 * request in front of the unread bytes.
 *
 * @returns false if the connection has no server; then nothing is done.
 * @see RFC 9110 § 7.8
 */
function ignoreUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): boolean {
  const { server } = socket as Duplex & { readonly server?: NodeJS.EventEmitter };
  if (server === undefined) return false;
  const ignored = (ignoredOf.get(socket) ?? 0) + 1;
  ignoredOf.set(socket, ignored);
  socket.unshift(Buffer.concat([Buffer.from(headWithoutUpgrade(request, ignored >= maxIgnored), 'latin1'), head]));
  server.emit(socket instanceof TLSSocket ? 'secureConnection' : 'connection', socket);
  return true;
}

/** Refuses an upgrade, and closes the connection, even if the client keeps its side open. */
export function refuse(socket: Duplex, status: number): void {
  socket.once('finish', () => socket.destroy());
  socket.end(`HTTP/1.1 ${status} ${STATUS_CODES[status]}\r\nConnection: close\r\nContent-Length: 0\r\n\r\n`);
}

/** Answers an upgrade request without a handler: 404 for a WebSocket; any other upgrade is ignored. */
export function refuseUpgrade(request: IncomingMessage, socket: Duplex, head: Buffer): void {
  ignoreErrors(socket);
  if (asksForWebSocket(request)) refuse(socket, 404);
  else if (!ignoreUpgrade(request, socket, head)) refuse(socket, 400);
}
