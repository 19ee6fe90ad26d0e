import { describe, expect, test } from 'vitest';
import type { HttpEvent } from '../ports/http.ts';
import { begin, step } from '../step.ts';
import { type ResourceEvent, resourceServer } from './server.ts';

const descriptionOf = (ufrag: string) =>
  [
    'v=0',
    'o=- 1 1 IN IP4 127.0.0.1',
    's=-',
    't=0 0',
    'a=group:BUNDLE 0 1',
    'm=audio 9 UDP/TLS/RTP/SAVPF 111',
    'a=mid:0',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:passwordpasswordpasswd',
    'a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host',
    'm=video 9 UDP/TLS/RTP/SAVPF 96',
    'a=mid:1',
    `a=ice-ufrag:${ufrag}`,
    'a=ice-pwd:passwordpasswordpasswd',
    '',
  ].join('\r\n');

const offer = descriptionOf('client1');
const fragment = (ufrag: string) =>
  `a=ice-ufrag:${ufrag}\r\na=ice-pwd:newpasswordnewpassword1\r\nm=audio 9 UDP/TLS/RTP/SAVPF 0\r\na=mid:0\r\na=candidate:2 1 udp 1 192.0.2.2 50002 typ host\r\n`;

const post: HttpEvent = {
  type: 'http.post',
  exchange: 1,
  role: 'publisher',
  streamId: 's1',
  sdp: offer,
  token: 't1',
  mainTrack: undefined,
};
const answered = (ufrag: string): ResourceEvent => ({
  type: 'signal.takeConfiguration',
  message: {
    command: 'takeConfiguration',
    streamId: 's1',
    type: 'answer',
    sdp: descriptionOf(ufrag),
    idMapping: undefined,
  },
});
const start: ResourceEvent = { type: 'signal.start', message: { command: 'start', streamId: 's1' } };
const refused = (definition: string): ResourceEvent => ({
  type: 'signal.error',
  message: { command: 'error', definition, streamId: 's1' } as never,
});
const patch = (exchange: number, body: string, ifMatch?: string): ResourceEvent => ({
  type: 'http.patch',
  exchange,
  ifMatch,
  body,
});

function after(...events: readonly ResourceEvent[]) {
  let { snapshot, effects } = begin(resourceServer, undefined);
  for (const event of events) ({ snapshot, effects } = step(resourceServer, snapshot, event));
  return { snapshot, effects, state: snapshot.value, status: snapshot.status };
}

const open = [post, start, answered('server1')] as const;

