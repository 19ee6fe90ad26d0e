import { expect, test } from 'vitest';
import { readBody } from './body.ts';

const limits = { maxBytes: 8, timeoutMs: 50 };

const requestOf = (body: ReadableStream<Uint8Array> | string, headers = {}) =>
  new Request('http://localhost/', { method: 'POST', body, headers, duplex: 'half' } as RequestInit);

const streamOf = (chunks: readonly string[], isEnded = true) =>
  new ReadableStream<Uint8Array>({
    start(controller) {
      for (const chunk of chunks) controller.enqueue(new TextEncoder().encode(chunk));
      if (isEnded) controller.close();
    },
  });

test('reads a body to its end', async () => {
  expect(await readBody(requestOf(streamOf(['1234', '5678'])), limits)).toBe('12345678');
  expect(await readBody(new Request('http://localhost/'), limits)).toBe('');
});

test('a longer body is 413, whatever length was announced', async () => {
  await expect(readBody(requestOf(streamOf(['1234', '56789'])), limits)).rejects.toMatchObject({ status: 413 });
  const announced = requestOf(streamOf([]), { 'content-length': '9' });
  await expect(readBody(announced, limits)).rejects.toMatchObject({ status: 413 });
});

test('a body that does not end in time is 408', async () => {
  await expect(readBody(requestOf(streamOf(['1'], false)), limits)).rejects.toMatchObject({ status: 408 });
});
