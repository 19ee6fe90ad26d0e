import { realpathSync } from 'node:fs';
import type { DatabaseSync, SQLInputValue } from 'node:sqlite';
import * as v from 'valibot';
import {
  block as blockSchema,
  registeredBroadcast,
  subscriber as subscriberSchema,
  token as tokenSchema,
} from './registered.ts';
import type { AppStore, BroadcastFilter, Outbox, Store } from './store.ts';

/** Value of `PRAGMA user_version` in files of this version. */
const fileVersion = 1;

/** Tables: each record is one JSON document, with the searched fields as columns. */
const tables = `
  CREATE TABLE broadcast (
    app TEXT NOT NULL, streamId TEXT NOT NULL, name TEXT NOT NULL, date INTEGER NOT NULL, virtual INTEGER NOT NULL,
    mainTrackStreamId TEXT NOT NULL, searched TEXT NOT NULL, document TEXT NOT NULL, UNIQUE (app, streamId)
  ) STRICT;
  CREATE TABLE token (
    app TEXT NOT NULL, tokenId TEXT NOT NULL, streamId TEXT NOT NULL, expireDate INTEGER NOT NULL,
    document TEXT NOT NULL, UNIQUE (app, tokenId)
  ) STRICT;
  CREATE INDEX tokenOfStream ON token (app, streamId);
  CREATE TABLE subscriber (
    app TEXT NOT NULL, streamId TEXT NOT NULL, subscriberId TEXT NOT NULL, document TEXT NOT NULL,
    UNIQUE (app, streamId, subscriberId)
  ) STRICT;
  CREATE TABLE block (
    app TEXT NOT NULL, streamId TEXT NOT NULL, subscriberId TEXT NOT NULL, type TEXT NOT NULL, until INTEGER NOT NULL,
    document TEXT NOT NULL, UNIQUE (app, streamId, subscriberId, type)
  ) STRICT;
  PRAGMA user_version = ${fileVersion};
`;

/** Of no application, so that files of before have room for it. */
const outboxTable = 'CREATE TABLE IF NOT EXISTS outbox (id TEXT NOT NULL UNIQUE, text TEXT NOT NULL) STRICT;';

/** Prepares each statement once, by its text. */
function statements(database: DatabaseSync) {
  const prepared = new Map<string, ReturnType<DatabaseSync['prepare']>>();
  const prepare = (sql: string) => {
    const statement = prepared.get(sql) ?? database.prepare(sql);
    prepared.set(sql, statement);
    return statement;
  };
  return {
    /** Number of rows it has changed. */
    run: (sql: string, ...values: SQLInputValue[]): number => Number(prepare(sql).run(...values).changes),
    rows: (sql: string, ...values: SQLInputValue[]) => prepare(sql).all(...values),
  };
}

const reader =
  <Schema extends v.GenericSchema>(schema: Schema) =>
  (row: Record<string, unknown>): v.InferOutput<Schema> =>
    v.parse(schema, JSON.parse(String(row.document)));

const asBroadcast = reader(registeredBroadcast);
const asToken = reader(tokenSchema);
const asSubscriber = reader(subscriberSchema);
const asBlock = reader(blockSchema);

const searched = ({ streamId, name }: { readonly streamId: string; readonly name: string }) =>
  `${streamId}\n${name}`.toLowerCase();

/** The condition that a filter is, and its values. */
function where(app: string, { virtual, mainTrackStreamId, search }: BroadcastFilter = {}) {
  const conditions: [string, SQLInputValue][] = [['app = ?', app]];
  if (virtual !== undefined) conditions.push(['virtual = ?', Number(virtual)]);
  if (mainTrackStreamId !== undefined) conditions.push(['mainTrackStreamId = ?', mainTrackStreamId]);
  if (search !== undefined) conditions.push(['instr(searched, ?) > 0', search.toLowerCase()]);
  return { sql: conditions.map(([sql]) => sql).join(' AND '), values: conditions.map(([, value]) => value) };
}

const columns = { streamId: 'streamId', name: 'name', date: 'date' } as const;

