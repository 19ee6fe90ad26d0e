import type { Block, RegisteredBroadcast, Subscriber, Token } from './registered.ts';

/** A value, or the promise of it. Whoever asks a store awaits it, so that a store may be on another machine. */
export type Awaitable<Value> = Value | Promise<Value>;

/** Which part of a list is wanted. */
export interface Page {
  readonly offset: number;
  readonly size: number;
}

/** Which streams and rooms are meant. Each condition that is there must hold. */
export interface BroadcastFilter {
  /** Rooms only, or streams only. */
  readonly virtual?: boolean | undefined;
  /** Those in this room. */
  readonly mainTrackStreamId?: string | undefined;
  /** Those whose id or name contains this, in capitals or not. */
  readonly search?: string | undefined;
}

/** How a list is ordered. By default as they were registered. */
export interface BroadcastOrder {
  readonly sortBy?: 'streamId' | 'name' | 'date' | undefined;
  readonly descending?: boolean | undefined;
}

/** The streams and rooms that are registered. */
export interface BroadcastStore {
  /** Registers one; says `false`, and changes nothing, when its id is taken. */
  create(broadcast: RegisteredBroadcast): Awaitable<boolean>;
  get(streamId: string): Awaitable<RegisteredBroadcast | undefined>;
  /** Changes what is given, and tells what it is then; `undefined` when there is none. */
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
  /** Forgets one and tells it. Of those who ask at the same time, only one is told. */
  take(tokenId: string): Awaitable<Token | undefined>;
  list(streamId: string, page: Page): Awaitable<readonly Token[]>;
  /** Forgets all of a stream, and says how many. */
  revoke(streamId: string): Awaitable<number>;
  /** Forgets those that ended before `now`, in seconds since 1970, and says how many. */
  forgetExpired(now: number): Awaitable<number>;
}

/** The subscribers of streams. */
export interface SubscriberStore {
  /** Keeps one, in place of the one of the same stream and id. */
  set(subscriber: Subscriber): Awaitable<void>;
  get(streamId: string, subscriberId: string): Awaitable<Subscriber | undefined>;
  list(streamId: string, page: Page): Awaitable<readonly Subscriber[]>;
  delete(streamId: string, subscriberId: string): Awaitable<boolean>;
  /** Forgets all of a stream, and says how many. */
  deleteAll(streamId: string): Awaitable<number>;
}

/** Who is blocked. A block that is over is not told. */
export interface BlockStore {
  /** Keeps one, in place of the one of the same stream, id and type. */
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

/** What is to be sent to others, kept so that a process that is killed loses nothing of it. */
export interface Outbox {
  /** Keeps a text under an id, in place of the one that is there. */
  put(id: string, text: string): void;
  remove(id: string): void;
  /** All that is kept, in the order in which the ids were first put. */
  all(): readonly { readonly id: string; readonly text: string }[];
}

/**
 * What is registered beforehand, and outlives sockets: streams, rooms, tokens, subscribers.
 *
 * A method may throw or reject when what it is kept in does not answer. Records are copies: whoever changes one changes
 * nothing here.
 */
export interface Store {
  /** What is registered in an app. An app that nobody has used is empty, and takes no space. */
  of(app: string): AppStore;
  /** Where webhooks are kept until they are delivered. Default nowhere. */
  readonly outbox?: Outbox;
  /** Writes what is still to be written, and lets go of its file. */
  close(): Awaitable<void>;
}
