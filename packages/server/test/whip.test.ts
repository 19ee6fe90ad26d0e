import { request as httpRequest } from 'node:http';
import { describe, expect, test } from 'vitest';
import { until, useServer } from './wire.ts';

const refuseAll = { authorize: () => 'unauthorized_access' as const };

const server = useServer({}, {}, { maxResources: 8, body: { maxBytes: 10_000, timeoutMs: 200 } });

const url = (path: string) => `${server.origin.replace('ws', 'http')}${path}`;

const sdp = { 'content-type': 'application/sdp' };
const fragment = { 'content-type': 'application/trickle-ice-sdpfrag' };

const ask = (method: string, path: string, body?: string, headers: Record<string, string> = {}) =>
  fetch(url(path), { method, headers, ...(body !== undefined && { body }) });

/** An offer of a fake connection. */
async function offerOf() {
  const connection = server.network.connect(['v', 'a']);
  const { sdp: session = '' } = await connection.createOffer();
  const offer = `${session}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n`;
  await connection.setLocalDescription({ type: 'offer', sdp: offer });
  return { connection, offer };
}

/** Publishes by WHIP, up to a resource. */
async function publish(path = '/live/whip/s1') {
  const { connection, offer } = await offerOf();
  const response = await ask('POST', path, offer, sdp);
  const answer = await response.text();
  if (response.status === 201) await connection.setRemoteDescription({ type: 'answer', sdp: answer });
  return { connection, offer, response, answer, location: response.headers.get('location') ?? '' };
}

const candidateOf = (offer: string) => `${offer.replace('v=0\r\n', '')}a=candidate:1 1 udp 1 192.0.2.1 9 typ host\r\n`;

/** Publishes by WHIP, up to media. */
async function live() {
  const published = await publish();
  const tag = published.response.headers.get('etag') ?? '';
  const patched = await ask('PATCH', published.location, candidateOf(published.offer), {
    ...fragment,
    'if-match': tag,
  });
  expect(patched.status).toBe(204);
  await until(() => expect(server.signalling.live.ids('live')).toContain('s1'));
  return { ...published, tag };
}

