/** Checks of the parts of a session that no joint exploration runs: each in every sequence of a few operations. */
import type { HttpEvent, MediaEvent, RtcEffect, RtcEvent } from '@sigchart/core/machines';
import {
  costOf,
  createApp,
  createClientSession,
  createResource,
  debtMs,
  fullBucket,
  memorySockets,
  type Performer,
  type RateLimit,
  type SocketListener,
  spend,
  type Transition,
} from '@sigchart/core/session';
import { manualClock } from '@sigchart/core/testing';
import { type Finding, pseudorandom, sequences } from './finding.ts';

/** The properties that are checked here, by what they are about. */
export const sessionProperties = {
  wire: 'a wire in memory delivers everything once, in order, and nothing afterwards',
  clock: 'a timer elapses once, in order of time, unless it was stopped or slept through',
  sleep: 'a client that has slept knows it before it hears anything else',
  rate: 'no client is served more than its rate allows, and waits no longer than it must',
  quality: 'quality is measured of players with a connection, and of nobody else',
  resource: 'every request is responded to once, and nothing is left of a resource that has ended',
} as const;

/** The first finding of a check over several cases. */
function firstOf<Case>(
  property: string,
  cases: Iterable<Case>,
  check: (one: Case) => string | undefined,
): readonly Finding[] {
  for (const one of cases) {
    const detail = check(one);
    if (detail !== undefined) return [{ property, detail: `${detail}, after ${JSON.stringify(one)}` }];
  }
  return [];
}

/** A wire in memory. */
export const wireFindings = (): readonly Finding[] =>
  firstOf(sessionProperties.wire, sequences(['client', 'server', 'deliver', 'close'] as const, 6), (operations) => {
    const tasks: (() => void)[] = [];
    const heard = { client: [] as string[], server: [] as string[] };
    const sent = { client: [] as string[], server: [] as string[] };
    const listenerOf = (end: 'client' | 'server'): SocketListener => ({
      opened: () => void heard[end].push('opened'),
      received: (text) => void heard[end].push(text),
      closed: () => void heard[end].push('closed'),
    });
    const sockets = memorySockets({ client: listenerOf('client'), server: listenerOf('server') }, (task) =>
      tasks.push(task),
    );
    let isOpen = true;
    operations.forEach((operation, index) => {
      if (operation === 'deliver') tasks.shift()?.();
      else if (operation === 'close') {
        sockets.client.close();
        isOpen = false;
      } else {
        const before = JSON.stringify(heard);
        sockets[operation].send(`text ${index}`);
        if (isOpen) sent[operation === 'client' ? 'server' : 'client'].push(`text ${index}`);
        if (JSON.stringify(heard) !== before) heard[operation].push('called back from within a send');
      }
    });
    for (const task of tasks) task();
    for (const end of ['client', 'server'] as const) {
      const expected = ['opened', ...sent[end], ...(isOpen ? [] : ['closed'])];
      if (heard[end].join() !== expected.join()) return `the ${end} hears ${heard[end]} instead of ${expected}`;
    }
    return undefined;
  });

/** The clock of tests and of models. */
export const clockFindings = (): readonly Finding[] =>
  firstOf(
    sessionProperties.clock,
    sequences(['start 1', 'start 3', 'stop', 'pass 1', 'pass 2', 'sleep 2'] as const, 5),
    (operations) => {
      const clock = manualClock();
      const elapsed: string[] = [];
      const timers: { readonly at: number; readonly name: string; readonly stop: () => void }[] = [];
      const expected: string[] = [];
      let now = 0;
      for (const [index, operation] of operations.entries()) {
        const [verb, by] = operation.split(' ');
        const ms = Number(by);
        if (verb === 'start') {
          const name = `${index}`;
          timers.push({ at: now + ms, name, stop: clock.start(ms, () => void elapsed.push(name)) });
        } else if (verb === 'stop') timers.shift()?.stop();
        else if (verb === 'pass') {
          now += ms;
          const due = timers.filter(({ at }) => at <= now).sort((one, other) => one.at - other.at);
          for (const timer of due) {
            expected.push(timer.name);
            timers.splice(timers.indexOf(timer), 1);
          }
          clock.pass(ms);
        } else {
          now += ms;
          clock.sleep(ms);
        }
        if (elapsed.join() !== expected.join()) return `timers ${elapsed} have elapsed instead of ${expected}`;
        if (clock.running !== timers.length) return `${clock.running} timers run instead of ${timers.length}`;
        if (clock.now?.() !== now) return `it is ${clock.now?.()} instead of ${now}`;
      }
      return undefined;
    },
  );

