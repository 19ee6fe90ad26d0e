import type { RegisteredBroadcast } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { asking, type Policy } from './policy.ts';

/** Options of {@link plannedTime}. */
export interface PlannedTimeOptions {
  readonly registered: (app: string, streamId: string) => Awaitable<RegisteredBroadcast | undefined>;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

const isOpen = (broadcast: RegisteredBroadcast | undefined, seconds: number) =>
  broadcast === undefined ||
  (broadcast.plannedStartDate <= seconds && (broadcast.plannedEndDate === 0 || seconds < broadcast.plannedEndDate));

/** A registered stream or room is used at its planned time only. */
export const plannedTime =
  ({ registered, now }: PlannedTimeOptions): Policy =>
  ({ action, app, streamId, room }) => {
    if (action !== 'publish' && action !== 'play' && action !== 'enter') return undefined;
    const seconds = now() / 1_000;
    const ofRoom = () =>
      action === 'play' || room === undefined
        ? undefined
        : asking(
            () => registered(app, room),
            (known) => (isOpen(known, seconds) ? undefined : 'room_not_active_or_expired'),
          );
    if (action === 'enter') return ofRoom();
    return asking(
      () => registered(app, streamId),
      (known) => (isOpen(known, seconds) ? ofRoom() : 'stream_not_active_or_expired'),
    );
  };
