import { fileURLToPath } from 'node:url';
import { definitionOf, type MachineDefinition, mermaidOf } from '@sigchart/chart';
import { signallingMachines } from '@sigchart/core/machines';
import type { Browser, Page } from 'playwright-core';
import { afterAll, beforeAll, expect, test } from 'vitest';
import { launchChromium } from './chromium.ts';

let browser: Browser;
let page: Page;

beforeAll(async () => {
  browser = await launchChromium();
  page = await browser.newPage();
  await page.setContent('<!doctype html><body></body>');
  await page.addScriptTag({ path: fileURLToPath(import.meta.resolve('mermaid/dist/mermaid.min.js')) });
});

afterAll(() => browser.close());

interface Mermaid {
  render(id: string, text: string): Promise<{ readonly svg: string }>;
}

/** The texts of a diagram as Mermaid itself draws it. Rejects when it does not understand it. */
const drawn = (text: string): Promise<readonly string[]> =>
  page.evaluate(async (source) => {
    const { mermaid } = window as unknown as { readonly mermaid: Mermaid };
    const { svg } = await mermaid.render('chart', source);
    document.body.innerHTML = svg;
    const labels = document.querySelectorAll('svg foreignObject, svg text');
    return Array.from(labels, ({ textContent }) => textContent.trim());
  }, text);

const hostile = 'a "b" [c]; <d> {e} -- f : g #h; %% \\ end note';

/** Composite states with text of their own, parallel ones, history, and names that Mermaid could take for its own. */
const foreign: MachineDefinition = {
  id: 'foreign "machine": [x]',
  states: [
    { id: 'm', key: 'm', type: 'compound', initial: 1 },
    { id: 'm.state', key: 'state', type: 'compound', parent: 0, initial: 2, entry: [hostile], invoke: ['brew'] },
    { id: 'm.state.end', key: 'end', type: 'atomic', parent: 1 },
    { id: 'm.state.last', key: 'last', type: 'history', parent: 1, history: 'deep', target: 2 },
    { id: 'm.note', key: 'note', type: 'parallel', parent: 0 },
    { id: 'm.note.a', key: hostile, type: 'atomic', parent: 4 },
    { id: 'm.note.b', key: 'fork', type: 'compound', parent: 4, initial: 7 },
    { id: 'm.note.b.c', key: 'class', type: 'final', parent: 6 },
    { id: 'm.direction', key: 'direction LR', type: 'final', parent: 0 },
  ],
  edges: [
    { source: 0, event: 'burn', targets: [8] },
    { source: 1, event: 'xstate.after.500.m.state', targets: [4], guard: hostile },
    { source: 1, event: hostile, targets: [], actions: [hostile] },
    { source: 2, event: hostile, targets: [5, 6], actions: [hostile] },
    { source: 2, event: '', targets: [2], reenter: true },
    { source: 4, event: 'back', targets: [3] },
  ],
};

for (const definition of [...signallingMachines.map((machine) => definitionOf(machine).definition), foreign])
  test(`Mermaid draws ${definition.id} with every state, and the trigger of each arrow`, async () => {
    const text = mermaidOf(definition);
    const labels = await drawn(text);
    for (const { key, history } of definition.states.slice(1))
      expect(labels).toContain(history === undefined ? key : `${key} (${history === 'deep' ? 'H*' : 'H'})`);
    const all = labels.join('\n');
    for (const { event } of definition.edges) if (!event.startsWith('xstate.')) expect(all).toContain(event);
    expect(all).toContain(definition.id);
  });

test('Mermaid draws a foreign machine with its delays, promises and guards', async () => {
  const all = (await drawn(mermaidOf(foreign))).join('\n');
  for (const text of ['after 500 ms', 'invoke / brew', `[${hostile}]`, `/ ${hostile}`, 'always'])
    expect(all).toContain(text);
});
