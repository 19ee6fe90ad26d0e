import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../event.ts';
import { graceMs, mediaTimeoutMs, parkingMs } from '../timer.ts';
import { walk } from '../walk.ts';
import { playerServer } from './server.ts';

const after = (...events: ServerEvent[]) => walk(playerServer, undefined, events);

const play: ServerEvent = { type: 'signal.play', message: { command: 'play', streamId: 's1', trackList: [] } };
const stop: ServerEvent = { type: 'signal.stop', message: { command: 'stop', streamId: 's1' } };
const request = {
  action: 'play' as const,
  streamId: 's1',
  room: undefined,
  token: undefined,
  subscriberId: undefined,
  subscriberCode: undefined,
  metaData: undefined,
};
const granted: ServerEvent = { type: 'access.granted', request };
const deciding = [play, granted];
const live: ServerEvent = { type: 'stream.live', tracks: ['s1'] };
const gone: ServerEvent = { type: 'stream.gone' };
const changed: ServerEvent = { type: 'rtc.negotiationNeeded' };
const offerCreated: ServerEvent = { type: 'rtc.offerCreated', sdp: 'offer', trackIds: { 0: 'ARDAMSvs1' } };
const answer: ServerEvent = {
  type: 'signal.takeConfiguration',
  message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'answer' },
};
const candidate: ServerEvent = {
  type: 'signal.takeCandidate',
  message: { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: 'theirs' },
};
const own: ServerEvent = {
  type: 'rtc.iceCandidate',
  candidate: { candidate: 'ours', sdpMid: '0', sdpMLineIndex: 0 },
};
const connected: ServerEvent = { type: 'rtc.connected' };

const offered = [...deciding, live, offerCreated];
const sending = [...offered, answer, connected];

const notified = (definition: string) => ({
  type: 'signal.send',
  message: { command: 'notification', definition, streamId: 's1' },
});
const failed = (definition: string, more = {}) => ({
  type: 'signal.send',
  message: { command: 'error', definition, ...more, streamId: 's1' },
});
const ended = [{ type: 'rtc.close' }, { type: 'stream.unsubscribe', streamId: 's1' }];

describe('play', () => {
  test('asks for access, then subscribes to the stream', () => {
    expect(after(play).snapshot.value).toBe('authorizing');
    expect(after(play).effects).toEqual([{ type: 'access.request', ...request }]);
    expect(after(...deciding).effects).toEqual([
      {
        type: 'stream.subscribe',
        streamId: 's1',
        trackList: [],
        userPublishId: undefined,
        disableTracksByDefault: undefined,
      },
    ]);
  });

  test('without access it hears why, and subscribes to nothing', () => {
    const { snapshot, all } = after(play, { type: 'access.refused', request, definition: 'unauthorized_access' });
    expect(snapshot.value).toBe('refused');
    expect(all).toEqual([{ type: 'access.request', ...request }, failed('unauthorized_access')]);
  });

  test('a live stream is offered, without a start', () => {
    expect(after(...deciding, live).effects).toEqual([
      { type: 'rtc.open', role: 'player', streamId: 's1', tracks: ['s1'] },
      { type: 'timer.start', name: 'media', ms: mediaTimeoutMs },
      { type: 'rtc.createOffer' },
    ]);
  });

  test('the offer names its tracks, and own candidates follow it', () => {
    const { effects } = after(...deciding, live, own, offerCreated);
    expect(effects).toEqual([
      {
        type: 'signal.send',
        message: {
          command: 'takeConfiguration',
          streamId: 's1',
          type: 'offer',
          sdp: 'offer',
          idMapping: { 0: 'ARDAMSvs1' },
        },
      },
      {
        type: 'signal.send',
        message: { command: 'takeCandidate', streamId: 's1', label: 0, id: '0', candidate: 'ours' },
      },
    ]);
  });

  test('a stream that is not live is refused with code 404', () => {
    const { snapshot, effects } = after(...deciding, { type: 'stream.refused', definition: 'no_stream_exist' });
    expect(snapshot.value).toBe('refused');
    expect(effects).toEqual([
      { type: 'stream.unsubscribe', streamId: 's1' },
      failed('no_stream_exist', { error_code: '404' }),
    ]);
  });

  test.each([
    ['while it is authorized', [play]],
    ['while it is decided', deciding],
    ['before the answer', offered],
    ['while it plays', sending],
  ])('a second play %s hears already_playing and changes nothing', (_, events) => {
    const { snapshot, effects } = after(...events, play);
    expect(effects).toEqual([failed('already_playing')]);
    expect(snapshot.value).toEqual(after(...events).snapshot.value);
  });
});

