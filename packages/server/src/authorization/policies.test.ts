import { createServer, type Server } from 'node:http';
import type { AddressInfo } from 'node:net';
import type { AccessRequest } from '@sigchart/core/machines';
import { exportJWK, generateKeyPair, SignJWT } from 'jose';
import { afterAll, beforeAll, describe, expect, test } from 'vitest';
import type { Grant } from '../decisions.ts';
import { memoryStore } from '../store/memoryStore.ts';
import type { Token } from '../store/registered.ts';
import { totpCode } from '../totp.ts';
import { acquainted } from './acquainted.ts';
import { createAuthorization } from './authorization.ts';
import type { AuthorizationRequest, Decision } from './authorize.ts';
import { hashToken, hashTokens } from './hashTokens.ts';
import { jwtTokens } from './jwtTokens.ts';
import { notBlocked } from './notBlocked.ts';
import { oneTimeTokens } from './oneTimeTokens.ts';
import { plannedTime } from './plannedTime.ts';
import { every, type Policy } from './policy.ts';
import { registeredOnly } from './registeredOnly.ts';
import { subscriberCodes } from './subscriberCodes.ts';
import { webhook } from './webhook.ts';
import { WrongCodes } from './wrongCodes.ts';

const wish = (fields: Partial<AuthorizationRequest> = {}): AuthorizationRequest => ({
  app: 'live',
  socket: 1,
  remoteAddress: undefined,
  action: 'publish',
  streamId: 's1',
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
  rooms: [],
  isRoom: false,
  granted: [],
  ...fields,
});

const joinRoom = (room: string, streamId: string) =>
  ({ command: 'joinRoom', room, streamId }) as NonNullable<AccessRequest['message']>;

/** Grant of a request by a right. */
const grantOf = (fields: Partial<AuthorizationRequest> = {}, rooms: readonly string[] = []): Grant => ({
  ...wish(fields),
  right: 'stream',
  rooms,
});
const byStream = { right: 'stream' };
const byRoom = { right: 'room' };

const seconds = 1_800_000_000;
const now = () => seconds * 1_000;
const secret = 'a secret of at least thirty-two bytes';

describe('every policy must let through', () => {
  const pass: Policy = () => undefined;
  const refuse: Policy = () => 'user_blocked';
  const slow =
    (policy: Policy): Policy =>
    async (request) =>
      policy(request);

  test.each([
    ['none', [], undefined],
    ['all that do', [pass, slow(pass)], undefined],
    ['one that does not', [pass, refuse], 'user_blocked'],
    ['one that does not, in time', [slow(pass), slow(refuse), pass], 'user_blocked'],
  ] as const)('%s', async (_, policies, decision) => {
    expect(await every(policies)(wish())).toBe(decision);
  });

  test('and policies after a refusal are not called', async () => {
    const asked: string[] = [];
    await every([slow(refuse), () => void asked.push('behind')])(wish());
    expect(asked).toEqual([]);
  });
});

describe('registered only', () => {
  const policy = registeredOnly({ isRegistered: (_, id) => ['s1', 'r1'].includes(id) });
  test.each([
    ['a registered stream', {}, undefined],
    ['another', { streamId: 's2' }, 'not_allowed_unregistered_streams'],
    ['another in a registered room', { streamId: 's2', room: 'r1' }, undefined],
    ['another that a registered room expects', { streamId: 's2', rooms: ['r1'] }, undefined],
    ['a registered room', { action: 'enter', streamId: 'r1' }, undefined],
    ['another room', { action: 'enter', streamId: 'r2' }, 'not_allowed_unregistered_streams'],
    ['a player, who makes nothing', { action: 'play', streamId: 's2' }, undefined],
  ] as const)('%s', async (_, fields, decision) => {
    expect(await policy(wish(fields))).toBe(decision);
  });

  test('a store that does not answer refuses', async () => {
    const failing = () => {
      throw new Error('no disk');
    };
    expect(await registeredOnly({ isRegistered: failing })(wish())).toBe('data_store_not_available');
    expect(await registeredOnly({ isRegistered: async () => failing() })(wish())).toBe('data_store_not_available');
  });
});

