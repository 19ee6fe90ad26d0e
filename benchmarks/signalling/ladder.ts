import { readFileSync } from 'node:fs';

const offer = readFileSync(new URL('../../packages/werift/src/sdp/golden/chromium-offer.sdp', import.meta.url), 'utf8');

/** Of the offer: a candidate of another one is for no connection, and dropped. */
const [, usernameFragment] = /^a=ice-ufrag:(\S+)/m.exec(offer) ?? [];

/** The stream of one of several sessions. */
export const idOf = (index: number): string => `stream${index}`;

/** Number of a publisher's candidates. */
const candidates = 4;

/** Messages of a publisher until it publishes, as Chromium and the SDK send them. The server sends as many. */
export const publishLadder = (streamId: string): readonly string[] =>
  [
    { command: 'publish', streamId, token: '', video: true, audio: true },
    { command: 'takeConfiguration', streamId, type: 'offer', sdp: offer },
    ...Array.from({ length: candidates }, (_, index) => ({
      command: 'takeCandidate',
      streamId,
      label: 0,
      id: '0',
      candidate: `candidate:${index} 1 udp 2122260223 192.0.2.${index + 1} 5000${index} typ host generation 0 ufrag ${usernameFragment} network-id 1`,
    })),
  ].map((message) => JSON.stringify(message));

/** A question that is repeated in a running session, answered with one message. */
export const question = (streamId: string): string => JSON.stringify({ command: 'getStreamInfo', streamId });
