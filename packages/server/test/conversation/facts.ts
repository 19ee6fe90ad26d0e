import type { ConversationCase, MessagePattern, RequiredBy, Step } from '@sigchart/conformance';

/** What happens, and makes a server speak: a message, or something else that a participant does. */
type Cause =
  | { readonly say: string; readonly with?: MessagePattern; readonly without?: readonly string[] }
  | { readonly does: Step['does']; readonly path?: string };

/**
 * Something that a source says of servers, written down by a person who has read it. The recorded cases are compared with it in both
 * directions: each fact is shown by a case, and whatever a case asks for beyond this project is a fact.
 */
export interface Fact {
  readonly says: string;
  /** A section and step of the original document, or a file of an SDK. */
  readonly source: string;
  /** Text that stands in that file. */
  readonly text?: string;
  readonly requiredBy: Exclude<RequiredBy, 'project'>;
  /** The command without which a conversation is not of this section. */
  readonly of?: string | undefined;
  readonly cause: Cause;
  /**
   * What is heard: the command, or the definition of a notification or error, and the fields that may be asked for. `connects`: media
   * becomes connected. `nothing`: the hearer hears nothing.
   */
  readonly hears: string;
  readonly fields?: readonly string[];
  /** Fields that have to be asked for in this way. */
  readonly as?: MessagePattern;
  /** Who hears it: the one that caused it, or another. */
  readonly who: 'self' | 'other';
}

const say = (command: string, more: MessagePattern = {}): Cause => ({ say: command, with: more });
const lacking = (command: string, field: string): Cause => ({ say: command, without: [field] });
const offer = say('takeConfiguration', { type: 'offer' });
const answer = say('takeConfiguration', { type: 'answer' });
const description = ['streamId', 'type', 'sdp'];
const candidate = ['streamId', 'candidate'];

type Statement = Omit<Fact, 'source' | 'text' | 'requiredBy'>;

const document = (
  section: string,
  command: string | undefined,
  facts: readonly (Statement & { readonly step: string })[],
): readonly Fact[] =>
  facts.map(({ step, ...fact }) => ({
    of: command,
    ...fact,
    source: `original document, ${section}, ${step}`,
    requiredBy: 'spec',
  }));

const sdk = (file: string, text: string, facts: readonly Statement[]): readonly Fact[] =>
  facts.map((fact) => ({ ...fact, source: `JavaScript SDK 2.16.2, ${file}`, text, requiredBy: 'sdks' }));

const socketAdaptor = 'js/websocket_adaptor.js';
const adaptor = 'js/webrtc_adaptor.js';
const roomPage = 'webapp/conference-deprecated.html';

const publishing = document('Publishing WebRTC Stream', 'publish', [
  {
    step: '1',
    of: undefined,
    says: 'A client connects, and asks first.',
    cause: { does: 'open' },
    hears: 'nothing',
    who: 'self',
  },
  {
    step: '1',
    says: 'The address has two slashes before the app.',
    cause: { does: 'open', path: '//' },
    hears: 'start',
    fields: ['streamId'],
    who: 'self',
  },
  {
    step: '2',
    says: 'A publish without a token is answered.',
    cause: lacking('publish', 'token'),
    hears: 'start',
    fields: ['streamId'],
    who: 'self',
  },
  {
    step: '2',
    says: 'A publish may have a token.',
    cause: say('publish', { token: '*' }),
    hears: 'start',
    fields: ['streamId'],
    who: 'self',
  },
  {
    step: '3',
    says: 'A stream that is accepted is answered with start.',
    cause: say('publish'),
    hears: 'start',
    fields: ['streamId'],
    who: 'self',
  },
  {
    step: '4',
    says: 'The client makes the offer, and the server waits for it.',
    cause: say('publish'),
    hears: 'nothing',
    who: 'self',
  },
  {
    step: '5',
    says: 'The server answers the offer.',
    cause: offer,
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'answer' },
    who: 'self',
  },
  {
    step: '6',
    says: "A publisher's candidates are taken.",
    cause: say('takeCandidate'),
    hears: 'connects',
    who: 'self',
  },
  {
    step: '6',
    says: 'A label is in quotes.',
    cause: say('takeCandidate', { label: '{{labelText}}' }),
    hears: 'connects',
    who: 'self',
  },
  { step: '7', says: 'A stop of a publisher is not answered.', cause: say('stop'), hears: 'end', who: 'self' },
]);

