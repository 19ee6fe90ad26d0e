import type { RtcEffect, RtcEvent } from '@sigchart/core/machines';
import { type App, createApp } from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { type Benchmark, digits, median, type Table } from '../report/table.ts';

/** Number of other roles of a socket, or other members of a room. */
const sizes = [1, 100, 1_000] as const;

const runs = 7;

/** Time for messages of one kind to one app before it is the next one's turn. Milliseconds. */
const turnMs = 60;

/** Answers every offer with a text, and connects. */
const rtc = (_: unknown, report: (event: RtcEvent) => void) => (effect: RtcEffect) => {
  if (effect.type !== 'rtc.createAnswer') return;
  report({ type: 'rtc.answerCreated', sdp: 'v=0' });
  report({ type: 'rtc.connected' });
};

/** A client of an app in memory. */
interface Client {
  readonly say: (message: object) => void;
  /** Number of messages received. */
  readonly heard: () => number;
}

/** An app whose limits are those of the benchmark, and what connects clients to it. */
function served(): () => Client {
  const unlimited = Number.POSITIVE_INFINITY;
  const app: App = createApp({
    clock: manualClock(),
    freshId: () => crypto.randomUUID(),
    limits: { roles: unlimited, members: unlimited },
  });
  let id = 0;
  return () => {
    let heard = 0;
    const send = () => {
      heard += 1;
    };
    id += 1;
    const session = app.join({ id, socket: { send, ping: () => {}, close: () => {} }, rtc });
    return { say: (message) => session.received(JSON.stringify(message)), heard: () => heard };
  };
}

function publish({ say }: Client, streamId: string): void {
  say({ command: 'publish', streamId });
  say({ command: 'takeConfiguration', streamId, type: 'offer', sdp: 'v=0' });
}

/** Messages that are sent repeatedly, and the number of messages sent and received for them. */
interface Repeated {
  readonly say: () => void;
  readonly messages: () => number;
}

const candidate = { label: 0, id: '0', candidate: 'candidate:1 1 udp 1 192.0.2.1 9 typ host' };

/** Sends all messages of a client, and counts what all clients have sent and received. */
const repeated = (client: Client, all: readonly Client[], messages: readonly object[]): Repeated => {
  let said = 0;
  return {
    say() {
      for (const message of messages) client.say(message);
      said += messages.length;
    },
    messages: () => said + all.reduce((sum, { heard }) => sum + heard(), 0),
  };
};

/** A socket that has `size` publishers beside the one of which messages are measured. */
function socketWith(size: number): Client {
  const client = served()();
  for (let role = 0; role <= size; role += 1) publish(client, `s${role}`);
  return client;
}

/** A room that `size` others are in, and publish into. */
function roomWith(size: number): { readonly client: Client; readonly all: readonly Client[] } {
  const connect = served();
  const all = Array.from({ length: size + 1 }, () => connect());
  for (const [index, client] of all.entries()) {
    client.say({ command: 'joinRoom', room: 'r', streamId: `s${index}` });
    publish(client, `s${index}`);
  }
  return { client: all[0] as Client, all };
}

const streamId = 's0';

/** Subjects: by name, a setup for each size. */
const subjects: Readonly<Record<string, (size: number) => Repeated>> = {
  'a candidate, on a socket with so many roles': (size) => {
    const client = socketWith(size);
    return repeated(client, [client], [{ command: 'takeCandidate', streamId, ...candidate }]);
  },
  'a question, on a socket with so many roles': (size) => {
    const client = socketWith(size);
    return repeated(client, [client], [{ command: 'getStreamInfo', streamId }]);
  },
  '`stop` and `publish`, on a socket with so many roles': (size) => {
    const client = socketWith(size);
    return repeated(
      client,
      [client],
      [
        { command: 'stop', streamId },
        { command: 'publish', streamId },
      ],
    );
  },
  'a candidate of a member, in a room with so many others': (size) => {
    const { client, all } = roomWith(size);
    return repeated(client, all, [{ command: 'takeCandidate', streamId, ...candidate }]);
  },
  '`stop` and `publish` of a member, in a room with so many others, which each hear of it': (size) => {
    const { client, all } = roomWith(size);
    return repeated(client, all, [
      { command: 'stop', streamId },
      { command: 'publish', streamId },
    ]);
  },
  'a member that leaves and joins, in a room with so many others, which each hear of it': (size) => {
    const { client, all } = roomWith(size);
    return repeated(client, all, [
      { command: 'leaveFromRoom', room: 'r' },
      { command: 'joinRoom', room: 'r', streamId },
    ]);
  },
};

/** The CPU time of a message in one turn. Microseconds. */
function measured({ say, messages }: Repeated): number {
  const before = messages();
  const start = process.cpuUsage();
  const until = performance.now() + turnMs;
  do say();
  while (performance.now() < until);
  const { user, system } = process.cpuUsage(start);
  return (user + system) / (messages() - before);
}

/** Measures what a message costs as the roles of its socket, or the members of its room, become more. */
function measureAll(progress: (what: string) => void): Table {
  const rows = Object.entries(subjects).map(([name, begin]) => {
    progress(name);
    const all = sizes.map(begin);
    // Compilation is not part of a message's cost.
    for (const each of all) measured(each);
    const found = Array.from({ length: runs }, () => all.map(measured));
    const first = median(found.map(([us = Number.NaN]) => us));
    const ratios = sizes.slice(1).map((_, index) => {
      const ratio = median(found.map((us) => (us[index + 1] ?? Number.NaN) / (us[0] ?? Number.NaN)));
      return `${digits(ratio)} ×`;
    });
    return [name, digits(first), ...ratios];
  });
  return {
    head: ['in memory', `µs of CPU a message, beside ${sizes[0]}`, ...sizes.slice(1).map((size) => `beside ${size}`)],
    rows,
    note: `Medians of ${runs} runs, in which the sizes take turns of ${turnMs} ms in one process. Machines, routing, and JSON in both directions, without sockets. Said and heard messages both count, so that a room in which each member hears of something costs no more a message.`,
  };
}

/** Cost of a message at large and at small sizes. */
export const growth: Benchmark = {
  name: 'growth',
  title: 'Many roles and members',
  run: async (progress) => [measureAll(progress)],
};
