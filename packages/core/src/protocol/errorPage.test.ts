import { expect, test } from 'vitest';
import { errorPage } from './errorPage.ts';

const [page] = Object.values(
  import.meta.glob<string>('../../../../docs/errors.md', { eager: true, query: '?raw', import: 'default' }),
);

test('docs/errors.md is what `npm run errors` makes of the catalogue', () => {
  expect(page).toBe(errorPage());
});
