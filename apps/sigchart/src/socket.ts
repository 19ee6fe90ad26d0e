import { type ClientOptions, WebSocket } from 'ws';
import { AddressError, type AddressFault } from './exit.ts';

/** Options to open a socket. */
export interface SocketOptions {
  /** Milliseconds until the handshake must be over. */
  readonly timeoutMs: number;
  /** Default `true`. */
  readonly answersPings?: boolean;
  /** True if certificates need not be valid. Default `false`. */
  readonly insecure?: boolean;
}

/** Listeners of a socket, from the first message on. */
export interface SocketHears {
  text(text: string): void;
  binary(): void;
  closed(how: string): void;
}

const faults: Readonly<Record<string, AddressFault>> = {
  ECONNREFUSED: 'refuses',
  ENOTFOUND: 'refuses',
  EAI_AGAIN: 'refuses',
  EHOSTUNREACH: 'refuses',
  ENETUNREACH: 'refuses',
  ETIMEDOUT: 'hangs',
  ECONNRESET: 'closes',
  EPIPE: 'closes',
  EPROTO: 'notWebSocket',
};

/** Error for a failed handshake, with its explanation. */
function faultOf(error: Error & { readonly code?: string }, timeoutMs: number): AddressError {
  const { message, code = '' } = error;
  if (message.includes('handshake has timed out'))
    return new AddressError('hangs', `no answer to the WebSocket handshake within ${timeoutMs} ms`);
  const fault = faults[code] ?? (message === 'socket hang up' ? 'closes' : 'notWebSocket');
  const words = {
    refuses: 'nothing listens there, or it cannot be reached',
    hangs: 'no connection in time',
    closes: 'the connection was closed during the WebSocket handshake',
    notWebSocket: 'what answers there does not speak WebSocket',
    garbage: 'what comes is not WebSocket',
  }[fault];
  return new AddressError(fault, `${words} (${message || code})`);
}

/**
 * Opens a WebSocket.
 *
 * @throws {AddressError} by rejection, if it cannot be opened in time.
 */
export function openSocket(url: URL, options: SocketOptions, hears: SocketHears): Promise<WebSocket> {
  const { timeoutMs, answersPings = true, insecure = false } = options;
  const settings: ClientOptions = {
    handshakeTimeout: timeoutMs,
    autoPong: answersPings,
    perMessageDeflate: false,
    followRedirects: true,
    ...(insecure && { rejectUnauthorized: false }),
  };
  return new Promise((resolve, reject) => {
    const socket = new WebSocket(url, settings);
    let broken: string | undefined;
    socket.on('unexpected-response', (request, response) => {
      reject(
        new AddressError(
          'notWebSocket',
          `not a WebSocket: the HTTP server answers ${response.statusCode} ${response.statusMessage ?? ''}`.trim(),
        ),
      );
      request.destroy();
    });
    socket.on('open', () => resolve(socket));
    socket.on('message', (data, isBinary) => (isBinary ? hears.binary() : hears.text(String(data))));
    socket.on('error', (error) => {
      broken = error.message;
      reject(faultOf(error, timeoutMs));
    });
    socket.on('close', (code) => hears.closed(broken ?? `closed with ${code}`));
  });
}