describe('one-time tokens', () => {
  const token = (fields: Partial<Token> = {}): Token => ({
    tokenId: 't1',
    streamId: 's1',
    type: 'publish',
    expireDate: seconds + 1,
    roomId: '',
    ...fields,
  });
  const of = (...known: Token[]) => {
    const left = new Map(known.map((one) => [one.tokenId, one]));
    const policy = oneTimeTokens({
      get: (_, id) => left.get(id),
      take: (_, id) => {
        const taken = left.get(id);
        left.delete(id);
        return taken;
      },
      now,
    });
    return { policy, left };
  };

  test('one is good once', async () => {
    const { policy } = of(token());
    expect(await policy(wish({ token: 't1' }))).toEqual(byStream);
    expect(await policy(wish({ token: 't1' }))).toBe('unauthorized_access');
  });

  test('on the socket that it was shown on it is good again, for the same', async () => {
    const { policy } = of();
    const granted = [grantOf({ token: 't1' })];
    expect(await policy(wish({ token: 't1', granted }))).toEqual(byStream);
    expect(await policy(wish({ token: 't1', granted, room: 'r1' }))).toBe('unauthorized_access');
    expect(await policy(wish({ token: 't1', granted, streamId: 's2' }))).toBe('unauthorized_access');
    expect(await policy(wish({ token: 't1', granted, action: 'play' }))).toBe('unauthorized_access');
    expect(await policy(wish({ token: 't2', granted }))).toBe('unauthorized_access');
  });

  test('a grant without a required right does not prove a right', async () => {
    const { policy } = of();
    const granted = [{ ...grantOf({ action: 'enter', token: 'made up' }), right: undefined }];
    expect(await policy(wish({ token: 'made up', granted }))).toBe('unauthorized_access');
    const entered = [grantOf({ action: 'enter', token: 't1' })];
    expect(await policy(wish({ token: 't1', granted: entered }))).toBe('unauthorized_access');
  });

  test('a question does not use one up', async () => {
    const { policy, left } = of(token({ type: 'play' }));
    expect(await policy(wish({ action: 'query', token: 't1' }))).toEqual(byStream);
    expect(left.size).toBe(1);
  });

  test.each([
    ['none', {}, undefined],
    ['of another stream', { streamId: 's2' }, 't1'],
    ['to play', { type: 'play' }, 't1'],
    ['that is over', { expireDate: seconds }, 't1'],
    ['of a room that this is not in', { roomId: 'r1' }, 't1'],
  ] as const)('one is refused, and not used up: %s', async (_, fields, shown) => {
    const { policy, left } = of(token(fields));
    expect(await policy(wish({ token: shown }))).toBe('unauthorized_access');
    expect(left.size).toBe(1);
  });

  test('a token for a room is valid for its streams, repeatedly', async () => {
    const { policy } = of(token({ roomId: 'r1' }));
    for (const fields of [
      { streamId: 'x', room: 'r1' },
      { streamId: 'x', rooms: ['r1'] },
      { action: 'play', streamId: 'x', rooms: ['r1'] },
      { action: 'play', streamId: 'r1', isRoom: true },
      { action: 'enter', streamId: 'r1', isRoom: true },
      { action: 'enter', streamId: 'r1' },
    ] as const)
      expect(await policy(wish({ token: 't1', ...fields })), JSON.stringify(fields)).toEqual(byRoom);
    // The room that a player names is not trusted.
    expect(await policy(wish({ token: 't1', action: 'play', streamId: 'x', room: 'r1' }))).toBe('unauthorized_access');
  });
});

describe('hash tokens', () => {
  const policy = hashTokens({ secret });
  test.each([
    ['that of the stream and the purpose', hashToken('s1', 'publish', secret), byStream],
    ['none', undefined, 'unauthorized_access'],
    ['that of another stream', hashToken('s2', 'publish', secret), 'unauthorized_access'],
    ['that of another purpose', hashToken('s1', 'play', secret), 'unauthorized_access'],
    ['that of another secret', hashToken('s1', 'publish', 'x'), 'unauthorized_access'],
    ['part of it', hashToken('s1', 'publish', secret).slice(0, 32), 'unauthorized_access'],
  ])('%s', async (_, token, decision) => {
    expect(await policy(wish({ token }))).toEqual(decision);
  });

  test('into a room it is that of the room', async () => {
    const into = (token: string, fields: Partial<AuthorizationRequest> = {}) =>
      policy(wish({ room: 'r1', token, ...fields }));
    expect(await into(hashToken('r1', 'publish', secret))).toEqual(byRoom);
    expect(await into(hashToken('s1', 'publish', secret))).toBe('unauthorized_access');
    expect(await into(hashToken('r1', 'play', secret))).toBe('unauthorized_access');
    const granted = [grantOf({ action: 'enter', streamId: 'r1' }, ['r1'])];
    expect(await into(hashToken('s1', 'publish', secret), { granted })).toEqual(byStream);
  });

  test('it is the SHA-256 of id, purpose and secret', () => {
    expect(hashToken('s1', 'publish', 'x')).toBe('9c26dedab0116a7f2896c1fff55861e223883d2755390367435b4ada6acf2b16');
  });
});

