import { readFileSync } from 'node:fs';
import { expect, it } from 'vitest';
import { publisherServer } from '../machines/publisher/server.ts';

it('x', () => {
  console.log(publisherServer.events, process.version);
  expect(readFileSync(new URL('../../../../README.md', import.meta.url), 'utf8')).toContain('Sig');
});
