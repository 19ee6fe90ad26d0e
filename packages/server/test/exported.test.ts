import { execFile } from 'node:child_process';
import { mkdir, mkdtemp, readFile, rm, symlink, writeFile } from 'node:fs/promises';
import { createRequire } from 'node:module';
import { tmpdir } from 'node:os';
import { dirname, join } from 'node:path';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import { createReader, momentsOf, type ReadRun, testFileOf, whyNoTest } from '@sigchart/inspect';
import { afterEach, expect, test } from 'vitest';
import { useServer } from './wire.ts';

const rig = useServer();
const folders: string[] = [];

afterEach(async () => {
  for (const folder of folders.splice(0)) await rm(folder, { recursive: true });
});

const packageOf = (name: string) => dirname(fileURLToPath(import.meta.resolve(`${name}/package.json`)));

/** A folder in which vitest finds what the exported tests import. */
async function project(files: Readonly<Record<string, string>>): Promise<string> {
  const folder = await mkdtemp(join(tmpdir(), 'exported-'));
  folders.push(folder);
  await mkdir(join(folder, 'node_modules', '@sigchart'), { recursive: true });
  const core = packageOf('@sigchart/core');
  const xstate = dirname(createRequire(join(core, 'package.json')).resolve('xstate/package.json'));
  for (const [name, at] of Object.entries({ '@sigchart/core': core, vitest: packageOf('vitest'), xstate }))
    await symlink(at, join(folder, 'node_modules', name));
  const config = `const conditions = ['@sigchart/source'];
export default { resolve: { conditions }, ssr: { resolve: { conditions, externalConditions: conditions } } };`;
  for (const [name, text] of Object.entries({
    'vitest.config.js': config,
    'package.json': '{"type":"module"}',
    ...files,
  }))
    await writeFile(join(folder, name), text);
  return folder;
}

/** Runs the tests of a folder, and returns how many passed and failed. */
async function runTests(folder: string): Promise<{ readonly passed: number; readonly failed: number }> {
  const results = join(folder, 'results.json');
  await promisify(execFile)(
    process.execPath,
    [
      '--conditions=@sigchart/source',
      join(packageOf('vitest'), 'vitest.mjs'),
      'run',
      '--root',
      folder,
      '--reporter=json',
      `--outputFile=${results}`,
    ],
    { env: { ...process.env, VITEST: undefined, NODE_OPTIONS: '' } },
  ).catch(() => {
    // It ends with 1 when a test has failed, which is in the results.
  });
  const { numPassedTests, numFailedTests } = JSON.parse(await readFile(results, 'utf8'));
  return { passed: numPassedTests, failed: numFailedTests };
}

/** A run without its first transitions, as a recorder with too little memory leaves it. */
function withoutBeginning(run: ReadRun): ReadRun {
  const moments = momentsOf(run);
  const last = moments[Math.floor(moments.length / 2) - 1];
  if (last === undefined) return run;
  const { seq, time, state, context } = last;
  const id = run.record.run;
  return {
    ...run,
    dropped: { kind: 'dropped', run: id, seq, time, state, context },
    transitions: run.transitions.filter((transition) => transition.seq > seq),
  };
}

test('every run of a real conversation, whole or without its start, exported as a test, passes; and fails once the machine goes another way', async () => {
  const [publisher, player] = [await rig.connect(), await rig.connect()];
  const connection = await rig.publish(publisher, 'exported1', { token: 'hunter2', streamName: "it's" });
  player.send({ command: 'play', streamId: 'exported1' });
  await player.hears({ command: 'takeConfiguration', type: 'offer' });
  player.send({ command: 'play', streamId: 'nowhere' });
  player.send('no message');
  publisher.send({ command: 'stop', streamId: 'exported1' });
  await player.hears({ definition: 'play_finished' });
  await publisher.settle();
  connection.close();

  const reader = createReader();
  reader.read(rig.recorder.trace());
  const runs = [...reader.runs.values()];
  expect(runs.length).toBeGreaterThanOrEqual(6);
  const files = [...runs, ...runs.map(withoutBeginning)].map((run, index) => {
    const definition = reader.machines.get(run.record.machine);
    if (definition === undefined) throw new Error('a run without its machine');
    expect(whyNoTest(definition, run)).toBeUndefined();
    return [`${index}.test.ts`, testFileOf(definition, run)] as const;
  });
  const text = files.map(([, file]) => file).join();
  expect(text).not.toContain('hunter2');
  expect(text).toContain('publisherServer');
  expect(text).toContain('publisherServer.resolveState(');
  expect(await runTests(await project(Object.fromEntries(files)))).toEqual({ passed: files.length, failed: 0 });

  const [name, file] = files.find(([, each]) => each.includes('publisherServer')) ?? ['', ''];
  const wrong = file.replace("toEqual('authorizing')", "toEqual('elsewhere')");
  expect(wrong).not.toBe(file);
  expect(await runTests(await project({ [name]: wrong }))).toEqual({ passed: 0, failed: 1 });
}, 300_000);