describe('a stream that is not live yet', () => {
  const parked = [...deciding, { type: 'stream.parked' } as const];

  test('is waited for', () => {
    expect(after(...parked).effects).toEqual([{ type: 'timer.start', name: 'parking', ms: parkingMs }]);
    expect(after(...parked, live).effects).toContainEqual({ type: 'rtc.createOffer' });
  });

  test('a second play meanwhile changes nothing and says nothing', () => {
    expect(after(...parked, play).effects).toEqual([]);
  });

  test.each(['timer.parking', 'stream.gone'] as const)('is no_stream_exist after %s', (type) => {
    const { snapshot, effects } = after(...parked, { type });
    expect(snapshot.value).toBe('refused');
    expect(effects).toEqual([
      { type: 'timer.stop', name: 'parking' },
      { type: 'stream.unsubscribe', streamId: 's1' },
      failed('no_stream_exist', { error_code: '404' }),
    ]);
  });

  test('can be stopped', () => {
    expect(after(...parked, stop).effects).toContainEqual(notified('play_finished'));
  });
});

describe('negotiation', () => {
  test('the answer is applied, and the candidates that overtook it are added after it', () => {
    expect(after(...offered, candidate, answer).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp: 'answer' } },
      { type: 'rtc.addIceCandidate', candidate: { candidate: 'theirs', sdpMid: '0', sdpMLineIndex: 0 } },
    ]);
  });

  test('an offer to a server that offers is glare, and passed over', () => {
    const offer: ServerEvent = {
      type: 'signal.takeConfiguration',
      message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp: 'offer' },
    };
    expect(after(...offered, offer).effects).toEqual([]);
    expect(after(...sending, offer).effects).toEqual([]);
  });

  test('a second answer is passed over', () => {
    expect(after(...sending, answer).effects).toEqual([]);
  });

  test('a changed stream is offered anew', () => {
    const { snapshot, effects } = after(...sending, changed);
    expect(effects).toEqual([{ type: 'rtc.createOffer' }]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'offering', media: 'sending' } });
  });

  test('changes while an offer is unanswered become one further offer, after the answer', () => {
    const two = [...sending, changed, offerCreated, changed, changed];
    expect(after(...two).effects).toEqual([]);
    expect(after(...two, answer).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp: 'answer' } },
      { type: 'rtc.createOffer' },
    ]);
    expect(after(...two, answer, offerCreated, answer).snapshot.value).toEqual({
      accepted: { negotiation: 'stable', media: 'sending' },
    });
  });

  test.each([
    ['setRemoteDescription', 'garbage', 'notSetRemoteDescription'],
    ['setRemoteDescription', 'noCommonCodec', 'no_encoder_settings'],
    ['setLocalDescription', 'no port left', 'notSetLocalDescription'],
  ] as const)('a %s that fails with "%s" ends it with %s', (step, reason, definition) => {
    const { snapshot, effects } = after(...offered, answer, { type: 'rtc.failed', step, reason });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'media' }, ...ended, failed(definition)]);
  });
});

describe('media', () => {
  test('a connected player is told, and counts as one that watches', () => {
    expect(after(...sending).effects).toEqual([
      { type: 'timer.stop', name: 'media' },
      notified('play_started'),
      { type: 'stream.watch', streamId: 's1' },
    ]);
  });

  test('what the application says goes out on the data channel', () => {
    expect(after(...sending, { type: 'stream.data', text: 'hello' }).effects).toEqual([
      { type: 'rtc.sendData', text: 'hello' },
    ]);
    expect(after(...deciding, { type: 'stream.data', text: 'hello' }).effects).toEqual([]);
  });

  test('a player that never connects is ended', () => {
    const { snapshot, effects } = after(...offered, { type: 'timer.media' });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'media' }, ...ended, notified('play_finished')]);
  });

  test('interrupted media may come back, and else ends it', () => {
    const lost = [...sending, { type: 'rtc.disconnected' } as const];
    expect(after(...lost).effects).toEqual([{ type: 'timer.start', name: 'grace', ms: graceMs }]);
    expect(after(...lost, connected).effects).toEqual([{ type: 'timer.stop', name: 'grace' }]);
    expect(after(...lost, { type: 'timer.grace' }).effects).toContainEqual(notified('play_finished'));
  });
});