describe('JWTs', () => {
  const sign = (claims: Record<string, unknown>, by = secret, alg = 'HS256') =>
    new SignJWT(claims).setProtectedHeader({ alg }).sign(new TextEncoder().encode(by));
  const exp = seconds + 60;
  const good = { streamId: 's1', type: 'publish', exp };
  const policy = jwtTokens({ secret, now });

  test('one for the stream and the purpose is good, again and again', async () => {
    const token = await sign(good);
    expect(await policy(wish({ token }))).toEqual(byStream);
    expect(await policy(wish({ token }))).toEqual(byStream);
  });

  test.each([
    ['another stream', { ...good, streamId: 's2' }],
    ['another purpose', { ...good, type: 'play' }],
    ['no stream', { type: 'publish', exp }],
    ['no purpose', { streamId: 's1', exp }],
    ['no end', { streamId: 's1', type: 'publish' }],
    ['an end that is past', { ...good, exp: seconds - 30 }],
    ['a beginning that is not yet', { ...good, nbf: seconds + 31 }],
  ])('one is refused for %s', async (_, claims) => {
    expect(await policy(wish({ token: await sign(claims) }))).toBe('unauthorized_access');
  });

  test('the signer’s clock may be off by 30 seconds, or as configured', async () => {
    const late = { token: await sign({ ...good, exp: seconds - 29 }) };
    const early = { token: await sign({ ...good, nbf: seconds + 30 }) };
    for (const shown of [late, early]) {
      expect(await policy(wish(shown))).toEqual(byStream);
      expect(await jwtTokens({ secret, now, leewaySeconds: 0 })(wish(shown))).toBe('unauthorized_access');
    }
  });

  test('one is refused for its signature', async () => {
    const [header, payload] = (await sign(good)).split('.');
    const none = Buffer.from('{"alg":"none"}').toString('base64url');
    for (const token of [
      await sign(good, 'another secret of at least 32 bytes'),
      await sign(good, secret.padEnd(64, 'x'), 'HS512'),
      `${header}.${payload}.`,
      `${none}.${payload}.`,
      'x',
      undefined,
    ])
      expect(await policy(wish({ token })), token).toBe('unauthorized_access');
  });

  test('a token for a room grants publishing into it, and playing it and its streams', async () => {
    const token = await sign({ streamId: 'r1', type: 'publish', exp });
    for (const fields of [
      { streamId: 'x', room: 'r1' },
      { action: 'play', streamId: 'r1', isRoom: true },
      { action: 'play', streamId: 'x', rooms: ['r1'] },
      { action: 'enter', streamId: 'r1' },
    ] as const)
      expect(await policy(wish({ token, ...fields })), JSON.stringify(fields)).toHaveProperty('right');
    for (const fields of [
      { streamId: 'x', room: 'r2' },
      { streamId: 'x', room: 'r1', rooms: ['r2'] },
      { action: 'enter', streamId: 'r2' },
      { streamId: 'x' },
      { action: 'play', streamId: 'r1' },
      { action: 'play', streamId: 'x', room: 'r1' },
    ] as const)
      expect(await policy(wish({ token, ...fields })), JSON.stringify(fields)).toBe('unauthorized_access');
  });

  test('one for a stream does not let publish it into a room', async () => {
    const token = await sign(good);
    expect(await policy(wish({ token, room: 'r1' }))).toBe('unauthorized_access');
    expect(await policy(wish({ token, rooms: ['r1'] }))).toBe('unauthorized_access');
  });

  test('but it does into a room that the same socket showed a right to', async () => {
    const token = await sign(good);
    const rooms = ['r1'];
    const entered = grantOf({ action: 'enter', streamId: 'r1' }, rooms);
    expect(await policy(wish({ token, rooms, granted: [entered] }))).toEqual(byStream);
    expect(await policy(wish({ token, rooms: ['r1', 'r2'], granted: [entered] }))).toBe('unauthorized_access');
    for (const none of [{ ...entered, right: undefined }, grantOf({ action: 'play', streamId: 'r1' }, [])])
      expect(await policy(wish({ token, rooms, granted: [none] }))).toBe('unauthorized_access');
  });

  test('one for a stream and a room is a right to that stream in that room, and only to the room for others', async () => {
    const token = await sign({ ...good, roomId: 'r1' });
    expect(await policy(wish({ token, room: 'r1' }))).toEqual(byStream);
    expect(await policy(wish({ token, room: 'r1', streamId: 'x' }))).toEqual(byRoom);
    const joins = (streamId: string) =>
      wish({ token, action: 'enter', streamId: 'r1', message: joinRoom('r1', streamId) });
    expect(await policy(joins('s1'))).toEqual(byStream);
    expect(await policy(joins('x'))).toEqual(byRoom);
  });

  test('one to play a room does not let publish there', async () => {
    const token = await sign({ streamId: 's1', roomId: 'r1', type: 'play', exp });
    expect(await policy(wish({ token, action: 'play', streamId: 'x', rooms: ['r1'] }))).toEqual(byRoom);
    expect(await policy(wish({ token, streamId: 'x', room: 'r1' }))).toBe('unauthorized_access');
    expect(await policy(wish({ token, action: 'enter', streamId: 'r1' }))).toBe('unauthorized_access');
  });

  test('contradicting options are refused', () => {
    expect(() => jwtTokens({ now })).toThrow('either');
    expect(() => jwtTokens({ now, secret: 'short' })).toThrow('32 bytes');
    expect(() => jwtTokens({ now, secret, algorithms: ['RS256'] })).toThrow('HS256');
    expect(() => jwtTokens({ now, jwksUrl: 'http://x', algorithms: ['HS256'] })).toThrow('HS256');
  });

  describe('by published keys', () => {
    let http: Server;
    let jwksUrl: string;
    let privateKey: Awaited<ReturnType<typeof generateKeyPair>>['privateKey'];
    let publicText: string;

    beforeAll(async () => {
      const pair = await generateKeyPair('RS256', { extractable: true });
      privateKey = pair.privateKey;
      const jwk = { ...(await exportJWK(pair.publicKey)), kid: 'k1', alg: 'RS256' };
      publicText = JSON.stringify(jwk);
      http = createServer((_, response) => {
        response.setHeader('content-type', 'application/json');
        response.end(JSON.stringify({ keys: [jwk] }));
      });
      await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
      jwksUrl = `http://127.0.0.1:${(http.address() as AddressInfo).port}/keys`;
    });
    afterAll(() => new Promise((resolve) => http.close(resolve)));

    test('one that was signed with such a key is good, and no other', async () => {
      const remote = jwtTokens({ jwksUrl, now });
      const token = await new SignJWT(good).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
      expect(await remote(wish({ token }))).toEqual(byStream);
      const confused = await sign(good, publicText);
      expect(await remote(wish({ token: confused }))).toBe('unauthorized_access');
    });

    test('without keys, none is good', async () => {
      const token = await new SignJWT(good).setProtectedHeader({ alg: 'RS256', kid: 'k1' }).sign(privateKey);
      expect(await jwtTokens({ jwksUrl: 'http://127.0.0.1:1/keys', now })(wish({ token }))).toBe('unauthorized_access');
    });
  });
});

