import { mkdtempSync, rmSync, symlinkSync, writeFileSync } from 'node:fs';
import { tmpdir } from 'node:os';
import { join } from 'node:path';
import { afterAll, afterEach, beforeEach, describe, expect, test } from 'vitest';
import { memoryStore } from './memoryStore.ts';
import type { RegisteredBroadcast, Subscriber, Token } from './registered.ts';
import { sqliteStore } from './sqliteStore.ts';
import type { AppStore, Store } from './store.ts';

const folder = mkdtempSync(join(tmpdir(), 'sigchart-store-'));
afterAll(() => rmSync(folder, { recursive: true }));
let files = 0;
const freshFile = () => {
  files += 1;
  return join(folder, `${files}.db`);
};

const broadcast = (streamId: string, more: Partial<RegisteredBroadcast> = {}): RegisteredBroadcast => ({
  streamId,
  name: '',
  description: '',
  status: 'created',
  date: 1_000,
  plannedStartDate: 0,
  plannedEndDate: 0,
  metaData: '',
  role: '',
  mainTrackStreamId: '',
  subtracksLimit: -1,
  webRTCViewerLimit: -1,
  virtual: false,
  conferenceMode: '',
  listenerHookURL: '',
  ...more,
});

const token = (tokenId: string, more: Partial<Token> = {}): Token => ({
  tokenId,
  streamId: 'one',
  type: 'play',
  expireDate: 2_000,
  roomId: '',
  ...more,
});

const subscriber = (subscriberId: string, more: Partial<Subscriber> = {}): Subscriber => ({
  streamId: 'one',
  subscriberId,
  type: 'play',
  b32Secret: 'JBSWY3DPEHPK3PXP',
  totpExpiryPeriodSeconds: 0,
  ...more,
});

const all = { offset: 0, size: 100 };
const ids = async (list: ReturnType<AppStore['broadcasts']['list']>) => (await list).map(({ streamId }) => streamId);