const playing = document('Playing WebRTC Stream', 'play', [
  {
    step: '2',
    says: 'A play without a token is answered.',
    cause: lacking('play', 'token'),
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'offer' },
    who: 'self',
  },
  {
    step: '3',
    says: 'A stream that is accepted is offered.',
    cause: say('play'),
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'offer' },
    who: 'self',
  },
  { step: '5', says: 'A player answers, and is connected.', cause: answer, hears: 'connects', who: 'self' },
  { step: '6', says: "A player's candidates are taken.", cause: say('takeCandidate'), hears: 'connects', who: 'self' },
  {
    step: '7',
    says: 'A stop of a player concerns no other player.',
    cause: say('stop'),
    hears: 'nothing',
    who: 'other',
  },
  { step: '7', says: 'A stop of a player is not answered.', cause: say('stop'), hears: 'end', who: 'self' },
]);

const calls = document('Peer to Peer WebRTC Stream', 'join', [
  { step: '2', says: 'A peer that is alone waits.', cause: say('join'), hears: 'nothing', who: 'self' },
  {
    step: '3',
    says: 'The first peer is told to start when the second has joined.',
    cause: say('join'),
    hears: 'start',
    fields: ['streamId'],
    who: 'other',
  },
  { step: '3', says: 'The second peer is told nothing.', cause: say('join'), hears: 'nothing', who: 'self' },
  {
    step: '4',
    says: 'The offer of the first peer is relayed.',
    cause: offer,
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'offer' },
    who: 'other',
  },
  {
    step: '5',
    says: 'The answer of the second peer is relayed.',
    cause: answer,
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'answer' },
    who: 'other',
  },
  {
    step: '6',
    says: 'Candidates of a peer are relayed.',
    cause: say('takeCandidate'),
    hears: 'takeCandidate',
    fields: candidate,
    who: 'other',
  },
  { step: '6', says: 'Peers connect to each other.', cause: say('takeCandidate'), hears: 'connects', who: 'other' },
  { step: '7', says: 'A peer leaves by leave, which is not answered.', cause: say('leave'), hears: 'end', who: 'self' },
]);

const rooms = document('Conference WebRTC Stream', 'joinRoom', [
  {
    step: '2',
    says: 'A member names the room, and no stream.',
    cause: lacking('joinRoom', 'streamId'),
    hears: 'joinedTheRoom',
    fields: ['streamId', 'streams'],
    who: 'self',
  },
  {
    step: '3',
    says: 'A member is told which id to publish under.',
    cause: say('joinRoom'),
    hears: 'joinedTheRoom',
    fields: ['streamId', 'streams'],
    who: 'self',
  },
  {
    step: '3',
    says: 'The list of streams may be empty.',
    cause: say('joinRoom'),
    hears: 'joinedTheRoom',
    fields: ['streamId', 'streams'],
    as: { streams: [] },
    who: 'self',
  },
  {
    step: '3',
    says: 'The streams of the others are listed.',
    cause: say('joinRoom'),
    hears: 'joinedTheRoom',
    fields: ['streamId', 'streams'],
    as: { streams: ['{{given:A}}'] },
    who: 'self',
  },
  {
    step: '3',
    says: 'All of several streams are listed.',
    cause: say('joinRoom'),
    hears: 'joinedTheRoom',
    fields: ['streamId', 'streams'],
    as: { streams: ['{{given:A}}', '{{given:B}}', '{{given:C}}'] },
    who: 'self',
  },
  {
    step: '3',
    says: 'A member publishes under the id that it was given.',
    cause: say('publish', { streamId: '{{given:A}}' }),
    hears: 'start',
    fields: ['streamId'],
    who: 'self',
  },
  {
    step: '3',
    says: 'A member plays a stream that was listed.',
    cause: say('play', { streamId: '{{given:A}}' }),
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'offer' },
    who: 'self',
  },
  {
    step: '4',
    says: 'The members are told of a new one.',
    cause: say('joinRoom'),
    hears: 'streamJoined',
    fields: ['streamId'],
    who: 'other',
  },
  {
    step: '4',
    says: 'A member plays the stream of a new one.',
    cause: say('play', { streamId: '{{given:B}}' }),
    hears: 'takeConfiguration',
    fields: description,
    as: { type: 'offer' },
    who: 'self',
  },
  {
    step: '5',
    says: 'The members are told who has left.',
    cause: say('leaveFromRoom'),
    hears: 'streamLeaved',
    fields: ['streamId'],
    who: 'other',
  },
  {
    step: '6',
    says: 'A member leaves by naming the room.',
    cause: say('leaveFromRoom', { room: '*' }),
    hears: 'end',
    who: 'self',
  },
]);

