import { expect, test } from 'vitest';
import { RtpHeader, SrtpSession } from 'werift';
import { countRollover } from './rollover.ts';

const ssrc = 1;

function sessions() {
  const key = Buffer.alloc(16, 1);
  const salt = Buffer.alloc(14, 2);
  const keys = { localMasterKey: key, localMasterSalt: salt, remoteMasterKey: key, remoteMasterSalt: salt };
  const one = new SrtpSession({ keys, profile: 1 });
  const other = new SrtpSession({ keys, profile: 1 });
  return {
    send: (sequenceNumber: number) => one.encrypt(Buffer.from('payload'), new RtpHeader({ ssrc, sequenceNumber })),
    receive: other.decrypt,
    receiver: () => other.remoteContext.srtpSSRCStates[ssrc],
  };
}

test('werift itself misses a rollover in a long loss, so that this is still needed', () => {
  const { send, receive } = sessions();
  receive(send(65_300));
  // What is sent in the meantime is lost.
  for (let number = 65_301; number < 65_536; number += 1) send(number);
  for (let number = 0; number < 200; number += 1) send(number);
  expect(() => receive(send(200))).toThrow();
});

test('a rollover in a long loss is counted', () => {
  const { send, receive, receiver } = sessions();
  receive(send(65_300));
  for (let number = 65_301; number < 65_536; number += 1) send(number);
  for (let number = 0; number < 200; number += 1) send(number);
  const packet = send(200);
  expect(countRollover(receiver(), 200)).toBe(true);
  expect(receive(packet).toString()).toContain('payload');
  expect(receive(send(201)).toString()).toContain('payload');
});

test('a rollover that werift counts is left to it, and so is a packet that comes late', () => {
  const { send, receive, receiver } = sessions();
  receive(send(65_500));
  expect(countRollover(receiver(), 0)).toBe(false);
  expect(countRollover(receiver(), 50)).toBe(false);
  expect(countRollover(receiver(), 65_400)).toBe(false);
  receive(send(50));
  expect(countRollover(receiver(), 65_400)).toBe(false);
  expect(countRollover(undefined, 1)).toBe(false);
});
