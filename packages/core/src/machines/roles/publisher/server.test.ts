import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../../event.ts';
import { contestMs, graceMs, mediaTimeoutMs } from '../../timer.ts';
import { walk } from '../../walk.ts';
import { publisherServer } from './server.ts';

const after = (...events: ServerEvent[]) => walk(publisherServer, undefined, events);

const publish: ServerEvent = { type: 'signal.publish', message: { command: 'publish', streamId: 's1', token: 't' } };
const offer = (sdp = 'offer'): ServerEvent => ({
  type: 'signal.takeConfiguration',
  message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp },
});
const candidate = (name: string): ServerEvent => ({
  type: 'signal.takeCandidate',
  message: { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: name },
});
const own = (name: string): ServerEvent => ({
  type: 'rtc.iceCandidate',
  candidate: { candidate: name, sdpMid: '0', sdpMLineIndex: 0 },
});
const stop: ServerEvent = { type: 'signal.stop', message: { command: 'stop', streamId: 's1' } };
const request = {
  action: 'publish' as const,
  streamId: 's1',
  room: undefined,
  token: 't',
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
};
const granted: ServerEvent = { type: 'access.granted', request };
const claimed: ServerEvent = { type: 'stream.claimed' };
const answerCreated: ServerEvent = { type: 'rtc.answerCreated', sdp: 'answer' };
const connected: ServerEvent = { type: 'rtc.connected' };

const claim = { streamId: 's1', mainTrack: undefined, streamName: undefined, metaData: undefined, role: undefined };
const deciding = [publish, granted];
const accepted = [...deciding, claimed];
const answered = [...accepted, offer(), answerCreated];
const receiving = [...answered, connected];

const notified = (definition: string) => ({
  type: 'signal.send',
  message: { command: 'notification', definition, streamId: 's1' },
});
const finished = (reason: string) => ({
  type: 'signal.send',
  message: { command: 'notification', definition: 'publish_finished', streamId: 's1', reason },
});
const failed = (definition: string) => ({
  type: 'signal.send',
  message: { command: 'error', definition, streamId: 's1' },
});
const ended = [{ type: 'rtc.close' }, { type: 'stream.release', streamId: 's1' }];

describe('publish', () => {
  test('asks for access with the credentials of the request, then claims the stream', () => {
    const { snapshot, effects } = after(publish);
    expect(snapshot.value).toBe('authorizing');
    expect(effects).toEqual([{ type: 'access.request', ...request }]);
    expect(after(...deciding).snapshot.value).toBe('deciding');
    expect(after(...deciding).effects).toEqual([{ type: 'stream.claim', ...claim }]);
  });

  test('without access it forwards the reason, and claims nothing', () => {
    const { snapshot, all } = after(publish, { type: 'access.refused', request, definition: 'unauthorized_access' });
    expect(snapshot.value).toBe('refused');
    expect(all).toEqual([{ type: 'access.request', ...request }, failed('unauthorized_access')]);
  });

  test('a claimed stream is started', () => {
    const { snapshot, effects } = after(...accepted);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'awaitingOffer', media: 'connecting' } });
    expect(effects).toEqual([
      { type: 'rtc.open', role: 'publisher', streamId: 's1' },
      { type: 'signal.send', message: { command: 'start', streamId: 's1' } },
      { type: 'room.bring', ...claim },
      { type: 'timer.start', name: 'media', ms: mediaTimeoutMs },
    ]);
  });

  test('a refused stream is answered with the error and nothing is opened', () => {
    const { snapshot, effects } = after(...deciding, { type: 'stream.refused', definition: 'streamIdInUse' });
    expect(snapshot.value).toBe('refused');
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'stream.release', streamId: 's1' }, failed('streamIdInUse')]);
  });

  test.each([
    ['while it is authorized', [publish]],
    ['while it is decided', deciding],
    ['before the offer', accepted],
    ['while it is live', receiving],
  ])('a second publish %s hears already_publishing and changes nothing', (_, events) => {
    const before = after(...events);
    const { snapshot, effects } = after(...events, publish);
    expect(effects).toEqual([failed('already_publishing')]);
    expect(snapshot.value).toEqual(before.snapshot.value);
  });

  test('a stop before the decision releases the claim without a message', () => {
    const { snapshot, effects } = after(...deciding, stop);
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'stream.release', streamId: 's1' }]);
  });
});

