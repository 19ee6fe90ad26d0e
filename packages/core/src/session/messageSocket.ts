/** A WebSocket, as a session needs it: it carries texts, in order, and can be closed. */
export interface MessageSocket {
  /** Sends a text. On a socket that is not open it does nothing. */
  send(text: string): void;
  /** Asks whether the other side is alive (RFC 6455 § 5.5.2). Absent where nobody can be asked: the socket then lives until it is closed. */
  ping?(): void;
  /** Closes the socket. */
  close(): void;
}

/** Reports of a socket to its session. */
export interface SocketListener {
  opened(): void;
  received(text: string): void;
  /** The socket is gone, or never came to be. Told once, and the last thing told. */
  closed(): void;
}

/** Two ends of a wire. */
export interface MemorySockets {
  readonly client: MessageSocket;
  readonly server: MessageSocket;
}

/**
 * Two sockets joined in memory, for tests and for a client and a server in one process.
 *
 * Texts are delivered in order, each in a turn of its own (`deliver`, default `queueMicrotask`-like through a promise), so
 * that nobody is called back from within their own `send`.
 */
export function memorySockets(
  listeners: { readonly client: SocketListener; readonly server: SocketListener },
  deliver: (task: () => void) => void = (task) => void Promise.resolve().then(task),
): MemorySockets {
  let open = true;
  const close = () => {
    if (!open) return;
    open = false;
    deliver(() => {
      listeners.client.closed();
      listeners.server.closed();
    });
  };
  const end = (listener: SocketListener): MessageSocket => ({
    send: (text) => {
      if (open) deliver(() => listener.received(text));
    },
    close,
  });
  deliver(() => {
    listeners.client.opened();
    listeners.server.opened();
  });
  return { client: end(listeners.server), server: end(listeners.client) };
}
