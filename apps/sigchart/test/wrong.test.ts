import { type CaseResult, conversations, type ServerUnderTest } from '@sigchart/model';
import { expect, test } from 'vitest';
import { serverAt } from '../src/address.ts';
import { conform } from '../src/conform.ts';
import { serveWrong } from './serve.ts';
import { type Wrong, wrongServers } from './wrong.ts';

/** Those that wait for timers of seconds find nothing here that others do not, and those of main tracks need real media. */
const cases = conversations.filter(
  ({ id, steps }) => id !== 'room/main-track' && !steps.some((step) => step.does === 'wait' && step.ms >= 1_000),
);

async function judge(wrong: Wrong, timeoutMs = 1_000): Promise<readonly CaseResult[]> {
  const { port, connect, stop } = await serveWrong(wrong);
  const server: ServerUnderTest = {
    ...serverAt(new URL(`ws://localhost:${port}/live/websocket`), { timeoutMs: 10_000, insecure: false }),
    connect,
  };
  try {
    return await conform(cases, server, { timeoutMs, parallel: 30 });
  } finally {
    await stop();
  }
}

const failedOf = (results: readonly CaseResult[]) => results.filter(({ passed }) => !passed);

test('a server with nothing wrong passes every case', async () => {
  const results = await judge({ what: 'nothing', foundBy: '' }, 20_000);
  expect(failedOf(results).map((result) => [result.case.id, result.divergence])).toEqual([]);
  expect(results.length).toBeGreaterThan(80);
});

test.each(wrongServers.map((wrong) => [wrong.what, wrong] as const))(
  'a server that %s is found out',
  async (_, wrong) => {
    const failed = failedOf(await judge(wrong));
    expect(failed.map((result) => result.case.id)).toContain(wrong.foundBy);
  },
);
