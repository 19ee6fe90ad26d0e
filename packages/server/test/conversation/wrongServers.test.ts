import { conversations, runCase } from '@sigchart/conformance';
import { expect, test } from 'vitest';
import { memoryServer } from './memory.ts';
import { spoiling, type WrongServer, wrongServers } from './wrongServers.ts';

const nothingWrong: WrongServer = { what: 'nothing', foundBy: '', habit: () => () => ({}) };

async function passes(id: string, wrong: WrongServer): Promise<boolean> {
  const found = conversations.find((each) => each.id === id);
  if (found === undefined) throw new Error(`no case is called ${id}`);
  return (await runCase(found, memoryServer({}, spoiling(wrong)).system, 0)).passed;
}

test.each([...new Set(wrongServers.map(({ foundBy }) => foundBy))])(
  'a server with nothing wrong passes %s',
  async (id) => {
    expect(await passes(id, nothingWrong)).toBe(true);
  },
);

test.each(wrongServers.map((wrong) => [wrong.what, wrong.foundBy, wrong] as const))(
  'a server that %s is found out by %s',
  async (_, id, wrong) => {
    expect(await passes(id, wrong)).toBe(false);
  },
);

test('each case about states and times finds a server that no one else would have to', () => {
  const ids = conversations.map(({ id }) => id).filter((id) => /^(state|time)\//.test(id));
  const finding = wrongServers.map(({ foundBy }) => foundBy);
  expect(ids.filter((id) => !finding.includes(id))).toEqual([]);
});
