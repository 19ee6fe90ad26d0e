import { once } from 'node:events';
import {
  createBrowserReceiver,
  createInspector,
  createWebSocketReceiver,
  type StatelyInspectionEvent as StatelyEvent,
} from '@statelyai/inspect';
import { afterEach, expect, test } from 'vitest';
import { WebSocketServer } from 'ws';
import { createActor, createMachine, emit, fromPromise, setup } from 'xstate';
import { createRecorder } from '../recorder/recorder.ts';
import { statelyInspection } from './statelyInspection.ts';

const child = setup({ types: { events: {} as { readonly type: 'go' } } }).createMachine({
  id: 'child',
  initial: 'waiting',
  states: { waiting: { on: { go: 'gone' } }, gone: { type: 'final' } },
});

const lamp = setup({
  types: { events: {} as { readonly type: 'press'; readonly token: string }, emitted: {} as { readonly type: 'lit' } },
  actors: { child, wait: fromPromise(() => new Promise<number>(() => {})) },
}).createMachine({
  id: 'lamp',
  context: { presses: 0 },
  invoke: [{ src: 'child', id: 'kid' }, { src: 'wait' }],
  initial: 'off',
  states: {
    off: { on: { press: { target: 'on', actions: emit({ type: 'lit' }) } } },
    on: { type: 'parallel', states: { a: {}, b: {} } },
  },
});

const closing: (() => void)[] = [];

afterEach(() => {
  for (const close of closing.splice(0)) close();
});

/** Runs the lamp, and translates what was recorded of it. Its events are typed as those of `@statelyai/inspect`. */
function translated(
  inspect: ReturnType<typeof createInspector>['inspect'] | undefined = undefined,
): readonly StatelyEvent[] {
  const recorder = createRecorder();
  const actor = createActor(lamp, {
    inspect(inspection) {
      recorder.inspect(inspection);
      inspect?.next?.(inspection);
    },
  }).start();
  actor.send({ type: 'press', token: 'hunter2' });
  return Array.from(recorder.trace()).flatMap(statelyInspection());
}

/** Content of an event about one actor, without ids. */
const said = (event: StatelyEvent) => ({
  type: event.type,
  fields: Object.keys(event)
    .filter((key) => key !== 'sourceId')
    .toSorted(),
  version: event._version,
  heard: event.type === '@xstate.actor' ? undefined : event.event.type,
  snapshot:
    event.type === '@xstate.snapshot'
      ? (({ status, value }: { readonly status?: unknown; readonly value?: unknown }) => ({ status, value }))(
          event.snapshot,
        )
      : undefined,
});

test('each actor is reported as by the inspector of @statelyai/inspect', async () => {
  const theirs: StatelyEvent[] = [];
  const inspector = createInspector({ send: (event) => theirs.push(event) });
  const ours = translated(inspector.inspect);
  await expect.poll(() => theirs.length).toBeGreaterThanOrEqual(ours.length);
  const byActor = (events: readonly StatelyEvent[]) => {
    const ids = [...new Set(events.map(({ sessionId }) => sessionId))];
    return ids.map((id) => events.filter(({ sessionId }) => sessionId === id).map(said));
  };
  expect(byActor(ours)).toEqual(byActor(theirs));
  const [first, second] = ours.filter(({ type }) => type === '@xstate.actor');
  expect(second).toMatchObject({ parentId: first?.sessionId, rootId: first?.sessionId });
  expect(JSON.stringify(ours)).not.toContain('hunter2');
});

test('the definition of an actor is a machine', () => {
  const [first] = translated();
  const definition = first?.type === '@xstate.actor' ? first.definition : undefined;
  expect(Object.keys(createMachine(JSON.parse(definition ?? '{}')).states)).toEqual(['off', 'on']);
});

test('a receiver of @statelyai/inspect receives all of it over a WebSocket', async () => {
  const events = translated();
  const server = new WebSocketServer({ port: 0, host: '127.0.0.1' });
  closing.push(() => server.close());
  server.on('connection', (socket) => {
    closing.push(() => socket.terminate());
    for (const event of events) socket.send(JSON.stringify(event));
  });
  await once(server, 'listening');
  const { port } = server.address() as { readonly port: number };
  const heard: StatelyEvent[] = [];
  createWebSocketReceiver({ server: `ws://127.0.0.1:${port}` }).subscribe((event) => heard.push(event));
  await expect.poll(() => heard.length).toBe(events.length);
  expect(heard).toEqual(JSON.parse(JSON.stringify(events)));
});

test('a receiver of @statelyai/inspect in a page accepts all of it', () => {
  const events = translated();
  const window = Object.assign(new EventTarget(), { opener: undefined });
  Object.assign(window, { self: window, top: window });
  const heard: StatelyEvent[] = [];
  createBrowserReceiver({ window: window as never }).subscribe((event) => heard.push(event));
  window.dispatchEvent(new MessageEvent('message', { data: { type: 'something else' } }));
  for (const data of events) window.dispatchEvent(new MessageEvent('message', { data }));
  expect(heard).toEqual(events);
});

test('the result of a promise is in its snapshot', async () => {
  const recorder = createRecorder();
  createActor(
    fromPromise(async () => 42),
    { inspect: recorder.inspect },
  ).start();
  await expect.poll(() => [...recorder.runs()][0]?.status).toBe('done');
  const last = Array.from(recorder.trace()).flatMap(statelyInspection()).at(-1);
  expect(last).toMatchObject({ type: '@xstate.snapshot', snapshot: { status: 'done', output: 42 } });
});
