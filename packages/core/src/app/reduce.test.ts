import { describe, expect, test } from 'vitest';
import type { ClientMessage } from '../protocol/message.ts';
import type { AppFacts, AppInput } from './input.ts';
import { type AppResult, reduceApp } from './reduce.ts';
import { type AppState, emptyApp, placeOfRole, placeOfShared, placeOfSocket } from './state.ts';

const facts: AppFacts = { now: 1_000, freshId: 'fresh' };

/** An app after several inputs, with what it did on the last. */
const after = (...inputs: readonly AppInput[]): AppResult =>
  inputs.reduce<AppResult>(({ state }, input) => reduceApp(state, input, facts), {
    state: emptyApp,
    steps: [],
    requests: [],
    failures: [],
  });

const joined = (socket: number): AppInput => ({ type: 'socket.joined', socket, pings: true });

const said = (socket: number, message: object): AppInput => ({
  type: 'socket.received',
  socket,
  message: message as ClientMessage,
});

const publisher = (socket: number) => placeOfRole(socket, { role: 'publisher', streamId: 's1' });

const publish = { command: 'publish', streamId: 's1', streamName: 'One', subscriberId: 'ann' };

const granted = (socket: number): AppInput => ({
  type: 'machine.told',
  place: publisher(socket),
  event: {
    type: 'access.granted',
    request: {
      action: 'publish',
      streamId: 's1',
      room: undefined,
      token: undefined,
      subscriberId: undefined,
      subscriberCode: undefined,
      metaData: undefined,
    },
  },
});

const connected = (socket: number): AppInput => ({
  type: 'machine.told',
  place: publisher(socket),
  event: { type: 'rtc.connected' },
});

const asked = ({ requests }: AppResult) => requests.map(({ effect }) => effect.type);

/** Everything that a state says, as plain data. */
const plain = ({ sockets, machines, counts }: AppState) => ({
  sockets: [...sockets],
  machines: Array.from(machines, ([key, { snapshot }]) => [key, snapshot.value, snapshot.context]),
  counts: { ...counts },
});

describe('an app', () => {
  test('requests effects of adapters, and delivers events between its machines', () => {
    const requested = after(joined(1), said(1, publish));
    expect(asked(requested)).toEqual(['access.request']);
    expect(requested.requests[0]?.place).toEqual(publisher(1));
    const accepted = reduceApp(requested.state, granted(1), facts);
    expect(accepted.steps.map(({ machine, event }) => `${machine.id} ${event.type}`)).toEqual([
      'publisher.server access.granted',
      'stream.server xstate.init',
      'stream.server role.claimed',
      'publisher.server stream.claimed',
    ]);
    expect(asked(accepted)).toEqual(['rtc.open', 'signal.send', 'timer.start']);
    expect(accepted.state.counts.stream).toBe(1);
  });

  test('names the effect that caused an event', () => {
    const { steps } = after(joined(1), said(1, publish), granted(1));
    const causes = steps.map(({ cause }) => cause && steps[cause.step]?.effects[cause.effect]?.type);
    expect(causes).toEqual([undefined, 'stream.claim', 'stream.claim', 'role.tell']);
  });

  test('is a value: an input changes nothing of the state it is given, and does the same again', () => {
    const { state } = after(joined(1), said(1, publish), granted(1));
    const before = JSON.stringify(plain(state));
    const [first, second] = [1, 2].map(() => reduceApp(state, { type: 'socket.closed', socket: 1 }, facts));
    expect(JSON.stringify(plain(state))).toBe(before);
    expect(first?.requests).toEqual(second?.requests);
    expect(first && plain(first.state)).toEqual(plain(emptyApp));
  });

  test('notifies the application with the publisher’s data', () => {
    const started = after(joined(1), said(1, publish), granted(1), connected(1));
    const told = { streamId: 's1', streamName: 'One', subscriberId: 'ann', about: 1 };
    expect(started.requests.map(({ effect }) => effect)).toContainEqual({
      type: 'hook.call',
      notification: expect.objectContaining({ ...told, action: 'liveStreamStarted' }),
    });
    expect(started.state.sockets.get(1)?.claims.published.get('s1')).toMatchObject({ date: 1_000, startTime: 1_000 });
  });

  test('ignores inputs for sockets and machines that have ended', () => {
    for (const input of [said(1, publish), granted(1), { type: 'socket.closed', socket: 1 } as const])
      expect(after(joined(1), { type: 'socket.closed', socket: 1 }, input)).toMatchObject({
        steps: [],
        requests: [],
        failures: [],
      });
  });

  test('closes a socket that cannot be used any more', () => {
    const failed = after(joined(1), said(1, publish), { type: 'socket.failed', socket: 1 });
    expect(asked(failed)[0]).toBe('socket.close');
    expect(failed.state.machines.size).toBe(0);
    expect(failed.state.sockets.size).toBe(1);
  });

  test('ends unused shared machines', () => {
    const closed = after(joined(1), said(1, publish), granted(1), said(1, { command: 'stop', streamId: 's1' }));
    expect(closed.state.counts.stream).toBe(0);
    expect(closed.requests.filter(({ effect }) => effect.type === 'machine.end').map(({ place }) => place)).toEqual([
      publisher(1),
      placeOfShared('stream', 's1'),
    ]);
  });
});

test('who is refused a room, or loses its place in it, has no place among its rooms', () => {
  const joinRoom = { command: 'joinRoom', room: 'r1', streamId: 'm1' };
  const admitted = (socket: number, right?: 'stream'): AppInput => ({
    type: 'machine.told',
    place: placeOfSocket(socket),
    event: {
      type: 'access.granted',
      request: {
        action: 'enter',
        streamId: 'r1',
        room: 'r1',
        token: undefined,
        subscriberId: undefined,
        subscriberCode: undefined,
        metaData: undefined,
        message: joinRoom as never,
      },
      right,
    },
  });
  const enter = (socket: number, right?: 'stream') => [said(socket, joinRoom), admitted(socket, right)];
  const roomsAfter = (right?: 'stream') => {
    const { state } = after(joined(1), joined(2), ...enter(1), ...enter(2, right));
    return [1, 2].map((socket) => state.sockets.get(socket)?.membership.rooms);
  };
  expect(roomsAfter()).toEqual([['r1'], []]);
  expect(roomsAfter('stream')).toEqual([[], ['r1']]);
});

test('an event whose step throws is ignored, and reported', () => {
  const { state } = after(joined(1));
  const stepper = {
    begin: () => {
      throw new Error('never');
    },
    step: () => {
      throw new Error('guard');
    },
  };
  const reduced = reduceApp(state, said(1, { command: 'ping' }), facts, { stepper });
  expect(reduced.failures).toMatchObject([{ place: { kind: 'socket', socket: 1 }, error: { message: 'guard' } }]);
  expect(reduced.state.machines.size).toBe(1);
});
