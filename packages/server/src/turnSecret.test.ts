import { createHmac } from 'node:crypto';
import { expect, test } from 'vitest';
import { withTurnSecret } from './turnSecret.ts';

const turn = { urls: 'turn:turn.example.org' };
const stun = { urls: 'stun:stun.example.org' };

test('each time, TURN servers have credentials of their own, and STUN servers have none', () => {
  let ms = 1_800_000_000_000;
  const servers = withTurnSecret({ iceServers: [turn, stun], secret: 'secret', now: () => ms });
  const username = '1800000600:sigchart';
  const credential = createHmac('sha1', 'secret').update(username).digest('base64');
  expect(servers()).toEqual([{ ...turn, username, credential }, stun]);
  ms += 1_000;
  expect(servers()[0]).toMatchObject({ username: '1800000601:sigchart' });
  const short = withTurnSecret({ iceServers: [turn], secret: 'secret', ttlSeconds: 5, now: () => ms });
  expect(short()[0]).toMatchObject({ username: '1800000006:sigchart' });
});

test('a secret that is empty is refused', () => {
  expect(() => withTurnSecret({ iceServers: [turn], secret: '' })).toThrow('empty');
});
