import { expect, test } from 'vitest';
import { isTotpCode, totpCode } from './totp.ts';

const subscriber = {
  streamId: 'one',
  subscriberId: 's',
  type: 'play',
  // "12345678901234567890", the key of RFC 6238 appendix B.
  b32Secret: 'GEZDGNBVGY3TQOJQGEZDGNBVGY3TQOJQ',
  totpExpiryPeriodSeconds: 30,
} as const;
const registered = { streamId: 'one', subscriberId: 's', type: 'play', subscriber } as const;

test('the codes of a registered subscriber are those of RFC 6238', () => {
  // The RFC's have eight digits; the last six are the same.
  expect(totpCode(registered, {}, 59_000)).toBe('287082');
  expect(totpCode(registered, {}, 1_111_111_109_000)).toBe('081804');
  expect(totpCode(registered, {}, 20_000_000_000_000)).toBe('353130');
});

test('a code is good one period before and after, and no longer', () => {
  const codeAt = 1_200_000;
  const code = totpCode(registered, {}, codeAt) ?? '';
  expect(isTotpCode(registered, {}, codeAt + 59_999, code)).toBe(true);
  expect(isTotpCode(registered, {}, codeAt - 1, code)).toBe(true);
  expect(isTotpCode(registered, {}, codeAt + 60_000, code)).toBe(false);
  for (const bad of ['', '0', '1234567', 'abcdef', `${code} `, '０１２３４５'])
    expect(isTotpCode(registered, {}, codeAt, bad)).toBe(false);
});

test('an unregistered subscriber has codes if the server has a secret', () => {
  const subject = { ...registered, subscriber: undefined };
  const options = { playSecret: 'play secret', publishSecret: 'publish secret' };
  expect(totpCode(subject, {}, 0)).toBeUndefined();
  expect(isTotpCode(subject, {}, 0, '000000')).toBe(false);
  const code = totpCode(subject, options, 0) ?? '';
  expect(code).toMatch(/^\d{6}$/);
  expect(isTotpCode(subject, options, 0, code)).toBe(true);
  expect(isTotpCode({ ...subject, streamId: 'two' }, options, 0, code)).toBe(false);
  expect(isTotpCode({ ...subject, subscriberId: 't' }, options, 0, code)).toBe(false);
  expect(isTotpCode({ ...subject, type: 'publish' }, options, 0, code)).toBe(false);
});
