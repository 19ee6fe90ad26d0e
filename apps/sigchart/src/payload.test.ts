import { expect, test } from 'vitest';
import { picture } from './media.ts';
import { isPayloadOf, isStartOf } from './payload.ts';

const isPayload = (codec: string, hex: string) => isPayloadOf(codec, Buffer.from(hex.replaceAll(' ', ''), 'hex'));

test('the picture that publishers send is VP8', () => {
  expect(isPayloadOf('video/VP8', picture)).toBe(true);
});

test('a VP8 key frame without its start code is invalid', () => {
  expect(isPayload('video/VP8', '10 100000 9d012a 4000 3000')).toBe(true);
  expect(isPayload('video/VP8', '90 80 8123 100000 9d012a 4000 3000')).toBe(true);
  expect(isPayload('video/VP8', '10 100000 000000 4000 3000')).toBe(false);
  expect(isPayload('video/VP8', '10 110000 000000')).toBe(true);
  expect(isPayload('video/VP8', '90 80')).toBe(false);
});

test('a packet of H.264 starts with a NAL unit header', () => {
  expect(isPayload('video/H264', '65 88')).toBe(true);
  expect(isPayload('video/H264', '7c 85 88')).toBe(true);
  expect(isPayload('video/H264', '80 00')).toBe(false);
  expect(isPayload('video/H264', '00 00')).toBe(false);
});

test('an empty payload is invalid for every codec', () => {
  expect(isPayload('audio/opus', '')).toBe(false);
  expect(isPayload('audio/opus', 'f8fffe')).toBe(true);
});

test('a decoder of VP8 starts with a key frame', () => {
  expect(isStartOf('video/VP8', picture)).toBe(true);
  expect(isStartOf('video/VP8', Buffer.from('10110000000000', 'hex'))).toBe(false);
  expect(isStartOf('video/VP8', Buffer.from('9080', 'hex'))).toBe(false);
  expect(isStartOf('audio/opus', Buffer.from('f8fffe', 'hex'))).toBe(true);
});