describe('codes of subscribers', () => {
  const subscriber = {
    streamId: 's1',
    subscriberId: 'u1',
    type: 'play' as const,
    b32Secret: 'JBSWY3DPEHPK3PXP',
    totpExpiryPeriodSeconds: 0,
  };
  const totp = { publishSecret: secret };
  const policy = subscriberCodes({
    subscriberOf: (_, streamId, id) => (streamId === 's1' && id === 'u1' ? subscriber : undefined),
    totp,
    now,
  });
  const codeAt = (ms: number) => totpCode({ streamId: 's1', subscriberId: 'u1', type: 'play', subscriber }, totp, ms);
  const shows = (subscriberCode: string | undefined, fields: Partial<AuthorizationRequest> = {}) =>
    policy(wish({ action: 'play', subscriberId: 'u1', subscriberCode, ...fields }));

  test('the code of now is good, and that of the period before and after', async () => {
    for (const ms of [now(), now() - 60_000, now() + 60_000]) expect(await shows(codeAt(ms))).toEqual(byStream);
    expect(await shows(codeAt(now() - 180_000))).toBe('unauthorized_access');
  });

  test('nothing else is', async () => {
    expect(await shows(undefined)).toBe('unauthorized_access');
    expect(await shows('12345')).toBe('unauthorized_access');
    expect(await shows(codeAt(now()), { subscriberId: undefined })).toBe('unauthorized_access');
    expect(await shows(codeAt(now()), { streamId: 's2' })).toBe('unauthorized_access');
  });

  test('who may play may not publish', async () => {
    expect(await shows(codeAt(now()), { action: 'publish' })).toBe('unauthorized_access');
  });

  test('who is not registered shows one that is made from a secret, if there is one', async () => {
    const subject = { streamId: 's1', subscriberId: 'u2', type: 'publish' as const, subscriber: undefined };
    const subscriberCode = totpCode(subject, totp, now());
    expect(await shows(subscriberCode, { subscriberId: 'u2', action: 'publish' })).toEqual(byStream);
    expect(await shows(subscriberCode, { subscriberId: 'u2' })).toBe('unauthorized_access');
  });

  test('into a room it is the code for the room', async () => {
    const codeFor = (streamId: string) =>
      totpCode({ streamId, subscriberId: 'u2', type: 'publish', subscriber: undefined }, totp, now());
    const into = (subscriberCode: string | undefined) =>
      shows(subscriberCode, { subscriberId: 'u2', action: 'publish', room: 'r1' });
    expect(await into(codeFor('r1'))).toEqual(byRoom);
    expect(await into(codeFor('s1'))).toBe('unauthorized_access');
  });

  test('are not to be guessed: after five wrong ones in a minute, not even the right one is', async () => {
    let ms = now();
    const guessed = subscriberCodes({ subscriberOf: () => undefined, totp, now: () => ms });
    const codeOf = (subscriberId: string, at: number) =>
      totpCode({ streamId: 's1', subscriberId, type: 'publish', subscriber: undefined }, totp, at);
    const tries = (subscriberCode: string | undefined, subscriberId = 'u2', app = 'live') =>
      guessed(wish({ app, subscriberId, subscriberCode }));
    for (let guess = 0; guess < 4; guess += 1) await tries('12345');
    expect(await tries(codeOf('u2', ms))).toEqual(byStream);
    for (let guess = 0; guess < 5; guess += 1) expect(await tries('12345')).toBe('unauthorized_access');
    expect(await tries(codeOf('u2', ms))).toBe('unauthorized_access');
    expect(await tries(codeOf('u3', ms), 'u3')).toEqual(byStream);
    expect(await tries(codeOf('u2', ms), 'u2', 'other')).toEqual(byStream);
    ms += 59_000;
    expect(await tries(codeOf('u2', ms))).toBe('unauthorized_access');
    ms += 1_000;
    expect(await tries(codeOf('u2', ms))).toEqual(byStream);
  });

  test('of so many who guess, the last are remembered', () => {
    const wrongCodes = new WrongCodes({ now, remembered: 2 });
    for (const who of ['u1', 'u2', 'u3']) for (let guess = 0; guess < 5; guess += 1) wrongCodes.add(who);
    expect(['u1', 'u2', 'u3'].map((who) => wrongCodes.areTooMany(who))).toEqual([false, true, true]);
  });
});

