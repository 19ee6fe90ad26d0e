import { describe, expect, test } from 'vitest';
import type { EndReason } from '../../../protocol/field.ts';
import type { ClientEvent } from '../../event.ts';
import { sleepMs } from '../../fragments/retry.ts';
import { backOffMs, stopTimeoutMs } from '../../timer.ts';
import { walk } from '../../walk.ts';
import { publisherClient } from './client.ts';

const after = (...events: ClientEvent[]) => walk(publisherClient, { retryLimit: 2 }, events);

const publish: ClientEvent = { type: 'app.publish', streamId: 's1', token: 't' };
const opened: ClientEvent = { type: 'socket.opened' };
const lost: ClientEvent = { type: 'socket.lost' };
const stop: ClientEvent = { type: 'app.stop' };
const start: ClientEvent = { type: 'signal.start', message: { command: 'start', streamId: 's1' } };
const offerCreated: ClientEvent = { type: 'rtc.offerCreated', sdp: 'offer', trackIds: {} };
const answer: ClientEvent = {
  type: 'signal.takeConfiguration',
  message: { command: 'takeConfiguration', streamId: 's1', type: 'answer', sdp: 'answer' },
};
const finished: ClientEvent = {
  type: 'signal.publish_finished',
  message: { command: 'notification', definition: 'publish_finished', streamId: 's1' },
};
const finishedBy = (reason: EndReason): ClientEvent => ({
  type: 'signal.publish_finished',
  message: { command: 'notification', definition: 'publish_finished', streamId: 's1', reason },
});
const connected: ClientEvent = { type: 'rtc.connected' };
const error = (definition: string): ClientEvent => ({
  type: 'signal.error',
  message: { command: 'error', definition, streamId: 's1' },
});

const slept: ClientEvent = { type: 'clock.skipped', ms: sleepMs };

const requesting = [publish, opened];
const accepted = [...requesting, start];
const publishing = [...accepted, offerCreated, answer, connected];

const retrying = [...publishing, lost, opened, error('streamIdInUse')];

const sent = (message: object) => ({ type: 'signal.send', message });
const stopped = sent({ command: 'stop', streamId: 's1' });

describe('publish', () => {
  test('waits for the socket, then sends the application’s parameters', () => {
    expect(after(publish).effects).toEqual([]);
    expect(after(publish, opened).effects[0]).toEqual(
      sent({ command: 'publish', streamId: 's1', token: 't', video: true, audio: true }),
    );
  });

  test('start is answered with an offer', () => {
    expect(after(...accepted).effects).toEqual([
      { type: 'timer.stop', name: 'request' },
      { type: 'rtc.open', role: 'publisher', streamId: 's1' },
      { type: 'rtc.createOffer' },
      { type: 'timer.start', name: 'media', ms: 10_000 },
    ]);
    expect(after(...accepted, offerCreated).effects[0]).toMatchObject({
      message: { command: 'takeConfiguration', type: 'offer', sdp: 'offer' },
    });
  });

  test('is publishing once its media is connected', () => {
    expect(after(...publishing).snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'publishing' } });
  });

  test('an answer before the offer is ignored', () => {
    expect(after(...accepted, answer).effects).toEqual([]);
  });
});

describe('a refusal', () => {
  test.each(['streamIdInUse', 'unauthorized_access', 'no_encoder_settings'])('by %s ends it for good', (definition) => {
    const { snapshot } = after(...requesting, error(definition));
    expect(snapshot).toMatchObject({ status: 'done', value: 'ended', context: { reason: 'refused', definition } });
  });

  test('streamIdInUse of an id that it has published is tried again: the server has not noticed its old socket yet', () => {
    const { snapshot } = after(...publishing, lost, opened, error('streamIdInUse'));
    expect(snapshot.value).toBe('retrying');
  });

  test('unauthorized_access is not, whatever was before', () => {
    expect(after(...publishing, lost, opened, error('unauthorized_access')).snapshot.value).toBe('ended');
  });

  test('no_peer_associated_before answers something else, and is ignored', () => {
    expect(after(...requesting, error('no_peer_associated_before')).snapshot.value).toBe('requesting');
  });

  test('while publishing, only errors about the media end it', () => {
    expect(after(...publishing, error('no_stream_exist')).snapshot.status).toBe('active');
    expect(after(...publishing, error('notSetRemoteDescription')).snapshot.value).toBe('ended');
  });
});