/** A client whose device sleeps. */
export const sleepFindings = (): readonly Finding[] =>
  firstOf(
    sessionProperties.sleep,
    sequences(['pass 1000', 'pass 4000', 'sleep 500', 'sleep 10000', 'receive'] as const, 4),
    (operations) => {
      const clock = manualClock();
      const heard: Transition[] = [];
      let listener: SocketListener | undefined;
      const session = createClientSession({
        clock,
        iceServers: [],
        dial: (dialled) => {
          listener = dialled;
          return { send: () => {}, close: () => {} };
        },
        rtc: () => () => {},
        observe: () => (transition) => void heard.push(transition),
      });
      session.publish({ streamId: 's1' });
      listener?.opened();
      let slept = false;
      for (const operation of operations) {
        const [verb, by] = operation.split(' ');
        const before = heard.length;
        if (verb === 'sleep') clock.sleep(Number(by));
        else if (verb === 'pass') clock.pass(Number(by));
        else listener?.received(JSON.stringify({ command: 'pong' }));
        const types = heard.slice(before).map(({ event }) => event.type);
        if (slept && types.length > 0 && types[0] !== 'clock.skipped') return `${types[0]} is heard before the sleep`;
        if (!slept && types.includes('clock.skipped')) return 'a sleep is heard that was none';
        if (types.length > 0) slept = false;
        // The client pings every 3 s, so a timer of it is late by 7 s.
        if (operation === 'sleep 10000') slept = true;
        else if (verb === 'sleep' && types.length === 0) slept = slept || false;
      }
      return undefined;
    },
  );

/** Rate limits, with random messages. */
export const rateFindings = (): readonly Finding[] =>
  firstOf(sessionProperties.rate, [1, 2, 3, 4, 5, 6, 7, 8], (seed) => {
    const next = pseudorandom(seed);
    const limit: RateLimit = { perSecond: 1 + next() * 100, burst: 1 + next() * 100 };
    let bucket = fullBucket(limit, 0);
    let now = 0;
    let served = 0;
    let last = 0;
    for (let message = 0; message < 300; message += 1) {
      now += next() * 50;
      const waitMs = debtMs(bucket, limit);
      if (waitMs > 0) {
        now = Math.max(now, bucket.atMs + waitMs);
        const repaid = spend(bucket, limit, 0, now);
        if (debtMs(repaid, limit) > 1e-6) return `${waitMs} ms are not enough`;
      }
      last = 1 + next() * 5;
      bucket = spend(bucket, limit, last, now);
      served += last;
      if (served > limit.burst + (limit.perSecond * now) / 1_000 + last + 1e-6)
        return `${served} is served after ${now} ms with ${JSON.stringify(limit)}`;
      if (bucket.tokens > limit.burst) return `a bucket of ${limit.burst} has ${bucket.tokens} tokens`;
    }
    const idle = spend(bucket, limit, 0, now + 1e9);
    if (idle.tokens !== limit.burst) return `an idle bucket has ${idle.tokens} of ${limit.burst} tokens`;
    const plain = costOf('leave', 10);
    if (!(costOf('ping', 10) < plain && costOf('publish', 10) > plain && costOf('leave', 100_000) > plain))
      return 'messages do not cost what they cause';
    return undefined;
  });

