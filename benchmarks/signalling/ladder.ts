import { readFileSync } from 'node:fs';

const offer = readFileSync(new URL('../../packages/werift/src/sdp/golden/chromium-offer.sdp', import.meta.url), 'utf8');

/** The stream of one of several sessions. */
export const idOf = (index: number): string => `stream${index}`;

/** How many candidates a publisher tells. */
const candidates = 4;

/** What a publisher says until it publishes, as Chromium and the SDK have it. The server says as much again. */
export const publishLadder = (streamId: string): readonly string[] =>
  [
    { command: 'publish', streamId, token: '', video: true, audio: true },
    { command: 'takeConfiguration', streamId, type: 'offer', sdp: offer },
    ...Array.from({ length: candidates }, (_, index) => ({
      command: 'takeCandidate',
      streamId,
      label: 0,
      id: '0',
      candidate: `candidate:${index} 1 udp 2122260223 192.0.2.${index + 1} 5000${index} typ host generation 0 ufrag abcd network-id 1`,
    })),
  ].map((message) => JSON.stringify(message));

/** What is asked again and again of a session that runs, and answered with one message. */
export const question = (streamId: string): string => JSON.stringify({ command: 'getStreamInfo', streamId });
