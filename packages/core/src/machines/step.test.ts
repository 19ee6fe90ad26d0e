import { expect, test } from 'vitest';
import { emit, setup } from 'xstate';
import { roomMember } from './shared/room/member.ts';
import { begin, step, stepState } from './step.ts';

let executed = 0;

const lamp = setup({
  types: { events: {} as { type: 'press' | 'drop' | 'unknown' }, emitted: {} as { type: 'told' | 'told again' } },
  actions: {
    execute: () => {
      executed += 1;
    },
  },
}).createMachine({
  id: 'lamp',
  initial: 'off',
  entry: emit({ type: 'told' }),
  states: {
    off: { on: { press: { target: 'flickering', actions: [emit({ type: 'told' }), 'execute'] } } },
    flickering: { entry: emit({ type: 'told again' }), always: 'on' },
    on: { on: { press: 'off' } },
    broken: { type: 'final' },
  },
  on: { drop: '.broken', press: '.off' },
});

const names = (taken: ReturnType<typeof step>['taken']) => taken.map(({ source }) => source.key);

test('a step has the effects in order, and the transitions taken, eventless ones included', () => {
  const off = begin(lamp, undefined);
  expect(off).toMatchObject({ effects: [{ type: 'told' }], taken: [] });
  const on = step(lamp, off.snapshot, { type: 'press' });
  expect(on.snapshot.value).toBe('on');
  expect(on.effects).toEqual([{ type: 'told' }, { type: 'told again' }]);
  expect(names(on.taken)).toEqual(['off', 'flickering']);
});

test('a step runs nothing, and the snapshot that it starts from stays as it is', () => {
  const off = begin(lamp, undefined);
  step(lamp, off.snapshot, { type: 'press' });
  expect(executed).toBe(0);
  expect(off.snapshot.value).toBe('off');
  expect(step(lamp, off.snapshot, { type: 'press' }).snapshot.value).toBe('on');
});

test('an event that the state ignores, and one after the end, change nothing', () => {
  const { snapshot } = begin(lamp, undefined);
  expect(step(lamp, snapshot, { type: 'unknown' })).toEqual({ snapshot, effects: [], taken: [] });
  const ended = step(lamp, snapshot, { type: 'drop' });
  expect(ended.snapshot.status).toBe('done');
  expect(step(lamp, ended.snapshot, { type: 'press' })).toEqual({ snapshot: ended.snapshot, effects: [], taken: [] });
});

test('a state that is kept as data is stepped like a snapshot, each time with the same result', () => {
  const { snapshot } = step(roomMember, begin(roomMember, undefined).snapshot, { type: 'signal.joinRoom' });
  const { snapshot: live, effects } = step(roomMember, snapshot, { type: 'role.announced' });
  const kept = JSON.parse(JSON.stringify(snapshot.value)) as typeof snapshot.value;
  const stepped = stepState(roomMember, kept, 'role.announced');
  expect(stepped).toEqual({ state: live.value, effects });
  expect(stepState(roomMember, kept, 'role.announced')).toEqual(stepped);
});
