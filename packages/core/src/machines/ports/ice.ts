/** One STUN or TURN server. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/**
 * Asks for the ICE servers that the client may use; the answer is `ice.servers`. Performed by the session.
 */
export interface IceRequestEffect {
  readonly type: 'ice.request';
  /** Whether those that need credentials are among them. */
  readonly withCredentials: boolean;
}

/** Answers `ice.request`. */
export interface IceServersEvent {
  readonly type: 'ice.servers';
  readonly iceServers: readonly IceServer[];
}