describe('after a loss it retries', () => {
  test('a lost socket is waited for, its connection closed', () => {
    const { snapshot, effects } = after(...publishing, lost);
    expect(snapshot.value).toBe('offline');
    expect(effects).toEqual([{ type: 'rtc.close' }]);
    expect(after(...publishing, lost, opened).snapshot.value).toBe('requesting');
  });

  test('interrupted media may come back', () => {
    expect(after(...publishing, { type: 'rtc.disconnected' }, connected).snapshot.value).toEqual({
      accepted: { negotiation: 'stable', media: 'publishing' },
    });
  });

  test('media that does not come back is stopped, and asked for again after a growing wait', () => {
    const restarting = [...publishing, { type: 'rtc.disconnected' } as const, { type: 'timer.grace' } as const];
    expect(after(...restarting).effects).toEqual([
      { type: 'timer.stop', name: 'grace' },
      { type: 'rtc.close' },
      stopped,
      { type: 'timer.start', name: 'stopping', ms: stopTimeoutMs },
    ]);
    const retrying = [...restarting, finished];
    expect(after(...retrying).effects).toContainEqual({ type: 'timer.start', name: 'retry', ms: backOffMs(0) });
    const again = [...retrying, { type: 'timer.retry' } as const];
    expect(after(...again).snapshot.value).toBe('requesting');
    expect(after(...again, { type: 'timer.request' }, finished).effects).toContainEqual({
      type: 'timer.start',
      name: 'retry',
      ms: backOffMs(1),
    });
  });

  test('it ends after its limit of retries', () => {
    const round: ClientEvent[] = [{ type: 'timer.request' }, { type: 'timer.stopping' }, { type: 'timer.retry' }];
    const { snapshot } = after(
      ...requesting,
      ...round,
      ...round,
      { type: 'timer.request' },
      { type: 'timer.stopping' },
    );
    expect(snapshot).toMatchObject({ value: 'ended', context: { reason: 'failed', attempt: 2 } });
  });

  test('publish, start, offer fails, publish: the next publisher waits for the end of the one that failed', () => {
    const failed: ClientEvent[] = [...accepted, { type: 'rtc.failed', step: 'setLocalDescription', reason: 'garbage' }];
    expect(after(...failed).effects).toContainEqual(stopped);
    expect(after(...failed).snapshot.value).toBe('failing');
    for (const end of [finished, lost, { type: 'timer.stopping' } as const])
      expect(after(...failed, end).snapshot).toMatchObject({ value: 'ended', context: { reason: 'failed' } });
    expect(after(...failed, publish).snapshot.value).toBe('restarted');
    expect(after(...failed, publish, finished).snapshot.value).toBe('requesting');
  });

  test('media that flows again resets the count', () => {
    const round: ClientEvent[] = [{ type: 'timer.request' }, { type: 'timer.stopping' }, { type: 'timer.retry' }];
    expect(after(...requesting, ...round, start, offerCreated, answer, connected).snapshot.context.attempt).toBe(0);
  });
});

test('publish_finished unasked ends it, unless the media was interrupted', () => {
  expect(after(...publishing, finished).snapshot).toMatchObject({ value: 'ended', context: { reason: 'ended' } });
  expect(after(...publishing, { type: 'rtc.disconnected' }, finished).snapshot.value).toBe('restarting');
});

describe('the reason of publish_finished', () => {
  test('timeout: it publishes again', () => {
    const retrying = after(...publishing, finishedBy('timeout'));
    expect(retrying.snapshot.value).toBe('retrying');
    expect(retrying.effects).toContainEqual({ type: 'timer.start', name: 'retry', ms: backOffMs(0) });
    expect(retrying.effects).not.toContainEqual(stopped);
  });

  test('repeated timeouts: it ends after its limit of retries', () => {
    const round: ClientEvent[] = [{ type: 'timer.retry' }, start, finishedBy('timeout')];
    expect(after(...accepted, finishedBy('timeout'), ...round, ...round).snapshot).toMatchObject({
      value: 'ended',
      context: { reason: 'failed' },
    });
  });

  test.each([
    ['ended', 'ended'],
    ['replaced', 'replaced'],
    ['stopped', 'ended'],
  ] as const)('%s: it ends, while media is interrupted as well', (reason, why) => {
    for (const more of [[], [{ type: 'rtc.disconnected' }], [slept]] as ClientEvent[][])
      expect(after(...publishing, ...more, finishedBy(reason)).snapshot).toMatchObject({
        value: 'ended',
        context: { reason: why },
      });
  });
});

