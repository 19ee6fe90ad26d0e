/** One STUN or TURN server. */
export interface IceServer {
  readonly urls: string;
  readonly username?: string;
  readonly credential?: string;
}

/** Requests the ICE servers that the client may use. Answered by `ice.servers`. Performed by the session. */
export interface IceRequestEffect {
  readonly type: 'ice.request';
  /** True to include servers that need credentials. */
  readonly withCredentials: boolean;
}

/** Answers `ice.request`. */
export interface IceServersEvent {
  readonly type: 'ice.servers';
  readonly iceServers: readonly IceServer[];
}
