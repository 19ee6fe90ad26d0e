import { isServerMessage } from '@sigchart/conformance';
import { AddressError } from './exit.ts';
import { openSocket, type SocketOptions } from './socket.ts';

/** What every server of this protocol answers, one with a `start`, and some of the others each in its way. */
const questions = (streamId: string) => [
  { command: 'ping' },
  { command: 'publish', streamId },
  { command: 'publish' },
  { command: 'joinRoom' },
];

/**
 * Finds out whether a conversation can be held with an address at all: resolves with the first message that is one.
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
          ? new AddressError('closes', `the socket was closed before a message came (${how})`)
          : new AddressError('garbage', `what comes over the socket is not this protocol (${garbage ?? how})`),
      );
    },
  });
  const timeout = setTimeout(
    () =>
      settle(
        garbage === undefined
          ? new AddressError('hangs', `the socket opens, and not one message comes within ${options.timeoutMs} ms`)
          : new AddressError('garbage', `what comes over the socket is not this protocol: ${garbage}`),
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
