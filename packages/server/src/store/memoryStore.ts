import type { Block, RegisteredBroadcast, Subscriber, Token } from './registered.ts';
import type { AppStore, BroadcastFilter, BroadcastOrder, Page, Store } from './store.ts';

const pageOf = <Entry extends object>(entries: readonly Entry[], { offset, size }: Page): readonly Entry[] =>
  entries.slice(offset, offset + size).map((entry) => ({ ...entry }));

const copy = <Entry extends object>(entry: Entry | undefined): Entry | undefined => entry && { ...entry };

const matches =
  ({ virtual, mainTrackStreamId, search = '' }: BroadcastFilter) =>
  (broadcast: RegisteredBroadcast): boolean =>
    (virtual === undefined || broadcast.virtual === virtual) &&
    (mainTrackStreamId === undefined || broadcast.mainTrackStreamId === mainTrackStreamId) &&
    [broadcast.streamId, broadcast.name].some((text) => text.toLowerCase().includes(search.toLowerCase()));

const inOrder = (
  entries: readonly RegisteredBroadcast[],
  { sortBy, descending }: BroadcastOrder,
): RegisteredBroadcast[] => {
  const compare = (one: RegisteredBroadcast, other: RegisteredBroadcast) => {
    if (sortBy === undefined || one[sortBy] === other[sortBy]) return 0;
    return one[sortBy] < other[sortBy] ? -1 : 1;
  };
  const sorted = entries.toSorted(compare);
  return descending ? sorted.reverse() : sorted;
};

function deleteWhere<Entry>(entries: Map<string, Entry>, isMeant: (entry: Entry) => boolean): number {
  const before = entries.size;
  for (const [key, entry] of entries) if (isMeant(entry)) entries.delete(key);
  return before - entries.size;
}

interface OfStream {
  readonly streamId: string;
}

const deleteOf = (entries: Map<string, OfStream>, streamId: string): number =>
  deleteWhere(entries, (entry) => entry.streamId === streamId);

const allOf = <Entry extends OfStream>(entries: Map<string, Entry>, streamId: string): readonly Entry[] =>
  [...entries.values()].filter((entry) => entry.streamId === streamId);

/** Key of several ids. An id of a subscriber may be any string, so no separator is safe. */
const keyOf = (...ids: readonly string[]): string => JSON.stringify(ids);

/** Entries of each app. Reading an app creates nothing, so that clients cannot exhaust memory with names. */
class Entries<Entry extends object> {
  readonly #apps = new Map<string, Map<string, Entry>>();

  /** Entries of an app, for reading only: if the app has none, writes to the returned map are lost. */
  of(app: string): Map<string, Entry> {
    return this.#apps.get(app) ?? new Map();
  }

  set(app: string, key: string, entry: Entry): void {
    const entries = this.of(app).set(key, { ...entry });
    this.#apps.set(app, entries);
  }

  /** Keeps one unless its key is taken. */
  add(app: string, key: string, entry: Entry): boolean {
    if (this.of(app).has(key)) return false;
    this.set(app, key, entry);
    return true;
  }
}

/** Keeps what is registered in memory, until the process ends. */
export function memoryStore(): Store {
  const broadcasts = new Entries<RegisteredBroadcast>();
  const tokens = new Entries<Token>();
  const subscribers = new Entries<Subscriber>();
  const blocks = new Entries<Block>();

  return {
    of(app): AppStore {
      const found = (filter: BroadcastFilter = {}) => [...broadcasts.of(app).values()].filter(matches(filter));
      return {
        broadcasts: {
          create: (broadcast) => broadcasts.add(app, broadcast.streamId, broadcast),
          get: (streamId) => copy(broadcasts.of(app).get(streamId)),
          update(streamId, changes) {
            const known = broadcasts.of(app).get(streamId);
            if (known === undefined) return undefined;
            broadcasts.set(app, streamId, { ...known, ...changes, streamId });
            return copy(broadcasts.of(app).get(streamId));
          },
          delete(streamId) {
            deleteOf(tokens.of(app), streamId);
            deleteOf(subscribers.of(app), streamId);
            deleteOf(blocks.of(app), streamId);
            return broadcasts.of(app).delete(streamId);
          },
          list: (page, filter, order = {}) => pageOf(inOrder(found(filter), order), page),
          count: (filter) => found(filter).length,
        },
        tokens: {
          create: (token) => tokens.add(app, token.tokenId, token),
          get: (tokenId) => copy(tokens.of(app).get(tokenId)),
          take(tokenId) {
            const token = tokens.of(app).get(tokenId);
            tokens.of(app).delete(tokenId);
            return token;
          },
          list: (streamId, page) => pageOf(allOf(tokens.of(app), streamId), page),
          revoke: (streamId) => deleteOf(tokens.of(app), streamId),
          forgetExpired: (now) => deleteWhere(tokens.of(app), ({ expireDate }) => expireDate < now),
        },
        subscribers: {
          set: (subscriber) => subscribers.set(app, keyOf(subscriber.streamId, subscriber.subscriberId), subscriber),
          get: (streamId, subscriberId) => copy(subscribers.of(app).get(keyOf(streamId, subscriberId))),
          list: (streamId, page) => pageOf(allOf(subscribers.of(app), streamId), page),
          delete: (streamId, subscriberId) => subscribers.of(app).delete(keyOf(streamId, subscriberId)),
          deleteAll: (streamId) => deleteOf(subscribers.of(app), streamId),
        },
        blocks: {
          set: (block) => blocks.set(app, keyOf(block.streamId, block.subscriberId, block.type), block),
          of(streamId, subscriberId, now) {
            deleteWhere(blocks.of(app), ({ until }) => until <= now);
            return allOf(blocks.of(app), streamId)
              .filter((block) => block.subscriberId === subscriberId)
              .map((block) => ({ ...block }));
          },
        },
      };
    },
    close() {},
  };
}