const errors = document('WebSocket Error Callbacks', undefined, [
  ...(['publish', 'play', 'join', 'leave', 'stop', 'takeConfiguration', 'takeCandidate'] as const).map((command) => ({
    step: 'noStreamNameSpecified',
    says: `A ${command} without a stream id is an error.`,
    cause: lacking(command, 'streamId'),
    hears: 'noStreamNameSpecified',
    who: 'self' as const,
  })),
  {
    step: 'not_allowed_unregistered_streams',
    says: 'A publish of an unregistered id is refused where the server is configured so.',
    cause: say('publish'),
    hears: 'not_allowed_unregistered_streams',
    who: 'self',
  },
  {
    step: 'no_room_specified',
    says: 'A joinRoom without a room is an error.',
    cause: lacking('joinRoom', 'room'),
    hears: 'no_room_specified',
    who: 'self',
  },
  {
    step: 'unauthorized_access',
    says: 'A token that is not validated is refused to a publisher.',
    cause: say('publish', { token: '*' }),
    hears: 'unauthorized_access',
    who: 'self',
  },
  {
    step: 'unauthorized_access',
    says: 'A token that is not validated is refused to a player.',
    cause: say('play', { token: '*' }),
    hears: 'unauthorized_access',
    who: 'self',
  },
  {
    step: 'unauthorized_access',
    says: 'No token is refused where tokens are asked for.',
    cause: lacking('publish', 'token'),
    hears: 'unauthorized_access',
    who: 'self',
  },
  {
    step: 'no_peer_associated_before',
    says: 'A leave of a call that was never joined is an error.',
    cause: say('leave'),
    hears: 'no_peer_associated_before',
    who: 'self',
  },
  {
    step: 'no_peer_associated_before',
    says: 'A description without another peer is an error.',
    cause: say('takeConfiguration'),
    hears: 'no_peer_associated_before',
    who: 'self',
  },
]);

const ofStream = (command: string, hears: string, field: string): readonly Statement[] => [
  { says: `${command} is answered.`, cause: say(command), hears, fields: ['streamId', field], who: 'self' },
];
const about = (error: string, causes: readonly string[], more: readonly string[] = []): readonly Statement[] =>
  causes.map((command) => ({
    says: `The ${error} that answers a ${command} names the stream.`,
    cause: say(command),
    hears: error,
    fields: ['streamId', ...more],
    who: 'self',
  }));

