import type * as v from 'valibot';
import { describe, expect, test } from 'vitest';
import type { RtcEffect, RtcEvent } from '../machines/ports/rtc.ts';
import { decodeClientMessage } from '../protocol/decode.ts';
import { type ClientCommand, clientMessages } from '../protocol/message.ts';
import { createApp } from './app.ts';
import { manualClock } from './clock.ts';
import type { Performer } from './roles.ts';

/** Media that connects at once. */
const rtc: Performer<RtcEffect, RtcEvent> = (_, report) => (effect) => {
  if (effect.type === 'rtc.createOffer') report({ type: 'rtc.offerCreated', sdp: 'v=0', trackIds: {} });
  if (effect.type === 'rtc.setRemoteDescription' && effect.description.type === 'answer')
    report({ type: 'rtc.connected' });
  if (effect.type !== 'rtc.createAnswer') return;
  report({ type: 'rtc.answerCreated', sdp: 'v=0' });
  report({ type: 'rtc.connected' });
};

/** A client that publishes `own` into a room, plays the room, and is in a call, and the others there. */
function served() {
  const clock = manualClock();
  const app = createApp({ clock, freshId: () => 'fresh' });
  const connect = (id: number) => {
    const heard: { readonly command: string; readonly [field: string]: unknown }[] = [];
    const session = app.join({
      id,
      socket: { send: (text) => heard.push(JSON.parse(text)), ping: () => {}, close: () => {} },
      rtc,
      access: ({ type: _, ...request }, report) => report({ type: 'access.granted', request }),
    });
    return { heard, say: (message: object) => session.received(JSON.stringify(message)) };
  };
  const [client, other] = [connect(1), connect(2)];
  for (const [{ say }, streamId] of [
    [client, 'own'],
    [other, 'other'],
  ] as const) {
    say({ command: 'publish', streamId, mainTrack: 'room', metaData: 'before' });
    say({ command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0' });
    say({ command: 'join', streamId: 'call' });
  }
  client.say({ command: 'play', streamId: 'room', userPublishId: 'own' });
  client.say({ command: 'takeConfiguration', streamId: 'room', type: 'answer', sdp: 'v=0' });
  const state = () => Array.from(app.state.machines, ([key, { snapshot }]) => [key, snapshot.value, snapshot.context]);
  client.heard.length = 0;
  other.heard.length = 0;
  return { ...client, other, state };
}

/** A valid message of each command, with every field, which that client may send at that point. */
const valid: Readonly<Record<ClientCommand, Readonly<Record<string, unknown>>>> = {
  publish: {
    streamId: 'new',
    token: 't',
    video: true,
    audio: true,
    subscriberId: 's',
    subscriberCode: '1',
    streamName: 'n',
    mainTrack: 'room',
    metaData: 'm',
    role: 'r',
  },
  play: {
    streamId: 'other',
    token: 't',
    room: 'room',
    trackList: ['x'],
    subscriberId: 's',
    subscriberName: 'n',
    subscriberCode: '1',
    viewerInfo: 'i',
    role: 'r',
    userPublishId: 'own',
    disableTracksByDefault: false,
    sdp: 'v=0',
  },
  stop: { streamId: 'own' },
  takeConfiguration: { streamId: 'own', type: 'offer', sdp: 'v=0', idMapping: { 0: 'x' } },
  takeCandidate: { streamId: 'own', label: 0, id: '0', candidate: 'candidate:1' },
  join: { streamId: 'second', multiPeer: false, mode: 'both', token: 't' },
  leave: { streamId: 'call' },
  peerMessageCommand: { streamId: 'call', definition: 'd', data: 1 },
  joinRoom: {
    room: 'second',
    streamId: 'me',
    mainTrack: 'second',
    mode: 'legacy',
    streamName: 'n',
    role: 'r',
    metadata: 'm',
    metaData: 'm',
    token: 't',
    subscriberId: 's',
    subscriberCode: '1',
  },
  leaveFromRoom: { room: 'room', mainTrack: 'room', streamId: 'own' },
  getRoomInfo: { room: 'room', streamId: 'own' },
  getStreamInfo: { streamId: 'other' },
  getTrackList: { streamId: 'room', token: 't' },
  enableTrack: { streamId: 'room', trackId: 'other', enabled: false },
  toggleVideo: { streamId: 'room', trackId: 'other', enabled: false },
  toggleAudio: { streamId: 'room', trackId: 'other', enabled: false },
  getVideoTrackAssignmentsCommand: { streamId: 'room' },
  assignVideoTrackCommand: { streamId: 'other', videoTrackId: 'videoTrack0', enabled: true },
  updateVideoTrackAssignmentsCommand: { streamId: 'room', offset: 0, size: 1 },
  setMaxVideoTrackCountCommand: { streamId: 'room', maxTrackCount: 1 },
  forceStreamQuality: { streamId: 'room', streamHeight: 360, trackId: 'other' },
  updateStreamMetaData: { streamId: 'own', metaData: 'after' },
  getBroadcastObject: { streamId: 'other' },
  getSubtracks: { streamId: 'room', role: 'r', offset: 0, size: 1 },
  getSubtracksCount: { streamId: 'room', role: 'r', status: 'broadcasting' },
  getSubscriberCount: { streamId: 'other' },
  getSubscribers: { streamId: 'other', offset: 0, size: 1 },
  getDebugInfo: { streamId: 'other' },
  registerPushNotificationToken: {},
  sendPushNotification: {},
  ping: {},
  getIceServerConfig: {},
};
const commands = Object.keys(clientMessages) as ClientCommand[];

/** Values of every kind of JSON. `undefined` is a missing field. */
const values: readonly unknown[] = [
  undefined,
  null,
  '',
  ' ',
  'a b',
  'auto',
  'true',
  '12',
  'x'.repeat(300),
  'x'.repeat(9_000),
  -1,
  0,
  1.5,
  7,
  1e21,
  true,
  false,
  [],
  ['x'],
  [1, null, {}],
  Array(251).fill('x'),
  {},
  { x: 'secretValue' },
  JSON.parse(`${'['.repeat(70)}${']'.repeat(70)}`),
];

const isAbsent = (value: unknown) => value === undefined || value === null || value === '';

/** Commands whose effect no message shows. */
const unanswered: ReadonlySet<string> = new Set([
  'takeCandidate',
  'peerMessageCommand',
  'enableTrack',
  'toggleVideo',
  'toggleAudio',
  'getVideoTrackAssignmentsCommand',
  'assignVideoTrackCommand',
  'updateVideoTrackAssignmentsCommand',
  'setMaxVideoTrackCountCommand',
  'forceStreamQuality',
  'updateStreamMetaData',
]);

/** Fields of these commands whose unusable values count as absent, with the reason (docs/protocol/framing.md § Types of fields). */
const lenient: ReadonlySet<string> = new Set([
  // The other one, or the default, names the section.
  'takeCandidate label',
  'takeCandidate id',
  // Delivered to the other peer without it, also from other servers.
  'peerMessageCommand definition',
]);

/** True if a value of such a command may count as absent. */
const mayBeIgnored = ({ command, field, value }: { command: string; field: string; value: unknown }) =>
  // The word of an SDK for no height.
  lenient.has(`${command} ${field}`) || (field === 'streamHeight' && value === 'auto');

/** Each value of each field of a command, with what a server reads. */
const casesOf = (command: ClientCommand) =>
  Object.keys(valid[command]).flatMap((field) =>
    values.map((value) => {
      const message = { command, ...valid[command], [field]: value };
      return { field, value, message, decoded: decodeClientMessage(JSON.stringify(message)) };
    }),
  );

const show = ({ field, value }: { field: string; value: unknown }) =>
  `${field}: ${(JSON.stringify(value) ?? 'missing').slice(0, 40)}`;

test('every command has a valid message with all its fields', () => {
  for (const command of commands) {
    const { command: _, ...entries } = clientMessages[command].entries as v.ObjectEntries;
    expect(Object.keys(valid[command]), command).toEqual(Object.keys(entries));
    const { say, heard } = served();
    say({ command, ...valid[command] });
    // This app knows no stream to answer questions about.
    const unknown = 'no_stream_exist';
    expect(heard.filter((message) => message.command === 'error' && message.definition !== unknown)).toEqual([]);
    expect(heard.length > 0, command).toBe(!unanswered.has(command));
  }
});

describe.each(commands)('%s', (command) => {
  test('with a malformed field gets one error, and changes nothing', () => {
    const { say, heard, other, state } = served();
    const before = state();
    const wrong: unknown[] = [];
    for (const { decoded, message, ...one } of casesOf(command)) {
      if (decoded.ok) continue;
      heard.length = 0;
      say(message);
      const isAnswered = heard.length === 1 && heard[0]?.command === 'error';
      const isRepeated = JSON.stringify(heard[0]?.information ?? '').includes('secretValue');
      if (!isAnswered || isRepeated) wrong.push([show(one), ...heard]);
    }
    expect(wrong).toEqual([]);
    expect(other.heard).toEqual([]);
    expect(state()).toEqual(before);
  });

  test('with a value that counts as absent has an answer, or is delivered', () => {
    const ignored = casesOf(command).filter(({ decoded, field, value }) => {
      if (!decoded.ok || isAbsent(value)) return false;
      const read = (decoded.message as unknown as Record<string, unknown>)[field];
      return read === undefined || (Array.isArray(read) && read.length === 0 && !Array.isArray(value));
    });
    if (unanswered.has(command))
      expect(ignored.filter((one) => !mayBeIgnored({ command, ...one })).map(show)).toEqual([]);
    else
      for (const { message, ...one } of ignored) {
        const { say, heard } = served();
        say(message);
        expect(heard.length, show(one)).toBeGreaterThan(0);
      }
  });
});

test.each([
  ['takeCandidate', 'candidate', undefined, '"candidate" is missing'],
  ['takeCandidate', 'candidate', { candidate: 'candidate:1' }, '"candidate": a string is expected'],
  ['enableTrack', 'trackId', undefined, '"trackId" is missing'],
  ['enableTrack', 'trackId', '', '"trackId": a string that is not empty is expected'],
  ['enableTrack', 'enabled', 'yes', '"enabled": true or false is expected'],
  ['toggleAudio', 'trackId', ['other'], '"trackId": a string is expected'],
  ['assignVideoTrackCommand', 'videoTrackId', null, '"videoTrackId": a string is expected'],
  ['setMaxVideoTrackCountCommand', 'maxTrackCount', 'five', '"maxTrackCount": a number is expected'],
  ['forceStreamQuality', 'streamHeight', '360p', '"streamHeight": a number is expected'],
  ['updateStreamMetaData', 'metaData', {}, '"metaData": a string is expected'],
] as const)('the error for %s says what is expected of %s (%j)', (command, field, value, information) => {
  const { say, heard } = served();
  const message = { command, ...valid[command], [field]: value };
  say(message);
  const { streamId } = valid[command];
  expect(heard).toEqual([{ command: 'error', definition: 'invalidMessage', streamId, information }]);
});

test.each([
  ['a candidate of null ends the candidates', 'takeCandidate', 'candidate', null, ''],
  ['a height of the word auto is none', 'forceStreamQuality', 'streamHeight', 'auto', undefined],
  ['a height may be digits', 'forceStreamQuality', 'streamHeight', '360', 360],
  ['a switch may be a word', 'enableTrack', 'enabled', 'false', false],
  ['a text may be a number', 'updateStreamMetaData', 'metaData', 7, '7'],
] as const)('%s', (_, command, field, value, read) => {
  const decoded = decodeClientMessage(JSON.stringify({ command, ...valid[command], [field]: value }));
  expect(decoded).toMatchObject({ ok: true, message: { [field]: read } });
});
