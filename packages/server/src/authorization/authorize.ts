import type { AccessRequest, ErrorDefinition, SocketId } from '@sigchart/core';
import type { Grant } from '../decisions.ts';

/** What somebody wants to do, and through which socket. */
export interface AuthorizationRequest extends AccessRequest {
  readonly app: string;
  readonly socket: SocketId;
  /** The rooms that the stream is in, as far as the server knows: for a publisher, under this socket. */
  readonly rooms: readonly string[];
  /** Whether the id is that of a room in use. */
  readonly isRoom: boolean;
  /** What the same socket has been let to before, newest first. */
  readonly granted: readonly Grant[];
}

/**
 * Decides over a request: `undefined` grants it, a definition refuses it with that error. A throw or rejection refuses it
 * with `unauthorized_access`.
 */
export type Authorize = (
  request: AuthorizationRequest,
) => ErrorDefinition | undefined | Promise<ErrorDefinition | undefined>;
