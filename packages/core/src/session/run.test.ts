import { expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import type { Transition } from './observation.ts';
import { type Run, run } from './run.ts';

type LampEffect = { readonly type: 'told' | 'told again' };

const lamp = setup({ types: { events: {} as { type: 'press' | 'unknown' }, emitted: {} as LampEffect } }).createMachine(
  {
    id: 'lamp',
    initial: 'off',
    entry: emit({ type: 'told' }),
    states: {
      off: { on: { press: { target: 'flickering', actions: [emit({ type: 'told' }), emit({ type: 'told again' })] } } },
      flickering: { always: 'on' },
      on: { on: { press: 'off' } },
    },
  },
);

const observing = (seen: Transition[], perform: (effect: LampEffect) => void = () => {}): Run<typeof lamp> =>
  run({ machine: lamp, input: undefined, perform, observe: () => (transition) => seen.push(transition) });

/** Notes the effects that it performs, and does something within the second, which is the first of a press. */
const atSecond =
  (performed: string[], act: () => void) =>
  ({ type }: LampEffect) => {
    performed.push(type);
    if (performed.length === 2) act();
  };

test('observers get the transitions taken, eventless ones included', () => {
  const seen: Transition[] = [];
  observing(seen).send({ type: 'press' });
  const [started, pressed] = seen;
  expect(started).toMatchObject({ from: undefined, state: 'off', taken: [], effects: [{ type: 'told' }] });
  expect(pressed).toMatchObject({ from: 'off', state: 'on' });
  expect(pressed?.taken.map(({ source }) => source.key)).toEqual(['off', 'flickering']);
});

test('an ignored event is observed, without transitions', () => {
  const seen: Transition[] = [];
  observing(seen).send({ type: 'unknown' });
  expect(seen[1]).toMatchObject({ event: { type: 'unknown' }, state: 'off', taken: [], effects: [] });
});

test('transitions of one machine within a step of another are observed in order', () => {
  const seen: Transition[] = [];
  const other = observing(seen);
  const running = observing(seen, ({ type }) => type === 'told again' && other.send({ type: 'press' }));
  running.send({ type: 'press' });
  expect(seen.map((each) => [each.running === running, each.seq])).toEqual([
    [false, 1],
    [true, 1],
    [true, 2],
    [false, 2],
  ]);
});

test('an event delivered by an effect names that effect as its cause', () => {
  const seen: Transition[] = [];
  const other = observing(seen);
  const running = observing(seen, ({ type }) => {
    if (type !== 'told again') return;
    other.send({ type: 'press' });
    running.send({ type: 'unknown' });
  });
  running.send({ type: 'press' });
  const cause = { running, seq: 2, effect: 1 };
  expect(seen.map(({ cause }) => cause)).toEqual([undefined, undefined, undefined, cause, cause]);
});

test('an event sent within a machine’s own effects waits until they are performed', () => {
  const heard: string[] = [];
  const running = run({
    machine: lamp,
    input: undefined,
    perform: ({ type }) => {
      heard.push(`${type} is performed`);
      if (type === 'told again') running.send({ type: 'press' });
    },
  });
  running.subscribe(({ value }) => heard.push(String(value)));
  running.send({ type: 'press' });
  expect(heard).toEqual(['told is performed', 'told is performed', 'told again is performed', 'on', 'off']);
});

test('exceptions of effects and listeners are reported, and nothing else is affected', () => {
  const performed: string[] = [];
  const failures: unknown[] = [];
  const throwing = (what: string) => () => {
    throw what;
  };
  const running = run({
    machine: lamp,
    input: undefined,
    perform: atSecond(performed, () => {
      running.send({ type: 'press' });
      throw 'effect';
    }),
    observe: () => throwing('observer'),
    ended: throwing('end'),
    failed: (error) => failures.push(error),
  });
  running.subscribe(throwing('subscriber'));
  running.send({ type: 'press' });
  expect(performed).toEqual(['told', 'told', 'told again']);
  expect(running.getSnapshot().value).toBe('off');
  running.stop();
  expect(running.getSnapshot().status).toBe('stopped');
  expect(failures).toEqual([
    ...['observer', 'observer', 'effect', 'subscriber', 'observer', 'subscriber', 'observer', 'end'],
  ]);
});

test('an event whose step throws is ignored, and reported', () => {
  const failures: unknown[] = [];
  const fragile = setup({ types: { events: {} as { type: 'drop' | 'press' } } }).createMachine({
    initial: 'off',
    states: {
      off: {
        on: {
          drop: {
            guard: () => {
              throw 'guard';
            },
            target: 'on',
          },
          press: 'on',
        },
      },
      on: {},
    },
  });
  const failed = (error: unknown) => failures.push(String(error));
  const running = run({ machine: fragile, input: undefined, perform: () => {}, failed });
  running.send({ type: 'drop' });
  expect(running.getSnapshot()).toMatchObject({ value: 'off', status: 'active' });
  running.send({ type: 'press' });
  expect(running.getSnapshot().value).toBe('on');
  expect(failures).toEqual([expect.stringContaining('guard')]);
});

test('a machine that stops itself through an effect performs the others, and drops waiting events', () => {
  const told: string[] = [];
  const running = run({
    machine: lamp,
    input: undefined,
    perform: atSecond(told, () => {
      running.send({ type: 'press' });
      running.stop();
      running.send({ type: 'press' });
    }),
    ended: () => told.push('ended'),
  });
  running.send({ type: 'press' });
  expect(told).toEqual(['told', 'told', 'told again', 'ended']);
  expect(running.getSnapshot()).toMatchObject({ value: 'on', status: 'stopped' });
});

test('an unobserved machine is skipped in causes', () => {
  const seen: Transition[] = [];
  const last = observing(seen);
  const between = run({ machine: lamp, input: undefined, perform: () => last.send({ type: 'press' }) });
  const first = observing(seen, ({ type }) => type === 'told again' && between.send({ type: 'press' }));
  seen.length = 0;
  first.send({ type: 'press' });
  expect(seen.at(-1)).toMatchObject({ running: last, cause: { running: first, seq: 2, effect: 1 } });
});

test('a stopped machine ignores events, and reports its end once', () => {
  const told: string[] = [];
  const running = run({
    machine: lamp,
    input: undefined,
    perform: () => {},
    ended: () => told.push('ended'),
    observe:
      () =>
      ({ event }) =>
        told.push(event.type),
  });
  running.stop();
  running.stop();
  running.send({ type: 'press' });
  expect(told).toEqual(['xstate.init', 'xstate.stop', 'ended']);
});

test('a machine that cannot start throws its reason', () => {
  const broken = setup({}).createMachine({
    context: () => {
      throw new Error('no input');
    },
  });
  expect(() => run({ machine: broken, input: undefined, perform: () => {} })).toThrow('no input');
});