describe('a resource that publishes', () => {
  test('publishes with the bearer token, and offers once it is accepted', () => {
    const { effects } = after(post);
    expect(effects).toContainEqual({
      type: 'signal.send',
      message: expect.objectContaining({ command: 'publish', streamId: 's1', token: 't1' }),
    });
    expect(after(post, start).effects).toContainEqual({
      type: 'signal.send',
      message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp: offer },
    });
  });

  test.each([
    ['publisher', 'recvonly', 'sends'],
    ['publisher', 'inactive', 'sends'],
    ['player', 'sendonly', 'receives'],
  ] as const)('as a %s, an offer that is only %s is refused', (role, direction, does) => {
    const offering = (...lines: readonly string[]): HttpEvent => ({ ...post, role, sdp: [...lines, ''].join('\r\n') });
    const media = 'm=audio 9 UDP/TLS/RTP/SAVPF 111';
    const { effects, state } = after(offering('v=0', media, `a=${direction}`));
    expect(state).toBe('refused');
    const reason = `The offer ${does} no audio or video.`;
    expect(effects).toEqual([{ type: 'http.respond', exchange: 1, response: { status: 422, reason } }]);
    // The direction of the session applies to sections without one.
    expect(after(offering('v=0', `a=${direction}`, media)).state).toBe('refused');
    const other = role === 'publisher' ? 'sendonly' : 'recvonly';
    expect(after(offering('v=0', media, `a=${direction}`, media, `a=${other}`)).state).not.toBe('refused');
    expect(after(offering('v=0', `a=${direction}`, media, 'a=sendrecv')).state).not.toBe('refused');
    expect(after(offering('v=0', 'm=application 9 UDP/DTLS/SCTP x', `a=${direction}`)).state).not.toBe('refused');
  });

  test('responds with the answer, and the entity tag of its ICE session', () => {
    const { effects, state } = after(...open);
    expect(state).toEqual({ open: 'stable' });
    expect(effects).toContainEqual({
      type: 'http.respond',
      exchange: 1,
      response: { status: 201, sdp: descriptionOf('server1'), tag: 'server1', iceServers: [] },
    });
  });

  test('names the ICE servers of the server', () => {
    const told: ResourceEvent = {
      type: 'signal.iceServerConfig',
      message: {
        command: 'iceServerConfig',
        stunServerUri: 'turn:turn.example.org',
        turnServerUsername: 'u',
        turnServerCredential: 'p',
      },
    };
    const { effects } = after(post, start, told, answered('server1'));
    expect(effects).toContainEqual(
      expect.objectContaining({
        response: expect.objectContaining({
          iceServers: [{ urls: 'turn:turn.example.org', username: 'u', credential: 'p' }],
        }),
      }),
    );
  });

  test.each([
    ['streamIdInUse', 409],
    ['unauthorized_access', 403],
    ['notSetRemoteDescription', 422],
    ['no_encoder_settings', 422],
    ['no_stream_exist', 404],
    ['data_store_not_available', 503],
    ['notSetLocalDescription', 500],
  ])('%s is responded to with %i, and the resource never exists', (definition, status) => {
    const { effects, state } = after(post, refused(definition));
    expect(state).toBe('refused');
    expect(effects).toContainEqual({ type: 'http.respond', exchange: 1, response: { status, reason: definition } });
  });

  test('without a token a refusal asks for one', () => {
    const { effects } = after({ ...post, token: undefined }, refused('unauthorized_access'));
    expect(effects).toContainEqual(expect.objectContaining({ response: expect.objectContaining({ status: 401 }) }));
  });

  test('a server that does not answer leads to 503', () => {
    const { effects, state } = after(post, start, { type: 'timer.exchange' });
    expect(state).toBe('refused');
    expect(effects.map(({ type }) => type)).toEqual(
      expect.arrayContaining(['http.respond', 'signal.send', 'timer.stop']),
    );
  });

  test('a client that closes the connection before the answer publishes nothing', () => {
    const { effects, state } = after(post, start, { type: 'http.aborted', exchange: 1 });
    expect(state).toBe('finished');
    expect(effects).toContainEqual({ type: 'signal.send', message: { command: 'stop', streamId: 's1' } });
  });

  test('DELETE ends it', () => {
    const { effects, state } = after(...open, { type: 'http.delete', exchange: 2 });
    expect(state).toBe('finished');
    expect(effects).toEqual([
      { type: 'signal.send', message: { command: 'stop', streamId: 's1' } },
      { type: 'http.respond', exchange: 2, response: { status: 200 } },
    ]);
  });

  test('ends when the server ends the publisher, or closes the session', () => {
    const finished: ResourceEvent = {
      type: 'signal.publish_finished',
      message: { command: 'notification', definition: 'publish_finished', streamId: 's1' } as never,
    };
    expect(after(...open, finished).status).toBe('done');
    expect(after(...open, { type: 'socket.closed' }).status).toBe('done');
    expect(after(...open, refused('publishTimeoutError')).status).toBe('done');
  });
});

