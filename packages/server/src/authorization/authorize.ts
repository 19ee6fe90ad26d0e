import type { AccessRequest, AccessRight, SocketId } from '@sigchart/core/machines';
import type { ErrorDefinition } from '@sigchart/core/protocol';
import type { Grant } from '../decisions.ts';

/** What somebody wants to do, and through which socket. */
export interface AuthorizationRequest extends AccessRequest {
  readonly app: string;
  readonly socket: SocketId;
  /** The address of the client, where it is known. */
  readonly remoteAddress: string | undefined;
  /** Who it is, as `identify` told when the socket was opened. Default `undefined`. */
  readonly identity?: unknown;
  /** The rooms that the stream is in, as far as the server knows: for a publisher, under this socket. */
  readonly rooms: readonly string[];
  /** True if the id is that of a room in use. */
  readonly isRoom: boolean;
  /** What the same socket has been let to before, newest first. */
  readonly granted: readonly Grant[];
}

/** A grant for which a right was shown. */
export interface Proof {
  /** What the right is to: the very stream, or only a room that the stream is in. */
  readonly right: AccessRight;
}

/** A definition refuses with that error. `undefined` and a proof grant the request. */
export type Decision = ErrorDefinition | Proof | undefined;

/**
 * Decides over a request. A throw or rejection refuses it with `unauthorized_access`.
 *
 * Of those who want one stream id, whoever was granted it with a more specific right gets it; so is `{ right: 'stream' }` for a
 * user's own stream id. Without any right, whoever comes first gets it.
 */
export type Authorize = (request: AuthorizationRequest) => Decision | Promise<Decision>;
