import { type CaseResult, type ConversationCase, conversations, type ServerUnderTest } from '@sigchart/conformance';
import type { SignallingServerOptions } from '@sigchart/server';
import { expect, test } from 'vitest';
import { configured, told } from '../../../packages/server/test/conversation/configured.ts';
import { serverAt } from '../src/address.ts';
import { conform } from '../src/conform.ts';
import { serveWrong } from './serve.ts';
import { type Wrong, wrongRefusals, wrongServers } from './wrong.ts';

/**
 * Those that wait for timers of seconds find nothing here that others do not, those of main tracks need real media, and
 * refusals need a server that is configured to refuse.
 */
const cases = conversations.filter(
  ({ id, steps, needs }) =>
    !['room/main-track', 'description/room', 'state/subtracks'].includes(id) &&
    needs === undefined &&
    !steps.some((step) => step.does === 'wait' && step.ms >= 1_000),
);

const refusals = conversations.filter(({ needs }) => needs !== undefined);

const nothingWrong: Wrong = { what: 'nothing', foundBy: '' };

interface Judging {
  readonly of?: readonly ConversationCase[];
  readonly options?: Partial<SignallingServerOptions>;
  readonly timeoutMs?: number;
}

async function judge(
  wrong: Wrong,
  { of = cases, options = {}, timeoutMs = 1_000 }: Judging = {},
): Promise<readonly CaseResult[]> {
  const { port, connect, stop } = await serveWrong(wrong, options);
  const address = new URL(`ws://localhost:${port}/live/websocket`);
  const server: ServerUnderTest = {
    ...serverAt(address, { timeoutMs: 10_000, insecure: false, settings: told }),
    connect,
  };
  try {
    return await conform(of, server, { timeoutMs, parallel: 30 });
  } finally {
    await stop();
  }
}

const failedOf = (results: readonly CaseResult[]) => results.filter(({ passed }) => !passed);

test('a server with nothing wrong passes every case', async () => {
  const results = await judge(nothingWrong, { timeoutMs: 20_000 });
  expect(failedOf(results).map((result) => [result.case.id, result.divergence])).toEqual([]);
  expect(results.length).toBeGreaterThan(180);
});

test.each(wrongServers.map((wrong) => [wrong.what, wrong] as const))(
  'a server that %s is found out',
  async (_, wrong) => {
    const [file = ''] = wrong.foundBy.split('/');
    const failed = failedOf(await judge(wrong, { of: cases.filter(({ id }) => id.startsWith(`${file}/`)) }));
    expect(failed.map((result) => result.case.id)).toContain(wrong.foundBy);
  },
);

test.each(refusals.map((each) => [each.id, each] as const))(
  'a server that is configured so passes %s',
  async (_, each) => {
    const options = await configured('live', each.needs ?? []);
    const results = await judge(nothingWrong, { of: [each], options, timeoutMs: 20_000 });
    expect(failedOf(results).map((result) => result.divergence)).toEqual([]);
  },
);

test('a server that is not configured so passes none of them', async () => {
  const results = await judge(nothingWrong, { of: refusals });
  expect(results.filter(({ passed }) => passed).map((result) => result.case.id)).toEqual([]);
});

test.each(wrongRefusals.map((wrong) => [wrong.what, wrong] as const))(
  'a server that is configured to refuse, and %s, is found out',
  async (_, wrong) => {
    const of = refusals.filter(({ id }) => id === wrong.foundBy);
    const options = await configured('live', of[0]?.needs ?? []);
    expect(failedOf(await judge(wrong, { of, options })).map((result) => result.case.id)).toEqual([wrong.foundBy]);
  },
);

test('a socket that stays open where its end is awaited is found out', async () => {
  const each: ConversationCase = {
    id: 'end',
    title: 'The server ends the socket',
    section: 'Socket',
    requiredBy: 'project',
    participants: ['A'],
    connections: [],
    steps: [
      { does: 'open', who: 'A' },
      { does: 'hearClose', who: 'A' },
    ],
  };
  const [result] = await judge(nothingWrong, { of: [each], timeoutMs: 300 });
  expect(result?.divergence).toEqual({ step: 1, who: 'A', expected: 'the end of the socket', received: 'nothing' });
});
