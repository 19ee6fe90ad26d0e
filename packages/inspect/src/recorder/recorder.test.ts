import { setFlagsFromString } from 'node:v8';
import { runInNewContext } from 'node:vm';
import { run } from '@sigchart/core/session';
import { expect, test } from 'vitest';
import { assign, createActor, emit, fromPromise, sendTo, setup } from 'xstate';
import { momentAt, momentsOf } from '../reader/moment.ts';
import { createReader } from '../reader/reader.ts';
import { decodeLines, encodeLines } from '../trace/line.ts';
import type { TransitionRecord } from '../trace/record.ts';
import { createRecorder, type Recorder } from './recorder.ts';

const lamp = setup({
  types: {
    context: {} as { readonly presses: number },
    events: {} as { type: 'press'; token?: string } | { type: 'unknown' },
    emitted: {} as { type: 'lamp.lit'; presses: number },
  },
}).createMachine({
  id: 'lamp',
  context: { presses: 0 },
  initial: 'off',
  states: {
    off: {
      on: {
        press: {
          target: 'on',
          actions: [
            assign({ presses: ({ context }) => context.presses + 1 }),
            emit(({ context }) => ({ type: 'lamp.lit', presses: context.presses })),
          ],
        },
      },
    },
    on: { on: { press: 'off' } },
  },
});

/** A clock that advances by one with each read. */
const ticking = () => {
  let time = 1_000;
  return () => ++time;
};

const read = (recorder: Recorder) => {
  const { records, illegible } = decodeLines(encodeLines(recorder.trace()));
  expect(illegible).toEqual([]);
  const reader = createReader();
  reader.read(records);
  return reader;
};

const only = (recorder: Recorder) => {
  const [run] = read(recorder).runs.values();
  if (run === undefined) throw new Error('nothing was recorded');
  return run;
};

const started = (recorder: Recorder, perform: () => void = () => {}) =>
  run({ machine: lamp, input: undefined, perform, observe: recorder.observer() });

test('a running machine is recorded with events, transitions, states and effects', () => {
  const recorder = createRecorder({ name: 'test', now: ticking() });
  const running = started(recorder);
  running.send({ type: 'press', token: 'hunter2' });
  running.send({ type: 'unknown' });
  const { record, transitions } = only(recorder);
  expect(record).toMatchObject({ recorder: 'test', seq: 3, state: 'on', status: 'active' });
  expect(transitions).toMatchObject([
    {
      seq: 1,
      event: { type: 'xstate.init' },
      taken: [],
      state: 'off',
      effects: [],
      context: [{ op: 'add', path: '' }],
    },
    {
      seq: 2,
      event: { type: 'press', token: '[secret]' },
      taken: [0],
      state: 'on',
      effects: [{ type: 'lamp.lit', presses: 1 }],
      context: [{ op: 'replace', path: '/presses', value: 1 }],
    },
    { seq: 3, event: { type: 'unknown' }, taken: [], state: 'on', effects: [], context: [] },
  ]);
});

test('the name that a stream is given is a label of its run, cut to 80 characters', () => {
  const recorder = createRecorder();
  const running = started(recorder);
  running.send({ type: 'press', message: { streamName: 'Ada' } } as never);
  running.send({ type: 'unknown', message: { streamName: 7 } } as never);
  expect(only(recorder).record.labels).toEqual({ name: 'Ada' });
  running.send({ type: 'unknown', streamName: 'x'.repeat(1_000) } as never);
  expect(only(recorder).record.labels).toEqual({ name: 'x'.repeat(80) });
});

test('shared machines have no name', () => {
  const recorder = createRecorder();
  const observe = () => recorder.observer()({ shared: 'room1' });
  const running = run({ machine: lamp, input: undefined, perform: () => {}, observe });
  running.send({ type: 'press', message: { streamName: 'Ada' } } as never);
  expect(only(recorder).record.labels).not.toHaveProperty('name');
});

test('any moment of the past has its state and context', () => {
  const recorder = createRecorder();
  const running = started(recorder);
  for (let press = 0; press < 5; press += 1) running.send({ type: 'press' });
  const run = only(recorder);
  expect(momentsOf(run).map(({ state }) => state)).toEqual(['off', 'on', 'off', 'on', 'off', 'on']);
  expect(momentAt(run, 4)).toMatchObject({ state: 'on', context: { presses: 2 } });
  expect(momentAt(run, 7)).toBeUndefined();
});

test('the oldest transitions beyond a run’s limit are dropped, and the trace says so', () => {
  const recorder = createRecorder({ limits: { perRun: 10 } });
  const running = started(recorder);
  for (let press = 0; press < 99; press += 1) running.send({ type: 'press' });
  const run = only(recorder);
  expect(run.transitions.length).toBeLessThanOrEqual(10);
  expect(run.dropped?.seq).toBe(100 - run.transitions.length);
  expect(run.transitions.map(({ seq }) => seq)).toEqual(
    Array.from(run.transitions, (_, index) => (run.dropped?.seq ?? 0) + 1 + index),
  );
  expect(momentAt(run, 100)).toMatchObject({ state: 'on', context: { presses: 50 } });
});

