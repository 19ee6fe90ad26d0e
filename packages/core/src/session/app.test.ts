import { describe, expect, test } from 'vitest';
import type { MediaEvent } from '../machines/ports/media.ts';
import type { RtcEffect, RtcEvent } from '../machines/ports/rtc.ts';
import { type App, createApp } from './app.ts';
import { manualClock } from './clock.ts';
import type { Performer } from './roles.ts';

/** Media that connects at once. */
const rtc: Performer<RtcEffect, RtcEvent> = (_, report) => (effect) => {
  if (effect.type === 'rtc.createOffer') report({ type: 'rtc.offerCreated', sdp: 'v=0', trackIds: {} });
  if (effect.type !== 'rtc.createAnswer') return;
  report({ type: 'rtc.answerCreated', sdp: 'v=0' });
  report({ type: 'rtc.connected' });
};

/** Maximum number of players of anything. */
const limit = 1;

/** An app of which two players are too many, and clients of it. */
function served() {
  const app: App = createApp({
    clock: manualClock(),
    freshId: () => 'fresh',
  });
  const connect = (id: number) => {
    const heard: unknown[] = [];
    const session = app.join({
      id,
      socket: { send: (text) => heard.push(JSON.parse(text)), ping: () => {}, close: () => {} },
      rtc,
      access: ({ type: _, ...request }, report) => report({ type: 'access.granted', request, limit }),
    });
    return { session, heard, say: (message: object) => session.received(JSON.stringify(message)) };
  };
  return { app, connect };
}

const offer = { command: 'takeConfiguration', streamId: 'x', type: 'offer', sdp: 'v=0' };

test('who is refused a room, and then plays a stream of that name, is a player of the stream until it stops', () => {
  const { app, connect } = served();
  const [a, b, c] = [connect(1), connect(2), connect(3)];
  a.say({ command: 'play', streamId: 'x', userPublishId: 'own' });
  b.say({ command: 'play', streamId: 'x', userPublishId: 'other' });
  expect(b.heard).toMatchObject([{ definition: 'viewerLimitReached' }]);
  a.say({ command: 'stop', streamId: 'x' });
  c.say({ command: 'publish', streamId: 'x' });
  c.say(offer);
  b.say({ command: 'play', streamId: 'x' });
  expect(app.stream('x')?.players).toEqual([2]);
  b.say({ command: 'stop', streamId: 'x' });
  expect(app.stream('x')?.players).toEqual([]);
});

test('claims of refused roles are withdrawn', () => {
  const { app, connect } = served();
  const [a, b] = [connect(1), connect(2)];
  const claimed = () =>
    Array.from(app.state.sockets.values(), ({ claims }) => [...claims.published.keys(), ...claims.played.keys()]);
  a.say({ command: 'publish', streamId: 'x' });
  a.say(offer);
  b.say({ command: 'publish', streamId: 'x' });
  a.say({ command: 'play', streamId: 'unknown' });
  expect(claimed()).toEqual([['x'], ['x']]);
  b.say({ command: 'stop', streamId: 'x' });
  expect(claimed()).toEqual([['x'], []]);
});

test('late events of an ended role do not reach the next one of its id', () => {
  const decide: (() => void)[] = [];
  const heard: { command: string; definition?: string }[] = [];
  const app = createApp({ clock: manualClock(), freshId: () => 'fresh' });
  const session = app.join({
    id: 1,
    socket: { send: (text) => heard.push(JSON.parse(text)), close: () => {} },
    rtc,
    access: ({ type: _, ...request }, report) => {
      decide.push(() => report({ type: 'access.granted', request }));
    },
  });
  const say = (message: object) => session.received(JSON.stringify(message));
  say({ command: 'publish', streamId: 'x' });
  say({ command: 'stop', streamId: 'x' });
  say({ command: 'publish', streamId: 'x' });
  decide[0]?.();
  expect(heard).toEqual([]);
  decide[1]?.();
  expect(heard).toMatchObject([{ command: 'start' }]);
});

test('when all sockets are closed, nothing is left', () => {
  const { app, connect } = served();
  const [a, b] = [connect(1), connect(2)];
  for (const client of [a, b]) {
    client.say({ command: 'joinRoom', room: 'r' });
    client.say({ command: 'join', streamId: 'call' });
    client.say({ command: 'publish', streamId: 'x' });
    client.say(offer);
  }
  for (const { session } of [a, b]) session.closed();
  expect([app.counts, app.ids, app.sessions.size]).toEqual([{ streams: 0, calls: 0, rooms: 0 }, [], 0]);
});

test('to publish an id that another socket holds costs three times as much as one that is free', () => {
  const { connect } = served();
  const [a, b] = [connect(1), connect(2)];
  const publish = (streamId: string) => ({ command: 'publish', streamId });
  const free = a.say(publish('x'));
  expect([a.say(publish('x')), b.say(publish('y')), b.say(publish('x'))]).toEqual([free, free, 3 * free]);
});

