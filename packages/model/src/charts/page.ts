import { definitionOf, mermaidOf } from '@sigchart/chart';
import type { AnyStateMachine } from 'xstate';
import { everySubject } from '../alphabet/roles.ts';
import { enters, joins, plays, publishes } from '../joint/commands.ts';
import type { JointOptions } from '../joint/system.ts';
import { heardAnywhere, heardInPlace } from './heard.ts';
import { play, sequenceOf } from './sequence.ts';

interface Ladder {
  readonly title: string;
  readonly options: JointOptions;
  readonly wanted: readonly string[];
}

interface Role {
  readonly title: string;
  readonly about: string;
  /** Machines by id; absent if a side has none. */
  readonly client?: string;
  readonly server?: string;
  /** Machines that the server's machine steps. */
  readonly parts?: readonly { readonly title: string; readonly about: string; readonly id: string }[];
  readonly ladders: readonly Ladder[];
}

const calm = { timers: 'patient', isGrantedAtOnce: true } as const;
const refusing = { timers: 'patient', chances: { refusals: 1 } } as const;
const atOnce = { ...calm, isMediaSlow: false } as const;

/** The roles that have a page, by its name. */
export const roles: Readonly<Record<string, Role>> = {
  socket: {
    title: 'Socket',
    about: 'The WebSocket itself: connecting, liveness, ICE servers, and messages for no role.',
    client: 'socket.client',
    server: 'socket.server',
    ladders: [
      {
        title: 'A client connects to publish',
        options: { clients: [publishes()], hasSockets: true, ...atOnce },
        wanted: ['app.publish'],
      },
      {
        title: 'The server stops',
        options: { clients: [publishes()], hasSockets: true, ...atOnce, chances: { stops: 1 } },
        wanted: ['app.publish', 'server stops'],
      },
    ],
  },
  publisher: {
    title: 'Publisher',
    about: 'Sends the media of one stream to the server.',
    client: 'publisher.client',
    server: 'publisher.server',
    ladders: [
      {
        title: 'From start to end',
        options: { clients: [publishes()], candidates: 1, ...calm },
        wanted: ['app.publish', 'client 1: candidate made', 'server: candidate made', 'app.stop'],
      },
      {
        title: 'The server refuses',
        options: { clients: [publishes()], ...refusing },
        wanted: ['app.publish', 'access refused'],
      },
    ],
  },
  player: {
    title: 'Player',
    about: 'Receives the media of one stream, or of a room, from the server.',
    client: 'player.client',
    server: 'player.server',
    ladders: [
      {
        title: 'Client 2 plays the stream of client 1 until its end',
        options: { clients: [publishes(), plays()], retryLimit: 0, ...calm },
        wanted: ['app.publish', 'app.play', 'client 1: app.stop'],
      },
      {
        title: 'There is no such stream',
        options: { clients: [plays()], ...calm },
        wanted: ['app.play'],
      },
    ],
  },
  peer: {
    title: 'Peer',
    about: 'Takes part in a two-party call. The server has one machine for both peers, and forwards their messages.',
    client: 'peer.client',
    server: 'peer.server',
    ladders: [
      {
        title: 'A call',
        options: { clients: [joins(), joins()], ...calm },
        wanted: ['client 1: app.join', 'client 2: app.join', 'client 2: app.stop'],
      },
      {
        title: 'A third peer is refused',
        options: { clients: [joins(), joins(), joins()], ...atOnce },
        wanted: ['client 1: app.join', 'client 2: app.join', 'client 3: app.join'],
      },
    ],
  },
  conference: {
    title: 'Member of a conference',
    about:
      'Publishes one stream in a room and plays those of the others. The server has one machine for the room; publishers and players are separate machines.',
    client: 'conference.client',
    server: 'conference.server',
    parts: [
      {
        title: 'One stream of the room',
        about:
          'How it came in, and whether its media is there. The room steps it, and performs what it asks for: messages to the other members, tracks of the players, and notifications of the application.',
        id: 'room.member',
      },
      {
        title: 'One player of the room',
        about: 'A socket that plays the room as one stream.',
        id: 'room.player',
      },
    ],
    ladders: [
      {
        title: 'Two members, one of which leaves',
        options: { clients: [enters(1), enters(2)], ...atOnce },
        wanted: ['client 1: app.enter', 'client 2: app.enter', 'client 2: app.stop'],
      },
      {
        title: 'The server refuses',
        options: { clients: [enters(1)], ...refusing, isMediaSlow: false },
        wanted: ['app.enter', 'access refused'],
      },
    ],
  },
  quality: {
    title: 'Quality',
    about: 'Selects the layer that a player gets of each track. It receives measurements twice a second.',
    server: 'quality.server',
    ladders: [],
  },
  stream: {
    title: 'Stream',
    about: 'One stream id on the server: its owner, whether it is live, its players, and those that wait for it.',
    server: 'stream.server',
    ladders: [
      {
        title: 'An id that is in use',
        options: { clients: [publishes(), publishes()], ...atOnce },
        wanted: ['client 1: app.publish', 'client 2: app.publish'],
      },
    ],
  },
};

