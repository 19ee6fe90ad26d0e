import { expect, test } from 'vitest';
import { nameOfMessage, summaryOfCandidate, summaryOfDescription, summaryOfMessage } from './summary.ts';

const offer = [
  'v=0',
  'o=- 1 2 IN IP4 127.0.0.1',
  's=-',
  't=0 0',
  'm=audio 9 UDP/TLS/RTP/SAVPF 111',
  'a=sendonly',
  'a=rtpmap:111 opus/48000/2',
  'm=video 9 UDP/TLS/RTP/SAVPF 96 97',
  'a=sendonly',
  'a=rtpmap:96 VP8/90000',
  'a=rtpmap:97 rtx/90000',
  'm=application 9 UDP/DTLS/SCTP webrtc-datachannel',
  '',
].join('\r\n');

test('a description is its media, with direction and codecs', () => {
  expect(summaryOfDescription(offer)).toBe('audio → opus · video → VP8 · data');
});

test('an empty description is not an error', () => {
  expect(summaryOfDescription('v=0\r\n')).toBe('no media');
});

test('a candidate is its type, transport and address', () => {
  expect(summaryOfCandidate('candidate:1 1 UDP 2122260223 192.0.2.1 54321 typ host')).toBe('host udp 192.0.2.1:54321');
  expect(summaryOfCandidate('candidate:1 1 udp 1 2001:db8::1 9 typ srflx raddr :: rport 0')).toBe(
    'srflx udp [2001:db8::1]:9',
  );
  expect(summaryOfCandidate('')).toBe('end of candidates');
});

test('a message has a name and a line', () => {
  const configuration = { command: 'takeConfiguration', type: 'offer', streamId: 'otter', sdp: offer };
  expect(nameOfMessage(configuration)).toBe('offer');
  expect(summaryOfMessage(configuration)).toBe('audio → opus · video → VP8 · data');
  const started = { command: 'notification', definition: 'publish_started', streamId: 'otter' };
  expect(nameOfMessage(started)).toBe('publish_started');
});
