import { run } from '@sigchart/core/session';
import { afterEach, beforeEach, expect, test, vi } from 'vitest';
import { createMachine } from 'xstate';
import { createReader } from '../reader/reader.ts';
import { createRecorder } from '../recorder/recorder.ts';
import { decodeLines } from '../trace/line.ts';
import { createFeed } from './feed.ts';

beforeEach(() => void vi.useFakeTimers());
afterEach(() => void vi.useRealTimers());

const lamp = createMachine({
  id: 'lamp',
  initial: 'off',
  states: { off: { on: { press: 'on' } }, on: { on: { press: 'off' } } },
});

test('who wants everything at once gets it piece by piece, whole and in order', () => {
  const recorder = createRecorder();
  const observe = recorder.observer();
  for (let count = 0; count < 20; count += 1) {
    const running = run({ machine: lamp, input: undefined, perform: () => {}, observe });
    for (let press = 1; press < 300; press += 1) running.send({ type: 'press' });
  }
  const feed = createFeed(recorder);
  const reader = createReader();
  let told = 0;
  const send = (text: string) => {
    const { records } = decodeLines(text);
    told += records.filter(({ kind }) => kind === 'transition').length;
    reader.read(records);
  };
  const { received } = feed.view({ bufferedAmount: 0, send }, () => {});
  const all = JSON.stringify({ watch: [...reader.runs.keys()] });
  let atOnce = 0;
  let before = 0;
  for (let tick = 0; tick < 30; tick += 1) {
    // Asking again and again gets no more of it.
    for (let again = 0; again < 10; again += 1) {
      if (tick < 2) received('{"watch":[]}');
      received(all);
    }
    vi.advanceTimersByTime(100);
    atOnce = Math.max(atOnce, told - before);
    before = told;
  }
  feed.close();
  expect(atOnce).toBeGreaterThan(0);
  expect(atOnce).toBeLessThanOrEqual(1_000);
  for (const { record, transitions } of reader.runs.values()) {
    expect(record.seq).toBe(300);
    expect(transitions.map(({ seq }) => seq)).toEqual(Array.from(transitions, (_, index) => index + 1));
    expect(transitions.length).toBe(300);
  }
});

test('a viewer watches 64 runs, and a request for more is ignored', () => {
  const recorder = createRecorder();
  const observe = recorder.observer();
  run({ machine: lamp, input: undefined, perform: () => {}, observe }).send({ type: 'press' });
  const feed = createFeed(recorder);
  let told = 0;
  const send = (text: string) => {
    told += decodeLines(text).records.filter(({ kind }) => kind === 'transition').length;
  };
  const { received } = feed.view({ bufferedAmount: 0, send }, () => {});
  const [id = ''] = [...recorder.runs()].map((record) => record.run);
  const watch = (count: number) =>
    JSON.stringify({ watch: [id, ...Array.from({ length: count - 1 }, (_, index) => `other${index}`)] });
  received(watch(65));
  vi.advanceTimersByTime(1_000);
  expect(told).toBe(0);
  received(watch(64));
  vi.advanceTimersByTime(1_000);
  expect(told).toBeGreaterThan(0);
  feed.close();
});
