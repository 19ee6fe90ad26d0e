import type { KnownStream } from '@sigchart/core/machines';
import type { RegisteredBroadcast } from '../store/registered.ts';
import type { Call } from './endpoint.ts';

/** Everything known of a stream or room, live or registered; `undefined` if it is neither. */
export async function describe({ app, live, store }: Call, streamId: string): Promise<KnownStream | undefined> {
  const ids = [streamId, ...live.subtracksOf(app, streamId)];
  const registered = new Map<string, RegisteredBroadcast | undefined>(
    await Promise.all(ids.map(async (id) => [id, await store.broadcasts.get(id)] as const)),
  );
  return live.known(app, streamId, (id) => registered.get(id));
}
