import type { AccessRequest, AccessRight, SocketId } from '@sigchart/core/machines';
import type { ErrorDefinition } from '@sigchart/core/protocol';
import type { Grant } from '../decisions.ts';

/** Request of a client, and the socket that it arrived on. */
export interface AuthorizationRequest extends AccessRequest {
  readonly app: string;
  readonly socket: SocketId;
  /** The address of the client, where it is known. */
  readonly remoteAddress: string | undefined;
  /** Result of `identify` when the socket was opened. Default `undefined`. */
  readonly identity?: unknown;
  /** The rooms that the stream is in, as known to the server; for a publisher, those that its own socket has entered. */
  readonly rooms: readonly string[];
  /** True if the id is that of a room in use. */
  readonly isRoom: boolean;
  /** Earlier grants of the same socket, newest first. */
  readonly granted: readonly Grant[];
}

/** A grant for which a right was shown. */
export interface Proof {
  /** Subject of the right: the stream itself, or only a room that it is in. */
  readonly right: AccessRight;
}

/** A definition refuses with that error. `undefined` and a proof grant the request. */
export type Decision = ErrorDefinition | Proof | undefined;

/**
 * Decides a request. If it throws or rejects, the request is refused with `unauthorized_access`.
 *
 * If several clients want a stream id, the one with the most specific right gets it; return `{ right: 'stream' }` for a user's
 * own stream id. Between equal rights, or without any, the first client gets it.
 */
export type Authorize = (request: AuthorizationRequest) => Decision | Promise<Decision>;