describe('WHIP', () => {
  test('an offer becomes a stream that any client plays, until DELETE', async () => {
    const player = await server.connect();
    const { response, answer, location, connection } = await live();
    expect(response.status).toBe(201);
    expect(response.headers.get('content-type')).toBe('application/sdp');
    expect(response.headers.get('etag')).toMatch(/^"fake\d+"$/);
    expect(response.headers.get('accept-patch')).toBe('application/trickle-ice-sdpfrag');
    expect(location).toMatch(/^\/live\/whip\/s1\/[\da-f-]{36}$/);
    expect(answer).toMatch(/^v=0/);
    player.send({ command: 'play', streamId: 's1' });
    await player.hears({ command: 'takeConfiguration', type: 'offer' });
    expect((await ask('DELETE', location)).status).toBe(200);
    await player.hears({ definition: 'play_finished', streamId: 's1' });
    expect((await ask('DELETE', location)).status).toBe(404);
    connection.close();
    player.webSocket.close();
  });

  test('the path that Ant Media has it under works, too', async () => {
    const { response, location, connection } = await publish('/live/rest/v2/whip/s1');
    expect(response.status).toBe(201);
    expect((await ask('DELETE', location)).status).toBe(200);
    connection.close();
  });

  test('an id in use is 409', async () => {
    const wire = await server.connect();
    const owner = await server.publish(wire, 's1');
    const { response, connection } = await publish();
    expect(response.status).toBe(409);
    expect(response.headers.get('content-type')).toBe('application/problem+json');
    connection.close();
    owner.close();
    wire.webSocket.close();
  });

  test.each([
    ['an id that is none', 'POST', '/live/whip/a%20b', 'v=0\r\n', sdp, 400],
    ['a body that is no description', 'POST', '/live/whip/s1', 'hello', sdp, 400],
    ['a description that cannot be applied', 'POST', '/live/whip/s1', 'v=0\r\n', sdp, 422],
    ['no body', 'POST', '/live/whip/s1', '', sdp, 400],
    ['another content type', 'POST', '/live/whip/s1', '{}', { 'content-type': 'application/json' }, 415],
    ['a body that is too long', 'POST', '/live/whip/s1', `v=0\r\n${'a'.repeat(10_000)}`, sdp, 413],
    ['GET', 'GET', '/live/whip/s1', undefined, {}, 405],
    ['PUT', 'PUT', '/live/whip/s1', '', {}, 405],
    ['an unknown resource', 'PATCH', '/live/whip/s1/none', 'a=x', fragment, 404],
    ['an unknown resource to delete', 'DELETE', '/live/whip/s1/none', undefined, {}, 404],
    ['GET of a resource', 'GET', '/live/whip/s1/none', undefined, {}, 405],
    ['no stream', 'POST', '/live/whip', 'v=0\r\n', sdp, 404],
  ])('%s: %s %s is refused', async (_, method, path, body, headers, status) => {
    const response = await ask(method, path, body, headers);
    expect(response.status).toBe(status);
    if (status === 405) expect(response.headers.get('allow')).toMatch(/POST|PATCH/);
  });

  test('PATCH needs the tag of the ICE session, and restarts it', async () => {
    const { location, tag, connection } = await live();
    const patch = (headers: Record<string, string>, body = 'a=ice-ufrag:fake99\r\na=ice-pwd:p\r\n') =>
      ask('PATCH', location, body, { ...fragment, ...headers });
    expect((await patch({})).status).toBe(428);
    expect((await patch({ 'if-match': '"stale"' })).status).toBe(412);
    expect((await patch({ 'if-match': tag }, 'no fragment')).status).toBe(400);
    expect((await patch({ 'if-match': tag, 'content-type': 'text/plain' })).status).toBe(415);
    const restarted = await patch({ 'if-match': '*' });
    expect(restarted.status).toBe(200);
    expect(restarted.headers.get('content-type')).toBe('application/trickle-ice-sdpfrag');
    expect(await restarted.text()).toMatch(/^a=ice-ufrag:fake\d+\r\n/);
    await ask('DELETE', location);
    connection.close();
  });

  test('a resource is found only at its own path', async () => {
    const { location, connection } = await publish();
    const id = location.split('/').at(-1);
    for (const path of ['/live/whip/s2', '/live/whep/s1', '/other/whip/s1'])
      expect((await ask('DELETE', `${path}/${id}`)).status).toBe(404);
    expect((await ask('DELETE', location)).status).toBe(200);
    connection.close();
  });

  test.each([
    ['a token that is too long', { authorization: `Bearer ${'t'.repeat(8_193)}` }, '', 400],
    ['a room whose name is too long', {}, `?mainTrack=${'r'.repeat(257)}`, 400],
  ])('%s is the fault of the request', async (_, headers, query, status) => {
    const { connection, offer } = await offerOf();
    const response = await ask('POST', `/live/whip/s1${query}`, offer, { ...sdp, ...headers });
    expect([response.status, await response.json()]).toEqual([status, { status, detail: 'fieldTooLong' }]);
    connection.close();
  });

  test('pages of any origin may use it', async () => {
    const preflight = await ask('OPTIONS', '/live/whip/s1', undefined, {
      origin: 'https://example.org',
      'access-control-request-method': 'POST',
      'access-control-request-headers': 'authorization, content-type',
    });
    expect(preflight.status).toBe(204);
    expect(preflight.headers.get('access-control-allow-origin')).toBe('*');
    expect(preflight.headers.get('access-control-allow-headers')).toMatch(/Authorization/);
    expect(preflight.headers.get('accept-post')).toBe('application/sdp');
    const { response, location, connection } = await publish();
    expect(response.headers.get('access-control-expose-headers')).toMatch(/Location.*ETag/);
    await ask('DELETE', location);
    connection.close();
  });

  test('a body that does not end is 408, and nothing is left', async () => {
    const status = await new Promise((resolve, reject) => {
      const slow = httpRequest(url('/live/whip/s1'), { method: 'POST', headers: sdp }, ({ statusCode }) => {
        resolve(statusCode);
        slow.destroy();
      });
      slow.on('error', reject);
      slow.write('v=0\r\n');
    });
    expect(status).toBe(408);
    expect(server.whip.resources).toBe(0);
  });

  test('resources without media end by themselves, and there are never more than may be', async () => {
    const published = [];
    for (let index = 0; index < 9; index += 1) published.push(await publish(`/live/whip/many${index}`));
    expect(published.map(({ response }) => response.status)).toEqual([...Array(8).fill(201), 503]);
    expect(published.at(-1)?.response.headers.get('retry-after')).toBe('5');
    server.clock.pass(10_000);
    await until(() => expect(server.whip.resources).toBe(0));
    for (const { connection } of published) connection.close();
  });

  test('a resource is not ended for a ping that it cannot answer', async () => {
    const { location, connection } = await live();
    for (let round = 0; round < 10; round += 1) server.clock.pass(10_000);
    expect(server.whip.resources).toBe(1);
    await ask('DELETE', location);
    connection.close();
  });

  test('a server that stops ends its resources', async () => {
    const { connection } = await live();
    await server.signalling.close();
    await until(() => expect(server.whip.resources).toBe(0));
    connection.close();
  });
});

