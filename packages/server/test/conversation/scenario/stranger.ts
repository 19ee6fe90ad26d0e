import type { Action, CaseConnection, MessagePattern } from '@sigchart/conformance';
import type { Scenario } from '@sigchart/conformance/record';
import {
  calling,
  connection,
  idOf,
  offer,
  open,
  playing,
  publishing,
  receive,
  say,
  silence,
  stop,
} from '@sigchart/conformance/record';

const stranger = 'X';
const candidate = 'candidate:1 1 udp 2122260223 192.0.2.1 50000 typ host';

/** Messages that a stranger may send about the id of another client. */
const sayings: Readonly<Record<string, (streamId: string) => MessagePattern>> = {
  stop: (streamId) => ({ command: 'stop', streamId }),
  leave: (streamId) => ({ command: 'leave', streamId }),
  'an offer': (streamId) => ({ command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0\r\n' }),
  'an answer': (streamId) => ({ command: 'takeConfiguration', streamId, type: 'answer', sdp: 'v=0\r\n' }),
  'a candidate': (streamId) => ({ command: 'takeCandidate', streamId, label: 0, id: '0', candidate }),
  updateStreamMetaData: (streamId) => ({ command: 'updateStreamMetaData', streamId, metaData: 'forged' }),
};

interface Scene {
  readonly name: string;
  /** Id that the stranger names. */
  readonly id: string;
  readonly section: string;
  readonly connections: readonly CaseConnection[];
  readonly before: readonly Action[];
  /** Those who must not notice. */
  readonly owners: readonly string[];
  readonly after: readonly Action[];
}

const both = [connection('publisher', 'A', 'publisher'), connection('player', 'B', 'player')];
const room = idOf('r1');

const scenes: readonly Scene[] = [
  {
    name: 'a publisher that is live',
    id: 's1',
    section: 'Publish',
    connections: [both[0] as CaseConnection],
    before: [open('A'), ...publishing('A')],
    owners: ['A'],
    after: [offer('A', 'publisher'), stop('A')],
  },
  {
    name: 'a publisher that has not offered yet',
    id: 's1',
    section: 'Publish',
    connections: [both[0] as CaseConnection],
    before: [open('A'), say('A', 'publish', { streamId: idOf('s1') })],
    owners: ['A'],
    after: [...publishing('A').slice(1), stop('A')],
  },
  {
    name: 'a stream that is played',
    id: 's1',
    section: 'Play',
    connections: both,
    before: [open('A'), open('B'), ...publishing('A'), ...playing('B')],
    owners: ['A', 'B'],
    after: [receive('B', 'player'), stop('B'), stop('A')],
  },
  {
    name: 'a call',
    id: 'c1',
    section: 'Peer to peer',
    connections: [connection('A', 'A', 'peer', 'c1'), connection('B', 'B', 'peer', 'c1')],
    before: [open('A'), open('B'), ...calling('A', 'B')],
    owners: ['A', 'B'],
    after: [
      say('A', 'peerMessageCommand', { streamId: idOf('c1'), definition: 'chat', data: 'still here' }),
      say('A', 'leave', { streamId: idOf('c1') }),
      say('B', 'leave', { streamId: idOf('c1') }),
    ],
  },
];

const file = (text: string) => text.replaceAll(/[^A-Za-z]+/g, '-').toLowerCase();

/** A client without a role of an id cannot affect that id. The answers to it are not checked. */
export const strangerScenarios: readonly Scenario[] = [
  ...scenes.map(
    ({ name, id, section, connections, before, owners, after }): Scenario => ({
      id: `stranger/${file(name)}`,
      title: `Messages of a stranger about ${name} change nothing`,
      section,
      requiredBy: 'sdks',
      connections,
      actions: [
        ...before,
        open(stranger),
        ...Object.values(sayings).flatMap((say) => [
          { does: 'say', who: stranger, message: say(idOf(id)) } as const,
          ...silence(...owners),
        ]),
        ...after,
      ],
    }),
  ),
  {
    id: 'stranger/a-room',
    title: 'A leaveFromRoom of a stranger with the id of a member does not remove the member',
    section: 'Conference',
    requiredBy: 'sdks',
    connections: [connection('ofA', 'A', 'publisher', 'a'), connection('toB', 'B', 'player', 'a')],
    actions: [
      open('A'),
      open('B'),
      open(stranger),
      say('A', 'joinRoom', { room, streamId: idOf('a') }),
      ...publishing('A', 'ofA', 'a'),
      say('B', 'joinRoom', { room, streamId: idOf('b') }),
      ...playing('B', 'toB', 'a'),
      say(stranger, 'leaveFromRoom', { room, streamId: idOf('a') }),
      ...silence('A', 'B'),
      receive('B', 'toB'),
      say('A', 'leaveFromRoom', { room }),
      say('B', 'leaveFromRoom', { room }),
    ],
  },
];
