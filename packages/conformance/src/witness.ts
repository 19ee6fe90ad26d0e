import type { MessagePattern, RequiredBy, Side } from './case.ts';

const names: Readonly<Record<Exclude<RequiredBy, 'project'>, readonly string[]>> = {
  spec: [
    'start',
    'takeConfiguration',
    'takeCandidate',
    'joinedTheRoom',
    'streamJoined',
    'streamLeaved',
    'noStreamNameSpecified',
    'not_allowed_unregistered_streams',
    'no_room_specified',
    'unauthorized_access',
    'no_encoder_settings',
    'no_peer_associated_before',
    'notSetLocalDescription',
  ],
  // Without these an SDK waits, throws or asks again and again.
  sdks: [
    'stop',
    'pong',
    'iceServerConfig',
    'publish_started',
    'play_started',
    'play_finished',
    'joined',
    'leavedFromRoom',
    'no_stream_exist',
    'streamInformation',
    'roomInformation',
    'trackList',
    'broadcastObject',
    'subtrackList',
    'subtrackCount',
    'subscriberCount',
    'subscriberList',
    'server_will_stop',
  ],
};

const nameOf = ({ command, definition }: MessagePattern): string =>
  String(command === 'notification' || command === 'error' ? definition : command);

/** Class that requires a message to be sent; this project if no other does. */
export function requiredBy(message: MessagePattern, speaker: Side): RequiredBy {
  const name = nameOf(message);
  if (speaker === 'client') return Object.hasOwn(fieldsOfClient, name) ? 'spec' : 'sdks';
  if (names.spec.includes(name)) return 'spec';
  return names.sdks.includes(name) ? 'sdks' : 'project';
}

const fieldsOfSeed: Readonly<Record<string, readonly string[]>> = {
  start: ['streamId'],
  takeConfiguration: ['streamId', 'type', 'sdp'],
  takeCandidate: ['streamId', 'candidate'],
  joinedTheRoom: ['streamId', 'streams'],
  streamJoined: ['streamId'],
  streamLeaved: ['streamId'],
};

/** The same of what clients say. The original document has nothing else for them to say. */
const fieldsOfClient: Readonly<Record<string, readonly string[]>> = {
  publish: ['streamId'],
  play: ['streamId'],
  join: ['streamId'],
  leave: ['streamId'],
  stop: ['streamId'],
  takeConfiguration: ['streamId', 'type', 'sdp'],
  takeCandidate: ['streamId', 'candidate'],
  joinRoom: ['room'],
  leaveFromRoom: ['room'],
};

/** Messages that SDKs, and pages made with them, read. */
const bySdks: readonly string[] = [
  'command',
  'definition',
  'streamId',
  'streams',
  'streamInfo',
  'trackList',
  'room',
  'data',
  'broadcast',
  'subtrackList',
  'count',
  'subscriberList',
];

/** Fields that are read of a message. The original document defines those of each message. */
const written: Readonly<Record<RequiredBy, readonly string[]>> = {
  spec: ['command', 'definition'],
  sdks: bySdks,
  project: [...bySdks, 'error_code'],
};

/**
 * The part of a message that a case requires: what identifies it, and the fields that the case's class reads. So a server without
 * a field fails the cases about that field, not all.
 */
export function askedFor(message: MessagePattern, level: RequiredBy, speaker: Side): MessagePattern {
  const ofSeed = (speaker === 'client' ? fieldsOfClient : fieldsOfSeed)[nameOf(message)] ?? [];
  return Object.fromEntries(
    Object.entries(message).filter(
      ([field, value]) => value !== undefined && (written[level].includes(field) || ofSeed.includes(field)),
    ),
  );
}