function sqliteApp({ run, rows }: ReturnType<typeof statements>, app: string): AppStore {
  const get = (streamId: string) =>
    rows('SELECT document FROM broadcast WHERE app = ? AND streamId = ?', app, streamId).map(asBroadcast)[0];
  const broadcasts: AppStore['broadcasts'] = {
    get,
    create: (broadcast) =>
      run(
        'INSERT OR IGNORE INTO broadcast VALUES (?, ?, ?, ?, ?, ?, ?, ?)',
        app,
        broadcast.streamId,
        broadcast.name,
        broadcast.date,
        Number(broadcast.virtual),
        broadcast.mainTrackStreamId,
        searched(broadcast),
        JSON.stringify(broadcast),
      ) > 0,
    update(streamId, changes) {
      const known = get(streamId);
      if (known === undefined) return undefined;
      const changed = { ...known, ...changes, streamId };
      run(
        `UPDATE broadcast SET name = ?, date = ?, virtual = ?, mainTrackStreamId = ?, searched = ?, document = ?
         WHERE app = ? AND streamId = ?`,
        changed.name,
        changed.date,
        Number(changed.virtual),
        changed.mainTrackStreamId,
        searched(changed),
        JSON.stringify(changed),
        app,
        streamId,
      );
      return changed;
    },
    delete(streamId) {
      for (const table of ['token', 'subscriber', 'block'])
        run(`DELETE FROM ${table} WHERE app = ? AND streamId = ?`, app, streamId);
      return run('DELETE FROM broadcast WHERE app = ? AND streamId = ?', app, streamId) > 0;
    },
    list({ offset, size }, filter, { sortBy, descending = false } = {}) {
      const { sql, values } = where(app, filter);
      const direction = descending ? 'DESC' : 'ASC';
      const order = sortBy === undefined ? '' : `${columns[sortBy]} ${direction}, `;
      return rows(
        `SELECT document FROM broadcast WHERE ${sql} ORDER BY ${order}rowid ${direction} LIMIT ? OFFSET ?`,
        ...values,
        size,
        offset,
      ).map(asBroadcast);
    },
    count(filter) {
      const { sql, values } = where(app, filter);
      return Number(rows(`SELECT count(*) AS count FROM broadcast WHERE ${sql}`, ...values)[0]?.count);
    },
  };
  return {
    broadcasts,
    tokens: {
      create: (token) =>
        run(
          'INSERT OR IGNORE INTO token VALUES (?, ?, ?, ?, ?)',
          app,
          token.tokenId,
          token.streamId,
          token.expireDate,
          JSON.stringify(token),
        ) > 0,
      get: (tokenId) => rows('SELECT document FROM token WHERE app = ? AND tokenId = ?', app, tokenId).map(asToken)[0],
      take: (tokenId) =>
        rows('DELETE FROM token WHERE app = ? AND tokenId = ? RETURNING document', app, tokenId).map(asToken)[0],
      list: (streamId, { offset, size }) =>
        rows(
          'SELECT document FROM token WHERE app = ? AND streamId = ? ORDER BY rowid LIMIT ? OFFSET ?',
          app,
          streamId,
          size,
          offset,
        ).map(asToken),
      revoke: (streamId) => run('DELETE FROM token WHERE app = ? AND streamId = ?', app, streamId),
      forgetExpired: (now) => run('DELETE FROM token WHERE app = ? AND expireDate < ?', app, now),
    },
    subscribers: {
      set(subscriber) {
        run(
          `INSERT INTO subscriber VALUES (?, ?, ?, ?)
           ON CONFLICT (app, streamId, subscriberId) DO UPDATE SET document = excluded.document`,
          app,
          subscriber.streamId,
          subscriber.subscriberId,
          JSON.stringify(subscriber),
        );
      },
      get: (streamId, subscriberId) =>
        rows(
          'SELECT document FROM subscriber WHERE app = ? AND streamId = ? AND subscriberId = ?',
          app,
          streamId,
          subscriberId,
        ).map(asSubscriber)[0],
      list: (streamId, { offset, size }) =>
        rows(
          'SELECT document FROM subscriber WHERE app = ? AND streamId = ? ORDER BY rowid LIMIT ? OFFSET ?',
          app,
          streamId,
          size,
          offset,
        ).map(asSubscriber),
      delete: (streamId, subscriberId) =>
        run('DELETE FROM subscriber WHERE app = ? AND streamId = ? AND subscriberId = ?', app, streamId, subscriberId) >
        0,
      deleteAll: (streamId) => run('DELETE FROM subscriber WHERE app = ? AND streamId = ?', app, streamId),
    },
    blocks: {
      set(block) {
        run(
          'INSERT OR REPLACE INTO block VALUES (?, ?, ?, ?, ?, ?)',
          app,
          block.streamId,
          block.subscriberId,
          block.type,
          block.until,
          JSON.stringify(block),
        );
      },
      of(streamId, subscriberId, now) {
        run('DELETE FROM block WHERE app = ? AND until <= ?', app, now);
        return rows(
          'SELECT document FROM block WHERE app = ? AND streamId = ? AND subscriberId = ? ORDER BY rowid',
          app,
          streamId,
          subscriberId,
        ).map(asBlock);
      },
    },
  };
}

