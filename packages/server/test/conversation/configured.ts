import type { Setting } from '@sigchart/conformance';
import { hashToken } from '../../src/authorization/hashTokens.ts';
import { blankBroadcast } from '../../src/broadcast.ts';
import {
  createAuthorization,
  memoryStore,
  type RegisteredBroadcast,
  type SignallingServerOptions,
} from '../../src/index.ts';

const secret = 'what tokens are made with';

/** Value of each setting, on a server with these options. */
export const told: { readonly [name in Setting]: string } = {
  unregistered: 'told-unregistered',
  'wrong-token': 'told-wrong-token',
  'token-stream': 'told-token-stream',
  token: hashToken('told-token-stream', 'publish', secret),
  'one-viewer': 'told-one-viewer',
  'not-now': 'told-not-now',
  'room-not-now': 'told-room-not-now',
  'blocked-stream': 'told-blocked-stream',
  blocked: 'told-subscriber',
  'one-subtrack': 'told-one-subtrack',
};

const registered: readonly (Partial<RegisteredBroadcast> & { readonly streamId: string })[] = [
  { streamId: told['one-viewer'], webRTCViewerLimit: 1 },
  { streamId: told['not-now'], plannedEndDate: 1 },
  { streamId: told['room-not-now'], plannedEndDate: 1, virtual: true },
  { streamId: told['one-subtrack'], subtracksLimit: 1, virtual: true },
];

/**
 * Options of a server that makes the configured refusals. It requires a token or a registration from other clients only if
 * `needs` contains that.
 */
export async function configured(
  app: string,
  needs: readonly Setting[],
): Promise<Pick<SignallingServerOptions, 'store' | 'authorize'>> {
  const store = memoryStore();
  const { broadcasts, blocks } = store.of(app);
  for (const each of registered) await broadcasts.create({ ...blankBroadcast(each.streamId, 0), ...each });
  await blocks.set({
    streamId: told['blocked-stream'],
    subscriberId: told.blocked,
    type: 'publish_play',
    until: Number.MAX_SAFE_INTEGER,
  });
  const authorize = createAuthorization({
    store,
    registeredOnly: needs.includes('unregistered'),
    ...(needs.includes('wrong-token') && { hashSecret: secret }),
  });
  return { store, authorize };
}
