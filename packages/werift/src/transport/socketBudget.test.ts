import { afterEach, expect, test } from 'vitest';
import { createMedia, type Media } from '../index.ts';
import { golden } from '../test/golden.ts';
import { SocketBudget, SocketLimitError } from './socketBudget.ts';

const opened: Media[] = [];

afterEach(async () => {
  await Promise.all(opened.splice(0).map((media) => media.close()));
});

test('a client has at most its share, and returned sockets are free again', () => {
  const budget = new SocketBudget({ sockets: 3, socketsPerClient: 2 });
  const [one, other] = [budget.of('one'), budget.of('other')];
  one.take();
  budget.of('one').take();
  expect(() => one.take()).toThrow(SocketLimitError);
  other.take();
  expect(() => other.take()).toThrow('the limit of UDP sockets is reached');
  one.release();
  other.take();
});

test('by default a third of the file descriptors is left for others, and half of the rest for other clients', () => {
  const budget = new SocketBudget({});
  const { open_files: files } = (process.report.getReport() as { userLimits: { open_files: { soft: number } } })
    .userLimits;
  const count = (client: string) => {
    const share = budget.of(client);
    for (let taken = 0; ; taken += 1)
      try {
        share.take();
      } catch {
        return taken;
      }
  };
  const all = Math.floor((files.soft * 2) / 3);
  expect(count('one')).toBe(Math.ceil(all / 2));
  expect(count('other')).toBe(Math.floor(all / 2));
});

test('an offer for which no socket is left is refused, and another client is served', async () => {
  const media = createMedia({ bindAddress: '127.0.0.1', sockets: 3, socketsPerClient: 2 });
  opened.push(media);
  const answered = async (client: string) => {
    const open = { type: 'rtc.open', role: 'publisher', streamId: client } as const;
    const server = await media.connect('live', open, client);
    await server.setRemoteDescription({ type: 'offer', sdp: golden('chromium-offer') });
    const { sdp = '' } = await server.createAnswer();
    await server.setLocalDescription({ type: 'answer', sdp });
    return server;
  };
  await answered('one');
  const second = await answered('one');
  await expect(answered('one')).rejects.toThrow('no port is free');
  await answered('other');
  expect(media.open.sockets).toBe(3);
  await second.close();
  await answered('one');
});
