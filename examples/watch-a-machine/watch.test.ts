import { execFile } from 'node:child_process';
import { mkdir, rm, writeFile } from 'node:fs/promises';
import { fileURLToPath } from 'node:url';
import { promisify } from 'node:util';
import {
  createReader,
  createRecorder,
  type ReadRun,
  type RecorderOptions,
  replay,
  testFileOf,
  whyNoTest,
} from '@sigchart/inspect';
import { afterEach, expect, test } from 'vitest';
import { type AnyActorRef, createActor, waitFor } from 'xstate';
import { coffeeMachine } from './coffeeMachine.ts';

const exported = fileURLToPath(new URL('exported/', import.meta.url));

afterEach(() => rm(exported, { recursive: true, force: true }));

/** Makes a coffee, and returns its recording. */
async function recorded(options?: RecorderOptions, watch = (_: AnyActorRef) => {}) {
  const recorder = createRecorder({ name: 'kitchen', ...options });
  const coffee = createActor(coffeeMachine, { inspect: recorder.inspect }).start();
  watch(coffee);
  coffee.send({ type: 'switchOn' });
  await waitFor(coffee, (snapshot) => snapshot.matches({ on: { water: { hot: 'idle' } } }));
  coffee.send({ type: 'openLid' });
  coffee.send({ type: 'pay', account: 'otter', token: 'hunter2' });
  coffee.send({ type: 'brew' });
  await waitFor(coffee, ({ context }) => context.water === 0);
  coffee.send({ type: 'brew' });
  coffee.send({ type: 'switchOff' });
  coffee.send({ type: 'switchOn' });
  coffee.stop();
  const reader = createReader();
  reader.read(recorder.trace());
  const of = (id: string): ReadRun => {
    const found = [...reader.runs.values()].find(
      ({ record }) => reader.machines.get(record.machine)?.id === id && record.status !== 'error',
    );
    if (found === undefined) throw new Error(`${id} was not recorded`);
    return found;
  };
  const definitionOf = (run: ReadRun) => {
    const definition = reader.machines.get(run.record.machine);
    if (definition === undefined) throw new Error('a run without its machine');
    return definition;
  };
  return { reader, of, definitionOf };
}

/** Runs a run as the test that it becomes. Resolves to what vitest says of it. */
async function tested(text: string): Promise<string> {
  await mkdir(exported, { recursive: true });
  await writeFile(`${exported}coffee.test.ts`, text);
  const vitest = fileURLToPath(import.meta.resolve('vitest/package.json')).replace('package.json', 'vitest.mjs');
  const root = fileURLToPath(new URL('../..', import.meta.url));
  const { stdout, stderr } = await promisify(execFile)(
    process.execPath,
    [vitest, 'run', '--no-color', '--project', 'parts', exported],
    { cwd: root },
  ).catch((failed: { readonly stdout: string; readonly stderr: string }) => failed);
  return stdout + stderr;
}

test('the machine, its children and its promises are recorded, with the causes of their events', async () => {
  const { of, reader } = await recorded();
  const coffee = of('coffee');
  expect(coffee.transitions.map(({ event }) => event.type)).toEqual([
    'xstate.init',
    'switchOn',
    'xstate.done.actor.0.coffee.on.water.cold',
    'openLid',
    'pay',
    'brew',
    'xstate.after.brewing.coffee.on.water.hot.brewing',
    'brew',
    'switchOff',
    'switchOn',
    'xstate.stop',
  ]);
  expect(coffee.transitions.at(-2)?.state).toEqual({ on: { water: { hot: 'idle' }, lid: 'open' } });
  const counter = of('counter');
  expect(counter.record.parent).toBe(coffee.record.run);
  expect(counter.transitions[1]).toMatchObject({
    event: { type: 'brewed' },
    cause: { run: coffee.record.run },
  });
  expect(of('heat').record).toMatchObject({ status: 'done', parent: coffee.record.run });
  expect(JSON.stringify([...reader.runs.values()])).not.toContain('hunter2');
});

test('it goes the same way when it is replayed', async () => {
  const { of } = await recorded();
  expect(replay(coffeeMachine, of('coffee')).deviation).toBeUndefined();
});

test('it becomes a test that passes, secrets, children and history and all', async () => {
  const { of, definitionOf } = await recorded();
  const coffee = of('coffee');
  expect(whyNoTest(definitionOf(coffee), coffee)).toBeUndefined();
  const text = testFileOf(definitionOf(coffee), coffee, { machine: 'coffeeMachine', from: '../coffeeMachine.ts' });
  expect(await tested(text)).toMatch(/Tests +1 passed/);
  const wrong = text.replace("lid: 'open'", "lid: 'closed'");
  expect(wrong).not.toBe(text);
  expect(await tested(wrong)).toMatch(/Tests +1 failed/);
});

test('a run that cannot become a test has a reason', async () => {
  const { of, definitionOf } = await recorded();
  const heat = of('heat');
  expect(whyNoTest(definitionOf(heat), heat)).toBe('It is no machine: what it did cannot be run again.');
  expect(await tested(testFileOf(definitionOf(heat), heat, { from: '../coffeeMachine.ts' }))).toContain(
    'It is no machine: what it did cannot be run again.',
  );
  const short = await recorded({ limits: { perRun: 4 } });
  const late = short.of('coffee');
  expect(whyNoTest(short.definitionOf(late), late)).toContain('Its beginning is gone');
});
