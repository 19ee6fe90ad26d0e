import { fileURLToPath } from 'node:url';
import { type CaseResult, clientConversations, ladderOf } from '@sigchart/model';
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

describe('the client in Chromium', () => {
  describe.each([...new Set(clientConversations.map(({ section }) => section))])('%s', (section) => {
    test.each(
      clientConversations.filter((each) => each.section === section).map(({ title, id }) => [title, id] as const),
    )('%s', (_, id) => {
      const { passed, divergence, ladder } = results[id] as CaseResult;
      expect({ passed, divergence, ladder: divergence && ladderOf(ladder, 'client') }).toEqual({ passed: true });
    });
  });
});