/** Media that connects at once, and is measured by its test. */
const connecting =
  (opened: Set<string>, id: number): Performer<RtcEffect, RtcEvent> =>
  ({ role, streamId }, report) =>
  (effect) => {
    if (effect.type === 'rtc.open' && role === 'player') opened.add(`${id} ${streamId}`);
    if (effect.type === 'rtc.close') opened.delete(`${id} ${streamId}`);
    if (effect.type === 'rtc.createOffer') report({ type: 'rtc.offerCreated', sdp: 'v=0', trackIds: {} });
    if (effect.type !== 'rtc.createAnswer') return;
    report({ type: 'rtc.answerCreated', sdp: 'v=0' });
    report({ type: 'rtc.connected' });
  };

const measured: MediaEvent = {
  type: 'media.measured',
  measurement: {
    bitrate: 1_000_000,
    throughput: 500_000,
    rttMs: 40,
    loss: 0,
    isCongested: false,
    isProbing: false,
    canProbe: true,
    isReportDue: true,
    tracks: [
      {
        trackId: 'v',
        streamId: 's1',
        kind: 'video',
        isEnabled: true,
        layers: [{ spatial: 0, temporal: 0, height: 180, bitrate: 200_000 }],
      },
    ],
  },
};

/** Players whose quality is measured. */
export const qualityFindings = (): readonly Finding[] =>
  firstOf(
    sessionProperties.quality,
    sequences(['publish', 'play', 'measure', 'stop', 'unpublish', 'prefer', 'close'] as const, 4),
    (operations) => {
      const clock = manualClock();
      const app = createApp({ clock, freshId: () => 'fresh' });
      const opened = new Set<string>();
      const measuring: ((event: MediaEvent) => void)[] = [];
      const sent: string[] = [];
      const chosen: object[] = [];
      const join = (id: number) =>
        app.join({
          id,
          socket: { send: (text) => void sent.push(`${id} ${text}`), ping: () => {}, close: () => {} },
          rtc: connecting(opened, id),
          media: (_, report) => {
            measuring.push(report);
            return (effect) => void chosen.push(effect);
          },
        });
      const [publisher, player] = [join(1), join(2)];
      const say = (session: typeof publisher, command: string, rest: object = {}) =>
        session.received(JSON.stringify({ command, streamId: 's1', ...rest }));
      const isOpen = () => opened.has('2 s1');
      let isMeasured = false;
      let isPreferred = false;
      for (const operation of operations) {
        const before = sent.length;
        const wasOpen = isOpen();
        const chosenBefore = chosen.length;
        if (operation === 'publish') {
          say(publisher, 'publish');
          say(publisher, 'takeConfiguration', { type: 'offer', sdp: 'v=0' });
        } else if (operation === 'unpublish') say(publisher, 'stop');
        else if (operation === 'play') {
          say(player, 'play');
          say(player, 'takeConfiguration', { type: 'answer', sdp: 'v=0' });
        } else if (operation === 'stop') say(player, 'stop');
        else if (operation === 'prefer') {
          say(player, 'forceStreamQuality', { streamHeight: isPreferred ? 0 : 180 });
          isPreferred = !isPreferred && isOpen();
        } else if (operation === 'close') player.closed();
        else for (const measure of measuring) measure(measured);
        const told = sent.slice(before).filter((text) => text.includes('bitrateMeasurement'));
        if (operation === 'measure') {
          if (told.length !== (isOpen() ? 1 : 0)) return `${told.length} reports are sent`;
          if (told.some((text) => !text.startsWith('2 '))) return 'a report is sent to somebody else';
          isMeasured = isOpen();
        }
        if (!isOpen() || !wasOpen) isMeasured = operation === 'measure' && isOpen();
        if (!isOpen()) isPreferred = false;
        if (operation === 'prefer' && isMeasured && wasOpen && chosen.length === chosenBefore)
          return 'a preference is not considered';
        const reports = app.reports('s1').length;
        if (reports !== (isMeasured ? 1 : 0)) return `${reports} reports are known`;
      }
      publisher.closed();
      player.closed();
      return clock.running === 0 ? undefined : `${clock.running} timers run without any socket`;
    },
  );

