import type { RequiredBy } from '@sigchart/conformance';
import type { Scenario } from '@sigchart/conformance/record';
import { connection, idOf, open, playing, publishing, say, silence, stop } from '@sigchart/conformance/record';

const s1 = { streamId: idOf('s1') };
const r1 = { streamId: idOf('r1') };
const section = 'Questions about streams';

/** Questions about a stream or room other than `getStreamInfo`, with their answers. */
const questions = [
  ['getDebugInfo', 'debug-info', 'debugInfo'],
  ['getTrackList', 'track-list', 'trackList'],
  ['getBroadcastObject', 'broadcast-object', 'broadcastObject'],
  ['getSubtracks', 'subtracks', 'subtrackList'],
  ['getSubtracksCount', 'subtracks-count', 'subtrackCount'],
  ['getSubscriberCount', 'subscriber-count', 'subscriberCount'],
  ['getSubscribers', 'subscribers', 'subscriberList'],
] as const;

const all = ['getStreamInfo', ...questions.map(([command]) => command)] as const;

const publisher = connection('publisher', 'A', 'publisher');
const ofA = connection('ofA', 'A', 'publisher', 'a');
const ofB = connection('ofB', 'B', 'publisher', 'b');
const opened = [open('A'), open('B')];
const inRoom = { mainTrack: idOf('r1') };

/** Of a stream that is live, with one player. */
const ofStream = questions.map(
  ([command, slug, answered]): Scenario => ({
    id: `question/${slug}-of-a-stream`,
    title: `${command} of a live stream is answered with ${answered}`,
    section,
    requiredBy: 'sdks',
    connections: [publisher, connection('player', 'B', 'player')],
    actions: [
      ...opened,
      open('C'),
      ...publishing('A'),
      ...playing('B', 'player', 's1', { subscriberId: 'viewer', subscriberName: 'A viewer' }),
      say('C', command, s1),
      stop('B'),
      stop('A'),
    ],
  }),
);

/** Of a room with one stream in it. */
const ofRoom = questions.map(
  ([command, slug, answered]): Scenario => ({
    id: `question/${slug}-of-a-room`,
    title: `${command} of a room is answered with ${answered}`,
    section,
    requiredBy: 'sdks',
    connections: [ofA],
    actions: [...opened, ...publishing('A', 'ofA', 'a', inRoom), say('B', command, r1), stop('A', 'a')],
  }),
);

/** Every question without a `streamId`, and with an id that does not exist. */
const misasked = all.flatMap((command): readonly Scenario[] => {
  const slug = command.toLowerCase();
  const project = { section, requiredBy: 'project' as RequiredBy };
  return [
    {
      ...project,
      id: `question/${slug}-without-stream-id`,
      title: `${command} without a streamId is noStreamNameSpecified, if it is missing, null, empty or not a string`,
      actions: [
        open('A'),
        say('A', command),
        say('A', command, { streamId: null }),
        say('A', command, { streamId: '' }),
        say('A', command, { streamId: { of: 's1' } }),
        say('A', command, { streamId: ['s1'] }),
        say('A', command, { streamId: true }),
      ],
    },
    {
      ...project,
      id: `question/${slug}-invalid-stream-id`,
      title: `${command} with an invalid streamId is invalidStreamName`,
      actions: [open('A'), say('A', command, { streamId: 'a stream' }), say('A', command, { streamId: 'a/b' })],
    },
  ];
});

