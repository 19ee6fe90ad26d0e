import { expect, test } from 'vitest';
import { nameLength, readStatus, type Status, statusQuestion, statusTexts } from './status.ts';

test('a status survives encoding and decoding', () => {
  for (const status of [
    { name: 'Ada', microphone: true, camera: false, hand: true },
    { name: '', microphone: false, camera: true, hand: false },
  ] satisfies Status[]) {
    const news = statusTexts('stream1', status).map(readStatus);
    expect(Object.assign({}, ...news.map((each) => (typeof each === 'object' ? each.news : {})))).toEqual(status);
  }
  expect(readStatus(statusQuestion('stream1'))).toBe('question');
});

test('the events of other pages are read', () => {
  expect(readStatus('{"streamId":"stream1","eventType":"MIC_MUTED"}')).toEqual({ news: { microphone: false } });
});

test('a text that is not a status belongs to the chat', () => {
  for (const data of [
    'hello',
    '{hello',
    '{}',
    '{"eventType":"toString"}',
    '{"eventType":"CHAT_MESSAGE","message":"hello"}',
    '{"eventType":"NAME_CHANGED","name":7}',
    new ArrayBuffer(2),
  ])
    expect(readStatus(data)).toBeUndefined();
});

test('a name that is too long is cut', () => {
  const [name = ''] = statusTexts('stream1', { name: 'x'.repeat(1000), microphone: true, camera: true, hand: false });
  expect(readStatus(name)).toEqual({ news: { name: 'x'.repeat(nameLength) } });
});