describe('PATCH', () => {
  test('without If-Match it is 428, with a stale one 412, and changes nothing', () => {
    for (const [ifMatch, status] of [
      [undefined, 428],
      ['other', 412],
    ] as const) {
      const { effects, state } = after(...open, patch(2, fragment('client1'), ifMatch));
      expect(state).toEqual({ open: 'stable' });
      expect(effects).toEqual([
        { type: 'http.respond', exchange: 2, response: { status, reason: expect.any(String) } },
      ]);
    }
  });

  test('an invalid fragment is 400', () => {
    for (const body of ['', 'hello', '{"candidate":1}', `a=x\r\n${'a'.repeat(40_000)}`])
      expect(after(...open, patch(2, body, 'server1')).effects).toEqual([
        { type: 'http.respond', exchange: 2, response: { status: 400, reason: expect.any(String) } },
      ]);
  });

  test('candidates go to the server', () => {
    expect(after(...open, patch(2, fragment('client1'), 'server1')).effects).toEqual([
      {
        type: 'signal.send',
        message: {
          command: 'takeCandidate',
          streamId: 's1',
          label: undefined,
          id: '0',
          candidate: 'candidate:2 1 udp 1 192.0.2.2 50002 typ host',
        },
      },
      { type: 'http.respond', exchange: 2, response: { status: 204 } },
    ]);
  });

  test('other credentials restart ICE: the offer is repeated with them', () => {
    const { effects, state } = after(...open, patch(2, fragment('client2'), '*'));
    expect(state).toEqual({ open: 'restarting' });
    const sent = effects.find(({ type }) => type === 'signal.send') as { message: { sdp: string } };
    expect(sent.message.sdp).toBe(
      offer
        .replaceAll('client1', 'client2')
        .replaceAll('passwordpasswordpasswd', 'newpasswordnewpassword1')
        .replace('a=candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host\r\n', '')
        .replace(
          'a=mid:0\r\na=ice-ufrag:client2\r\na=ice-pwd:newpasswordnewpassword1\r\n',
          'a=ice-ufrag:client2\r\na=ice-pwd:newpasswordnewpassword1\r\na=mid:0\r\na=candidate:2 1 udp 1 192.0.2.2 50002 typ host\r\n',
        )
        .replace(
          'a=mid:1\r\na=ice-ufrag:client2\r\na=ice-pwd:newpasswordnewpassword1\r\n',
          'a=ice-ufrag:client2\r\na=ice-pwd:newpasswordnewpassword1\r\na=mid:1\r\n',
        ),
    );
  });

  test('the answer to a restart comes as a fragment with a new tag, by which later candidates are matched', () => {
    const restarted = [...open, patch(2, fragment('client2'), '*'), answered('server2')] as const;
    const { effects, state } = after(...restarted);
    expect(state).toEqual({ open: 'stable' });
    expect(effects).toContainEqual({
      type: 'http.respond',
      exchange: 2,
      response: { status: 200, tag: 'server2', fragment: expect.stringContaining('a=ice-ufrag:server2\r\n') },
    });
    expect(after(...restarted, patch(3, fragment('client2'), 'server1')).effects).toContainEqual(
      expect.objectContaining({ response: expect.objectContaining({ status: 412 }) }),
    );
    expect(after(...restarted, patch(3, fragment('client2'), 'server2')).effects).toContainEqual(
      expect.objectContaining({ response: { status: 204 } }),
    );
  });

  test('during a restart it is 409; a restart that fails leaves the session as it was', () => {
    const restarting = [...open, patch(2, fragment('client2'), '*')] as const;
    expect(after(...restarting, patch(3, fragment('client3'), '*')).effects).toEqual([
      { type: 'http.respond', exchange: 3, response: { status: 409, reason: expect.any(String) } },
    ]);
    const failed = after(...restarting, refused('notSetRemoteDescription'));
    expect(failed.state).toEqual({ open: 'stable' });
    expect(failed.effects).toContainEqual(
      expect.objectContaining({ exchange: 2, response: expect.objectContaining({ status: 422 }) }),
    );
    expect(failed.snapshot.context).toMatchObject({ ufrag: 'client1', tag: 'server1', offer });
  });
});

describe('a resource that plays', () => {
  const play: HttpEvent = { ...post, role: 'player' };

  test('sends its offer with play, and responds with the answer', () => {
    expect(after(play).effects).toContainEqual({
      type: 'signal.send',
      message: expect.objectContaining({ command: 'play', streamId: 's1', token: 't1', sdp: offer }),
    });
    expect(after(play, answered('server1')).effects).toContainEqual(
      expect.objectContaining({ exchange: 1, response: expect.objectContaining({ status: 201 }) }),
    );
  });
});