const sqliteOutbox = ({ run, rows }: ReturnType<typeof statements>): Outbox => ({
  put: (id, text) =>
    void run('INSERT INTO outbox VALUES (?, ?) ON CONFLICT (id) DO UPDATE SET text = excluded.text', id, text),
  remove: (id) => void run('DELETE FROM outbox WHERE id = ?', id),
  all: () =>
    rows('SELECT id, text FROM outbox ORDER BY rowid').map(({ id, text }) => ({ id: String(id), text: String(text) })),
});

/**
 * Locks a store for this process, by a file beside it whose lock the operating system releases when the process ends, however it does.
 * The store itself stays readable, as for a backup.
 *
 * @throws {Error} when another process has it.
 */
function lock(Database: typeof DatabaseSync, path: string): DatabaseSync {
  const held = new Database(`${path}.lock`);
  try {
    held.exec('PRAGMA locking_mode = EXCLUSIVE; BEGIN EXCLUSIVE;');
    return held;
  } catch (cause) {
    held.close();
    throw new Error(`Another process uses the store ${path}: stop it first, or use another file.`, { cause });
  }
}

/** @throws {Error} that names the file, which SQLite's own does not. */
function openFile(Database: typeof DatabaseSync, path: string): DatabaseSync {
  try {
    return new Database(path);
  } catch (cause) {
    throw new Error(`The store ${path} cannot be opened: ${(cause as Error).message}`, { cause });
  }
}

/**
 * Opens a store in one SQLite file, and creates the file if needed.
 *
 * Needs `node:sqlite`, which Node has from 22.13 on. Rejects on older versions, and if the file is not a database, was written by
 * a newer version, is not writable, or is used by another process.
 *
 * @example
 * ```ts
 * const store = await sqliteStore('streams.db');
 * ```
 */
export async function sqliteStore(path: string): Promise<Store> {
  const { DatabaseSync } = await import('node:sqlite').catch((cause) => {
    throw new Error('A store in a file needs Node 22.13 or newer (node:sqlite).', { cause });
  });
  const database = openFile(DatabaseSync, path);
  let held: DatabaseSync | undefined;
  try {
    held = lock(DatabaseSync, realpathSync(path));
    // A process that is killed loses nothing that it has confirmed; a machine that loses power may lose the last of it.
    database.exec('PRAGMA journal_mode = WAL; PRAGMA synchronous = NORMAL; PRAGMA busy_timeout = 1000;');
    const version = Number(database.prepare('PRAGMA user_version').get()?.user_version);
    if (version > fileVersion) throw new Error(`${path} was written by a newer version (${version}).`);
    if (version === 0) database.exec(`BEGIN; ${tables} COMMIT;`);
    database.exec(outboxTable);
  } catch (error) {
    database.close();
    held?.close();
    throw error;
  }
  const prepared = statements(database);
  return {
    of: (app) => sqliteApp(prepared, app),
    outbox: sqliteOutbox(prepared),
    close() {
      database.close();
      held.close();
    },
  };
}
