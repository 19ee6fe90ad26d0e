import { expect, test } from 'vitest';
import { classes, Message, methods, parseMessage } from 'werift';
import { checkRequest, isSigned, roleConflictResponse, successResponse } from './bindingMessage.ts';

const [password, another] = ['p'.repeat(22), 'q'.repeat(22)];
const received = new Message(methods.BINDING, classes.REQUEST);
const messages: readonly (readonly [string, Buffer])[] = [
  [
    'a check',
    checkRequest({
      local: { usernameFragment: 'local', password: another },
      remote: { usernameFragment: 'remote', password },
      priority: 1,
      isControlling: true,
      tieBreaker: 5n,
      nominates: true,
    }).bytes,
  ],
  ['its answer over IPv4', successResponse(received, '192.0.2.1', 5000, password)],
  ['its answer over IPv6', successResponse(received, '2001:db8::1', 5000, password)],
  ['a role conflict', roleConflictResponse(received, password)],
];

test.each(messages)('%s is byte for byte what werift signs, and proves its password', (_, bytes) => {
  const read = parseMessage(bytes, Buffer.from(password));
  if (read === undefined) throw new Error('werift does not take it');
  const attributes = read.getAttributes().filter(([name]) => !['MESSAGE-INTEGRITY', 'FINGERPRINT'].includes(name));
  const plain = new Message(read.messageMethod, read.messageClass, read.transactionId, attributes);
  expect(plain.addMessageIntegrity(Buffer.from(password)).addFingerprint().bytes).toEqual(bytes);
  expect([isSigned(bytes, password), isSigned(bytes, another)]).toEqual([true, false]);
});

test.each(messages)('%s with any other byte before its fingerprint is not signed', (_, bytes) => {
  // The length field is not signed.
  for (let index = 4; index < bytes.length - 8; index += 1) {
    const changed = Buffer.from(bytes);
    changed[index] = (changed[index] ?? 0) ^ 1;
    expect(isSigned(changed, password), `byte ${index}`).toBe(false);
  }
  for (let length = 0; length < bytes.length - 8; length += 1)
    expect(isSigned(bytes.subarray(0, length), password)).toBe(false);
});