describe('WHEP', () => {
  test('an offer is answered with the stream, until the stream ends', async () => {
    const publisher = await live();
    const { connection, offer } = await offerOf();
    const response = await ask('POST', '/live/whep/s1', offer, sdp);
    expect(response.status).toBe(201);
    expect(response.headers.get('location')).toMatch(/^\/live\/whep\/s1\//);
    expect(server.whip.resources).toBe(2);
    await ask('DELETE', publisher.location);
    await until(() => expect(server.whip.resources).toBe(0));
    connection.close();
    publisher.connection.close();
  });

  test('a stream that is not live is 404', async () => {
    const { connection, offer } = await offerOf();
    expect((await ask('POST', '/live/whep/s1', offer, sdp)).status).toBe(404);
    connection.close();
  });
});

describe('rights', () => {
  const guarded = useServer(refuseAll);

  test('a refusal is 401 without a token, and 403 with one', async () => {
    const path = `${guarded.origin.replace('ws', 'http')}/live/whip/s1`;
    const post = (headers: Record<string, string>) =>
      fetch(path, { method: 'POST', headers: { ...sdp, ...headers }, body: 'v=0\r\n' });
    const anonymous = await post({});
    expect(anonymous.status).toBe(401);
    expect(anonymous.headers.get('www-authenticate')).toBe('Bearer');
    expect((await post({ authorization: 'Bearer wrong' })).status).toBe(403);
  });
});

describe('an address that asks for too many resources', () => {
  const busy = useServer({}, {}, { rate: { perSecond: 0.1, burst: 2 } });

  test('has Retry-After', async () => {
    const post = () =>
      fetch(`${busy.origin.replace('ws', 'http')}/live/whip/s1`, { method: 'POST', headers: sdp, body: 'x' });
    expect([(await post()).status, (await post()).status]).toEqual([400, 400]);
    const response = await post();
    expect(response.status).toBe(429);
    expect(Number(response.headers.get('retry-after'))).toBeGreaterThan(1);
  });
});

describe('an address that restarts ICE all the time', () => {
  const busy = useServer({}, {}, { rate: { perSecond: 0.1, burst: 4 } });

  test('has to wait, as for new resources', async () => {
    const base = busy.origin.replace('ws', 'http');
    const connection = busy.network.connect(['a']);
    const { sdp: session = '' } = await connection.createOffer();
    const body = `${session}m=audio 9 UDP/TLS/RTP/SAVPF 111\r\na=mid:0\r\n`;
    const created = await fetch(`${base}/live/whip/s1`, { method: 'POST', headers: sdp, body });
    expect(created.status).toBe(201);
    const location = `${base}${created.headers.get('location')}`;
    const statuses: number[] = [];
    for (let count = 0; count < 4; count += 1) {
      const restart = `a=ice-ufrag:other${count}\r\na=ice-pwd:${'p'.repeat(24)}\r\n`;
      const headers = { ...fragment, 'if-match': '*' };
      statuses.push((await fetch(location, { method: 'PATCH', headers, body: restart })).status);
    }
    expect(statuses).toEqual([200, 200, 200, 429]);
    connection.close();
  });
});
