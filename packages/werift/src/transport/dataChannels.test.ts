import { expect, test } from 'vitest';
import type { RTCSctpTransport } from 'werift';
import { sendInTurn } from './dataChannels.ts';

/** Stands for werift's transport, with what it does to send what waits. */
function transport(dataChannelFlush: () => Promise<void>, associationState = 4) {
  const waiting: string[] = [];
  const sending = { sctp: { associationState }, dataChannelQueue: waiting, dataChannelFlush };
  sendInTurn(sending as unknown as RTCSctpTransport);
  const send = (message: string) => {
    waiting.push(message);
    return sending.dataChannelFlush();
  };
  return { waiting, send };
}

test('of messages that come at once, one is begun at a time', async () => {
  const sent: string[] = [];
  let begun = 0;
  const { waiting, send } = transport(async () => {
    begun += 1;
    expect(begun).toBe(1);
    await new Promise(setImmediate);
    sent.push(...waiting.splice(0, 1));
    begun -= 1;
  });
  await Promise.all(['one', 'two', 'three'].map(send));
  expect(sent).toEqual(['one', 'two', 'three']);
});

test('a message that comes as the last one is sent does not stay behind', async () => {
  const sent: string[] = [];
  const { waiting, send } = transport(async () => {
    const [message = ''] = waiting.splice(0);
    sent.push(message);
    if (message === 'one') void send('two');
  });
  await send('one');
  expect(sent).toEqual(['one', 'two']);
});

test('without an association they wait', async () => {
  let flushes = 0;
  const { waiting, send } = transport(async () => {
    flushes += 1;
  }, 1);
  await send('one');
  expect(flushes).toBe(1);
  expect(waiting).toEqual(['one']);
});
