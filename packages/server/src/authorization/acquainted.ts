import type { Policy } from './policy.ts';

/**
 * Questions are answered about what the socket showed a right to: a stream or room, and the streams of that room. TURN
 * credentials are for sockets that showed a right to anything.
 *
 * A publisher's room counts, because it needed a right to it. The room that a player names need not be that of the stream.
 */
export const acquainted: Policy = ({ action, streamId, rooms, granted }) => {
  if (action !== 'query' && action !== 'relay') return undefined;
  const near = [streamId, ...rooms];
  const isNear = granted.some(
    (earlier) =>
      earlier.right !== undefined &&
      (action === 'relay' || [earlier.streamId, ...earlier.rooms].some((id) => near.includes(id))),
  );
  return isNear ? undefined : 'unauthorized_access';
};
