import type { Scenario } from '@sigchart/conformance/record';
import { connection, idOf, offer, open, say, silence, stop } from '@sigchart/conformance/record';

const s1 = { streamId: idOf('s1') };

/** Commands that the original document says need a stream id, besides those with a case of their own. */
const named = ['stop', 'takeConfiguration', 'takeCandidate', 'leave'] as const;

export const socketScenarios: readonly Scenario[] = [
  {
    id: 'socket/silent',
    title: 'A server sends nothing before a client does',
    section: 'Endpoint',
    requiredBy: 'spec',
    actions: [open('A'), ...silence('A')],
  },
  {
    id: 'socket/two-slashes',
    title: 'Two slashes in the address, as in the original document, count as one',
    section: 'Endpoint',
    requiredBy: 'spec',
    actions: [open('A', { path: '//{{app}}/websocket' }), say('A', 'publish', s1), stop('A')],
  },
  ...named.map(
    (command): Scenario => ({
      id: `socket/${command}-without-stream-id`,
      title: `${command} without a streamId is noStreamNameSpecified`,
      section: 'Errors',
      requiredBy: 'spec',
      actions: [open('A'), say('A', command, { type: 'offer', sdp: 'v=0', label: 0, id: '0', candidate: '' })],
    }),
  ),
  {
    id: 'socket/unknown-id',
    title: 'A description for an id that the socket never used is no_peer_associated_before',
    section: 'Errors',
    requiredBy: 'spec',
    connections: [connection('publisher', 'A', 'publisher')],
    actions: [open('A'), offer('A', 'publisher')],
  },
  {
    id: 'socket/ping',
    title: 'ping is answered with pong, every time',
    section: 'Socket',
    requiredBy: 'sdks',
    actions: [open('A'), say('A', 'ping'), say('A', 'ping'), say('A', 'ping')],
  },
  {
    id: 'socket/ice-servers',
    title: 'getIceServerConfig is answered with iceServerConfig, never with an error',
    section: 'Socket',
    requiredBy: 'sdks',
    actions: [open('A'), say('A', 'getIceServerConfig')],
  },
  {
    id: 'socket/unknown-command',
    title: 'An unknown command is silently ignored',
    section: 'Framing',
    requiredBy: 'sdks',
    actions: [open('A'), say('A', 'updateBroadcastRole', s1), ...silence('A'), say('A', 'ping')],
  },
  {
    id: 'socket/unknown-field',
    title: 'An unknown field is ignored',
    section: 'Framing',
    requiredBy: 'sdks',
    actions: [open('A'), say('A', 'publish', { ...s1, fromTheFuture: { of: ['something'] } }), stop('A')],
  },
  {
    id: 'socket/long-text',
    title: 'A message of 80 000 characters is accepted',
    section: 'Framing',
    requiredBy: 'sdks',
    actions: [open('A'), say('A', 'ping', { padding: '{{long:80000}}' })],
  },
  ...(
    [
      ['no-json', 'A text that is not JSON', 'publish stream1'],
      ['empty', 'An empty text', ''],
      ['javascript', 'An object with keys without quotes', '{command:"ping"}'],
      ['array', 'JSON that is not an object', '[{"command":"ping"}]'],
      ['null', 'null', 'null'],
      ['no-command', 'An object without a command', '{"streamId":"s1"}'],
      ['too-long', 'A text that is too long', '{{long:262145}}'],
    ] as const
  ).map(
    ([id, what, text]): Scenario => ({
      id: `socket/${id}`,
      title: `${what} is invalidMessage, and the socket stays open`,
      section: 'Framing',
      requiredBy: 'project',
      about: ['information'],
      actions: [open('A'), { does: 'sendText', who: 'A', text }, ...silence('A'), say('A', 'ping')],
    }),
  ),
  {
    id: 'socket/binary',
    title: 'A binary message is invalidMessage, and the socket stays open',
    section: 'Framing',
    requiredBy: 'project',
    about: ['information'],
    actions: [
      open('A'),
      { does: 'sendBytes', who: 'A', text: '{"command":"ping"}' },
      ...silence('A'),
      say('A', 'ping'),
    ],
  },
  ...(
    [
      ['line-break', 'a raw line break in a string', '{"command":"ping","text":"a\nb"}'],
      ['commas', 'a comma too many and one too few', '{"command":"ping" "text":"a",}'],
      ['backslash', 'a backslash that begins no escape', '{"command":"ping","path":"C:\\media"}'],
    ] as const
  ).map(
    ([id, what, text]): Scenario => ({
      id: `socket/lenient-${id}`,
      title: `JSON with ${what} is read, as by Ant Media Server`,
      section: 'Framing',
      requiredBy: 'project',
      actions: [open('A'), { does: 'sendText', who: 'A', text }],
    }),
  ),
];
