import type { Block, RegisteredBroadcast, Subscriber, Token } from './registered.ts';

/** A value, or a promise of it. Callers await it, so that a store may be on another machine. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Part of a list. */
export interface Page {
  readonly offset: number;
  readonly size: number;
}

/** Conditions on streams and rooms, all of which must hold. */
export interface BroadcastFilter {
  /** Rooms only, or streams only. */
  readonly virtual?: boolean | undefined;
  /** Those in this room. */
  readonly mainTrackStreamId?: string | undefined;
  /** Those whose id or name contains this, in capitals or not. */
  readonly search?: string | undefined;
}

/** Order of a list. By default as they were registered. */
export interface BroadcastOrder {
  readonly sortBy?: 'streamId' | 'name' | 'date' | undefined;
  readonly descending?: boolean | undefined;
}

/** The streams and rooms that are registered. */
export interface BroadcastStore {
  /** Registers one; says `false`, and changes nothing, when its id is taken. */
  create(broadcast: RegisteredBroadcast): Awaitable<boolean>;
  get(streamId: string): Awaitable<RegisteredBroadcast | undefined>;
  /** Changes an entry and returns the result; `undefined` if there is no such entry. */
  update(
    streamId: string,
    changes: Partial<Omit<RegisteredBroadcast, 'streamId'>>,
  ): Awaitable<RegisteredBroadcast | undefined>;
  /** Forgets one with its tokens, subscribers and blocks, and says whether there was one. */
  delete(streamId: string): Awaitable<boolean>;
  list(page: Page, filter?: BroadcastFilter, order?: BroadcastOrder): Awaitable<readonly RegisteredBroadcast[]>;
  count(filter?: BroadcastFilter): Awaitable<number>;
}

/** The tokens that have been given out and are not used up. */
export interface TokenStore {
  /** Keeps one; says `false`, and changes nothing, when its id is taken. */
  create(token: Token): Awaitable<boolean>;
  get(tokenId: string): Awaitable<Token | undefined>;
  /** Removes a token and returns it. Of several simultaneous calls, only one gets it. */
  take(tokenId: string): Awaitable<Token | undefined>;
  list(streamId: string, page: Page): Awaitable<readonly Token[]>;
  /** Forgets all of a stream, and says how many. */
  revoke(streamId: string): Awaitable<number>;
  /** Forgets those that ended before `now`, in seconds since 1970, and says how many. */
  forgetExpired(now: number): Awaitable<number>;
}

/** The subscribers of streams. */
export interface SubscriberStore {
  /** Stores a subscriber, and replaces one of the same stream and id. */
  set(subscriber: Subscriber): Awaitable<void>;
  get(streamId: string, subscriberId: string): Awaitable<Subscriber | undefined>;
  list(streamId: string, page: Page): Awaitable<readonly Subscriber[]>;
  delete(streamId: string, subscriberId: string): Awaitable<boolean>;
  /** Forgets all of a stream, and says how many. */
  deleteAll(streamId: string): Awaitable<number>;
}

/** Blocks of subscribers. Expired blocks are not returned. */
export interface BlockStore {
  /** Stores a block, and replaces one of the same stream, id and type. */
  set(block: Block): Awaitable<void>;
  /** All of one participant of a stream that last beyond `now`, in milliseconds since 1970. */
  of(streamId: string, subscriberId: string, now: number): Awaitable<readonly Block[]>;
}

/** Everything that is registered in one app. */
export interface AppStore {
  readonly broadcasts: BroadcastStore;
  readonly tokens: TokenStore;
  readonly subscribers: SubscriberStore;
  readonly blocks: BlockStore;
}

/** Messages to be delivered, persisted so that a killed process loses none. */
export interface Outbox {
  /** Stores a text under an id, and replaces the previous one. */
  put(id: string, text: string): void;
  remove(id: string): void;
  /** All entries, in the order in which their ids were first put. */
  all(): readonly { readonly id: string; readonly text: string }[];
}

/**
 * Registrations that outlive sockets: streams, rooms, tokens, subscribers.
 *
 * A method may throw or reject if the underlying storage does not answer. Returned records are copies; changing one changes
 * nothing in the store.
 */
export interface Store {
  /** Registrations of an app. An app without any takes no space. */
  of(app: string): AppStore;
  /** Storage for webhooks until they are delivered. Default nowhere. */
  readonly outbox?: Outbox;
  /** Writes what is still to be written, and lets go of its file. */
  close(): Awaitable<void>;
}
