/** Asks the other side whether it is alive (RFC 6455 § 5.5.2); the answer is `socket.ponged`. Performed by the session. */
export interface SocketPingEffect {
  readonly type: 'socket.ping';
}

/** Closes the WebSocket. Performed by the session. */
export interface SocketCloseEffect {
  readonly type: 'socket.close';
}

/** What a client's machine asks of the WebSocket. Performed by the session. */
export type SocketEffect =
  | { readonly type: 'socket.dial' }
  /** Lets the roles of the socket speak: they hear `socket.opened`. */
  | { readonly type: 'socket.ready' }
  | SocketCloseEffect;

/** What the WebSocket reports. `lost` may come back; `closed` is for good. */
export type SocketEvent =
  | { readonly type: 'socket.opened' }
  | { readonly type: 'socket.lost' }
  | { readonly type: 'socket.closed' }
  | { readonly type: 'socket.ponged' };
