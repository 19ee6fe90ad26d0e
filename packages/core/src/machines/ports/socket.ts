/** Pings the remote (RFC 6455 § 5.5.2). Answered by `socket.ponged`. Performed by the session. */
export interface SocketPingEffect {
  readonly type: 'socket.ping';
}

/** Asks the publishers of a silent socket whether their media arrives. They receive `socket.silent`. Performed by the app. */
export interface SocketDoubtEffect {
  readonly type: 'socket.doubt';
}

/** Tells the machine of the socket that media of its client arrives: `socket.vouched`. Performed by the app. */
export interface SocketVouchEffect {
  readonly type: 'socket.vouch';
}

/** Closes the WebSocket. Performed by the session. */
export interface SocketCloseEffect {
  readonly type: 'socket.close';
}

/** Effect on the WebSocket of a client. Performed by the session. */
export type SocketEffect =
  | { readonly type: 'socket.dial' }
  /** Permits the roles of the socket to send: they receive `socket.opened`. */
  | { readonly type: 'socket.ready' }
  | SocketCloseEffect;

/** Report of the WebSocket. After `lost`, it may come back; `closed` is final. */
export type SocketEvent =
  | { readonly type: 'socket.opened' }
  | { readonly type: 'socket.lost' }
  | { readonly type: 'socket.closed' }
  | { readonly type: 'socket.ponged' }
  /** The socket answers no ping. */
  | { readonly type: 'socket.silent' }
  /** Media of the client arrives. */
  | { readonly type: 'socket.vouched' };
