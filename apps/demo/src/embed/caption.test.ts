import { expect, test } from 'vitest';
import { captionOf, type EmbeddedState, waitMs } from './caption.ts';

const idle: EmbeddedState = { state: 'idle', reason: undefined, definition: undefined, socket: 'open' };

test('is empty while the stream plays, and has a text in every other state', () => {
  expect(captionOf({ ...idle, state: 'playing' }, 'before')).toBe('');
  for (const state of ['idle', 'offline', 'requesting', 'connecting', 'interrupted', 'resuming', 'ended'] as const)
    expect(captionOf({ ...idle, state }, '')).not.toBe('');
});

test('keeps its words while it asks again', () => {
  const waiting = captionOf({ ...idle, state: 'ended', reason: 'refused', definition: 'no_stream_exist' }, '');
  expect(waiting).toBe('Waiting for the stream to start.');
  for (const state of ['offline', 'requesting', 'connecting'] as const)
    expect(captionOf({ ...idle, state }, waiting)).toBe(waiting);
});

test('names the reason of a refusal, and asks again later than after an end', () => {
  const refused = { reason: 'refused', definition: 'unauthorized_access' } as const;
  expect(captionOf({ ...idle, state: 'ended', ...refused }, '')).toBe('The server refused access.');
  expect(waitMs(refused, 0)).toBe(30_000);
  expect(waitMs({ reason: 'refused', definition: 'no_stream_exist' }, 0)).toBe(2_000);
  expect(waitMs({ reason: 'ended', definition: undefined }, 1)).toBe(3_000);
});
