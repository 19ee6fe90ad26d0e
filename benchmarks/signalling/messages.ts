import { digits, median, percent, type Table } from '../report/table.ts';
import { Client, inTurns } from './clients.ts';
import { idOf, publishLadder, question } from './ladder.ts';
import { inRuns, type MeasuredServer, type Usage } from './measured.ts';

/** Amount that is measured. */
interface Amount {
  readonly sessions: number;
  readonly runs: number;
}

/** Number of sessions of one server that are active before it is the next one's turn. */
const turn = 100;

/** Number of questions of each session. */
const questions = 10;

const servers = [
  { name: 'Sigchart', isEcho: false, module: ['server.ts'] },
  { name: 'Sigchart, recorded for the inspector', isEcho: false, module: ['server.ts', 'recorded'] },
  { name: '`ws`, a bare echo with JSON parsed and written', isEcho: true, module: ['echo.ts'] },
] as const;

/** Result of one run. */
interface Costs {
  /** CPU time for each message that the server receives or sends while sessions start. Microseconds. */
  readonly beginUs: number;
  /** The same while they run. */
  readonly runUs: number;
  /** Resident memory of each socket that has sent nothing yet. Bytes. */
  readonly socketBytes: number;
  /** Resident bytes for each socket with a session. */
  readonly sessionBytes: number;
}

/** A server that is measured, and those who use it. */
interface ServerLoad {
  readonly server: MeasuredServer;
  readonly isEcho: boolean;
  readonly clients: Client[];
  messages: number;
}

async function measure(started: readonly MeasuredServer[], sessions: number): Promise<readonly Costs[]> {
  const turns = { sessions, turn };
  const all = started.map(
    (server, index): ServerLoad => ({ server, isEcho: servers[index]?.isEcho ?? false, clients: [], messages: 0 }),
  );
  const usages = () => Promise.all(started.map((server) => server.usage()));
  // Compilation and one-time allocations are not part of a session's cost.
  const warm = await Promise.all(
    all.map(async ({ server, isEcho }) => {
      const client = new Client(server.url);
      await client.opened();
      await begin(client, 'warm', isEcho);
      return client;
    }),
  );

  const before = await usages();
  await inTurns(all, turns, async ({ server, clients }, index) => {
    const client = new Client(server.url);
    clients[index] = client;
    await client.opened();
  });
  const connected = await usages();
  await inTurns(all, turns, async (each, index) => {
    const count = await begin(each.clients[index] as Client, idOf(index), each.isEcho);
    each.messages += count;
  });
  const begun = await usages();
  await inTurns(all, turns, async ({ clients }, index) => {
    await clients[index]?.asks(question(idOf(index)), questions);
  });
  const asked = await usages();
  for (const client of [...warm, ...all.flatMap(({ clients }) => clients)]) client.close();
  return all.map(({ messages }, index) => {
    const [first, second, third, fourth] = [before, connected, begun, asked].map((usage) => usage[index] as Usage) as [
      Usage,
      Usage,
      Usage,
      Usage,
    ];
    return {
      beginUs: (third.cpuUs - second.cpuUs) / messages,
      runUs: (fourth.cpuUs - third.cpuUs) / (2 * questions * sessions),
      socketBytes: (second.residentBytes - first.residentBytes) / sessions,
      sessionBytes: (third.residentBytes - first.residentBytes) / sessions,
    };
  });
}

/** Starts to publish and returns the number of messages for it, in both directions. An echo server returns what it receives. */
async function begin(client: Client, streamId: string, isEcho: boolean): Promise<number> {
  const ladder = publishLadder(streamId);
  await client.begins(ladder);
  if (isEcho) await client.hearsAll(ladder.length);
  else await client.hears('publish_started');
  return ladder.length + client.heard;
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

/** A number beside another, each of the same run. */
const beside = (all: readonly Costs[], first: readonly Costs[], key: keyof Costs) => {
  return percent(median(all.map((costs, run) => costs[key] / (first[run]?.[key] ?? Number.NaN))));
};

function row(name: string, all: readonly Costs[], first: readonly Costs[]): readonly string[] {
  const of = (key: keyof Costs) => median(all.map((costs) => costs[key]));
  return [
    name,
    digits(of('beginUs')),
    beside(all, first, 'beginUs'),
    digits(of('runUs')),
    beside(all, first, 'runUs'),
    kilobytes(of('socketBytes')),
    kilobytes(of('sessionBytes')),
  ];
}

/** CPU time of a message and memory of a session, where a text answers the offers: beside a WebSocket server that sends back what it gets. */
export async function messages({ sessions, runs }: Amount, progress: (what: string) => void): Promise<Table> {
  const found = await inRuns({ what: 'messages', runs, servers, progress }, (started) => measure(started, sessions));
  return {
    head: [
      `${sessions} sessions`,
      'µs of CPU a message, while sessions begin',
      'of Sigchart’s',
      'µs, while they run',
      'of Sigchart’s',
      'memory, a socket',
      'memory, a socket that publishes',
    ],
    rows: servers.map(({ name }, index) => row(name, found[index] ?? [], found[0] ?? [])),
    note: `${runs > 1 ? `Medians of ${runs} runs` : 'One run'}, in which the servers take turns of ${turn} sessions. A text answers offers: what negotiation takes is not in it. A session begins with the messages of a Chromium publisher, an offer of 7 kB among them, which the echo sends back whole; then it asks ${questions} times for \`getStreamInfo\`. Heard and said messages both count. Memory is resident, after a garbage collection.`,
  };
}
