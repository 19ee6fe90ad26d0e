import { expect, test } from 'vitest';
import { conversation } from './conversation.ts';

test('driven by hand, both sides follow the protocol', () => {
  expect([...conversation()]).toEqual([
    'C→S  publish',
    'S→C  start',
    'C→S  takeConfiguration',
    'S→C  takeConfiguration',
    'S→C  publish_started',
    'C→S  stop',
    'S→C  publish_finished',
    'client stopped, server finished',
  ]);
});
