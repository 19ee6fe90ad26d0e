import { expect, test } from 'vitest';
import type { PeerConnectionLike } from './index.ts';

test('a browser connection fits without a wrapper', () => {
  const fits = (connection: RTCPeerConnection): PeerConnectionLike => connection;
  expect(fits).toBeTypeOf('function');
});
