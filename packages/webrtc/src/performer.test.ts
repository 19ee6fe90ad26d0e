import type { RtcEvent } from '@sigchart/core/machines';
import { expect, test, vi } from 'vitest';
import { fakeNetwork, type PeerConnectionLike, rtcPerformer } from './index.ts';

const open = { type: 'rtc.open', role: 'publisher', streamId: 's1' } as const;

/** Requests a description that never resolves, and then the state of the media. */
const checked = (connection: PeerConnectionLike) => {
  const events: RtcEvent[] = [];
  const perform = rtcPerformer(() => Object.assign(connection, { createOffer: () => new Promise<never>(() => {}) }))(
    { role: 'publisher', streamId: 's1' },
    (event) => events.push(event),
  );
  perform(open);
  perform({ type: 'rtc.createOffer' });
  perform({ type: 'rtc.checkMedia' });
  return { events, perform };
};

const checks: readonly (readonly [RtcEvent['type'], () => Promise<boolean>])[] = [
  ['rtc.mediaReceived', () => Promise.resolve(true)],
  ['rtc.mediaMissing', () => Promise.resolve(false)],
  ['rtc.mediaMissing', () => Promise.reject(new Error('closed'))],
];

test.each(checks)(
  'a check of media is answered by %s, and does not wait for a negotiation',
  async (type, checkMedia) => {
    const { events } = checked(Object.assign(fakeNetwork().connect(), { checkMedia }));
    await vi.waitFor(() => expect(events).toEqual([{ type }]));
  },
);

test('a check of media finds none if the connection has no information', async () => {
  const connection: object = Object.assign(fakeNetwork().connect(), { checkMedia: undefined });
  const { events } = checked(connection as PeerConnectionLike);
  await vi.waitFor(() => expect(events).toEqual([{ type: 'rtc.mediaMissing' }]));
});

test('a check of media of a connection that did not open finds none', async () => {
  const events: RtcEvent[] = [];
  const perform = rtcPerformer(() => Promise.reject(new Error('no ports')))(
    { role: 'publisher', streamId: 's1' },
    (event) => events.push(event),
  );
  perform(open);
  perform({ type: 'rtc.checkMedia' });
  await vi.waitFor(() => expect(events).toContainEqual({ type: 'rtc.mediaMissing' }));
});

test('a check of media that is closed meanwhile is not answered', async () => {
  let answer: (isReceived: boolean) => void = () => {};
  const checkMedia = vi.fn(
    () =>
      new Promise<boolean>((resolve) => {
        answer = resolve;
      }),
  );
  const { events, perform } = checked(Object.assign(fakeNetwork().connect(), { checkMedia }));
  await vi.waitFor(() => expect(checkMedia).toHaveBeenCalled());
  perform({ type: 'rtc.close' });
  answer(true);
  await new Promise((resolve) => setTimeout(resolve));
  expect(events).toEqual([]);
});