test('all runs together keep within a limit, and those that have ended go first', () => {
  const forgotten: string[] = [];
  const recorder = createRecorder({ limits: { bytes: 15_000 } });
  recorder.listen({ changed: () => {}, forgotten: (runs) => forgotten.push(...runs) });
  const first = started(recorder);
  first.stop();
  const running = Array.from({ length: 20 }, () => started(recorder));
  for (let press = 0; press < 40; press += 1) for (const one of running) one.send({ type: 'press' });
  expect(forgotten).toEqual(['r1']);
  const { runs } = read(recorder);
  expect(runs.size).toBe(20);
  const kept = [...runs.values()].reduce((sum, { transitions }) => sum + transitions.length, 0);
  expect(kept).toBeLessThanOrEqual(50);
  for (const run of runs.values()) {
    expect(run.record.seq).toBe(41);
    expect(momentAt(run, 41)).toMatchObject({ state: 'off', context: { presses: 20 } });
  }
});

test('of runs that have ended, so many are kept', () => {
  const recorder = createRecorder({ limits: { ended: 10 } });
  for (let count = 0; count < 50; count += 1) started(recorder).stop();
  expect(read(recorder).runs.size).toBeLessThanOrEqual(10);
});

test('a run beyond the limit is not recorded, and others are not affected', () => {
  const recorder = createRecorder({ limits: { runs: 2 } });
  const all = [started(recorder), started(recorder), started(recorder)];
  for (const one of all) one.send({ type: 'press' });
  expect(read(recorder).runs.size).toBe(2);
  all[0]?.stop();
  all[2]?.send({ type: 'press' });
  started(recorder);
  expect([...read(recorder).runs.keys()]).toEqual(['r2', 'r4']);
});

test('coverage includes removed runs', () => {
  const recorder = createRecorder({ limits: { ended: 1 }, now: ticking() });
  for (let count = 0; count < 5; count += 1) {
    const running = started(recorder);
    running.send({ type: 'press' });
    running.stop();
  }
  started(recorder);
  const [coverage] = recorder.coverage();
  expect(coverage).toMatchObject({ edges: [5, 0], entered: [6, 6, 5], now: [1, 1, 0] });
  expect(coverage?.dwellMs.every((time) => time > 0)).toBe(true);
});

test('an event delivered by an effect names its cause', () => {
  const recorder = createRecorder();
  const other = started(recorder);
  const running = started(recorder, () => other.send({ type: 'press' }));
  running.send({ type: 'press' });
  const [first] = read(recorder).runs.values();
  expect(first?.transitions.map(({ cause }) => cause)).toEqual([undefined, { run: 'r2', seq: 2, effect: 0 }]);
});

test('each of several effects is named as the cause of its events', () => {
  const twice = setup({
    types: { events: {} as { type: 'ring' }, emitted: {} as { type: 'one' | 'other' } },
  }).createMachine({
    id: 'twice',
    on: { ring: { actions: [emit({ type: 'one' }), emit({ type: 'other' })] } },
  });
  const recorder = createRecorder();
  const lamps = { one: started(recorder), other: started(recorder) };
  const running = run({
    machine: twice,
    input: undefined,
    perform: ({ type }) => lamps[type].send({ type: 'press' }),
    observe: recorder.observer(),
  });
  running.send({ type: 'ring' });
  const [one, other] = [...read(recorder).runs.values()].map(({ transitions }) => transitions[1]?.cause);
  expect([one, other]).toEqual([
    { run: 'r3', seq: 2, effect: 0 },
    { run: 'r3', seq: 2, effect: 1 },
  ]);
});

const child = setup({ types: { events: {} as { type: 'go'; secret?: string } } }).createMachine({
  id: 'child',
  initial: 'waiting',
  states: { waiting: { on: { go: 'gone' } }, gone: { type: 'final' } },
});

const parent = setup({
  actors: { child, answer: fromPromise(async () => 42) },
  actions: { shout: () => {} },
}).createMachine({
  id: 'parent',
  initial: 'busy',
  invoke: { src: 'answer', onDone: '.answered' },
  states: {
    busy: {
      invoke: { src: 'child', id: 'kid', onDone: 'rested' },
      on: { tell: { actions: ['shout', sendTo('kid', { type: 'go', secret: 'hunter2' })] } },
    },
    rested: {},
    answered: {},
  },
});

