import { type Benchmark, digits, median, type Table } from '../report/table.ts';
import { Client, forEach } from './clients.ts';
import { publishLadder, question } from './ladder.ts';
import { type MeasuredServer, startMeasured } from './measured.ts';

const sessions = 5_000;
const runs = 3;

/** How often each session asks something once it runs. */
const questions = 10;

const servers = [
  { name: 'Sigchart', file: 'server.ts' },
  { name: 'Sigchart, recorded for the inspector', file: 'recorded.ts' },
  { name: '`ws`, a bare echo with JSON parsed and written', file: 'echo.ts' },
] as const;

/** What one run found. */
interface Costs {
  /** Microseconds of CPU for each message that the server hears or says, while sessions begin. */
  readonly beginUs: number;
  /** The same while they run. */
  readonly runUs: number;
  /** Resident bytes for each socket that has said nothing yet. */
  readonly socketBytes: number;
  /** Resident bytes for each socket with a session. */
  readonly sessionBytes: number;
}

async function measure(server: MeasuredServer, isEcho: boolean): Promise<Costs> {
  const ids = Array.from({ length: sessions }, (_, index) => `stream${index}`);
  // What is compiled and allocated once is no cost of a session.
  const warm = new Client(server.url);
  await warm.opened();
  await begin(warm, 'warm', isEcho);

  const before = await server.usage();
  const clients: Client[] = [];
  await forEach(ids, async () => {
    const client = new Client(server.url);
    clients.push(client);
    await client.opened();
  });
  const connected = await server.usage();
  let messages = 0;
  await forEach(clients, async (client, index) => {
    const count = await begin(client, ids[index] ?? '', isEcho);
    messages += count;
  });
  const begun = await server.usage();
  await forEach(clients, async (client, index) => {
    for (let asked = 0; asked < questions; asked += 1) {
      const heard = client.heard;
      client.send(question(ids[index] ?? ''));
      await client.hearsAll(heard + 1);
    }
  });
  const asked = await server.usage();
  for (const client of [warm, ...clients]) client.close();
  return {
    beginUs: (begun.cpuUs - connected.cpuUs) / messages,
    runUs: (asked.cpuUs - begun.cpuUs) / (2 * questions * sessions),
    socketBytes: (connected.residentBytes - before.residentBytes) / sessions,
    sessionBytes: (begun.residentBytes - before.residentBytes) / sessions,
  };
}

/** Begins to publish and returns how many messages that took, in both directions. An echo says what it hears. */
async function begin(client: Client, streamId: string, isEcho: boolean): Promise<number> {
  const ladder = publishLadder(streamId);
  const [publish = '', ...rest] = ladder;
  client.send(publish);
  await client.hearsAll(1);
  for (const message of rest) client.send(message);
  if (isEcho) await client.hearsAll(ladder.length);
  else await client.hears('publish_started');
  return ladder.length + client.heard;
}

const kilobytes = (bytes: number) => `${(bytes / 1000).toFixed(1)} kB`;

function row(name: string, all: readonly Costs[]): readonly string[] {
  const of = (key: keyof Costs) => median(all.map((costs) => costs[key]));
  return [
    name,
    digits(of('beginUs')),
    digits(1e6 / of('beginUs')),
    digits(of('runUs')),
    digits(1e6 / of('runUs')),
    kilobytes(of('socketBytes')),
    kilobytes(of('sessionBytes')),
  ];
}

/** CPU time of a signalling message and memory of a session, beside a WebSocket server that sends back what it gets. */
export const signalling: Benchmark = {
  name: 'signalling',
  title: 'Signalling',
  async run(progress) {
    const found: readonly Costs[][] = servers.map(() => []);
    for (let run = 1; run <= runs; run += 1)
      for (const [index, { name, file }] of servers.entries()) {
        progress(`${name}, run ${run} of ${runs}`);
        const server = await startMeasured(file);
        found[index]?.push(await measure(server, file === 'echo.ts'));
        server.stop();
      }
    const table: Table = {
      head: [
        `${sessions} sessions`,
        'µs of CPU a message, while sessions begin',
        'messages a second of CPU',
        'µs, while they run',
        'messages a second of CPU',
        'memory, a socket',
        'memory, a socket that publishes',
      ],
      rows: servers.map(({ name }, index) => row(name, found[index] ?? [])),
      note: `Medians of ${runs} runs. A session begins with the messages of a Chromium publisher, an offer of 7 kB among them, which the echo sends back whole; then it asks ${questions} times for \`getStreamInfo\`. Heard and said messages both count. Memory is resident, after a garbage collection.`,
    };
    return [table];
  },
};
