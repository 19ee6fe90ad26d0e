import { isServerMessage } from '@sigchart/conformance';
import { AddressError } from './exit.ts';
import { openSocket, type SocketOptions } from './socket.ts';

/** Messages that servers of this protocol answer: every server one of them with `start`, and some of the others in different ways. */
const questions = (streamId: string) => [
  { command: 'ping' },
  { command: 'publish', streamId },
  { command: 'publish' },
  { command: 'joinRoom' },
];

/**
 * Checks whether an address speaks the protocol. Resolves with the first message of the protocol.
 *
 * @throws {AddressError} by rejection.
 */
export async function probe(url: URL, options: SocketOptions, streamId: string): Promise<void> {
  let settle: (fault: AddressError | undefined) => void = () => {};
  const answered = new Promise<AddressError | undefined>((resolve) => {
    settle = resolve;
  });
  let garbage: string | undefined;
  const socket = await openSocket(url, options, {
    text(text) {
      if (isServerMessage(text)) settle(undefined);
      else garbage ??= JSON.stringify(text.slice(0, 60));
    },
    binary: () => {
      garbage ??= 'a binary message';
    },
    closed(how) {
      settle(
        garbage === undefined && !how.startsWith('Invalid') && !how.includes('RSV')
          ? new AddressError('closes', `the socket was closed before any message arrived (${how})`)
          : new AddressError('garbage', `the server does not speak this protocol (${garbage ?? how})`),
      );
    },
  });
  const timeout = setTimeout(
    () =>
      settle(
        garbage === undefined
          ? new AddressError('hangs', `the socket opens, but no message arrives within ${options.timeoutMs} ms`)
          : new AddressError('garbage', `the server does not speak this protocol: ${garbage}`),
      ),
    options.timeoutMs,
  );
  for (const question of questions(streamId)) socket.send(JSON.stringify(question));
  const fault = await answered;
  clearTimeout(timeout);
  socket.close();
  setTimeout(() => socket.terminate(), 1_000).unref();
  if (fault !== undefined) throw fault;
}