test('an offer costs as much as its answer takes, unless the server only passes it on', () => {
  const { connect } = served();
  const [a, b] = [connect(1), connect(2)];
  a.say({ command: 'publish', streamId: 'x' });
  b.say({ command: 'join', streamId: 'x' });
  const [answered, again, passedOn] = [a.say(offer), a.say(offer), b.say(offer)];
  expect([answered, again, passedOn]).toEqual([20, 20, 1]);
});

test('one address makes the server answer no more than 50 offers a second, and 20 members enter at once', () => {
  const { connect } = served();
  const { say } = connect(1);
  const began = say({ command: 'publish', streamId: 'x' });
  const offered = say(offer);
  // Of the tokens of an address, docs/limits.md.
  expect(1_000 / offered).toBeLessThan(51);
  expect(20 * (say({ command: 'joinRoom', room: 'r' }) + began + offered)).toBeLessThan(0.2 * 4_000);
});

test('the quality of each player is known, with who it is, as long as it plays', () => {
  const app = createApp({ clock: manualClock(), freshId: () => 'fresh' });
  const measure = new Map<string, (event: MediaEvent) => void>();
  const connect = (id: number) => {
    const session = app.join({
      id,
      socket: { send: () => {}, ping: () => {}, close: () => {} },
      rtc,
      media: (_, report) => {
        measure.set(`${id}`, report);
        return () => {};
      },
    });
    return (message: object) => session.received(JSON.stringify(message));
  };
  const [publisher, player] = [connect(1), connect(2)];
  publisher({ command: 'publish', streamId: 's1' });
  publisher({ ...offer, streamId: 's1' });
  player({ command: 'play', streamId: 's1', subscriberId: 'ada' });
  expect(app.reports('s1')).toEqual([]);
  const audio = { trackId: 'a', streamId: 's1', kind: 'audio', isEnabled: true } as const;
  measure.get('2')?.({
    type: 'media.measured',
    measurement: {
      bitrate: 700_000.4,
      throughput: 300_000,
      rttMs: 40,
      loss: 0.01,
      isCongested: true,
      isProbing: false,
      canProbe: true,
      isReportDue: false,
      tracks: [
        { ...audio, layers: [{ spatial: 0, temporal: 0, height: 0, bitrate: 50_000 }] },
        {
          ...audio,
          trackId: 'v',
          kind: 'video',
          layers: [200_000, 900_000].map((bitrate, spatial) => ({
            spatial,
            temporal: 0,
            height: 180 << spatial,
            bitrate,
          })),
        },
      ],
    },
  });
  expect(app.reports('s1')).toEqual([
    {
      streamId: 's1',
      subscriberId: 'ada',
      subscriberName: '',
      estimate: 700_000,
      sent: 250_000,
      received: 300_000,
      loss: 0.01,
      rttMs: 40,
      isCongested: true,
      tracks: [{ trackId: 'v', height: 180, reason: 'bandwidth' }],
    },
  ]);
  expect(app.reports('other')).toEqual([]);
  player({ command: 'stop', streamId: 's1' });
  expect(app.reports('s1')).toEqual([]);
});

describe('a socket that answers no ping', () => {
  /** A socket that publishes `x`, whose media arrives or not, and which is pinged and never answers. */
  function silent(isMediaReceived: boolean) {
    const clock = manualClock();
    const app = createApp({ clock, freshId: () => 'fresh' });
    let closed = false;
    const session = app.join({
      id: 1,
      socket: {
        send: () => {},
        ping: () => {},
        close: () => {
          closed = true;
        },
      },
      rtc: (address, report) => (effect) => {
        rtc(address, report)(effect);
        if (effect.type === 'rtc.checkMedia')
          report({ type: isMediaReceived ? 'rtc.mediaReceived' : 'rtc.mediaMissing' });
      },
    });
    for (const message of [{ command: 'publish', streamId: 'x' }, offer]) session.received(JSON.stringify(message));
    return { app, clock, session, isClosed: () => closed };
  }

  test('is closed after 22 s, and its stream ends, if no media of it arrives', () => {
    const { app, clock, isClosed } = silent(false);
    clock.pass(21_999);
    expect([isClosed(), app.isLive('x')]).toEqual([false, true]);
    clock.pass(1);
    expect([isClosed(), app.ids]).toEqual([true, []]);
  });

  test('keeps its stream for about a minute more while its media arrives', () => {
    const { app, clock, isClosed } = silent(true);
    clock.pass(71_999);
    expect([isClosed(), app.isLive('x')]).toEqual([false, true]);
    clock.pass(1);
    expect([isClosed(), app.ids]).toEqual([true, []]);
  });

  test('has that minute again once it has answered', () => {
    const { clock, session, isClosed } = silent(true);
    clock.pass(71_000);
    session.ponged();
    clock.pass(60_000);
    expect(isClosed()).toBe(false);
  });
});
