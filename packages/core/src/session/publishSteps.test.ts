import { expect, test } from 'vitest';
import { createApp } from './app.ts';
import type { TransitionListener } from './observation.ts';

const [architecture = ''] = Object.values(
  import.meta.glob<string>('../../../../ARCHITECTURE.md', { eager: true, query: '?raw', import: 'default' }),
);

const [, walk = ''] = /^## One message\n(.*?)^## /ms.exec(architecture) ?? [];

/** The steps in the table: machine, event, effects. */
const documented = walk
  .split('\n')
  .filter((line) => line.startsWith('| `'))
  .map((line) =>
    line
      .split('|')
      .slice(1, -1)
      .map((cell) => [...cell.matchAll(/`([^`]+)`/g)].map(([, name]) => name)),
  );

test('a publish takes the steps that ARCHITECTURE.md lists', () => {
  const steps: string[][][] = [];
  const observe = (): TransitionListener => (step) =>
    steps.push([[step.machine], [step.event.type], step.effects.map(({ type }) => type)]);
  const app = createApp({ clock: { start: () => () => {} }, freshId: () => 'x', observe });
  const sent: string[] = [];
  const session = app.join({
    id: 1,
    socket: { send: (text) => sent.push(text), close: () => {} },
    rtc: () => () => {},
    observe,
  });
  steps.length = 0;
  session.received('{"command":"publish","streamId":"s1"}');
  expect(sent).toEqual(['{"command":"start","streamId":"s1"}']);
  expect(documented).toHaveLength(7);
  expect(steps).toEqual(documented);
});