describe.each([
  ['in memory', async () => memoryStore()],
  ['in a file', () => sqliteStore(freshFile())],
])('a store %s', (_, open) => {
  let store: Store;
  let app: AppStore;
  beforeEach(async () => {
    store = await open();
    app = store.of('live');
  });
  afterEach(() => store.close());

  test('returns a broadcast as registered, and undefined for any other', async () => {
    expect(await app.broadcasts.create(broadcast('one', { name: 'Ünal "the first"', virtual: true }))).toBe(true);
    expect(await app.broadcasts.get('one')).toEqual(broadcast('one', { name: 'Ünal "the first"', virtual: true }));
    expect(await app.broadcasts.get('two')).toBeUndefined();
    expect(await app.broadcasts.get('__proto__')).toBeUndefined();
  });

  test('does not register an id twice', async () => {
    await app.broadcasts.create(broadcast('one', { name: 'first' }));
    expect(await app.broadcasts.create(broadcast('one', { name: 'second' }))).toBe(false);
    expect((await app.broadcasts.get('one'))?.name).toBe('first');
    expect(await app.broadcasts.count()).toBe(1);
  });

  test('keeps the apps apart', async () => {
    await app.broadcasts.create(broadcast('one'));
    await app.tokens.create(token('t'));
    const other = store.of('other');
    expect(await other.broadcasts.get('one')).toBeUndefined();
    expect(await other.broadcasts.count()).toBe(0);
    expect(await other.tokens.take('t')).toBeUndefined();
    expect(await other.broadcasts.create(broadcast('one'))).toBe(true);
    expect(await other.broadcasts.delete('one')).toBe(true);
    expect(await app.broadcasts.count()).toBe(1);
  });

  test('changes the given fields, and not the id', async () => {
    await app.broadcasts.create(broadcast('one', { name: 'before', metaData: 'kept' }));
    const changes = { name: 'after', streamId: 'two' } as Partial<RegisteredBroadcast>;
    const changed = broadcast('one', { name: 'after', metaData: 'kept' });
    expect(await app.broadcasts.update('one', changes)).toEqual(changed);
    expect(await app.broadcasts.get('one')).toEqual(changed);
    expect(await app.broadcasts.update('two', { name: 'nobody' })).toBeUndefined();
    expect(await app.broadcasts.count()).toBe(1);
  });

  test('lists in the order of registration, a part at a time', async () => {
    for (const id of ['c', 'a', 'd', 'b']) await app.broadcasts.create(broadcast(id));
    await app.broadcasts.update('c', { name: 'changed' });
    expect(await ids(app.broadcasts.list(all))).toEqual(['c', 'a', 'd', 'b']);
    expect(await ids(app.broadcasts.list({ offset: 1, size: 2 }))).toEqual(['a', 'd']);
    expect(await ids(app.broadcasts.list({ offset: 4, size: 2 }))).toEqual([]);
  });

  test('lists by name and by date, both ways', async () => {
    await app.broadcasts.create(broadcast('a', { name: 'y', date: 3 }));
    await app.broadcasts.create(broadcast('b', { name: 'z', date: 1 }));
    await app.broadcasts.create(broadcast('c', { name: 'x', date: 2 }));
    expect(await ids(app.broadcasts.list(all, {}, { sortBy: 'name' }))).toEqual(['c', 'a', 'b']);
    expect(await ids(app.broadcasts.list(all, {}, { sortBy: 'date' }))).toEqual(['b', 'c', 'a']);
    expect(await ids(app.broadcasts.list(all, {}, { sortBy: 'streamId', descending: true }))).toEqual(['c', 'b', 'a']);
    expect(await ids(app.broadcasts.list(all, {}, { descending: true }))).toEqual(['c', 'b', 'a']);
  });

  test('finds by a part of id or name, by room, and rooms alone', async () => {
    await app.broadcasts.create(broadcast('room1', { virtual: true, name: 'ÜBUNG 100%' }));
    await app.broadcasts.create(broadcast('anna', { mainTrackStreamId: 'room1' }));
    await app.broadcasts.create(broadcast('ben'));
    expect(await ids(app.broadcasts.list(all, { search: 'NN' }))).toEqual(['anna']);
    expect(await ids(app.broadcasts.list(all, { search: 'übung' }))).toEqual(['room1']);
    expect(await ids(app.broadcasts.list(all, { search: '%' }))).toEqual(['room1']);
    expect(await ids(app.broadcasts.list(all, { search: "'; DROP TABLE broadcast; --" }))).toEqual([]);
    expect(await ids(app.broadcasts.list(all, { virtual: true }))).toEqual(['room1']);
    expect(await ids(app.broadcasts.list(all, { virtual: false, search: 'n' }))).toEqual(['anna', 'ben']);
    expect(await ids(app.broadcasts.list(all, { mainTrackStreamId: 'room1' }))).toEqual(['anna']);
    expect(await app.broadcasts.count({ virtual: false })).toBe(2);
  });

  test('deletes a broadcast with its tokens and subscribers', async () => {
    await app.broadcasts.create(broadcast('one'));
    await app.tokens.create(token('t'));
    await app.tokens.create(token('other', { streamId: 'two' }));
    await app.subscribers.set(subscriber('s'));
    await app.blocks.set({ streamId: 'one', subscriberId: 's', type: 'play', until: 9 });
    expect(await app.broadcasts.delete('one')).toBe(true);
    expect(await app.broadcasts.delete('one')).toBe(false);
    expect(await app.tokens.get('t')).toBeUndefined();
    expect(await app.tokens.get('other')).toBeDefined();
    expect(await app.subscribers.get('one', 's')).toBeUndefined();
    expect(await app.blocks.of('one', 's', 0)).toEqual([]);
  });

  test('gives a token to one taker only', async () => {
    await app.tokens.create(token('t'));
    expect(await app.tokens.create(token('t', { type: 'publish' }))).toBe(false);
    expect(await app.tokens.get('t')).toEqual(token('t'));
    const taken = await Promise.all([1, 2, 3].map(() => app.tokens.take('t')));
    expect(taken.filter((one) => one !== undefined)).toEqual([token('t')]);
    expect(await app.tokens.get('t')).toBeUndefined();
  });

  test('lists the tokens of a stream, revokes them, and forgets those that ended', async () => {
    await app.tokens.create(token('a', { expireDate: 10 }));
    await app.tokens.create(token('b', { expireDate: 11 }));
    await app.tokens.create(token('c', { streamId: 'two' }));
    expect(await app.tokens.list('one', all)).toEqual([token('a', { expireDate: 10 }), token('b', { expireDate: 11 })]);
    expect(await app.tokens.list('one', { offset: 1, size: 5 })).toEqual([token('b', { expireDate: 11 })]);
    expect(await app.tokens.forgetExpired(11)).toBe(1);
    expect(await app.tokens.get('a')).toBeUndefined();
    expect(await app.tokens.revoke('one')).toBe(1);
    expect(await app.tokens.list('one', all)).toEqual([]);
    expect(await app.tokens.get('c')).toBeDefined();
  });

  test('keeps one subscriber of an id and stream', async () => {
    await app.subscribers.set(subscriber('s'));
    await app.subscribers.set(subscriber('s', { type: 'publish' }));
    await app.subscribers.set(subscriber('r'));
    await app.subscribers.set(subscriber('s', { streamId: 'two' }));
    expect(await app.subscribers.get('one', 's')).toEqual(subscriber('s', { type: 'publish' }));
    expect(await app.subscribers.list('one', all)).toEqual([subscriber('s', { type: 'publish' }), subscriber('r')]);
    expect(await app.subscribers.delete('one', 's')).toBe(true);
    expect(await app.subscribers.delete('one', 's')).toBe(false);
    expect(await app.subscribers.deleteAll('one')).toBe(1);
    expect(await app.subscribers.get('two', 's')).toBeDefined();
  });

  test('returns a block until it expires', async () => {
    const block = { streamId: 'one', subscriberId: 's', type: 'play', until: 50 } as const;
    await app.blocks.set({ ...block, until: 20 });
    await app.blocks.set(block);
    await app.blocks.set({ ...block, type: 'publish', until: 100 });
    await app.blocks.set({ ...block, subscriberId: 'r' });
    expect(await app.blocks.of('one', 's', 49)).toEqual([block, { ...block, type: 'publish', until: 100 }]);
    expect(await app.blocks.of('one', 's', 50)).toEqual([{ ...block, type: 'publish', until: 100 }]);
    expect(await app.blocks.of('one', 'r', 50)).toEqual([]);
  });

  test('hands out copies', async () => {
    const given = broadcast('one');
    await app.broadcasts.create(given);
    given.name = 'changed by the giver';
    const got = await app.broadcasts.get('one');
    if (got !== undefined) got.name = 'changed by the reader';
    expect((await app.broadcasts.get('one'))?.name).toBe('');
  });
});

