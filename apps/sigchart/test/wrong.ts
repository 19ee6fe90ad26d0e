import type { MessageSocket } from '@sigchart/core/session';

type Message = { readonly command: string; readonly [field: string]: unknown };

/** A fault of a server, as a change to the messages that a correct one sends or receives. */
export interface Wrong {
  /** Description of the fault. */
  readonly what: string;
  /** The case that has to find it. */
  readonly foundBy: string;
  /** Messages sent instead of a correct one. */
  readonly says?: (message: Message) => readonly Message[];
  /** Messages sent in answer to a message before the correct server receives it. */
  readonly blurts?: (message: Message) => readonly Message[];
  /** Reports whether it receives a message at all. Default: yes. */
  readonly hears?: (message: Message) => boolean;
  /** Reports whether a text makes it close the socket. */
  readonly closes?: (text: string) => boolean;
}

const named = (message: Message): string =>
  message.command === 'notification' || message.command === 'error' ? String(message.definition) : message.command;

/** Sends something else instead of one message. */
const instead =
  (name: string, say: (message: Message) => readonly Message[]) =>
  (message: Message): readonly Message[] =>
    named(message) === name ? say(message) : [message];

const without = (name: string) => instead(name, () => []);

const but = (name: string, fields: object) => instead(name, (message) => [{ ...message, ...fields }]);

/** Other properties of a stream, in the JSON of an answer. */
const told = (fields: object) =>
  instead('broadcastObject', (message) => [
    { ...message, broadcast: JSON.stringify({ ...JSON.parse(String(message.broadcast)), ...fields }) },
  ]);

const deafTo = (command: string) => (message: Message) => message.command !== command;

/** A server that sends candidates before its answer. */
function candidatesFirst() {
  const held = new Map<unknown, Message>();
  return (message: Message): readonly Message[] => {
    const { command, type, streamId } = message;
    if (command === 'takeConfiguration' && type === 'answer') {
      held.set(streamId, message);
      return [];
    }
    const answer = held.get(streamId);
    if (answer === undefined) return [message];
    held.delete(streamId);
    return [message, answer];
  };
}

