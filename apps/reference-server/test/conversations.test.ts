import { fileURLToPath } from 'node:url';
import { type CaseResult, clientConversations, ladderOf } from '@sigchart/conformance';
import { beforeAll, describe, expect, test } from 'vitest';
import type { ConversationWindow } from '../../../packages/browser/test/conversation/page.ts';
import { bundleOf } from './bundle.ts';
import { launchChromium } from './chromium.ts';
import { startRelay } from './relay.ts';

let results: Readonly<Record<string, CaseResult>> = {};

beforeAll(async () => {
  const page = new URL('../../../packages/browser/test/conversation/page.ts', import.meta.url);
  const relay = await startRelay(await bundleOf(fileURLToPath(page)), 8);
  const browser = await launchChromium();
  try {
    const tab = await browser.newPage();
    await tab.goto(relay.http);
    results = await tab.evaluate(([ws, doors]) => (window as unknown as ConversationWindow).holdAll(ws, doors), [
      relay.ws,
      relay.doors,
    ] as const);
  } finally {
    await browser.close();
    await relay.stop();
  }
}, 300_000);

/**
 * Shows a session with both roles of an id on one socket, as other clients have them. This client opens a second socket for the second
 * role (decision 47), which `sleep.test.ts` shows.
 */
const ofOneSocket = 'clientPublish/publishes-and-plays';

const cases = clientConversations.filter(({ id }) => id !== ofOneSocket);

describe('the client in Chromium', () => {
  test('is held to every case but that of one socket', () => {
    expect(cases.length).toBe(clientConversations.length - 1);
  });

  describe.each([...new Set(cases.map(({ section }) => section))])('%s', (section) => {
    test.each(cases.filter((each) => each.section === section).map(({ title, id }) => [title, id] as const))(
      '%s',
      (_, id) => {
        const { passed, divergence, ladder } = results[id] as CaseResult;
        expect({ passed, divergence, ladder: divergence && ladderOf(ladder, 'client') }).toEqual({ passed: true });
      },
    );
  });
});
