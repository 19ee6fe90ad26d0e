import type { Policy } from './policy.ts';

/**
 * Questions are answered about what the socket has been let to: a stream or room, and the streams of that room. No
 * question of the protocol but one carries a token.
 *
 * The room that a publisher names it is in; the one that a player names need not be that of the stream.
 */
export const acquainted: Policy = ({ action, streamId, rooms, granted }) => {
  if (action !== 'query') return undefined;
  const near = [streamId, ...rooms];
  const isNear = granted.some(
    (earlier) =>
      earlier.action !== 'query' &&
      (near.includes(earlier.streamId) ||
        (earlier.action === 'publish' && earlier.room !== undefined && near.includes(earlier.room))),
  );
  return isNear ? undefined : 'unauthorized_access';
};
