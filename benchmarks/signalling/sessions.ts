import { digits, median, percent, type Table } from '../report/table.ts';
import { Client, inTurns } from './clients.ts';
import { idOf, publishLadder, question } from './ladder.ts';
import { inRuns, type MeasuredServer } from './measured.ts';

const sessions = 400;
const runs = 9;

/** Number of sessions of one server that start before it is the next one's turn. */
const turn = 40;

/** Number of sessions before the measurement, so that compilation is not counted. */
const before = 80;

/** Number of questions of each session. */
const questions = 10;

/** Idle time of a server before its CPU time is read, so that deferred work is included. Milliseconds. */
const restMs = 1_000;

const servers = [
  { name: 'Sigchart', module: ['server.ts', 'negotiating'] },
  { name: 'Sigchart, recorded for the inspector', module: ['server.ts', 'negotiating', 'recorded'] },
] as const;

/** Connects, publishes up to the answer, and asks questions. Its candidates lead nowhere, so that there is no handshake and no media. */
async function hold({ url }: MeasuredServer, index: number): Promise<Client> {
  const client = new Client(url);
  await client.opened();
  await client.begins(publishLadder(idOf(index)));
  await client.hears('takeCandidate');
  await client.asks(question(idOf(index)), questions);
  return client;
}

/** The CPU time of a session on each server. Microseconds. */
async function measure(started: readonly MeasuredServer[]): Promise<readonly number[]> {
  const clients: Client[] = [];
  const holdAll = (count: number, first: number) =>
    inTurns(started, { sessions: count, turn }, async (server, index) => {
      clients.push(await hold(server, first + index));
    });
  const usages = async () => {
    await new Promise((resolve) => setTimeout(resolve, restMs));
    return Promise.all(started.map((server) => server.usage()));
  };
  await holdAll(before, 0);
  const first = await usages();
  await holdAll(sessions, before);
  const last = await usages();
  for (const client of clients) client.close();
  return started.map((_, index) => ((last[index]?.cpuUs ?? 0) - (first[index]?.cpuUs ?? 0)) / sessions);
}

/** CPU time of all signalling of a session, its negotiation by werift included. */
export async function wholeSessions(progress: (what: string) => void): Promise<Table> {
  const found = await inRuns({ what: 'whole sessions', runs, servers, progress }, measure);
  const [first = []] = found;
  return {
    head: [`${sessions} sessions`, 'ms of CPU a session', 'of Sigchart’s'],
    rows: servers.map(({ name }, index) => {
      const all = found[index] ?? [];
      return [
        name,
        digits(median(all) / 1_000),
        percent(median(all.map((us, run) => us / (first[run] ?? Number.NaN)))),
      ];
    }),
    note: `Medians of ${runs} runs, in which the servers take turns of ${turn} sessions. A session is all signalling of a Chromium publisher: it connects, werift answers its offer and gathers candidates, and it asks ${questions} times for \`getStreamInfo\`. No media, and no handshake before it.`,
  };
}