describe('negotiation', () => {
  test('an offer is applied and answered', () => {
    expect(after(...accepted, offer()).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'offer' } },
      { type: 'rtc.createAnswer' },
    ]);
    expect(after(...answered).effects).toEqual([
      { type: 'signal.send', message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'answer' } },
    ]);
  });

  test('candidates that overtake the offer are added after it, in their order', () => {
    expect(after(...accepted, candidate('a'), candidate('b'), offer()).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'offer' } },
      { type: 'rtc.addIceCandidate', candidate: { candidate: 'a', sdpMid: '0', sdpMLineIndex: 0 } },
      { type: 'rtc.addIceCandidate', candidate: { candidate: 'b', sdpMid: '0', sdpMLineIndex: 0 } },
      { type: 'rtc.createAnswer' },
    ]);
  });

  test('own candidates follow the answer, never overtake it', () => {
    const { effects } = after(...accepted, offer(), own('x'), own('y'), answerCreated);
    expect(effects.map((effect) => (effect.type === 'signal.send' ? effect.message.command : effect.type))).toEqual([
      'takeConfiguration',
      'takeCandidate',
      'takeCandidate',
    ]);
    expect(effects[1]).toEqual({
      type: 'signal.send',
      message: { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: 'x' },
    });
    expect(after(...answered, own('z')).effects).toHaveLength(1);
  });

  test('a candidate without label and id counts for the first media section', () => {
    const bare: ServerEvent = {
      type: 'signal.takeCandidate',
      message: { command: 'takeCandidate', streamId: 's1', candidate: 'a' },
    };
    expect(after(...answered, bare).effects).toEqual([
      { type: 'rtc.addIceCandidate', candidate: { candidate: 'a', sdpMid: null, sdpMLineIndex: 0 } },
    ]);
  });

  test('at most 128 candidates wait for an offer', () => {
    const early = Array.from({ length: 500 }, (_, index) => candidate(String(index)));
    const { effects } = after(...accepted, ...early, offer());
    expect(effects.filter(({ type }) => type === 'rtc.addIceCandidate')).toHaveLength(128);
  });

  test('an answer without an offer is ignored', () => {
    const answer: ServerEvent = {
      type: 'signal.takeConfiguration',
      message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'answer' },
    };
    expect(after(...accepted, answer).effects).toEqual([]);
    expect(after(...receiving, answer).effects).toEqual([]);
  });

  test.each([
    ['setRemoteDescription', 'garbage', 'notSetRemoteDescription'],
    ['setLocalDescription', 'no certificate', 'notSetLocalDescription'],
    ['open', 'no port left', 'notSetLocalDescription'],
    ['setRemoteDescription', 'noCommonCodec', 'no_encoder_settings'],
  ] as const)('a first %s that fails with "%s" ends it with %s', (step, reason, definition) => {
    const { snapshot, effects } = after(...accepted, offer(), { type: 'rtc.failed', step, reason });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'media' }, ...ended, failed(definition)]);
  });

  test('a further offer is answered while the media continues', () => {
    const { snapshot, effects } = after(...receiving, offer('again'));
    expect(effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'again' } },
      { type: 'rtc.createAnswer' },
    ]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'answeringAgain', media: { receiving: 'owned' } } });
  });

  test('a further offer that cannot be applied is an error, and the media continues', () => {
    const { snapshot, effects } = after(...receiving, offer('bad'), {
      type: 'rtc.failed',
      step: 'setRemoteDescription',
      reason: 'garbage',
    });
    expect(effects).toEqual([failed('notSetRemoteDescription')]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: { receiving: 'owned' } } });
  });
});

describe('media', () => {
  test('a connected publisher is announced, then notified', () => {
    expect(after(...receiving).effects).toEqual([
      { type: 'timer.stop', name: 'media' },
      { type: 'stream.announce', streamId: 's1' },
      notified('publish_started'),
    ]);
  });

  test('media that is not there in time ends it with publishTimeoutError', () => {
    const { snapshot, effects } = after(...answered, { type: 'timer.media' });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([
      { type: 'timer.stop', name: 'media' },
      ...ended,
      failed('publishTimeoutError'),
      { type: 'hook.call', action: 'publishTimeoutError', streamId: 's1' },
    ]);
  });

  test('interrupted media that comes back is session_restored, and was never announced twice', () => {
    const { effects } = after(...receiving, { type: 'rtc.disconnected' }, connected);
    expect(effects).toEqual([{ type: 'timer.stop', name: 'grace' }, notified('session_restored')]);
  });

  test.each(['rtc.disconnected', 'rtc.failed'] as const)('media gone by %s for too long ends it', (type) => {
    const gone: ServerEvent = type === 'rtc.failed' ? { type, step: 'connection', reason: 'failed' } : { type };
    expect(after(...receiving, gone).effects).toEqual([{ type: 'timer.start', name: 'grace', ms: graceMs }]);
    const { snapshot, effects } = after(...receiving, gone, { type: 'timer.grace' });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'grace' }, ...ended, finished('timeout')]);
  });
});

