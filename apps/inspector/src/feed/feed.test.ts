import { expect, test } from 'vitest';
import { feedAddress } from './feed.ts';

test('the feed is beside the page, with its token, over TLS where the page is', () => {
  expect(feedAddress({ href: 'http://localhost:5080/inspector/#run=r1' })).toBe('ws://localhost:5080/inspector/feed');
  expect(feedAddress({ href: 'https://example.org/inspector/?token=a%26b&other=1' })).toBe(
    'wss://example.org/inspector/feed',
  );
});
