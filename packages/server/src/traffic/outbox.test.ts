import { Duplex } from 'node:stream';
import { expect, test } from 'vitest';
import { Outbox } from './outbox.ts';

/** A connection that lists what is handed to the system together. */
class Connection extends Duplex {
  readonly handed: string[] = [];

  constructor(highWaterMark = 1_000) {
    super({ highWaterMark, decodeStrings: false });
  }

  override _write(chunk: unknown, _: unknown, done: () => void): void {
    this.handed.push(String(chunk));
    done();
  }

  override _writev(chunks: { readonly chunk: unknown }[], done: () => void): void {
    this.handed.push(chunks.map(({ chunk }) => String(chunk)).join(''));
    done();
  }
}

const turn = () => new Promise((resolve) => setImmediate(resolve));

test('writes to a connection in one turn are sent together', async () => {
  const outbox = new Outbox();
  const [one, other] = [new Connection(), new Connection()];
  for (const text of ['a', 'b']) outbox.write(one, () => one.write(text));
  outbox.write(other, () => other.write('c'));
  expect([one.handed, other.handed]).toEqual([[], []]);
  await turn();
  expect([one.handed, other.handed]).toEqual([['ab'], ['c']]);
  outbox.write(one, () => one.write('d'));
  await turn();
  expect(one.handed).toEqual(['ab', 'd']);
});

test('much does not wait', () => {
  const outbox = new Outbox();
  const connection = new Connection(4);
  for (const text of ['abc', 'def', 'g']) outbox.write(connection, () => connection.write(text));
  expect(connection.handed).toEqual(['abcdef']);
});

test('a connection that is destroyed meanwhile holds up no other', async () => {
  const outbox = new Outbox();
  const [one, other] = [new Connection(), new Connection()];
  for (const connection of [one, other]) outbox.write(connection, () => connection.write('a'));
  one.destroy();
  await turn();
  expect([one.handed, other.handed]).toEqual([[], ['a']]);
});
