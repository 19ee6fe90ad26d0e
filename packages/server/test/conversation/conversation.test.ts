import { readdirSync, readFileSync } from 'node:fs';
import { conversations, ladderOf, runCase } from '@sigchart/conformance';
import { afterAll, describe, expect, test } from 'vitest';
import { memoryServer } from './memory.ts';
import { casesFolder, configuredServer, recordAll } from './recorded.ts';

const { system, server, network, clock } = memoryServer();

afterAll(async () => {
  await system.wait(0);
  expect(server.counts).toEqual({ sockets: 0, roles: 0, streams: 0, calls: 0, rooms: 0 });
  expect(network.open).toBe(0);
  expect(clock.running).toBe(0);
});

describe.each([...new Set(conversations.map(({ section }) => section))])('%s', (section) => {
  test.each(conversations.filter((each) => each.section === section).map((each) => [each.title, each] as const))(
    '%s',
    async (_, each) => {
      const right = each.needs === undefined ? system : await configuredServer(each.needs);
      const { divergence, ladder } = await runCase(each, right, conversations.indexOf(each));
      expect({ divergence, ladder: divergence && ladderOf(ladder) }).toEqual({});
    },
  );
});

test('the cases that are kept are those that the machines make', async () => {
  const recorded = await recordAll();
  const kept = readdirSync(casesFolder).filter((name) => !name.startsWith('client'));
  expect(kept.sort()).toEqual(
    Object.keys(recorded)
      .map((file) => `${file}.json`)
      .sort(),
  );
  for (const [file, cases] of Object.entries(recorded))
    expect(JSON.parse(readFileSync(new URL(`${file}.json`, casesFolder), 'utf8'))).toEqual(
      JSON.parse(JSON.stringify(cases)),
    );
});

test('ids and titles are unique', () => {
  for (const key of ['id', 'title'] as const)
    expect(new Set(conversations.map((each) => each[key])).size).toBe(conversations.length);
});