describe('a room', () => {
  const added: ServerEvent = { type: 'stream.trackAdded', trackId: 'b', enabled: true };
  const updated = { type: 'rtc.sendData', text: '{"streamId":"s1","eventType":"TRACK_LIST_UPDATED"}' };
  const subtrack = (definition: string) => ({
    type: 'signal.send',
    message: { command: 'notification', definition, trackId: 'b', mainTrack: 's1' },
  });

  test('sends the tracks of a member that comes, and says so on both channels', () => {
    expect(after(...sending, added).effects).toEqual([
      { type: 'rtc.addTracks', streamId: 'b' },
      subtrack('subtrackAdded'),
      updated,
    ]);
  });

  test('says that a member came which this player does not want, and sends nothing of it', () => {
    expect(after(...sending, { ...added, enabled: false }).effects).toEqual([subtrack('subtrackAdded'), updated]);
  });

  test('stops sending the tracks of a member that goes', () => {
    expect(after(...sending, added, { type: 'stream.trackRemoved', trackId: 'b', enabled: true }).effects).toEqual([
      { type: 'rtc.removeTracks', streamId: 'b' },
      subtrack('subtrackRemoved'),
      updated,
    ]);
  });

  test('sends or does not send a subtrack as the player wants', () => {
    expect(after(...sending, { type: 'stream.trackEnabled', trackId: 'b', enabled: false }).effects).toEqual([
      { type: 'rtc.removeTracks', streamId: 'b' },
    ]);
    const toggled: ServerEvent = {
      type: 'signal.toggleVideo',
      message: { command: 'toggleVideo', streamId: 's1', trackId: 'b', enabled: false },
    };
    expect(after(...sending, toggled).effects).toEqual([
      { type: 'rtc.setEnabled', streamId: 'b', kind: 'video', enabled: false },
    ]);
  });
});

describe('the end', () => {
  test.each([
    ['a stop', stop],
    ['the end of the stream', gone],
  ])('%s closes the connection and is told', (_, event) => {
    const { snapshot, effects } = after(...sending, event);
    expect(snapshot.value).toBe('finished');
    expect(effects).toEqual([...ended, notified('play_finished')]);
  });

  test.each([
    ['authorizing', [play], []],
    ['deciding', deciding, [{ type: 'stream.unsubscribe', streamId: 's1' }]],
    ['sending', sending, ended],
  ] as const)('a closed socket ends it while %s, without a word', (_, events, effects) => {
    const end = after(...events, { type: 'socket.closed' });
    expect(end.snapshot.status).toBe('done');
    expect(end.effects).toEqual(effects);
  });

  test('no candidate is sent after it', () => {
    expect(after(...sending, stop, own).effects).toEqual([]);
  });
});

describe('a player that comes with an offer', () => {
  const asked: ServerEvent = {
    type: 'signal.play',
    message: { command: 'play', streamId: 's1', trackList: [], sdp: 'their offer' },
  };
  const granted = [asked, { type: 'access.granted', request: {} as never }, live] as ServerEvent[];
  const answerCreated: ServerEvent = { type: 'rtc.answerCreated', sdp: 'own answer' };
  const reoffer: ServerEvent = {
    type: 'signal.takeConfiguration',
    message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp: 'second offer', idMapping: undefined },
  };

  test('is answered, and never offered anything', () => {
    expect(after(...granted).effects).toEqual(
      expect.arrayContaining([
        { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'their offer' } },
        { type: 'rtc.createAnswer' },
      ]),
    );
    expect(after(...granted, answerCreated).effects).toEqual([
      {
        type: 'signal.send',
        message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'own answer' },
      },
    ]);
    expect(after(...granted, answerCreated, changed).effects).toEqual([]);
  });

  test('may offer again', () => {
    const { effects, snapshot } = after(...granted, answerCreated, reoffer);
    expect(effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'offer', sdp: 'second offer' } },
      { type: 'rtc.createAnswer' },
    ]);
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'answeringAgain', media: 'connecting' } });
  });

  test('a second offer that cannot be applied leaves it as it was; the first ends it', () => {
    const failure: ServerEvent = { type: 'rtc.failed', step: 'setRemoteDescription', reason: 'garbage' };
    const again = after(...granted, answerCreated, reoffer, failure);
    expect(again.snapshot.value).toEqual({ accepted: { negotiation: 'answered', media: 'connecting' } });
    expect(after(...granted, failure).snapshot.status).toBe('done');
  });
});