describe('a store in a file', () => {
  test('survives a restart', async () => {
    const file = freshFile();
    const before = await sqliteStore(file);
    await before.of('live').broadcasts.create(broadcast('one'));
    await before.of('live').tokens.create(token('t'));
    await before.of('live').tokens.create(token('used'));
    await before.of('live').tokens.take('used');
    await before.of('live').subscribers.set(subscriber('s'));
    await before.of('live').blocks.set({ streamId: 'one', subscriberId: 's', type: 'play', until: 50 });
    await before.close();

    const after = await sqliteStore(file);
    const app = after.of('live');
    expect(await app.broadcasts.get('one')).toEqual(broadcast('one'));
    expect(await app.tokens.get('used')).toBeUndefined();
    expect(await app.tokens.take('t')).toEqual(token('t'));
    expect(await app.subscribers.get('one', 's')).toEqual(subscriber('s'));
    expect(await app.blocks.of('one', 's', 0)).toHaveLength(1);
    await after.close();
  });

  test('is for one at a time, also by another name', async () => {
    const file = freshFile();
    const other = `${file}.link`;
    const before = await sqliteStore(file);
    symlinkSync(file, other);
    await expect(sqliteStore(file)).rejects.toThrow('Another process uses the store');
    await expect(sqliteStore(other)).rejects.toThrow('Another process uses the store');
    await before.of('live').tokens.forgetExpired(1);
    await before.close();
    await (await sqliteStore(other)).close();
  });

  test('is not opened when the file is something else', async () => {
    const file = freshFile();
    writeFileSync(file, 'This is a letter to somebody, and it is long enough to have been a database. '.repeat(20));
    await expect(sqliteStore(file)).rejects.toThrow('not a database');
    await expect(sqliteStore(join(folder, 'nowhere', 'file.db'))).rejects.toThrow();
  });

  test('is not opened when a newer version has written it', async () => {
    const file = freshFile();
    const { DatabaseSync } = await import('node:sqlite');
    const newer = new DatabaseSync(file);
    newer.exec('PRAGMA user_version = 99');
    newer.close();
    await expect(sqliteStore(file)).rejects.toThrow('newer version');
  });
});