/** Servers that are right but for one thing. */
export const wrongServers: readonly Wrong[] = [
  {
    what: 'answers before it is asked',
    foundBy: 'publish/start-before-answer',
    says: instead('start', (start) => [
      start,
      { command: 'takeConfiguration', streamId: start.streamId, type: 'answer', sdp: 'v=0' },
    ]),
  },
  {
    what: 'says label as a text to a publisher',
    foundBy: 'publish/candidates',
    says: instead('takeCandidate', (message) => [{ ...message, label: String(message.label) }]),
  },
  {
    what: 'says label as a text to a player',
    foundBy: 'play/candidates',
    says: instead('takeCandidate', (message) => [{ ...message, label: String(message.label) }]),
  },
  { what: 'leaves id out of candidates', foundBy: 'play/candidates', says: but('takeCandidate', { id: undefined }) },
  { what: 'has no idMapping', foundBy: 'play/id-mapping', says: but('takeConfiguration', { idMapping: undefined }) },
  { what: 'forgets that a peer leaves', foundBy: 'call/leave', hears: deafTo('leave') },
  {
    what: 'says a candidate after the stop of a publisher',
    foundBy: 'publish/candidates',
    says: instead('publish_finished', (message) => [
      message,
      { command: 'takeCandidate', streamId: message.streamId, label: 0, id: '0', candidate: 'candidate:1' },
    ]),
  },
  { what: 'says candidates before the answer', foundBy: 'publish/candidates', says: candidatesFirst() },
  {
    what: 'spells noStreamNameSpecified its own way',
    foundBy: 'publish/without-stream-id',
    says: but('noStreamNameSpecified', { definition: 'no_stream_name_specified' }),
  },
  { what: 'never says publish_started', foundBy: 'publish/started', says: without('publish_started') },
  { what: 'never says start', foundBy: 'publish/ladder', says: without('start') },
  {
    what: 'says start to a player',
    foundBy: 'play/ladder',
    blurts: ({ command, streamId }) => (command === 'play' ? [{ command: 'start', streamId }] : []),
  },
  { what: 'does not answer ping', foundBy: 'socket/ping', hears: deafTo('ping') },
  {
    what: 'calls getIceServerConfig an error',
    foundBy: 'socket/ice-servers',
    says: instead('iceServerConfig', () => [{ command: 'error', definition: 'noStreamNameSpecified' }]),
  },
  {
    what: 'calls an unknown command an error',
    foundBy: 'socket/unknown-command',
    blurts: ({ command }) =>
      command === 'updateBroadcastRole' ? [{ command: 'error', definition: 'unknown_command' }] : [],
  },
  { what: 'lists no streams in an empty room', foundBy: 'room/empty', says: but('joinedTheRoom', { streams: null }) },
  {
    what: 'spells streamLeaved right',
    foundBy: 'room/three',
    says: but('streamLeaved', { definition: 'streamLeft' }),
  },
  {
    what: 'forgets ATTR_ROOM_NAME',
    foundBy: 'room/names-itself',
    says: but('joinedTheRoom', { ATTR_ROOM_NAME: undefined }),
  },
  { what: 'keeps an id after its stop', foundBy: 'publish/again-after-stop', hears: deafTo('stop') },
  {
    what: 'answers the stop of nothing with an error',
    foundBy: 'publish/stop-of-nothing',
    blurts: ({ command, streamId }) =>
      command === 'stop' ? [{ command: 'error', definition: 'no_stream_exist', streamId }] : [],
  },
  { what: 'says 404 as a number', foundBy: 'play/no-stream', says: but('no_stream_exist', { error_code: 404 }) },
  { what: 'forgets players when the publisher ends', foundBy: 'play/publisher-gone', says: without('play_finished') },
  {
    what: 'does not say which stream has finished',
    foundBy: 'publish/finished',
    says: but('publish_finished', { streamId: undefined }),
  },
  {
    what: 'tells the third peer that it has joined',
    foundBy: 'call/third',
    says: instead('NoSpaceForNewPeer', ({ streamId }) => [{ command: 'notification', definition: 'joined', streamId }]),
  },
  {
    what: 'says a count as a text',
    foundBy: 'question/subscriber-count-of-a-stream',
    says: instead('subscriberCount', (message) => [{ ...message, count: String(message.count) }]),
  },
  {
    what: 'tells of a stream by an object that is no text',
    foundBy: 'question/broadcast-object-of-a-stream',
    says: instead('broadcastObject', (message) => [{ ...message, broadcast: JSON.parse(String(message.broadcast)) }]),
  },
  {
    what: 'does not say which streams a room has',
    foundBy: 'question/broadcast-object-of-a-room',
    says: told({ subTrackStreamIds: undefined }),
  },
  { what: 'tells of a name that is null', foundBy: 'question/every-field-of-a-stream', says: told({ name: null }) },
  { what: 'does not answer getTrackList', foundBy: 'question/track-list-of-a-stream', hears: deafTo('getTrackList') },
  {
    what: 'forgets who plays',
    foundBy: 'question/subscribers-of-a-stream',
    says: but('subscriberList', { subscriberList: [] }),
  },
  {
    what: 'answers a question twice',
    foundBy: 'question/pages',
    says: instead('subtrackList', (message) => [message, message]),
  },
  {
    what: 'has information of a stream that has ended',
    foundBy: 'question/stream-info-after-stop',
    says: instead('no_stream_exist', ({ streamId }) => [{ command: 'streamInformation', streamId, streamInfo: [] }]),
  },
  {
    what: 'ignores a question that names no stream',
    foundBy: 'question/getsubtracks-without-stream-id',
    hears: ({ command, streamId }) => command !== 'getSubtracks' || typeof streamId === 'string',
  },
  {
    what: 'has no stunServerUri when it has no STUN server',
    foundBy: 'question/ice-servers',
    says: but('iceServerConfig', { stunServerUri: undefined }),
  },
  {
    what: 'lets a room be left without a word',
    foundBy: 'roomPaths/a-joins-a-leaves',
    says: without('leavedFromRoom'),
  },
  {
    what: 'sends away who plays a room before publishing there',
    foundBy: 'roomPaths/a-plays-the-room-and-announces-its-stream-a-stops-playing',
    blurts: ({ command, streamId, userPublishId }) =>
      command === 'play' && userPublishId !== undefined
        ? [{ command: 'error', definition: 'no_stream_exist', streamId }]
        : [],
  },
  {
    what: 'lists a member to itself',
    foundBy: 'roomPaths/a-joins-a-joins',
    says: instead('joinedTheRoom', (message) => [{ ...message, streams: [message.streamId] }]),
  },
  {
    what: 'has an error for what comes late',
    foundBy: 'socketPaths/play-peermessagecommand',
    blurts: ({ command, streamId }) =>
      command === 'peerMessageCommand' ? [{ command: 'error', definition: 'no_peer_associated_before', streamId }] : [],
  },
  {
    what: 'closes the socket on a text that is no JSON',
    foundBy: 'socket/no-json',
    closes: (text) => text.startsWith('publish'),
  },
];

