import { describe, expect, test } from 'vitest';
import type { ServerEvent } from '../../event.ts';
import { ownTracks, type TrackAssignment } from '../../ports/rtc.ts';
import { graceMs, mediaTimeoutMs, parkingMs } from '../../timer.ts';
import { walk } from '../../walk.ts';
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
const live: ServerEvent = { type: 'stream.live', tracks: [ownTracks('s1')] };
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
const finished = (reason: string) => ({
  type: 'signal.send',
  message: { command: 'notification', definition: 'play_finished', streamId: 's1', reason },
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

  test('without access it forwards the reason, and subscribes to nothing', () => {
    const { snapshot, all } = after(play, { type: 'access.refused', request, definition: 'unauthorized_access' });
    expect(snapshot.value).toBe('refused');
    expect(all).toEqual([{ type: 'access.request', ...request }, failed('unauthorized_access')]);
  });

  test('a live stream is offered, without a start', () => {
    expect(after(...deciding, live).effects).toEqual([
      { type: 'rtc.open', role: 'player', streamId: 's1', tracks: [ownTracks('s1')] },
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

  test('a second play meanwhile is ignored', () => {
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
    expect(after(...parked, stop).effects).toContainEqual(finished('stopped'));
  });
});

describe('negotiation', () => {
  test('the answer is applied, and the candidates that overtook it are added after it', () => {
    expect(after(...offered, candidate, answer).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp: 'answer' } },
      { type: 'rtc.addIceCandidate', candidate: { candidate: 'theirs', sdpMid: '0', sdpMLineIndex: 0 } },
    ]);
  });

  test('an offer to a server that offers is glare, and ignored', () => {
    const offer: ServerEvent = {
      type: 'signal.takeConfiguration',
      message: { command: 'takeConfiguration', streamId: 's1', type: 'offer', sdp: 'offer' },
    };
    expect(after(...offered, offer).effects).toEqual([]);
    expect(after(...sending, offer).effects).toEqual([]);
  });

  test('a second answer is ignored', () => {
    expect(after(...sending, answer).effects).toEqual([]);
  });

  test('a changed stream is offered again', () => {
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
  test('a connected player is notified, and counts as a viewer', () => {
    expect(after(...sending).effects).toEqual([
      { type: 'timer.stop', name: 'media' },
      notified('play_started'),
      { type: 'stream.watch', streamId: 's1' },
    ]);
  });

  test('messages of the application are sent on the data channel', () => {
    expect(after(...sending, { type: 'stream.data', text: 'hello' }).effects).toEqual([
      { type: 'rtc.sendData', text: 'hello' },
    ]);
    expect(after(...deciding, { type: 'stream.data', text: 'hello' }).effects).toEqual([]);
  });

  test('a player that never connects is ended', () => {
    const { snapshot, effects } = after(...offered, { type: 'timer.media' });
    expect(snapshot.status).toBe('done');
    expect(effects).toEqual([{ type: 'timer.stop', name: 'media' }, ...ended, finished('timeout')]);
  });

  test('interrupted media may come back, and else ends it', () => {
    const lost = [...sending, { type: 'rtc.disconnected' } as const];
    expect(after(...lost).effects).toEqual([{ type: 'timer.start', name: 'grace', ms: graceMs }]);
    expect(after(...lost, connected).effects).toEqual([{ type: 'timer.stop', name: 'grace' }]);
    expect(after(...lost, { type: 'timer.grace' }).effects).toContainEqual(finished('timeout'));
  });
});

describe('a room', () => {
  const slot = (number: number, streamId: string, isReserved = false): TrackAssignment => ({
    streamId,
    videoLabel: `videoTrack${number}`,
    audioLabel: `audioTrack${number}`,
    mediaStreamId: `slot${number}`,
    isReserved,
  });
  const [b, c] = [slot(0, 'b'), slot(1, 'c')];
  const room: ServerEvent = { type: 'stream.live', tracks: [b], isRoom: true };
  const playing = [...deciding, room, offerCreated, answer, connected];
  const added: ServerEvent = { type: 'stream.trackAdded', trackId: 'c', tracks: [b, c] };
  const subtrack = (definition: string) => ({
    type: 'signal.send',
    message: { command: 'notification', definition, trackId: 'c', mainTrack: 's1' },
  });
  const said = (eventType: string, payload?: object) => ({
    type: 'rtc.sendData',
    text: JSON.stringify({ streamId: 's1', eventType, payload }),
  });
  const updated = said('TRACK_LIST_UPDATED');
  const videos = (...payload: object[]) => said('VIDEO_TRACK_ASSIGNMENT_LIST', payload);
  const audios = (...payload: object[]) => said('AUDIO_TRACK_ASSIGNMENT', payload);
  const video = (number: number, trackId: string, reserved = false) => ({
    videoLabel: `videoTrack${number}`,
    trackId,
    reserved,
  });
  const audio = (number: number, trackId: string, audioLevel = 127) => ({
    audioLabel: `audioTrack${number}`,
    trackId,
    audioLevel,
  });
  const ask: ServerEvent = {
    type: 'signal.getVideoTrackAssignmentsCommand',
    message: { command: 'getVideoTrackAssignmentsCommand', streamId: 's1' },
  };

  test('sends the assignments once the player has answered, and once the data channel is open', () => {
    expect(after(...deciding, room, offerCreated, answer).effects).toEqual([
      { type: 'rtc.setRemoteDescription', description: { type: 'answer', sdp: 'answer' } },
      videos(video(0, 'b')),
      audios(audio(0, 'b')),
    ]);
    expect(after(...playing, { type: 'rtc.dataChannelOpened' }).effects).toEqual([
      videos(video(0, 'b')),
      audios(audio(0, 'b')),
    ]);
    expect(after(...playing, ask).effects).toEqual([videos(video(0, 'b'))]);
  });

  test('sends no assignments to the player of a stream', () => {
    expect(after(...sending, { type: 'rtc.dataChannelOpened' }).effects).toEqual([]);
    expect(after(...sending, ask).effects).toEqual([]);
  });

  test('offers the tracks of a new member, with notifications on both channels', () => {
    expect(after(...playing, added).effects).toEqual([
      { type: 'rtc.setTracks', tracks: [b, c] },
      subtrack('subtrackAdded'),
      updated,
    ]);
  });

  test('announces a member that this player has not selected, and offers nothing of it', () => {
    expect(after(...playing, { type: 'stream.trackAdded', trackId: 'c', tracks: undefined }).effects).toEqual([
      subtrack('subtrackAdded'),
      updated,
    ]);
  });

  test('stops sending the tracks of a member that goes', () => {
    expect(after(...playing, added, { type: 'stream.trackRemoved', trackId: 'c', tracks: [b] }).effects).toEqual([
      { type: 'rtc.setTracks', tracks: [b] },
      subtrack('subtrackRemoved'),
      updated,
    ]);
  });

  test('a label refers to the last answered offer', () => {
    const offeredC = [...playing, added, changed, offerCreated];
    const other: ServerEvent = { type: 'stream.tracksAssigned', tracks: [slot(0, 'c')] };
    expect(after(...playing, other).effects).toContainEqual(videos(video(0, 'b')));
    expect(after(...playing, other, changed, offerCreated, answer).effects).toContainEqual(videos(video(0, 'c')));
    const removed: ServerEvent = { type: 'stream.trackRemoved', trackId: 'b', tracks: [c] };
    const answeredC = after(...offeredC, removed, changed, answer);
    expect(answeredC.effects).toContainEqual(videos(video(0, 'b'), video(1, 'c')));
    expect(answeredC.effects.at(-1)).toEqual({ type: 'rtc.createOffer' });
    expect(after(...offeredC, removed, changed, answer, offerCreated, answer).effects).toContainEqual(
      videos(video(1, 'c')),
    );
  });

  // A page shows a track only if no list without its label comes after its `track` event, and if no list comes between that event
  // and the page's own update.
  test.each<[string, ServerEvent]>([
    ['a question', ask],
    ['the data channel', { type: 'rtc.dataChannelOpened' }],
    ['a reservation', { type: 'stream.tracksAssigned', tracks: [{ ...b, isReserved: true }, c] }],
  ])('sends no list because of %s while an offer is in flight, but one after the answer', (_, event) => {
    const isList = (effect: object) => JSON.stringify(effect).includes('VIDEO_TRACK_ASSIGNMENT_LIST');
    for (const inFlight of [[changed], [changed, offerCreated]]) {
      const before = [...playing, added, ...inFlight];
      expect(after(...before, event).effects.filter(isList)).toEqual([]);
      const rest = inFlight.length === 1 ? [offerCreated, answer] : [answer];
      const isReserved = event.type === 'stream.tracksAssigned';
      expect(after(...before, event, ...rest).effects.filter(isList)).toEqual([
        videos(video(0, 'b', isReserved), video(1, 'c')),
      ]);
    }
  });

  test('lists the new label of an offer that is sent at once, and no label that was just released', () => {
    const offered = [...playing, added, changed, offerCreated];
    const d = slot(2, 'd');
    const more: ServerEvent = { type: 'stream.trackAdded', trackId: 'd', tracks: [b, c, d] };
    expect(after(...offered, more, changed, answer).effects).toContainEqual(
      videos(video(0, 'b'), video(1, 'c'), video(2, 'd')),
    );
    expect(after(...playing, more, ask).effects).toEqual([videos(video(0, 'b'), video(1, 'c'), video(2, 'd'))]);
    const answeredC = [...offered, answer];
    const removed: ServerEvent = { type: 'stream.trackRemoved', trackId: 'c', tracks: [b] };
    const instead: ServerEvent = { type: 'stream.trackAdded', trackId: 'd', tracks: [b, slot(1, 'd')] };
    const released = [...answeredC, removed, changed, offerCreated, instead, changed];
    expect(after(...released, answer).effects).toContainEqual(videos(video(0, 'b')));
    expect(after(...released, answer, offerCreated, answer).effects).toContainEqual(
      videos(video(0, 'b'), video(1, 'd')),
    );
  });

  test('reservations are sent at once', () => {
    const assigned: ServerEvent = { type: 'stream.tracksAssigned', tracks: [{ ...b, isReserved: true }] };
    expect(after(...playing, assigned).effects).toEqual([
      { type: 'rtc.setTracks', tracks: [{ ...b, isReserved: true }] },
      videos(video(0, 'b', true)),
    ]);
  });

  test('a stream without a label for its video is not listed', () => {
    const limited: ServerEvent = {
      type: 'stream.live',
      tracks: [b, { ...c, videoLabel: undefined }],
      isRoom: true,
    };
    expect(after(...deciding, limited, offerCreated, answer, connected, ask).effects).toEqual([videos(video(0, 'b'))]);
  });

  test('sends talkers by their labels, and only those that the player receives', () => {
    const talkers = [
      { streamId: 'b', level: 20 },
      { streamId: 'c', level: 30 },
    ];
    expect(after(...playing, { type: 'stream.talkers', talkers }).effects).toEqual([audios(audio(0, 'b', 20))]);
  });

  test('pauses the video of a subtrack as the player wants', () => {
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
    ['a stop', stop, 'stopped'],
    ['the end of the stream', gone, 'ended'],
  ])('%s closes the connection and is told', (_, event, reason) => {
    const { snapshot, effects } = after(...sending, event);
    expect(snapshot.value).toBe('finished');
    expect(effects).toEqual([...ended, finished(reason)]);
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
