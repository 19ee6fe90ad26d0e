import type { Token } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import { asking, type Policy, purposeOf } from './policy.ts';
import { covers } from './right.ts';

/** What {@link oneTimeTokens} needs. */
export interface OneTimeTokensOptions {
  readonly get: (app: string, tokenId: string) => Awaitable<Token | undefined>;
  /** Forgets a token and tells it; of those who ask at the same time, only one is told. */
  readonly take: (app: string, tokenId: string) => Awaitable<Token | undefined>;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/**
 * A token is shown that has been given out for this. It is used up by it, unless it is for a room; but a socket that has
 * shown it may show it again for the same, as SDKs do when media was interrupted.
 *
 * Belongs behind all others: a token is used up here even if one that is asked later refuses.
 */
export const oneTimeTokens =
  ({ get, take, now }: OneTimeTokensOptions): Policy =>
  (request) => {
    const { action, app, streamId, token, granted } = request;
    if (token === undefined) return 'unauthorized_access';
    const isRepeated = granted.some(
      (earlier) =>
        earlier.token === token && earlier.streamId === streamId && purposeOf(earlier.action) === purposeOf(action),
    );
    if (isRepeated) return undefined;
    return asking(
      () => get(app, token),
      (known) => {
        if (known === undefined || now() / 1_000 >= known.expireDate) return 'unauthorized_access';
        if (!covers({ ...known, roomId: known.roomId === '' ? undefined : known.roomId }, request))
          return 'unauthorized_access';
        if (known.roomId !== '') return undefined;
        return asking(
          () => take(app, token),
          (taken) => (taken === undefined ? 'unauthorized_access' : undefined),
        );
      },
    );
  };
