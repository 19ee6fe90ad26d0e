/** A WebSocket, as a session needs it: it carries texts, in order, and can be closed. */
export interface MessageSocket {
  /** Sends a text. On a socket that is not open it does nothing. */
  send(text: string): void;
  /** Pings the remote (RFC 6455 § 5.5.2). Absent if the socket cannot be pinged; it then lives until it is closed. */
  ping?(): void;
  /** Closes the socket. */
  close(): void;
}

/** Reports of a socket to its session. */
export interface SocketListener {
  opened(): void;
  received(text: string): void;
  /** The socket was closed, or could not be opened. Called once, after all other calls. */
  closed(): void;
}

/** Two ends of a wire. */
export interface MemorySockets {
  readonly client: MessageSocket;
  readonly server: MessageSocket;
}

/**
 * Two connected sockets in memory, for tests and for a client and a server in one process.
 *
 * Messages are delivered in order, each in its own turn (`deliver`, by default a resolved promise), so that no side is called
 * back from within its own `send`.
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
