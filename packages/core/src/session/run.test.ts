import { expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import { type Running, run, type Transition } from './run.ts';

type Told = { readonly type: 'told' | 'told again' };

const lamp = setup({ types: { events: {} as { type: 'press' | 'unknown' }, emitted: {} as Told } }).createMachine({
  id: 'lamp',
  initial: 'off',
  entry: emit({ type: 'told' }),
  states: {
    off: { on: { press: { target: 'flickering', actions: [emit({ type: 'told' }), emit({ type: 'told again' })] } } },
    flickering: { always: 'on' },
    on: { on: { press: 'off' } },
  },
});

const observing = (seen: Transition[], perform: (effect: Told) => void = () => {}): Running<typeof lamp> =>
  run({ machine: lamp, input: undefined, perform, observe: (transition) => seen.push(transition) });

test('what is observed names the transitions that were taken, those without an event too', () => {
  const seen: Transition[] = [];
  observing(seen).send({ type: 'press' });
  const [started, pressed] = seen;
  expect(started).toMatchObject({ from: undefined, state: 'off', taken: [], effects: [{ type: 'told' }] });
  expect(pressed).toMatchObject({ from: 'off', state: 'on' });
  expect(pressed?.taken.map(({ source }) => source.key)).toEqual(['off', 'flickering']);
});

test('an event that the state does not know is observed, and takes nothing', () => {
  const seen: Transition[] = [];
  observing(seen).send({ type: 'unknown' });
  expect(seen[1]).toMatchObject({ event: { type: 'unknown' }, state: 'off', taken: [], effects: [] });
});

test('of one machine within the turn of another, the order says between which effects', () => {
  const outer: Transition[] = [];
  const inner: Transition[] = [];
  const other = observing(inner);
  const running = observing(outer, ({ type }) => type === 'told again' && other.send({ type: 'press' }));
  running.send({ type: 'press' });
  const [heard = 0, told = 0, toldAgain = 0] = outer[1]?.order ?? [];
  const [heardByOther = 0] = inner[1]?.order ?? [];
  expect([heard, told, toldAgain, heardByOther]).toEqual(
    [heard, told, toldAgain, heardByOther].toSorted((a, b) => a - b),
  );
  expect(outer[0]?.actor).toBe(outer[1]?.actor);
  expect(outer[0]?.actor).not.toBe(inner[0]?.actor);
});

test('what one hears at once through an effect of another names that effect as its cause', () => {
  const seen: Transition[] = [];
  const other = observing(seen);
  const running = observing(seen, ({ type }) => {
    if (type !== 'told again') return;
    other.send({ type: 'press' });
    running.send({ type: 'unknown' });
  });
  running.send({ type: 'press' });
  const outer = seen.findLast(({ effects }) => effects.length === 2);
  const cause = { actor: outer?.actor, place: outer?.order[2] };
  expect(seen.map(({ cause }) => cause)).toEqual([undefined, undefined, cause, undefined, cause]);
});