const fenced = (diagram: string) => `\`\`\`mermaid\n${diagram}\n\`\`\``;

const machineOf = (id: string): AnyStateMachine => {
  const subject = everySubject.find(([name]) => name === id);
  if (subject === undefined) throw new TypeError(`there is no machine ${id}`);
  return subject[1].machine;
};

const code = (text: string) => `\`${text}\``;

/** Events that the diagram leaves out. */
function besides(side: string, machine: AnyStateMachine): string[] {
  const anywhere = heardAnywhere(machine).map(([event, target]) =>
    target === '' ? `- Anywhere: ${code(event)}` : `- Anywhere: ${code(event)} leads to ${code(target)}`,
  );
  const inPlace = heardInPlace(machine).map(
    ([state, events]) => `- In ${code(state)}, without leaving it: ${events.map(code).join(', ')}`,
  );
  const all = [...anywhere, ...inPlace];
  return all.length === 0 ? [] : [`The ${side} also handles`, '', ...all, ''];
}

/** The chart of a machine that the server's machine steps. */
function partOf({ title, about, id }: NonNullable<Role['parts']>[number]): string[] {
  const machine = machineOf(id);
  const { definition } = definitionOf(machine);
  return [
    `## ${title}`,
    '',
    about,
    '',
    fenced(mermaidOf(definition, { isBrief: true }).trimEnd()),
    '',
    ...besides('machine', machine),
  ];
}

/** The page of a role: both statecharts side by side, and the ladders between them. */
export function pageOf(role: Role): string {
  const sides = (['client', 'server'] as const).flatMap((side) => {
    const id = role[side];
    return id === undefined ? [] : [{ side, id, machine: machineOf(id) }];
  });
  return [
    '<!-- Written from the machines by `npm run charts`. -->',
    '',
    `# ${role.title}`,
    '',
    role.about,
    '',
    '<table>',
    `<tr>${sides.map(({ id }) => `<th><code>${id}</code></th>`).join('')}</tr>`,
    '<tr>',
    ...sides.flatMap(({ machine }) => [
      '<td valign="top">',
      '',
      fenced(mermaidOf(definitionOf(machine).definition, { isBrief: true }).trimEnd()),
      '',
      '</td>',
    ]),
    '</tr>',
    '</table>',
    '',
    ...sides.flatMap(({ side, machine }) => besides(side, machine)),
    ...(role.parts ?? []).flatMap(partOf),
    ...role.ladders.flatMap(({ title, options, wanted }) => {
      const participants = options.clients.map((_, index) => `client ${index + 1}`);
      const [first = '', ...others] = participants;
      return [`## ${title}`, '', fenced(sequenceOf([first, 'server', ...others], play(options, wanted))), ''];
    }),
  ].join('\n');
}