const sdks: readonly Fact[] = [
  ...sdk(socketAdaptor, 'command: "ping"', [
    { says: 'ping is sent again and again, and answered.', cause: say('ping'), hears: 'pong', who: 'self' },
  ]),
  ...sdk(adaptor, 'command: "getIceServerConfig"', [
    {
      says: 'getIceServerConfig is answered.',
      cause: say('getIceServerConfig'),
      hears: 'iceServerConfig',
      who: 'self',
    },
  ]),
  ...sdk('webapp/samples/publish_webrtc.html', 'info == "publish_started"', [
    {
      says: 'So it does where media is there with the first candidate.',
      cause: say('takeCandidate'),
      hears: 'publish_started',
      fields: ['streamId'],
      who: 'self',
    },

    {
      says: 'A publisher shows that it is live by publish_started.',
      cause: { does: 'connect' },
      hears: 'publish_started',
      fields: ['streamId'],
      who: 'self',
    },
  ]),
  ...sdk('webapp/samples/play_audio.html', 'info == "play_started"', [
    {
      says: 'So it does where media is there with the answer.',
      cause: answer,
      hears: 'play_started',
      fields: ['streamId'],
      who: 'self',
    },

    {
      says: 'A player shows that it plays by play_started.',
      cause: { does: 'connect' },
      hears: 'play_started',
      fields: ['streamId'],
      who: 'self',
    },
  ]),
  ...sdk('webapp/samples/play_audio.html', 'info == "play_finished"', [
    {
      says: 'A player that stops is told that it has.',
      cause: say('stop'),
      hears: 'play_finished',
      fields: ['streamId'],
      who: 'self',
    },

    {
      says: 'A player whose publisher stops is told.',
      cause: say('stop'),
      hears: 'play_finished',
      fields: ['streamId'],
      who: 'other',
    },
    {
      says: 'A player whose publisher leaves the room is told.',
      cause: say('leaveFromRoom'),
      hears: 'play_finished',
      fields: ['streamId'],
      who: 'other',
    },
    {
      says: 'A player whose publisher closes its socket is told.',
      cause: { does: 'close' },
      hears: 'play_finished',
      fields: ['streamId'],
      who: 'other',
    },
  ]),
  ...sdk('webapp/cam_play.html', '"joined"', [
    {
      says: 'A peer is told that it has joined.',
      cause: say('join'),
      hears: 'joined',
      fields: ['streamId'],
      who: 'self',
    },
    { says: 'So is the second one.', cause: say('join'), hears: 'start', fields: ['streamId'], who: 'other' },
  ]),
  ...sdk(socketAdaptor, 'obj.command == "stop"', [
    {
      says: 'A peer whose other leaves is told to stop.',
      cause: say('leave'),
      hears: 'stop',
      fields: ['streamId'],
      who: 'other',
    },
    {
      says: 'A peer whose other closes its socket is told to stop.',
      cause: { does: 'close' },
      hears: 'stop',
      fields: ['streamId'],
      who: 'other',
    },
  ]),
  ...sdk(socketAdaptor, 'this.webrtcadaptor.takeConfiguration(obj.streamId, obj.sdp, obj.type, obj.idMapping)', [
    {
      says: 'An offer maps its sections to tracks.',
      cause: say('play'),
      hears: 'takeConfiguration',
      fields: [...description, 'idMapping'],
      as: { idMapping: '{{mapping}}' },
      who: 'self',
    },
    {
      says: 'So does an offer that follows because a stream came.',
      cause: { does: 'connect' },
      hears: 'takeConfiguration',
      fields: [...description, 'idMapping'],
      who: 'other',
    },
    {
      says: 'So does an offer that follows because a stream went.',
      cause: say('stop'),
      hears: 'takeConfiguration',
      fields: [...description, 'idMapping'],
      who: 'other',
    },
  ]),
  ...sdk(socketAdaptor, 'this.webrtcadaptor.takeCandidate(obj.streamId, obj.label, obj.candidate)', [
    {
      says: 'The section of a candidate is relayed.',
      cause: say('takeCandidate'),
      hears: 'takeCandidate',
      fields: [...candidate, 'label', 'id'],
      who: 'other',
    },

    {
      says: 'A candidate has the index of its section as label.',
      cause: say('takeConfiguration'),
      hears: 'takeCandidate',
      fields: [...candidate, 'label', 'id'],
      as: { label: '{{number}}' },
      who: 'self',
    },
    {
      says: 'So have candidates to a player.',
      cause: say('play'),
      hears: 'takeCandidate',
      fields: [...candidate, 'label', 'id'],
      as: { label: '{{number}}', id: '{{text}}' },
      who: 'self',
    },
    {
      says: 'The label of a peer is relayed.',
      cause: say('takeCandidate'),
      hears: 'takeCandidate',
      fields: [...candidate, 'label', 'id'],
      as: { label: 2 },
      who: 'other',
    },
  ]),
  ...sdk(
    'js/utility.js',
    'no_stream_exist',
    about('no_stream_exist', ['play', 'getStreamInfo', 'getSubscriberCount'], ['error_code']),
  ),
  ...sdk(
    socketAdaptor,
    'obj.command == "error"',
    about('no_peer_associated_before', ['leave', 'takeConfiguration', 'takeCandidate']),
  ),
  ...sdk(adaptor, 'command: "getStreamInfo"', ofStream('getStreamInfo', 'streamInformation', 'streamInfo')),
  ...sdk(adaptor, 'command: "getTrackList"', ofStream('getTrackList', 'trackList', 'trackList')),
  ...sdk(adaptor, 'command: "getBroadcastObject"', ofStream('getBroadcastObject', 'broadcastObject', 'broadcast')),
  ...sdk(adaptor, 'command: "getSubtracks"', ofStream('getSubtracks', 'subtrackList', 'subtrackList')),
  ...sdk(adaptor, 'command: "getSubtracksCount"', ofStream('getSubtracksCount', 'subtrackCount', 'count')),
  ...sdk(adaptor, 'command: "getSubscriberCount"', ofStream('getSubscriberCount', 'subscriberCount', 'count')),
  ...sdk(adaptor, 'command: "getSubscribers"', ofStream('getSubscribers', 'subscriberList', 'subscriberList')),
  ...sdk(roomPage, 'info == "roomInformation"', [
    {
      says: 'getRoomInfo is answered with the streams of the room.',
      cause: say('getRoomInfo'),
      hears: 'roomInformation',
      fields: ['room', 'streams', 'streamList', 'ATTR_ROOM_NAME'],
      who: 'self',
    },
  ]),
  ...sdk(roomPage, 'obj.ATTR_ROOM_NAME', [
    {
      says: 'A page is told the room that it has entered.',
      cause: say('joinRoom'),
      hears: 'joinedTheRoom',
      fields: ['streamId', 'streams', 'room', 'streamList'],
      who: 'self',
    },
    {
      says: 'A page made from a template asks for the id null, and gets another.',
      cause: say('joinRoom', { streamId: 'null' }),
      hears: 'joinedTheRoom',
      fields: ['streamId', 'streams', 'room'],
      as: { streamId: '{{given:A}}' },
      who: 'self',
    },

    {
      says: 'A page keeps what it knows by ATTR_ROOM_NAME.',
      cause: say('joinRoom'),
      hears: 'joinedTheRoom',
      fields: ['streamId', 'streams', 'room', 'streamList', 'ATTR_ROOM_NAME'],
      as: { ATTR_ROOM_NAME: '{{id:r1}}' },
      who: 'self',
    },
    {
      says: 'A member may ask for an id.',
      cause: say('joinRoom', { streamId: '*' }),
      hears: 'joinedTheRoom',
      fields: ['streamId', 'streams', 'room', 'streamList'],
      as: { streamId: '{{id:a}}' },
      who: 'self',
    },
  ]),
  ...sdk(roomPage, 'info == "leavedFromRoom"', [
    {
      says: 'A page that has left is told which room.',
      cause: say('leaveFromRoom'),
      hears: 'leavedFromRoom',
      fields: ['room', 'ATTR_ROOM_NAME'],
      who: 'self',
    },
  ]),
  ...sdk(adaptor, 'closeWebSocket', [
    {
      says: 'A page that is closed says no goodbye: the others are told that it has left.',
      cause: { does: 'close' },
      hears: 'streamLeaved',
      fields: ['streamId'],
      who: 'other',
    },
  ]),
  ...sdk(adaptor, 'mainTrack', [
    {
      says: 'A publish may name the room as its main track.',
      cause: say('publish', { mainTrack: '*' }),
      hears: 'start',
      fields: ['streamId'],
      who: 'self',
    },
    {
      says: 'A publish may have mainTrack without a room.',
      cause: say('publish', { mainTrack: '' }),
      hears: 'start',
      fields: ['streamId'],
      who: 'self',
    },
  ]),
];

