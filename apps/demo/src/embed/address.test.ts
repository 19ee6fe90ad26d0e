import { expect, test } from 'vitest';
import { readEmbedAddress } from './address.ts';

test('signals beside the page', () => {
  expect(readEmbedAddress('http://localhost:5080/live/play/stream1')).toEqual({
    url: 'ws://localhost:5080/live/websocket',
    streamId: 'stream1',
    token: undefined,
    controls: false,
    sound: false,
  });
});

test('works behind a proxy that adds a path, with all parameters', () => {
  expect(readEmbedAddress('https://example.org/video/live/play/a%20b?controls&sound&token=t')).toEqual({
    url: 'wss://example.org/video/live/websocket',
    streamId: 'a b',
    token: 't',
    controls: true,
    sound: true,
  });
});
