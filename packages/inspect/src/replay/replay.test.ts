import * as machines from '@sigchart/core/machines';
import { signallingMachines } from '@sigchart/core/machines';
import { run } from '@sigchart/core/session';
import { expect, test } from 'vitest';
import { assign, createActor, emit, StateMachine, setup } from 'xstate';
import { createReader } from '../reader/reader.ts';
import { createRecorder, type Recorder, type RecorderOptions } from '../recorder/recorder.ts';
import { decodeLines, encodeLines } from '../trace/line.ts';
import { replay } from './replay.ts';
import { replayAll } from './replayAll.ts';

type Press = { readonly type: 'press'; readonly by?: string; readonly token?: string };

const lampOf = (count: () => number, most = 4) =>
  setup({
    types: {
      context: {} as { readonly presses: number; readonly by: string | undefined },
      events: {} as Press,
      emitted: {} as { type: 'lamp.lit'; token: string | undefined },
      input: {} as { readonly presses: number },
    },
  }).createMachine({
    id: 'lamp',
    context: ({ input }) => ({ presses: input.presses, by: undefined }),
    initial: 'off',
    states: {
      off: {
        on: {
          press: {
            target: 'on',
            actions: [
              assign({ presses: ({ context }) => context.presses + count(), by: ({ event }) => event.by }),
              emit(({ event }) => ({ type: 'lamp.lit', token: event.token })),
            ],
          },
        },
      },
      on: { on: { press: [{ guard: ({ context }) => context.presses > most, target: 'broken' }, { target: 'off' }] } },
      broken: { type: 'final' },
    },
  });

const pure = lampOf(() => 1);

const recorded = (options: RecorderOptions, machine: typeof pure, presses: number): Recorder => {
  const recorder = createRecorder(options);
  const running = run({ machine, input: { presses: 1 }, perform: () => {}, observe: recorder.observer() });
  for (let press = 0; press < presses; press += 1) running.send({ type: 'press', by: 'me', token: 'hunter2' });
  return recorder;
};

/** As it is in a file. */
const written = (recorder: Recorder) => decodeLines(encodeLines(recorder.trace())).records;

test('a pure machine replays its recording completely, even without the secrets', () => {
  expect(replayAll(written(recorded({}, pure, 20)), [pure])).toEqual({
    runs: [{ run: 'r1', transitions: 9 }],
    deviations: [],
  });
});

test('the rest of a run without its start replays its recording', () => {
  const lines = written(recorded({ limits: { perRun: 5 } }, pure, 20));
  const [run] = replayAll(lines, [pure]).runs;
  expect(run?.deviation).toBeUndefined();
  expect(run?.transitions).toBeGreaterThan(0);
  expect(run?.transitions).toBeLessThan(6);
});

test('a machine that is not pure is found out, at the latest with the next snapshot that was kept', () => {
  let calls = 0;
  const impure = lampOf(() => {
    calls += 1;
    return calls < 3 ? 1 : 2;
  }, 100);
  const { deviations } = replayAll(written(recorded({}, impure, 20)), [impure]);
  expect(deviations).toEqual([
    {
      run: 'r1',
      seq: 18,
      event: 'press',
      what: 'context',
      difference: [{ op: 'replace', path: '/presses', value: 19 }],
    },
  ]);
});

test('a trace that was changed deviates in whatever was changed', () => {
  const lines = written(recorded({}, pure, 4));
  const after = (change: object) =>
    replayAll(
      lines.map((line) => (line.kind === 'transition' && line.seq === 4 ? { ...line, ...change } : line)),
      [pure],
    ).deviations.map(({ what, seq }) => [what, seq]);
  expect(after({})).toEqual([]);
  expect(after({ state: 'off' })).toEqual([['state', 4]]);
  expect(after({ status: 'done' })).toEqual([['status', 4]]);
  expect(after({ effects: [{ type: 'lamp.lit' }] })).toEqual([['effects', 4]]);
  expect(after({ context: [{ op: 'replace', path: '/presses', value: 9 }] })).toEqual([['context', 4]]);
  expect(after({ event: { type: 'unknown' } })).toEqual([['state', 4]]);
});

test('a machine that is not given, or has changed since, is not run', () => {
  const lines = written(recorded({}, pure, 1));
  const changed = setup({}).createMachine({ id: 'lamp' });
  expect(replayAll(lines, []).runs).toEqual([{ run: 'r1', transitions: 0, unknown: 'machine' }]);
  expect(replayAll(lines, [changed]).runs).toEqual([{ run: 'r1', transitions: 0, unknown: 'version' }]);
});

test('any XState machine can be replayed, also one that was joined in its midst', () => {
  const recorder = createRecorder();
  const actor = createActor(pure, { input: { presses: 1 } }).start();
  actor.send({ type: 'press' });
  recorder.record(actor);
  for (let press = 0; press < 7; press += 1) actor.send({ type: 'press', by: 'you' });
  const reader = createReader();
  reader.read(written(recorder));
  const run = reader.runs.get('a1');
  expect(run && replay(pure, run)).toEqual({ run: 'a1', transitions: 6 });
});

test('every machine that the core exports is among those that are replayed by default', () => {
  const exported = Object.values(machines).filter((value) => value instanceof StateMachine);
  expect(exported.length).toBeGreaterThan(5);
  expect(new Set(signallingMachines)).toEqual(new Set(exported));
});

test('edges that a signalling machine did not take are detected', () => {
  const recorder = createRecorder();
  const { streamServer } = machines;
  const running = run({
    machine: streamServer,
    input: { streamId: 'stream1' },
    perform: () => {},
    observe: recorder.observer(),
  });
  running.send({ type: 'app.end' });
  running.stop();
  const lines = written(recorder);
  expect(replayAll(lines).deviations).toEqual([]);
  const changed = lines.map((line) =>
    line.kind === 'transition' && line.seq === 2 ? { ...line, taken: [0, 1] } : line,
  );
  expect(replayAll(changed).deviations.map(({ what, seq }) => [what, seq])).toEqual([['taken', 2]]);
});

test('a machine whose actors have names of their own is replayed', () => {
  const child = setup({}).createMachine({ id: 'child' });
  const parent = setup({ actors: { child } }).createMachine({
    id: 'parent',
    initial: 'out',
    states: {
      out: { on: { turn: 'in' } },
      in: { invoke: { src: 'child', systemId: 'theChild' }, on: { turn: 'out' } },
    },
  });
  const recorder = createRecorder();
  const actor = createActor(parent, { inspect: recorder.inspect }).start();
  for (let turn = 0; turn < 5; turn += 1) actor.send({ type: 'turn' });
  const reader = createReader();
  reader.read(written(recorder));
  const run = [...reader.runs.values()].find(({ record }) => record.labels.id === actor.id);
  expect(run && replay(parent, run)).toMatchObject({ transitions: 6 });
});
