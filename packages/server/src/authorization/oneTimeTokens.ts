import type { Grant } from '../decisions.ts';
import type { Token } from '../store/registered.ts';
import type { Awaitable } from '../store/store.ts';
import type { AuthorizationRequest } from './authorize.ts';
import { asking, type Policy } from './policy.ts';
import { accessBy, roomsOfPublisher } from './right.ts';

/** Options of {@link oneTimeTokens}. */
export interface OneTimeTokensOptions {
  readonly get: (app: string, tokenId: string) => Awaitable<Token | undefined>;
  /** Removes a token and returns it. Of several simultaneous calls, only one gets it. */
  readonly take: (app: string, tokenId: string) => Awaitable<Token | undefined>;
  /** The time. Milliseconds since 1970. */
  readonly now: () => number;
}

/** Reports whether a socket showed the same token for the same before, as SDKs do after an interruption of the media. */
const isRepeated = (request: AuthorizationRequest, earlier: Grant) =>
  earlier.right !== undefined &&
  earlier.token === request.token &&
  earlier.action === request.action &&
  earlier.streamId === request.streamId &&
  (request.action !== 'publish' || roomsOfPublisher(request).every((room) => earlier.rooms.includes(room)));

/**
 * Requires a token that was issued for the request, and uses it up, unless it is for a room. The same socket may send it again
 * for the same request. A question does not use a token up.
 *
 * Must be the last policy, because a token is used up even if a later policy refuses.
 */
export const oneTimeTokens =
  ({ get, take, now }: OneTimeTokensOptions): Policy =>
  (request) => {
    const { action, app, token, granted } = request;
    if (token === undefined) return 'unauthorized_access';
    const repeated = granted.find((earlier) => isRepeated(request, earlier));
    if (repeated?.right !== undefined) return { right: repeated.right };
    return asking(
      () => get(app, token),
      (known) => {
        if (known === undefined || now() / 1_000 >= known.expireDate) return 'unauthorized_access';
        const right = accessBy({ ...known, roomId: known.roomId === '' ? undefined : known.roomId }, request);
        if (right === undefined) return 'unauthorized_access';
        if (known.roomId !== '' || action === 'query') return { right };
        return asking(
          () => take(app, token),
          (taken) => (taken === undefined ? 'unauthorized_access' : { right }),
        );
      },
    );
  };