describe('a webhook', () => {
  let http: Server;
  let origin: string;
  const heard: unknown[] = [];
  const asked: string[] = [];
  const authorizations: (string | undefined)[] = [];

  beforeAll(async () => {
    http = createServer(async (request, response) => {
      const chunks: Buffer[] = [];
      for await (const chunk of request) chunks.push(chunk as Buffer);
      asked.push(`${request.method} ${request.url}`);
      authorizations.push(request.headers.authorization);
      // A client that follows a redirect may have dropped the body on the way.
      const text = Buffer.concat(chunks).toString();
      if (text !== '') heard.push(JSON.parse(text));
      if (request.url === '/silent') return;
      const status = Number(request.url?.slice(1));
      response.writeHead(status, status >= 300 && status < 400 ? { location: '/200' } : {}).end('x');
    });
    await new Promise<void>((resolve) => http.listen(0, '127.0.0.1', resolve));
    origin = `http://127.0.0.1:${(http.address() as AddressInfo).port}`;
  });
  afterAll(() => {
    http.closeAllConnections();
    return new Promise((resolve) => http.close(resolve));
  });

  test('receives the request, and grants by 200', async () => {
    const request = wish({ token: 't', room: 'r1', subscriberId: 'u', metaData: 'm' });
    expect(await webhook({ url: `${origin}/200` })(request)).toEqual(byStream);
    expect(await webhook({ url: `${origin}/200` })(wish({ action: 'enter' }))).toEqual(byRoom);
    expect(heard).toContainEqual({
      appName: 'live',
      name: 's1',
      streamId: 's1',
      mode: 'publish',
      room: 'r1',
      token: 't',
      subscriberId: 'u',
      subscriberCode: '',
      metaData: 'm',
    });
  });

  test('receives the user and the password that its address has', async () => {
    authorizations.length = 0;
    const url = `${origin.replace('//', '//user:pass@')}/200`;
    expect(await webhook({ url })(wish())).toEqual(byStream);
    expect(authorizations).toEqual([`Basic ${Buffer.from('user:pass').toString('base64')}`]);
  });

  test.each([204, 401, 500])('refuses by %i', async (status) => {
    expect(await webhook({ url: `${origin}/${status}` })(wish())).toBe('unauthorized_access');
  });

  test.each([301, 302, 303, 307, 308])(
    'refuses by a redirect (%i), and is not followed to where it leads',
    async (status) => {
      asked.length = 0;
      expect(await webhook({ url: `${origin}/${status}` })(wish())).toBe('unauthorized_access');
      expect(asked).toEqual([`POST /${status}`]);
    },
  );

  test('refuses when it does not answer, or is not there', async () => {
    expect(await webhook({ url: `${origin}/silent`, timeoutMs: 50 })(wish())).toBe('unauthorized_access');
    expect(await webhook({ url: 'http://127.0.0.1:1/' })(wish())).toBe('unauthorized_access');
  });
});

