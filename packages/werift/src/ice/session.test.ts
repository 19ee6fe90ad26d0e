import { expect, test } from 'vitest';
import type { Base } from './base.ts';
import { randomCredentials } from './credentials.ts';
import { IceSession } from './session.ts';

const base: Base = { type: 'host', host: '192.0.2.1', port: 5_000, priority: 1, send: () => {}, close: async () => {} };

test('a session has 100 pairs, of which those that failed make room for others', () => {
  const session = new IceSession(randomCredentials());
  const add = (port: number) => session.add(base, { host: '192.0.2.2', port, priority: 1 });
  const pairs = Array.from({ length: 100 }, (_, index) => add(10_000 + index));
  expect(pairs).not.toContain(undefined);
  expect(add(20_000)).toBeUndefined();
  const [, second] = session.pairs;
  if (second !== undefined) second.state = 'failed';
  expect(add(20_001)).toBeDefined();
  expect(session.pairs).toHaveLength(100);
  expect(session.pairs).not.toContain(second);
});