test('its data can be changed while it is accepted', () => {
  const update: ServerEvent = {
    type: 'signal.updateStreamMetaData',
    message: { command: 'updateStreamMetaData', streamId: 's1', metaData: 'new' },
  };
  for (const events of [accepted, receiving])
    expect(after(...events, update).effects).toEqual([{ type: 'stream.update', ...claim, metaData: 'new' }]);
  for (const events of [[publish], deciding, [...receiving, stop]])
    expect(after(...events, update).effects).toEqual([]);
});

describe('the end', () => {
  test('stop frees the id before it is answered', () => {
    const { snapshot, effects } = after(...receiving, stop);
    expect(snapshot.value).toBe('finished');
    expect(effects).toEqual([...ended, finished('stopped')]);
  });

  test.each([
    ['authorizing', [publish], []],
    ['deciding', deciding, [{ type: 'stream.release', streamId: 's1' }]],
    ['accepted', accepted, [{ type: 'timer.stop', name: 'media' }, ...ended]],
    ['receiving', receiving, ended],
  ] as const)('a closed socket ends it while %s, without a word', (_, events, effects) => {
    const end = after(...events, { type: 'socket.closed' });
    expect(end.snapshot.status).toBe('done');
    expect(end.effects).toEqual(effects);
  });

  test('nothing that comes later is answered', () => {
    const end = after(...receiving, stop);
    for (const late of [offer(), candidate('late'), own('late'), stop, publish]) {
      expect(after(...receiving, stop, late).effects, late.type).toEqual([]);
    }
    expect(end.snapshot.status).toBe('done');
  });
});

describe('an id that another socket claims', () => {
  const contested: ServerEvent = { type: 'stream.contested' };

  test('stays with an owner that is not connected yet', () => {
    expect(after(...accepted, contested).effects).toEqual([{ type: 'stream.keep', streamId: 's1' }]);
  });

  test('stays with an owner whose socket answers', () => {
    const { effects } = after(...receiving, contested);
    expect(effects).toEqual([{ type: 'socket.ping' }, { type: 'timer.start', name: 'contest', ms: contestMs }]);
    const { snapshot, effects: kept } = after(...receiving, contested, { type: 'socket.ponged' });
    expect(kept).toEqual([
      { type: 'timer.stop', name: 'contest' },
      { type: 'stream.keep', streamId: 's1' },
    ]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: { receiving: 'owned' } } });
  });

  const unanswered = [...receiving, contested, { type: 'timer.contest' } as const];

  test('stays with an owner whose socket does not answer, while its media arrives', () => {
    expect(after(...unanswered).effects).toEqual([{ type: 'timer.stop', name: 'contest' }, { type: 'rtc.checkMedia' }]);
    const { snapshot, effects } = after(...unanswered, { type: 'rtc.mediaReceived' });
    expect(effects).toEqual([{ type: 'stream.keep', streamId: 's1' }, { type: 'socket.vouch' }]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: { receiving: 'owned' } } });
  });

  test('stays with an owner whose socket answers while its media is checked', () => {
    const { snapshot, effects } = after(...unanswered, { type: 'socket.ponged' });
    expect(effects).toEqual([{ type: 'stream.keep', streamId: 's1' }]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: { receiving: 'owned' } } });
  });

  test('is released by an owner that neither answers nor sends media', () => {
    const { snapshot, effects } = after(...unanswered, { type: 'rtc.mediaMissing' });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([...ended, finished('replaced')]);
  });

  test('is not decided by a check that answers late', () => {
    const { effects, snapshot } = after(...receiving, contested, { type: 'rtc.mediaMissing' });
    expect(effects).toEqual([]);
    expect(after(...receiving, contested, { type: 'rtc.mediaReceived' }).snapshot.value).toEqual(snapshot.value);
  });

  test('is released at once by an owner whose media is interrupted', () => {
    expect(after(...receiving, { type: 'rtc.disconnected' }, contested).effects).toContainEqual(finished('replaced'));
    expect(after(...receiving, contested, { type: 'rtc.disconnected' }).effects).toContainEqual(finished('replaced'));
    expect(after(...unanswered, { type: 'rtc.disconnected' }).effects).toContainEqual(finished('replaced'));
  });
});

test('media that arrives vouches for a silent socket', () => {
  const silent: ServerEvent = { type: 'socket.silent' };
  expect(after(...receiving, silent).effects).toEqual([{ type: 'rtc.checkMedia' }]);
  expect(after(...receiving, silent, { type: 'rtc.mediaReceived' }).effects).toEqual([{ type: 'socket.vouch' }]);
  expect(after(...receiving, silent, { type: 'rtc.mediaMissing' }).effects).toEqual([]);
  expect(after(...receiving, { type: 'rtc.disconnected' }, silent).effects).toEqual([]);
  expect(after(...accepted, silent).effects).toEqual([]);
});

test('an operator who ends it is named as the reason', () => {
  expect(after(...receiving, { type: 'stream.ended' }).effects).toContainEqual(finished('ended'));
});
