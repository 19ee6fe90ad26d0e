import { expect, test } from 'vitest';
import { explainCapture } from './capture.ts';

test('an insecure page is named before anything else, but not for the test picture', () => {
  expect(explainCapture('camera', 'TypeError', false).title).toContain('only on secure pages');
  expect(explainCapture('test', 'TypeError', false).title).not.toContain('secure');
});

test('a refusal, a missing device and a busy device have different texts', () => {
  const titles = ['NotAllowedError', 'NotFoundError', 'NotReadableError', 'TypeError'].map(
    (name) => explainCapture('camera', name, true).title,
  );
  expect(new Set(titles).size).toBe(titles.length);
  expect(explainCapture('screen', 'NotAllowedError', true).title).toBe('The screen was not shared.');
});