describe('sleep', () => {
  test('a publisher that has slept does not claim to publish until it knows', () => {
    const resuming = [...publishing, slept];
    expect(after(...resuming).snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'resuming' } });
    expect(after(...resuming, { type: 'timer.grace' }).snapshot.value).toEqual({
      accepted: { negotiation: 'stable', media: 'publishing' },
    });
    expect(after(...resuming, { type: 'rtc.disconnected' }, { type: 'timer.grace' }).snapshot.value).toBe('restarting');
  });

  test('a server without reasons that has ended it meanwhile is asked again', () => {
    expect(after(...publishing, slept, finished).snapshot.value).toBe('restarting');
  });

  test('a slightly late timer is not a sleep', () => {
    expect(after(...publishing, { type: 'clock.skipped', ms: sleepMs - 1 }).effects).toEqual([]);
  });
});

describe('a connection that needs another offer', () => {
  const needed: ClientEvent = { type: 'rtc.negotiationNeeded' };
  const again = [...publishing, needed, offerCreated];

  test('gets it, and media continues', () => {
    expect(after(...publishing, needed).effects).toEqual([{ type: 'rtc.createOffer' }]);
    expect(after(...again).snapshot.value).toEqual({
      accepted: { negotiation: 'awaitingAnswerAgain', media: 'publishing' },
    });
    expect(after(...again, answer).snapshot.value).toEqual({
      accepted: { negotiation: 'stable', media: 'publishing' },
    });
  });

  test('before the first answer has no effect', () => {
    expect(after(...accepted, needed).effects).toEqual([]);
    expect(after(...accepted, offerCreated, needed).effects).toEqual([]);
  });

  test.each([
    ['refused', error('notSetRemoteDescription')],
    ['not answered', { type: 'timer.request' }],
  ] as [string, ClientEvent][])('takes it back when it is %s, and what is live stays live', (_, event) => {
    const { snapshot, effects } = after(...again, event);
    expect(effects).toContainEqual({ type: 'rtc.rollBack' });
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'publishing' } });
  });

  test('that cannot be made ends nothing', () => {
    const { snapshot } = after(...publishing, needed, {
      type: 'rtc.failed',
      step: 'setLocalDescription',
      reason: 'none',
    });
    expect(snapshot.value).toEqual({ accepted: { negotiation: 'stable', media: 'publishing' } });
  });
});

describe('stop', () => {
  test('is confirmed by the server before it is over', () => {
    const { snapshot, effects } = after(...publishing, stop);
    expect(snapshot.value).toBe('stopping');
    expect(effects).toEqual([
      { type: 'rtc.close' },
      stopped,
      { type: 'timer.start', name: 'stopping', ms: stopTimeoutMs },
    ]);
    expect(after(...publishing, stop, finished).snapshot).toMatchObject({ status: 'done', value: 'stopped' });
    expect(after(...publishing, stop, { type: 'timer.stopping' }).snapshot.value).toBe('stopped');
  });

  test('may be followed by another publish, which then starts again', () => {
    const again = [...publishing, stop, publish];
    expect(after(...again).snapshot.value).toBe('restarted');
    expect(after(...again, start, error('x')).snapshot.value).toBe('restarted');
    expect(after(...again, finished).snapshot.value).toBe('requesting');
  });

  test('twice is once', () => {
    expect(after(...publishing, stop, stop).effects).toEqual([]);
  });

  test.each([
    ['idle', []],
    ['offline', [publish]],
    ['retrying', retrying],
  ])('ends it at once while %s', (_, events) => {
    expect(after(...events, stop).snapshot.value).toBe('stopped');
  });
});

test.each([
  ['idle', []],
  ['offline', [publish]],
  ['requesting', requesting],
  ['publishing', publishing],
  ['retrying', retrying],
  ['stopping', [...publishing, stop]],
])('a socket closed for good ends it while %s', (_, events) => {
  expect(after(...events, { type: 'socket.closed' }).snapshot.value).toBe('stopped');
});
