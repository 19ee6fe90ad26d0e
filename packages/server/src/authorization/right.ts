import type { AuthorizationRequest } from './authorize.ts';
import { purposeOf } from './policy.ts';

/** What a token says that its holder may do. */
export interface Right {
  readonly streamId: string;
  /** `publish` or `play`. */
  readonly type: string;
  /** The room that it is good for, if it is. */
  readonly roomId: string | undefined;
}

/**
 * Whether a right is good for a request: for its very stream and purpose; or for its room, which who may publish there may
 * play, too. Of which rooms a stream is, the server knows; only a publisher says it of itself.
 *
 * @see docs/protocol.md § Authorization
 */
export function covers({ streamId, type, roomId }: Right, request: AuthorizationRequest): boolean {
  const purpose = purposeOf(request.action);
  if (roomId === undefined) return type === purpose && streamId === request.streamId;
  const brought = request.action === 'publish' && request.room === roomId;
  const isOfRoom = brought || request.rooms.includes(roomId) || (request.isRoom && request.streamId === roomId);
  return isOfRoom && (type === purpose || type === 'publish');
}
