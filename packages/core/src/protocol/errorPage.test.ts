import { expect, test } from 'vitest';
import { errorPage, errorTable } from './errorPage.ts';

const [page] = Object.values(
  import.meta.glob<string>('../../../../docs/errors.md', { eager: true, query: '?raw', import: 'default' }),
);
const [protocol] = Object.values(
  import.meta.glob<string>('../../../../docs/protocol.md', { eager: true, query: '?raw', import: 'default' }),
);

test('docs/errors.md is what `npm run errors` makes of the catalogue', () => {
  expect(page).toBe(errorPage());
});

test('so is the table in docs/protocol.md', () => {
  expect(protocol).toContain(`\n\n${errorTable()}\n\n`);
});
