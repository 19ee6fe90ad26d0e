import { readFileSync } from 'node:fs';
import { mutateDescription, mutateFields, mutateText } from './mutation.ts';
import type { Random } from './random.ts';

const golden = (name: string) =>
  readFileSync(new URL(`../../packages/werift/src/sdp/golden/${name}.sdp`, import.meta.url), 'utf8');
const offers = ['chromium-offer', 'firefox-offer'].map(golden);
const ids = ['a', 'b', 'c', 'd'];
const candidate = 'candidate:1 1 udp 2122260223 127.0.0.1 50000 typ host generation 0 ufrag abcd network-id 1';

/** Valid message of a client. */
export function messageOf(random: Random): Record<string, unknown> {
  const [streamId, room] = [random.pick(ids), `r${random.pick(ids)}`];
  return random.pick<Record<string, unknown>>([
    { command: 'publish', streamId, mainTrack: room, metaData: '{"a":1}', streamName: 'n', token: 't' },
    { command: 'publish', streamId },
    { command: 'play', streamId, room, trackList: ['a', '!b'], userPublishId: 'c', subscriberId: 's' },
    { command: 'play', streamId: room, userPublishId: streamId },
    { command: 'stop', streamId },
    { command: 'takeConfiguration', streamId, type: 'offer', sdp: random.pick(offers) },
    { command: 'takeConfiguration', streamId, type: 'answer', sdp: random.pick(offers) },
    { command: 'takeCandidate', streamId, label: 0, id: '0', candidate },
    { command: 'join', streamId, multiPeer: false, mode: 'both' },
    { command: 'leave', streamId },
    { command: 'peerMessageCommand', streamId, definition: 'd', data: { x: [1] } },
    { command: 'joinRoom', room, streamId, mode: 'mcu', metadata: 'm' },
    { command: 'leaveFromRoom', room },
    { command: 'getRoomInfo', room, streamId },
    { command: 'getStreamInfo', streamId },
    { command: 'getTrackList', streamId: room },
    { command: 'enableTrack', streamId: room, trackId: streamId, enabled: true },
    { command: 'toggleVideo', streamId, trackId: streamId, enabled: false },
    { command: 'updateStreamMetaData', streamId, metaData: 'm' },
    { command: 'getBroadcastObject', streamId },
    { command: 'getSubtracks', streamId: room, role: 'r', offset: 0, size: 5 },
    { command: 'getSubtracksCount', streamId: room, status: 's' },
    { command: 'getSubscriberCount', streamId },
    { command: 'getSubscribers', streamId, offset: 1, size: 1 },
    { command: 'getIceServerConfig' },
    { command: 'ping' },
  ]);
}

/** A text that a client may send: mostly a message that is not quite one. */
export function envelopeOf(random: Random): string {
  const message = messageOf(random);
  const kind = random.next();
  if (kind < 0.3) return JSON.stringify(message);
  if (kind < 0.7) return JSON.stringify(mutateFields(message, random));
  return mutateText(JSON.stringify(message), random);
}

/** A mutated description of a browser. */
export const descriptionOf = (random: Random): string => mutateDescription(random.pick(offers), random);

/** A candidate that may be none. */
export const candidateOf = (random: Random): string => mutateText(candidate, random);
