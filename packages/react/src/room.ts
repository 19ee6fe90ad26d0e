import type { EnterOptions } from '@sigchart/browser';
import type { StreamOptions } from './role.ts';
import { type StreamToSend, sending, streamOption, useStream } from './stream.ts';
import { useLease } from './useLease.ts';
import { idleMembership, type Membership, membershipView } from './view.ts';

/** Options to enter a conference. Options other than `stream` are read when the room is entered. */
export interface UseRoomOptions extends Omit<EnterOptions, 'stream'>, StreamOptions {}

/** A member that starts or stops publishing enters again, because the server decides both together. */
const isOtherMembership = (before: StreamToSend, after: StreamToSend) => (before === null) !== (after === null);

/**
 * Enters a conference while the component is mounted. Enters nothing while `room` or `stream` is `undefined`; with `null` it watches
 * the others without being seen. `useRole` reads each of `players`.
 *
 * @example
 * const { players } = useRoom('room1', { stream: camera, streamName: 'Ada' });
 * return players.map((player) => <Tile key={player.streamId} player={player} />);
 */
export function useRoom(room: string | undefined, options: UseRoomOptions): Membership {
  const { stream, ...request } = options;
  const membership = useLease({
    key: room === undefined || stream === undefined ? undefined : `member ${room}`,
    start: (client) => sending(client.enter(room as string, { ...request, ...streamOption(stream) }), stream),
    view: membershipView,
    idle: idleMembership,
  });
  const { handle, restart } = membership;
  useStream({ handle, restart, stream, needsRestart: isOtherMembership });
  return membership;
}