describe('questions', () => {
  const inRoom = grantOf({ room: 'r1' }, ['r1']);
  test.each([
    ['of what it publishes', { granted: [grantOf()] }, undefined],
    ['of the room that it publishes into', { streamId: 'r1', granted: [inRoom] }, undefined],
    ['of another in that room', { streamId: 'x', rooms: ['r1'], granted: [inRoom] }, undefined],
    ['of nothing it was let to', {}, 'unauthorized_access'],
    [
      'of what it was let to without a right',
      { granted: [{ ...grantOf({ action: 'join' }), right: undefined }] },
      'unauthorized_access',
    ],
    [
      'of a room that it only says to play in',
      { streamId: 'r1', granted: [grantOf({ action: 'play', room: 'r1' })] },
      'unauthorized_access',
    ],
  ] as const)('%s', async (_, fields, decision) => {
    expect(await acquainted(wish({ action: 'query', ...fields }))).toBe(decision);
  });

  test('TURN credentials are for sockets that showed a right to anything', async () => {
    const relay = (granted: readonly Grant[]) => acquainted(wish({ action: 'relay', streamId: '', granted }));
    expect(await relay([grantOf()])).toBeUndefined();
    expect(await relay([])).toBe('unauthorized_access');
    expect(await relay([{ ...grantOf(), right: undefined }])).toBe('unauthorized_access');
  });

  test('that carry a token are decided by it', async () => {
    const authorize = createAuthorization({ store: memoryStore(), hashSecret: secret });
    const asks = (token: string) => authorize(wish({ action: 'query', token }));
    expect(await asks(hashToken('s1', 'play', secret))).toEqual(byStream);
    expect(await asks(hashToken('s2', 'play', secret))).toBe('unauthorized_access');
  });
});

