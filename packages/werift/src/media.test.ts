import { peerConnectionSuite } from '@sigchart/webrtc';
import { afterAll, describe, test } from 'vitest';
import { createMedia } from './index.ts';

describe('a werift connection', () => {
  const media = createMedia();
  afterAll(() => media.close());
  const suite = peerConnectionSuite({
    offerer: () => media.connect('live', { type: 'rtc.open', role: 'player', streamId: 'played' }),
    answerer: () => media.connect('live', { type: 'rtc.open', role: 'publisher', streamId: 'published' }),
  });
  for (const { name, run } of suite) test(name, run);
});