export const facts: readonly Fact[] = [...publishing, ...playing, ...calls, ...rooms, ...errors, ...sdks];

/** Definitions of the document that no client can bring about, and why. */
export const unshown: Readonly<Record<string, string>> = {
  no_encoder_settings: 'A server of this kind has no encoders, and no other lets a client take away its settings.',
  notSetLocalDescription: 'What goes wrong with the own description of a server is not up to a client.',
};

const nameOf = ({ command, definition }: MessagePattern): string =>
  String(command === 'notification' || command === 'error' ? definition : command);

const rank = { spec: 0, sdks: 1, project: 2 } as const;

const has = (message: MessagePattern, wanted: MessagePattern): boolean =>
  Object.entries(wanted).every(([field, value]) =>
    value === '*' ? message[field] !== undefined : JSON.stringify(message[field]) === JSON.stringify(value),
  );

const isCause = (cause: Cause, step: Step): boolean => {
  if ('does' in cause)
    return (
      step.does === cause.does &&
      (cause.path === undefined || (step as { path?: string }).path?.startsWith(cause.path) === true)
    );
  if (step.does !== 'say' || step.message.command !== cause.say) return false;
  return (
    has(step.message, cause.with ?? {}) && (cause.without ?? []).every((field) => step.message[field] === undefined)
  );
};