export const questionScenarios: readonly Scenario[] = [
  ...ofStream,
  ...ofRoom,
  {
    id: 'question/stream-info-after-stop',
    title: 'getStreamInfo of a stream that has ended is no_stream_exist, as pages play again on anything else',
    section: 'getStreamInfo',
    requiredBy: 'sdks',
    connections: [publisher],
    actions: [...opened, ...publishing('A'), say('B', 'getStreamInfo', s1), stop('A'), say('B', 'getStreamInfo', s1)],
  },
  {
    id: 'question/broadcast-object-of-two',
    title: 'getBroadcastObject of a room lists the streams in it as they come and go',
    section: 'broadcastObject',
    requiredBy: 'sdks',
    connections: [ofA, ofB],
    actions: [
      ...opened,
      open('C'),
      ...publishing('A', 'ofA', 'a', inRoom),
      ...publishing('B', 'ofB', 'b', inRoom),
      say('C', 'getBroadcastObject', r1),
      say('C', 'getTrackList', r1),
      stop('A', 'a'),
      say('C', 'getBroadcastObject', r1),
      say('C', 'getTrackList', r1),
      stop('B', 'b'),
    ],
  },
  {
    id: 'question/asked-by-itself',
    title: 'A publisher or player of a stream may also ask about it, and continues',
    section,
    requiredBy: 'sdks',
    connections: [publisher, connection('player', 'B', 'player')],
    actions: [
      ...opened,
      ...publishing('A'),
      say('A', 'getStreamInfo', s1),
      say('A', 'getBroadcastObject', s1),
      ...playing('B'),
      say('B', 'getStreamInfo', s1),
      say('B', 'getBroadcastObject', s1),
      ...silence('A', 'B'),
      stop('B'),
      stop('A'),
    ],
  },
  {
    id: 'question/every-field-of-a-stream',
    title: 'A broadcastObject has no null strings, no missing arrays, and numbers as numbers',
    section: 'broadcastObject',
    requiredBy: 'project',
    connections: [publisher],
    actions: [...opened, ...publishing('A'), say('B', 'getBroadcastObject', s1), stop('A')],
  },
  {
    id: 'question/every-field-of-a-room',
    title: 'A broadcastObject of a room, and the entries of subtrackList, are as complete',
    section: 'subtrackList',
    requiredBy: 'project',
    connections: [ofA],
    actions: [
      ...opened,
      ...publishing('A', 'ofA', 'a', { ...inRoom, streamName: 'A name', metaData: 'free text', role: 'speaker' }),
      say('B', 'getBroadcastObject', r1),
      say('B', 'getSubtracks', r1),
      stop('A', 'a'),
    ],
  },
  {
    id: 'question/pages',
    title: 'getSubtracks returns a page: size entries after the offset',
    section: 'getSubtracks',
    requiredBy: 'project',
    connections: [ofA, ofB],
    actions: [
      ...opened,
      ...publishing('A', 'ofA', 'a', inRoom),
      ...publishing('B', 'ofB', 'b', inRoom),
      say('A', 'getSubtracks', { ...r1, offset: 0, size: 1 }),
      say('A', 'getSubtracks', { ...r1, offset: 1, size: 50 }),
      say('A', 'getSubtracks', { ...r1, offset: 2, size: 50 }),
      say('A', 'getSubtracks', { ...r1, offset: '1', size: '1' }),
      say('A', 'getSubtracks', { ...r1, offset: null, size: 'many' }),
      say('A', 'getSubtracks', { ...r1, offset: -1, size: 0 }),
      stop('B', 'b'),
      stop('A', 'a'),
    ],
  },
  {
    id: 'question/pages-of-subscribers',
    title: 'getSubscribers returns a page; a player that sent no name has none',
    section: 'getSubscribers',
    requiredBy: 'project',
    connections: [publisher, connection('toB', 'B', 'player'), connection('toC', 'C', 'player')],
    actions: [
      ...opened,
      open('C'),
      ...publishing('A'),
      ...playing('B', 'toB', 's1', { subscriberId: 'first' }),
      ...playing('C', 'toC'),
      say('A', 'getSubscribers', { ...s1, offset: 0, size: 1 }),
      say('A', 'getSubscribers', { ...s1, offset: 1 }),
      say('A', 'getSubscribers', { ...s1, offset: { of: 1 }, size: [1] }),
      say('A', 'getSubscriberCount', s1),
      stop('C'),
      say('A', 'getSubscriberCount', s1),
      stop('B'),
      say('A', 'getSubscriberCount', s1),
      stop('A'),
    ],
  },
  {
    id: 'question/roles',
    title: 'getSubtracks and getSubtracksCount select one role, or one state, if they name it',
    section: 'getSubtracksCount',
    requiredBy: 'project',
    connections: [ofA],
    actions: [
      ...opened,
      ...publishing('A', 'ofA', 'a', { ...inRoom, role: 'speaker' }),
      say('B', 'getSubtracks', { ...r1, role: 'speaker' }),
      say('B', 'getSubtracks', { ...r1, role: 'listener' }),
      say('B', 'getSubtracks', { ...r1, role: ['speaker'] }),
      say('B', 'getSubtracksCount', { ...r1, role: 'speaker' }),
      say('B', 'getSubtracksCount', { ...r1, role: 'listener' }),
      say('B', 'getSubtracksCount', { ...r1, status: 'broadcasting' }),
      say('B', 'getSubtracksCount', { ...r1, status: 'finished' }),
      stop('A', 'a'),
    ],
  },
  {
    id: 'question/not-live-yet',
    title: 'A stream without media yet has no streamInformation, but is known',
    section: 'Stream ids',
    requiredBy: 'project',
    actions: [
      ...opened,
      say('A', 'publish', s1),
      say('B', 'getStreamInfo', s1),
      say('B', 'getBroadcastObject', s1),
      say('B', 'getSubscriberCount', s1),
      stop('A'),
    ],
  },
  {
    id: 'question/joined-room',
    title: 'A room whose members have not published yet is known, and has no streams',
    section,
    requiredBy: 'project',
    actions: [
      ...opened,
      say('A', 'joinRoom', { room: idOf('r1'), streamId: idOf('a') }),
      say('B', 'getStreamInfo', r1),
      say('B', 'getTrackList', r1),
      say('B', 'getSubtracksCount', r1),
      say('B', 'getBroadcastObject', { streamId: idOf('a') }),
      say('A', 'leaveFromRoom', { room: idOf('r1') }),
    ],
  },
  {
    id: 'question/room-of-strangers',
    title: 'getRoomInfo of a room without members, or of a stream, lists nothing',
    section: 'getRoomInfo',
    requiredBy: 'project',
    connections: [publisher],
    about: ['streamList', 'ATTR_ROOM_NAME'],
    actions: [
      ...opened,
      ...publishing('A'),
      say('B', 'getRoomInfo', { room: idOf('r1') }),
      say('B', 'getRoomInfo', { room: idOf('s1') }),
      stop('A'),
    ],
  },
  {
    id: 'question/room-of-subtracks',
    title: 'getRoomInfo of a room lists the streams published with it as mainTrack, to any client',
    section: 'getRoomInfo',
    requiredBy: 'sdks',
    connections: [ofA],
    actions: [
      ...opened,
      ...publishing('A', 'ofA', 'a', inRoom),
      say('B', 'getRoomInfo', { room: idOf('r1') }),
      stop('A', 'a'),
    ],
  },
  {
    id: 'question/getroominfo-without-room',
    title: 'getRoomInfo without a room is no_room_specified, if it is missing, null, empty or not a string',
    section: 'getRoomInfo',
    requiredBy: 'project',
    actions: [
      open('A'),
      say('A', 'getRoomInfo'),
      say('A', 'getRoomInfo', { room: null }),
      say('A', 'getRoomInfo', { room: '' }),
      say('A', 'getRoomInfo', { room: { of: 'r1' } }),
      say('A', 'getRoomInfo', { room: 'a room' }),
    ],
  },
  ...misasked,
  {
    id: 'question/ice-servers',
    title: 'getIceServerConfig is answered with a stunServerUri, whatever comes with it',
    section: 'getIceServerConfig',
    requiredBy: 'project',
    about: ['stunServerUri'],
    actions: [
      open('A'),
      say('A', 'getIceServerConfig'),
      say('A', 'getIceServerConfig', s1),
      say('A', 'getIceServerConfig', { streamId: 7, token: null }),
    ],
  },
  {
    id: 'question/ping-with-fields',
    title: 'ping is answered with pong, whatever comes with it',
    section: 'ping',
    requiredBy: 'project',
    actions: [
      open('A'),
      say('A', 'ping', s1),
      say('A', 'ping', { streamId: null, label: [] }),
      say('A', 'ping', { streamId: { of: 's1' } }),
    ],
  },
  {
    id: 'question/tracks-of-no-room',
    title: 'Commands about the tracks of a room that the socket is not in are ignored',
    section: 'Routing',
    requiredBy: 'sdks',
    actions: [
      open('A'),
      ...[
        'assignVideoTrackCommand',
        'updateVideoTrackAssignmentsCommand',
        'setMaxVideoTrackCountCommand',
        'getVideoTrackAssignmentsCommand',
        'forceStreamQuality',
      ].map((command) =>
        say('A', command, command === 'assignVideoTrackCommand' ? { ...s1, videoTrackId: 'videoTrack0' } : s1),
      ),
      ...silence('A'),
      say('A', 'ping'),
    ],
  },
  {
    id: 'question/push-notifications',
    title: 'The commands for push notifications are answered once each, with a notification that they failed',
    section: 'pushNotificationsNotSupported',
    requiredBy: 'project',
    about: ['information'],
    actions: [
      open('A'),
      say('A', 'registerPushNotificationToken', {
        subscriberId: 'ann',
        token: 'jwt',
        pnsRegistrationToken: 'device',
        pnsType: 'fcm',
      }),
      say('A', 'sendPushNotification', {
        subscriberId: 'ann',
        token: 'jwt',
        pushNotificationContent: { title: 'A call' },
        subscriberIdsToNotify: ['ben'],
      }),
      ...silence('A'),
    ],
  },
  {
    id: 'question/stream-info-of-a-room',
    title: 'getStreamInfo of a room is answered with streamInformation as long as a stream is live in it',
    section: 'getStreamInfo',
    requiredBy: 'project',
    connections: [ofA],
    actions: [
      ...opened,
      say('B', 'getStreamInfo', r1),
      ...publishing('A', 'ofA', 'a', inRoom),
      say('B', 'getStreamInfo', r1),
      stop('A', 'a'),
      say('B', 'getStreamInfo', r1),
    ],
  },
];
