import { definitionOf } from '@sigchart/chart';
import { publisherServer } from '@sigchart/core/machines';
import ELK from 'elkjs/lib/main.js';
import { expect, test } from 'vitest';
import { layOut } from './layout.ts';
import { packLayout, unpackLayout } from './packedLayout.ts';

test('a layout is the same after it was packed', async () => {
  const layout = await layOut(definitionOf(publisherServer).definition, 'effects', new ELK.default());
  expect(layout.arrows.length).toBeGreaterThan(5);
  expect(unpackLayout(packLayout(layout))).toEqual(layout);
});
