import type { Block } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { asking, type Policy } from './policy.ts';

/** Options of {@link notBlocked}. */
export interface NotBlockedOptions {
  /** The blocks of a subscriber that end after `now`, in milliseconds since 1970. */
  readonly blocksOf: (app: string, streamId: string, subscriberId: string, now: number) => Awaitable<readonly Block[]>;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * Refuses `publish` and `play` of blocked subscribers. They are identified by `subscriberId`, so a block applies only where a
 * `subscriberId` is required.
 */
export const notBlocked =
  ({ blocksOf, now }: NotBlockedOptions): Policy =>
  ({ action, app, streamId, subscriberId }) => {
    if (subscriberId === undefined || (action !== 'publish' && action !== 'play')) return undefined;
    return asking(
      () => blocksOf(app, streamId, subscriberId, now()),
      (blocks) => (blocks.some(({ type }) => type === action || type === 'publish_play') ? 'user_blocked' : undefined),
    );
  };