describe('of several policies', () => {
  const policy =
    (decision: Decision): Policy =>
    async () =>
      decision;
  test.each([
    ['all that prove the stream do', ['stream', 'stream'], 'stream'],
    ['one that proves only the room counts', ['stream', 'room'], 'room'],
    ['one that proves only the room counts, in any order', ['room', 'stream'], 'room'],
    ['those that prove nothing do not count', [undefined, 'stream', undefined], 'stream'],
  ] as const)('%s', async (_, rights, right) => {
    const policies = rights.map((one) => policy(one && { right: one }));
    expect(await every(policies)(wish())).toEqual({ right });
  });
});

test('who is blocked neither publishes nor plays, as far as the block goes', async () => {
  const block = { streamId: 's1', subscriberId: 'u1', type: 'play' as const, until: now() + 1 };
  const policy = notBlocked({ blocksOf: (_, __, id) => (id === 'u1' ? [block] : []), now });
  expect(await policy(wish({ action: 'play', subscriberId: 'u1' }))).toBe('user_blocked');
  expect(await policy(wish({ subscriberId: 'u1' }))).toBeUndefined();
  expect(await policy(wish({ action: 'play', subscriberId: 'u2' }))).toBeUndefined();
});

describe('a planned time', () => {
  const store = memoryStore();
  const at = (streamId: string, plannedStartDate: number, plannedEndDate: number) =>
    store.of('live').broadcasts.create({
      streamId,
      name: '',
      description: '',
      status: 'created',
      date: 0,
      plannedStartDate,
      plannedEndDate,
      metaData: '',
      role: '',
      mainTrackStreamId: '',
      subtracksLimit: -1,
      webRTCViewerLimit: -1,
      virtual: false,
      conferenceMode: '',
      listenerHookURL: '',
    });
  at('always', 0, 0);
  at('now', seconds - 1, seconds + 1);
  at('over', 0, seconds);
  at('later', seconds + 1, 0);
  const policy = plannedTime({ registered: (app, id) => store.of(app).broadcasts.get(id), now });

  test.each([
    ['of what is not registered', { streamId: 'x' }, undefined],
    ['of what has none', { streamId: 'always' }, undefined],
    ['that is now', { streamId: 'now' }, undefined],
    ['that is over', { streamId: 'over' }, 'stream_not_active_or_expired'],
    ['that comes, for a player', { action: 'play', streamId: 'later' }, 'stream_not_active_or_expired'],
    ['of a room that is over', { action: 'enter', streamId: 'over', room: 'over' }, 'room_not_active_or_expired'],
    ['of a main track that comes', { streamId: 'x', room: 'later' }, 'room_not_active_or_expired'],
  ] as const)('%s', async (_, fields, decision) => {
    expect(await policy(wish(fields))).toBe(decision);
  });
});

describe('configured policies', () => {
  test('nothing grants everything', async () => {
    const authorize = createAuthorization({ store: memoryStore() });
    for (const action of ['publish', 'play', 'join', 'enter', 'query', 'relay'] as const)
      expect(await authorize(wish({ action }))).toBeUndefined();
  });

  test('all must let through, and a token that another refuses is not used up', async () => {
    const store = memoryStore();
    const { tokens } = store.of('live');
    tokens.create({ tokenId: 't1', streamId: 's1', type: 'publish', expireDate: seconds * 2, roomId: '' });
    const authorize = createAuthorization({ store, registeredOnly: true, oneTimeTokens: true, now });
    expect(await authorize(wish({ token: 't1' }))).toBe('not_allowed_unregistered_streams');
    expect(await tokens.get('t1')).toBeDefined();
  });

  test('by default everything needs a right', async () => {
    const authorize = createAuthorization({ store: memoryStore(), hashSecret: secret });
    const decisions = await Promise.all(
      (['publish', 'play', 'join', 'enter', 'query', 'relay'] as const).map((action) => authorize(wish({ action }))),
    );
    expect(decisions).toEqual(decisions.map(() => 'unauthorized_access'));
  });

  test('calls and rooms may need none, which is then no right either', async () => {
    const authorize = createAuthorization({ store: memoryStore(), hashSecret: secret, actions: ['publish', 'play'] });
    for (const action of ['join', 'enter'] as const) expect(await authorize(wish({ action }))).toBeUndefined();
  });
});
