import type { ErrorDefinition } from '@sigchart/core/protocol';
import type { AuthorizationRequest } from './authorization/authorize.ts';
import { asking } from './authorization/policy.ts';
import type { Awaitable, Store } from './store/store.ts';

/** `undefined` for any number, which a store writes as -1. */
const limited = (limit = -1): number | undefined => (limit < 0 ? undefined : limit);

/** Limits of a request by registration: players of the stream to play, or streams of the room to publish into. */
export const limitOf =
  (store: Store) =>
  ({ action, app, streamId, room }: AuthorizationRequest): Awaitable<ErrorDefinition | number | undefined> => {
    const { broadcasts } = store.of(app);
    if (action === 'play')
      return asking(
        () => broadcasts.get(streamId),
        (known) => limited(known?.webRTCViewerLimit),
      );
    if (action !== 'publish' || room === undefined) return undefined;
    return asking(
      () => broadcasts.get(room),
      (known) => limited(known?.subtracksLimit),
    );
  };