const byMachine = (recorder: Recorder) => {
  const { runs, machines } = read(recorder);
  return Object.fromEntries([...runs.values()].map((run) => [machines.get(run.record.machine)?.id, run] as const));
};

const eventTypes = (transitions: readonly TransitionRecord[] = []) => transitions.map(({ event }) => event.type);

test('any XState system is recorded, with its children, promises and causes', async () => {
  const recorder = createRecorder();
  const actor = createActor(parent, { inspect: recorder.inspect });
  actor.start();
  actor.send({ type: 'tell' });
  await new Promise<void>((resolve) => actor.subscribe((snapshot) => snapshot.matches('answered') && resolve()));
  actor.stop();
  const { parent: outer, child: inner, answer } = byMachine(recorder);
  expect(eventTypes(outer?.transitions)).toEqual([
    'xstate.init',
    'tell',
    'xstate.done.actor.kid',
    'xstate.done.actor.0.parent',
    'xstate.stop',
  ]);
  expect(outer?.transitions[1]?.effects).toContainEqual({ type: 'shout' });
  expect(outer?.transitions[3]).toMatchObject({ state: 'answered', taken: [0] });
  expect(outer?.record).toMatchObject({ status: 'stopped' });
  expect(inner?.record).toMatchObject({ parent: outer?.record.run, status: 'done', labels: { id: 'kid' } });
  expect(inner?.transitions[1]).toMatchObject({
    event: { type: 'go', secret: '[secret]' },
    cause: { run: outer?.record.run, seq: 2 },
  });
  expect(answer?.record).toMatchObject({ state: 'done', status: 'done' });
});

test('an actor that runs already is recorded from then on', () => {
  const recorder = createRecorder();
  const actor = createActor(lamp).start();
  actor.send({ type: 'press' });
  const stop = recorder.record(actor);
  actor.send({ type: 'press' });
  stop();
  actor.send({ type: 'press' });
  const run = only(recorder);
  expect(run.transitions.map(({ state, seq }) => [seq, state])).toEqual([[1, 'off']]);
  expect(momentAt(run, 1)?.context).toEqual({ presses: 1 });
});

test('reading from the middle gives the same as reading from the start', () => {
  const recorder = createRecorder({ limits: { perRun: 60 } });
  const other = started(recorder);
  const running = started(recorder, () => other.send({ type: 'press' }));
  for (let press = 0; press < 99; press += 1) running.send({ type: press % 5 === 0 ? 'unknown' : 'press' });
  for (const { run, seq } of recorder.runs()) {
    const whole = [...recorder.since(run, 0)];
    expect(whole.length).toBeGreaterThan(20);
    for (let from = 0; from <= seq; from += 1)
      expect([...recorder.since(run, from)]).toEqual(
        whole.filter((record) =>
          record.kind === 'dropped' ? record.seq > from : record.kind === 'transition' && record.seq > from,
        ),
      );
  }
});

test('a run is dropped reel by reel, and something of it is always left', () => {
  const recorder = createRecorder({ limits: { perRun: 100 } });
  const running = started(recorder);
  for (let press = 0; press < 999; press += 1) {
    running.send({ type: 'press' });
    const [first, ...others] = recorder.since('r1', 0);
    const kept = first?.kind === 'dropped' ? others.length : others.length + 1;
    expect(kept).toBeLessThanOrEqual(100);
    expect(kept).toBeGreaterThanOrEqual(Math.min(press + 2, 64));
  }
});

test('adapters of a machine are not retained by its events', async () => {
  const recorder = createRecorder();
  const performer = () => {
    const held = { perform: () => {} };
    run({ machine: lamp, input: undefined, perform: () => held.perform(), observe: recorder.observer() }).stop();
    return new WeakRef(held);
  };
  const held = performer();
  setFlagsFromString('--expose-gc');
  await new Promise((resolve) => setTimeout(resolve));
  runInNewContext('gc')();
  expect(held.deref()).toBeUndefined();
  expect(recorder.run('r1')?.status).toBe('stopped');
});

test('a run that was unobserved for a while does not distort the coverage of others', () => {
  const recorder = createRecorder();
  const first = createActor(lamp).start();
  recorder.record(first)();
  first.send({ type: 'press' });
  const stop = recorder.record(first);
  first.send({ type: 'unknown' });
  stop();
  const second = createActor(lamp, { inspect: recorder.inspect }).start();
  second.send({ type: 'unknown' });
  expect([...recorder.runs()].at(-1)?.state).toBe('off');
});

test('recording continues when nearly all that is kept still runs', () => {
  const recorder = createRecorder({ limits: { runs: 3, ended: 100 } });
  for (let count = 0; count < 3; count += 1) started(recorder);
  started(recorder).stop();
  expect([...recorder.runs()]).toHaveLength(3);
  const [first] = recorder.runs();
  expect(first?.run).toBe('r1');
});
