import type { Block } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { asking, type Policy } from './policy.ts';

/** What {@link notBlocked} needs. */
export interface NotBlockedOptions {
  /** The blocks of somebody that last beyond `now`, in milliseconds since 1970. */
  readonly blocksOf: (app: string, streamId: string, subscriberId: string, now: number) => Awaitable<readonly Block[]>;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** Whoever is blocked does not publish, or play. It is by `subscriberId`, so it binds only those who must say theirs. */
export const notBlocked =
  ({ blocksOf, now }: NotBlockedOptions): Policy =>
  ({ action, app, streamId, subscriberId }) => {
    if (subscriberId === undefined || (action !== 'publish' && action !== 'play')) return undefined;
    return asking(
      () => blocksOf(app, streamId, subscriberId, now()),
      (blocks) => (blocks.some(({ type }) => type === action || type === 'publish_play') ? 'user_blocked' : undefined),
    );
  };