const offer = 'v=0\r\na=ice-ufrag:own\r\n';

/** WHIP and WHEP resources. */
export const resourceFindings = async (): Promise<readonly Finding[]> => {
  const operations = ['publish', 'play', 'patch', 'delete', 'abort', 'fail', 'pass'] as const;
  for (const length of [1, 2, 3])
    for (const sequence of sequences(operations, length)) {
      const detail = await resourceFinding(sequence);
      if (detail !== undefined)
        return [{ property: sessionProperties.resource, detail: `${detail}, after ${sequence}` }];
    }
  return [];
};

async function resourceFinding(
  operations: readonly ('publish' | 'play' | 'patch' | 'delete' | 'abort' | 'fail' | 'pass')[],
): Promise<string | undefined> {
  const clock = manualClock();
  const app = createApp({ clock, freshId: () => 'fresh' });
  const reports: ((event: RtcEvent) => void)[] = [];
  const responses: number[] = [];
  let ends = 0;
  const resource = createResource({
    clock,
    join: (socket) =>
      app.join({
        id: 1,
        socket,
        rtc: (_, report) => {
          reports.push(report);
          return ({ type }) => {
            if (type !== 'rtc.createAnswer') return;
            report({ type: 'rtc.answerCreated', sdp: 'v=0\r\na=ice-ufrag:theirs\r\n' });
            report({ type: 'rtc.connected' });
          };
        },
      }),
    respond: ({ exchange }) => void responses.push(exchange),
    ended: () => {
      ends += 1;
    },
  });
  const settle = async () => {
    for (let turn = 0; turn < 12; turn += 1) await Promise.resolve();
  };
  const requests: number[] = [];
  const ask = (event: Omit<HttpEvent, 'exchange'>) => {
    const exchange = requests.length + 1;
    if (ends > 0) return;
    requests.push(exchange);
    resource.receive({ ...event, exchange } as HttpEvent);
  };
  const post = (role: 'publisher' | 'player') =>
    ask({ type: 'http.post', role, streamId: 's1', sdp: offer, token: undefined, mainTrack: undefined } as never);
  let isPosted = false;
  for (const operation of operations) {
    if (operation === 'publish' || operation === 'play') {
      if (!isPosted) post(operation === 'publish' ? 'publisher' : 'player');
      isPosted = true;
    } else if (!isPosted) continue;
    else if (operation === 'patch')
      ask({ type: 'http.patch', ifMatch: '*', body: 'a=ice-ufrag:own\r\na=mid:0\r\n' } as never);
    else if (operation === 'delete') ask({ type: 'http.delete' } as never);
    else if (operation === 'abort') resource.receive({ type: 'http.aborted', exchange: 1 });
    else if (operation === 'fail')
      for (const report of reports) report({ type: 'rtc.failed', step: 'connection', reason: 'failed' });
    else clock.pass(30_000);
    await settle();
    if (ends > 1) return 'it has ended twice';
    if (responses.length !== new Set(responses).size) return `a request is responded to twice: ${responses}`;
    if (ends === 1 && (app.sessions.size > 0 || app.state.machines.size > 0)) return 'something is left of it';
    if (ends === 1 && clock.running > 0) return `${clock.running} timers are left of it`;
    if (ends === 0 && isPosted && app.sessions.size !== 1) return 'its session has ended, and it has not';
  }
  if (requests.some((exchange) => !responses.includes(exchange))) return `responses are ${responses}`;
  return undefined;
}
