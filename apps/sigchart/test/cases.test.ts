import { execFile } from 'node:child_process';
import { mkdirSync, rmSync, writeFileSync } from 'node:fs';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { clientConversations, conversations } from '@sigchart/conformance';
import { afterAll, describe, expect, test } from 'vitest';
import { type Served, serveWrong } from './serve.ts';
import { wrongServers } from './wrong.ts';

const at = (path: string) => fileURLToPath(new URL(path, import.meta.url));
const run = promisify(execFile);
const sigchart = async (...args: readonly string[]) =>
  (await run(process.execPath, [at('../bin/sigchart.js'), ...args], { maxBuffer: 64 * 1024 * 1024 })).stdout;

describe('the cases as JSON', () => {
  test('are all of them', async () => {
    expect(JSON.parse(await sigchart('cases'))).toEqual(conversations);
    expect(JSON.parse(await sigchart('cases', '--for', 'client'))).toEqual(clientConversations);
  });

  test('are those that are asked for', async () => {
    const some = JSON.parse(await sigchart('cases', '--only', '^play/', '--required-by', 'spec'));
    expect(some.length).toBeGreaterThan(0);
    expect(some).toEqual(conversations.filter(({ id, requiredBy }) => /^play\//.test(id) && requiredBy === 'spec'));
  });

  test('without any match is an error', async () => {
    await expect(sigchart('cases', '--only', '^nothing$')).rejects.toMatchObject({ code: 2 });
  });
});

describe('the cases as a test file', () => {
  const folder = at('../written');
  const servers: Served[] = [];

  afterAll(async () => {
    rmSync(folder, { recursive: true, force: true });
    for (const server of servers) await server.stop();
  });

  /** Has vitest run the file of some cases against a server. */
  async function tested(name: string, server: Served, only: string): Promise<string> {
    servers.push(server);
    mkdirSync(folder, { recursive: true });
    writeFileSync(
      `${folder}/${name}.ts`,
      `import { serverAt } from '../src/address.ts';
export const underTest = serverAt(new URL('ws://localhost:${server.port}/live/websocket'), { timeoutMs: 60_000, insecure: false });
`,
    );
    const file = `${folder}/${name}.test.ts`;
    writeFileSync(file, await sigchart('cases', '--only', only, '--vitest', `./${name}.ts`));
    const args = [at('../../../node_modules/vitest/vitest.mjs'), 'run', '--no-color', '--project', 'parts', file];
    return run(process.execPath, args, { cwd: at('../../..') }).then(
      ({ stdout }) => stdout,
      ({ stdout }) => stdout,
    );
  }

  const titles = conversations.filter(({ id }) => id.startsWith('socket/')).map(({ title }) => title);

  test('pass with a server that is right', async () => {
    const right = await serveWrong({ what: 'nothing', foundBy: '' });
    expect(await tested('right', right, '^socket/')).toMatch(new RegExp(`Tests +${titles.length} passed`));
  });

  test('fail with one that is not, in the test that says so', async () => {
    const wrong = wrongServers.find(({ foundBy }) => foundBy.startsWith('socket/'));
    if (wrong === undefined) throw new Error('no server is wrong about its sockets');
    const { title = '' } = conversations.find(({ id }) => id === wrong.foundBy) ?? {};
    const output = await tested('wrong', await serveWrong(wrong), `^${wrong.foundBy}$`);
    expect(output).toMatch(/Tests +1 failed/);
    expect(output).toContain(`× ${title}`);
  });
});
