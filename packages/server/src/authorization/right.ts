import type { AccessRight } from '@sigchart/core/machines';
import type { AuthorizationRequest } from './authorize.ts';
import { purposeOf } from './policy.ts';

/** Right that a token states. */
export interface Right {
  readonly streamId: string;
  /** `publish` or `play`. */
  readonly type: string;
  /** The room that it grants, if it grants one. */
  readonly roomId: string | undefined;
}

/** A stream or room to which a right is enough, and how specific that right is. */
interface Sufficient {
  readonly id: string;
  readonly right: AccessRight;
}

/** The rooms that a publisher's stream would be in: the one it names, and those that its socket joined under this id. */
export const roomsOfPublisher = ({ room, rooms }: AuthorizationRequest): readonly string[] => [
  ...new Set(room === undefined ? rooms : [room, ...rooms]),
];

/**
 * Names what a request needs a right to: one of the results is enough, none means that no single right is.
 *
 * Publishing into a room needs a right to that room, unless the socket was granted the room before.
 *
 * @see docs/protocol.md § Authorization
 */
export function sufficientFor(request: AuthorizationRequest): readonly Sufficient[] {
  const { action, streamId, granted } = request;
  if (action === 'enter') return [{ id: streamId, right: 'room' }];
  if (action !== 'publish') return [{ id: streamId, right: 'stream' }];
  const rooms = roomsOfPublisher(request);
  const isGranted = (room: string) =>
    granted.some(
      (earlier) =>
        earlier.right !== undefined && purposeOf(earlier.action) === 'publish' && earlier.rooms.includes(room),
    );
  const missing = rooms.filter((room) => !isGranted(room));
  return [
    ...(missing.length === 0 ? [{ id: streamId, right: 'stream' } as const] : []),
    ...rooms
      .filter((room) => missing.every((other) => other === room))
      .map((id): Sufficient => ({ id, right: 'room' })),
  ];
}

/**
 * The access that a token's right gives to a request, or `undefined`. A right to publish in a room includes playing there. The
 * server knows which rooms a stream is in, so the `room` that a player names is ignored.
 *
 * @see docs/protocol.md § Authorization
 */
export function accessBy({ streamId, type, roomId }: Right, request: AuthorizationRequest): AccessRight | undefined {
  const { action, rooms, isRoom, message } = request;
  const purpose = purposeOf(action);
  const sufficient = sufficientFor(request);
  if (roomId === undefined) return type === purpose ? sufficient.find(({ id }) => id === streamId)?.right : undefined;
  if (type !== purpose && type !== 'publish') return undefined;
  const isInRoom =
    purpose === 'play'
      ? rooms.includes(roomId) || (isRoom && request.streamId === roomId)
      : sufficient.some(({ id, right }) => right === 'room' && id === roomId);
  if (!isInRoom) return undefined;
  const wished = action === 'enter' ? message?.streamId : request.streamId;
  return streamId === wished ? 'stream' : 'room';
}