const says = (steps: readonly Step[], command: string | undefined): boolean =>
  command === undefined || steps.some((step) => step.does === 'say' && step.message.command === command);

/** True if one step of a case is heard as a fact has it, after what causes it. */
function isShownBy({ of, cause, hears, fields = [], as = {}, who }: Fact, steps: readonly Step[], at: number): boolean {
  const step = steps[at];
  if (step === undefined || !('who' in step) || !says(steps, of)) return false;
  const isIt =
    hears === 'nothing'
      ? step.does === 'hearNothing'
      : hears === 'connects'
        ? step.does === 'connect'
        : step.does === 'hear' &&
          step.optional === undefined &&
          nameOf(step.message) === hears &&
          has(step.message, as) &&
          Object.keys(step.message).every((field) => ['command', 'definition', ...fields].includes(field));
  return (
    isIt &&
    steps
      .slice(0, at)
      .some((earlier) => isCause(cause, earlier) && 'who' in earlier && (earlier.who === step.who) === (who === 'self'))
  );
}

/** The facts that a case shows, of those that its class may ask for. */
export const factsIn = ({ steps, requiredBy }: Pick<ConversationCase, 'steps' | 'requiredBy'>): readonly Fact[] =>
  facts.filter(
    (fact) =>
      rank[fact.requiredBy] <= rank[requiredBy] &&
      // What is not answered is over with the last step: nothing more may come.
      (fact.hears === 'end'
        ? says(steps, fact.of) && steps.some((step) => isCause(fact.cause, step))
        : steps.some((_, at) => isShownBy(fact, steps, at))),
  );

/** The steps of a case that ask a server for something of which no fact speaks. */
export const unfounded = ({ steps, requiredBy }: ConversationCase): readonly Step[] =>
  steps.filter(
    (step, at) =>
      step.does === 'hear' &&
      step.optional === undefined &&
      !facts.some((fact) => rank[fact.requiredBy] <= rank[requiredBy] && isShownBy(fact, steps, at)),
  );