/** Of those, what is wrong only with a server that is configured to refuse. */
export const wrongRefusals: readonly Wrong[] = [
  {
    what: 'lets a wrong token in',
    foundBy: 'configured/wrong-token',
    says: instead('unauthorized_access', ({ streamId }) => [{ command: 'start', streamId }]),
  },
  {
    what: 'refuses a wrong token, and starts anyway',
    foundBy: 'configured/wrong-token',
    says: instead('unauthorized_access', (refusal) => [refusal, { command: 'start', streamId: refusal.streamId }]),
  },
  { what: 'says nothing to who has no token', foundBy: 'configured/no-token', says: without('unauthorized_access') },
  {
    what: 'plays what a wrong token asks for',
    foundBy: 'configured/token',
    says: instead('unauthorized_access', (refusal) => [
      refusal,
      { command: 'takeConfiguration', streamId: refusal.streamId, type: 'offer', sdp: 'v=0' },
    ]),
  },
  {
    what: 'refuses the right token, too',
    foundBy: 'configured/token',
    says: instead('start', ({ streamId }) => [{ command: 'error', definition: 'unauthorized_access', streamId }]),
  },
  {
    what: 'tells strangers what it knows',
    foundBy: 'configured/question-without-token',
    says: instead('unauthorized_access', ({ streamId }) => [
      { command: 'notification', definition: 'broadcastObject', streamId, broadcast: '{}' },
    ]),
  },
  {
    what: 'calls what is not registered unauthorized',
    foundBy: 'configured/unregistered',
    says: but('not_allowed_unregistered_streams', { definition: 'unauthorized_access' }),
  },
  {
    what: 'refuses what is not registered, and starts anyway',
    foundBy: 'configured/unregistered',
    says: instead('not_allowed_unregistered_streams', (refusal) => [
      refusal,
      { command: 'start', streamId: refusal.streamId },
    ]),
  },
  {
    what: 'lets one player too many in',
    foundBy: 'configured/one-viewer',
    says: instead('viewerLimitReached', ({ streamId }) => [
      { command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0' },
    ]),
  },
  {
    what: 'starts at another time than planned',
    foundBy: 'configured/not-now',
    says: instead('stream_not_active_or_expired', ({ streamId }) => [{ command: 'start', streamId }]),
  },
  {
    what: 'opens a room at another time than planned',
    foundBy: 'configured/room-not-now',
    says: instead('room_not_active_or_expired', ({ room, streamId }) => [
      { command: 'notification', definition: 'joinedTheRoom', room, streamId, streams: [] },
    ]),
  },
  {
    what: 'lets in who is blocked',
    foundBy: 'configured/blocked',
    says: instead('user_blocked', ({ streamId }) => [{ command: 'start', streamId }]),
  },
  {
    what: 'blocks everybody',
    foundBy: 'configured/blocked',
    says: instead('start', ({ streamId }) => [{ command: 'error', definition: 'user_blocked', streamId }]),
  },
  {
    what: 'lets one subtrack too many in',
    foundBy: 'configured/one-subtrack',
    says: instead('main_track_has_max_subtrack_count__not_allowed_to_add_more_subtracks', ({ streamId }) => [
      { command: 'start', streamId },
    ]),
  },
];

/** A socket of a server with one fault: incoming messages pass `hears`, outgoing ones the socket. */
export function spoil(wrong: Wrong, socket: MessageSocket) {
  const say = (message: Message) => socket.send(JSON.stringify(message));
  return {
    socket: {
      ...socket,
      send(text: string) {
        for (const message of wrong.says?.(JSON.parse(text)) ?? [JSON.parse(text)]) say(message);
      },
    },
    hears(text: string, right: (text: string) => void) {
      if (wrong.closes?.(text)) {
        socket.close();
        return;
      }
      let message: Message | undefined;
      try {
        message = JSON.parse(text);
      } catch {
        // A text that is not JSON is for the right server.
      }
      if (typeof message?.command !== 'string') {
        right(text);
        return;
      }
      for (const said of wrong.blurts?.(message) ?? []) say(said);
      if (wrong.hears?.(message) ?? true) right(text);
    },
  };
}
